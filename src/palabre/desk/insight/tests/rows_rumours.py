"""Access rows of rumour files."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

ROWS = (
    Row("insight:rumour_open", "POST", "agent", 302, data={"claim": "Des batteries prennent feu", "query": "feu"}),
)  # fmt: skip
