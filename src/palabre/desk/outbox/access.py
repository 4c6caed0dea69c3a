"""The only doors to channels and sendings.

    sending = access.send_off(channel, "publication", uid, Outgoing(text, ""), seat.user, due_ms)
    access.take_back(sending)          # True while it is queued

What an app does when its sending is settled: a file ``outcomes.py`` (see `settling.Outcome`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from palabre.desk.outbox import settling
from palabre.desk.outbox.acts import delete, edit, go_now, send_off, take_back
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.outbox.settling import Outcome
from palabre.desk.outbox.speaking import abilities, length
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def channel(seat: Seat, uid: str) -> Channel:
    return one(Channel.objects.of(seat.workspace), uid=uid)


def channels(seat: Seat) -> list[Channel]:
    """Those we may speak through, by name."""
    return list(Channel.objects.of(seat.workspace).order_by("name"))


def channel_of(workspace: Workspace, source_id: int | None) -> Channel | None:
    """The channel of a source, if we may speak through it."""
    return Channel.objects.of(workspace).filter(source_id=source_id).first() if source_id else None


def sending(seat: Seat, uid: str) -> Sending:
    return one(Sending.objects.of(seat.workspace).select_related("channel", "by"), uid=uid)


def sendings(seat: Seat) -> Any:
    """All of the workspace, newest first, as a query set."""
    return Sending.objects.of(seat.workspace).select_related("channel", "by")


def of(workspace: Workspace, kind: str, abouts: Iterable[str]) -> dict[str, Sending]:
    """The last sending of each thing, by its uid; nothing for what was never sent off."""
    rows = Sending.objects.of(workspace).filter(kind=kind, about__in=list(abouts)).select_related("channel", "by")
    return {row.about: row for row in rows.order_by("pk")}


def move(sending: Sending, due_ms: int) -> bool:
    """Another moment for what still waits, which was approved as it is; False: it is no longer queued."""
    return settling.change(sending, ("queued",), due_ms=due_ms)


def ours(workspace: Workspace, uris: Iterable[str]) -> dict[str, Sending]:
    """Of these uris of posts, those that we sent ourselves."""
    known = [uri for uri in uris if uri]
    return {row.uri: row for row in Sending.objects.of(workspace).filter(uri__in=known)} if known else {}


__all__ = [
    "Outcome", "abilities", "channel", "channel_of", "channels", "delete", "edit", "go_now", "length", "move", "of",
    "ours", "send_off", "sending", "sendings", "take_back",
]  # fmt: skip
