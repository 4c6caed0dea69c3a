"""Access rows of the pages of no room."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import PUBLIC, Row

ROWS = (
    Row("design:pulse", needs=PUBLIC),
    Row("design:language", "POST", needs=PUBLIC, ok=302, data={"lang": "fr"}),
    Row("design:theme", "POST", needs=PUBLIC, ok=302, data={"theme": "dark"}),
)
