"""Access rows of channels and sendings."""

from __future__ import annotations

from typing import Any

from palabre.collect.sending import Outgoing
from palabre.desk.outbox.acts import send_off
from palabre.desk.outbox.tests.platform import channel_of
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def some_channel(workspace: Workspace) -> dict[str, Any]:
    return {"uid": channel_of(workspace).uid}


def some_sending(workspace: Workspace) -> dict[str, Any]:
    channel = channel_of(workspace)
    return {"uid": send_off(channel, "publication", "x" * 32, Outgoing("Bonjour", ""), None, 10**15).uid}


ROWS = (
    Row("outbox:channels"),
    Row("outbox:open", "POST", "manager", 302, data={"source": "nothing"}),
    Row("outbox:check", "POST", "manager", 302, some_channel, ABSENT),
    Row("outbox:state", "POST", "manager", 302, some_channel, ABSENT, {"state": "paused"}),
    Row("outbox:remove", "POST", "manager", 302, some_channel, ABSENT),
    Row("outbox:settle", "POST", "agent", 302, some_sending, ABSENT, {"action": "cancel"}),
)
