"""Access rows of the noise ledger."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

ROWS = (
    Row("insight:noise_restore", "POST", "agent", 302),
    Row("insight:noise_fold", "POST", "agent", 302),
    Row("insight:noise_weekly", "POST", "agent", 302),
    Row("insight:noise_rule", "POST", "manager", 302),
)
