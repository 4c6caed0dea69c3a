"""Access rows of marks."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

MARK = {"kind": "site", "name": "gazette.example", "mark": "certified", "why": "known"}
ROWS = (Row("insight:source_mark", "POST", "manager", 302, data=MARK),)
