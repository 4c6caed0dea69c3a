"""The only doors to channels and sendings."""

from __future__ import annotations

from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.workspaces.access import Seat, one


def channel(seat: Seat, uid: str) -> Channel:
    return one(Channel.objects.of(seat.workspace), uid=uid)


def channels(seat: Seat) -> list[Channel]:
    """Those we may speak through, by name."""
    return list(Channel.objects.of(seat.workspace).order_by("name"))


def sending(seat: Seat, uid: str) -> Sending:
    return one(Sending.objects.of(seat.workspace).select_related("channel"), uid=uid)
