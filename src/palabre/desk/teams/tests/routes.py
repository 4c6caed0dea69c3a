"""Access rows of the app."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

ROWS: tuple[Row, ...] = ()
