"""Access rows of outgoing webhooks."""

from __future__ import annotations

from typing import Any

from palabre.desk.hooks import sealing
from palabre.desk.hooks.models import Delivery, Endpoint, Event
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row

SAID = {"name": "CRM", "url": "https://hooks.example/in", "kinds": ["case.opened"]}
DAYS = {"since": "2026-11-01", "until": "2026-11-02"}


def made(workspace: Workspace, url: str = "http://127.0.0.1:9/none", **values: Any) -> Endpoint:
    """An address that the guard refuses, unless another one is given."""
    fresh = Endpoint(workspace=workspace, name="CRM", host="hooks.example", made_ms=1, **values)
    fresh.url = sealing.sealed(url, f"{fresh.uid} url")
    fresh.secret = sealing.sealed("whsec_" + "QUJD" * 8, f"{fresh.uid} secret")
    fresh.save()
    return fresh


def an_endpoint(workspace: Workspace) -> dict[str, Any]:
    return {"uid": made(workspace).uid}


def a_delivery(workspace: Workspace) -> dict[str, Any]:
    event = Event.objects.add(workspace, key=fresh_id(), kind="case.opened", at_ms=1, made_ms=1)
    return {"uid": Delivery.objects.add(workspace, endpoint=made(workspace), event=event, due_ms=1).uid}


ROWS = (
    Row("hooks:index", needs="manager"),
    Row("hooks:fresh", needs="manager"),
    Row("hooks:fresh", "POST", "manager", 302, data=SAID),
    Row("hooks:endpoint", needs="manager", ids=an_endpoint, absent=ABSENT),
    Row("hooks:edit", needs="manager", ids=an_endpoint, absent=ABSENT),
    Row("hooks:edit", "POST", "manager", 302, an_endpoint, ABSENT, SAID),
    Row("hooks:state", "POST", "manager", 302, an_endpoint, ABSENT, {"state": "paused"}),
    Row("hooks:rotate", "POST", "manager", 302, an_endpoint, ABSENT),
    Row("hooks:test", "POST", "manager", 302, an_endpoint, ABSENT),
    Row("hooks:replay_period", "POST", "manager", 302, an_endpoint, ABSENT, DAYS),
    Row("hooks:remove", "POST", "manager", 302, an_endpoint, ABSENT),
    Row("hooks:replay", "POST", "manager", 302, a_delivery, ABSENT),
)
