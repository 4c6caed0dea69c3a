"""What a member is told: they are named in a note, a case is theirs, one they put off is back, somebody asks for it."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from palabre.desk.clock import now_ms
from palabre.desk.inbox.models import Case, Notice
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User

SHOWN = 20


def tell(case: Case, user: User | None, kind: str, key: str, by: User | None) -> bool:
    """Once for each key; nobody is told of what they did themselves."""
    if user is None or user == by:
        return False
    try:
        with transaction.atomic():
            Notice.objects.add(
                case.workspace, case=case, user=user, kind=kind, key=f"{kind}:{key}"[:80], by=by, made_ms=now_ms()
            )
    except IntegrityError:
        return False
    return True


def unread(seat: Seat) -> list[Notice]:
    """What a member has not seen yet, newest first."""
    rows = Notice.objects.of(seat.workspace).filter(user=seat.user, read_ms=0)
    return list(rows.select_related("case", "by")[:SHOWN])


def count(seat: Seat) -> int:
    return Notice.objects.of(seat.workspace).filter(user=seat.user, read_ms=0).count()


def read(seat: Seat, case: Case | None = None) -> None:
    """They opened the case, or put all of them aside."""
    rows = Notice.objects.of(seat.workspace).filter(user=seat.user, read_ms=0)
    (rows if case is None else rows.filter(case=case)).update(read_ms=now_ms())
