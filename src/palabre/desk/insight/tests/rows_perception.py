"""Access rows of a member's own list."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

ROWS = (
    Row("insight:perception_mine", needs="agent"),
    Row("insight:perception_mine", "POST", "agent", 302, data={"wish-1": "Un vélo moins lourd"}),
)
