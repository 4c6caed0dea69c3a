"""Access rows of corrections."""

from __future__ import annotations

from palabre.desk.insight.tests.trust_rows import a_post
from palabre.desk.workspaces.tests.matrix import Row

NO_POST = {"post_id": 10**12}
ROWS = (
    Row("insight:correct", "GET", "agent", ids=a_post, absent=NO_POST),
    Row("insight:correct", "POST", "agent", 302, a_post, NO_POST, {"tone": "negative"}),
    Row("insight:correct_many", "POST", "agent", 302, data={"label": "tone:negative"}),
    Row("insight:correction_undo", "POST", "agent", 302),
)
