"""The only doors to promises."""

from __future__ import annotations

from typing import Any

from palabre.desk.clock import now_ms
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def promise(seat: Seat, uid: str) -> Promise:
    return one(Promise.objects.of(seat.workspace).select_related("person", "case", "owner"), uid=uid)


def promises(seat: Seat) -> Any:
    """All of the workspace, soonest due first, as a query set."""
    return Promise.objects.of(seat.workspace).select_related("person", "case", "owner")


def made(workspace: Workspace, words: str, due_ms: int, **values: Any) -> Promise:
    """Enters a promise into the ledger; the same words of the same reply are entered once."""
    origin = {name: values.get(name, default) for name, default in (("from_kind", "reply"), ("from_uid", ""))}
    if origin["from_uid"]:
        known = Promise.objects.of(workspace).filter(words=words[:500], **origin).first()
        if known is not None:
            return known
    return Promise.objects.add(workspace, **{"words": words[:500], "due_ms": due_ms, "made_ms": now_ms(), **values})
