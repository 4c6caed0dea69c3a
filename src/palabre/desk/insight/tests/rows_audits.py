"""Access rows of audits."""

from __future__ import annotations

from palabre.desk.insight.tests.trust_rows import a_sample
from palabre.desk.workspaces.tests.matrix import Row

NO_SAMPLE = {"sample_id": 10**9}
DRAW = {"name": "tone", "n": "30", "days": "30"}
ROWS = (
    Row("insight:audit_draw", "POST", "agent", 302, data=DRAW),
    Row("insight:audit", ids=a_sample, absent=NO_SAMPLE),
    Row("insight:audit_answer", "POST", "agent", (302, 404), a_sample, NO_SAMPLE, {"label": "unsure"}),
    Row("insight:audit_remove", "POST", "manager", 302, a_sample, NO_SAMPLE),
)
