"""Access rows of the panel."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

ROWS = (Row("panel:index"),)
