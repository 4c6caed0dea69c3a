"""Access rows of the app."""

from __future__ import annotations

from typing import Any

from palabre.desk.rules.models import Rule
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def some_rule(workspace: Workspace) -> dict[str, Any]:
    values = {
        "conditions": [{"field": "tone", "values": ["negative"], "not": False}],
        "actions": [{"kind": "label", "value": "à voir"}],
    }
    return {"uid": Rule.objects.add(workspace, name=fresh_id(), made_ms=1, **values).uid}


RULE = {"name": "Plaintes", "about": "case", "every": "all", "intent": ["complaint"], "do_label": "plainte",
        "hourly_max": "60"}  # fmt: skip
ROWS: tuple[Row, ...] = (
    Row("rules:index"),
    Row("rules:new", needs="manager"),
    Row("rules:new", "POST", "manager", 302, data=RULE),
    Row("rules:rule", ids=some_rule, absent=ABSENT),
    Row("rules:edit", needs="manager", ids=some_rule, absent=ABSENT),
    Row("rules:edit", "POST", "manager", 302, some_rule, ABSENT, RULE),
    Row("rules:try", "POST", "agent", 302, some_rule, ABSENT, {"days": "7"}),
    Row("rules:switch", "POST", "manager", 302, some_rule, ABSENT, {"state": "on"}),
    Row("rules:move", "POST", "manager", 302, some_rule, ABSENT, {"way": "up"}),
    Row("rules:remove", "POST", "manager", 302, some_rule, ABSENT),
    Row("rules:restore", "POST", "manager", 302, some_rule, ABSENT, {"version": "1"}),
)
