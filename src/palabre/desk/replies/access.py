"""The only doors to replies."""

from __future__ import annotations

from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.access import Seat, one


def reply(seat: Seat, uid: str) -> Reply:
    return one(Reply.objects.of(seat.workspace).select_related("case", "channel"), uid=uid)
