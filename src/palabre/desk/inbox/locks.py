"""Two agents never answer twice: who looks at a case, and the one who may write.

The lock is one conditional UPDATE: of two who try at once, one changes a row and the other changes none. It lasts as
long as the page of its holder says so, and ``LOCK_MS`` more; then anyone may take it. Whoever wants it sooner asks, and
the holder gives it.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q

from palabre.desk.clock import now_ms
from palabre.desk.inbox.models import Case, Presence
from palabre.desk.workspaces.models import User

LOCK_MS = 120_000
SEEN_MS = 45_000  # a page that said nothing for so long is closed
ASKED_MS = 120_000


def claim(case: Case, user: User) -> bool:
    """Takes the lock, or keeps it; False: somebody else has it."""
    now = now_ms()
    free = Q(locked_by=None) | Q(locked_until_ms__lte=now) | Q(locked_by=user)
    rows = Case.objects.of(case.workspace).filter(free, pk=case.pk)
    return rows.update(locked_by=user, locked_until_ms=now + LOCK_MS) == 1


def holds(case: Case, user: User) -> bool:
    """Whether that member may send now. Asked inside the transaction that commits a sending, it keeps the row until
    then: nobody takes the lock in between."""
    now = now_ms()
    mine = Case.objects.of(case.workspace).filter(pk=case.pk, locked_by=user, locked_until_ms__gt=now)
    return mine.update(locked_until_ms=now + LOCK_MS) == 1


def release(case: Case, user: User) -> bool:
    """Gives the lock back; False: it was not theirs."""
    mine = Case.objects.of(case.workspace).filter(pk=case.pk, locked_by=user)
    return mine.update(locked_by=None, locked_until_ms=0, asked_by=None, asked_ms=0) == 1


def ask(case: Case, user: User) -> bool:
    """Asks the holder for the lock; they see it at their next heartbeat. False: nobody else holds it."""
    now = now_ms()
    held = Case.objects.of(case.workspace).filter(pk=case.pk, locked_until_ms__gt=now, locked_by__isnull=False)
    return held.exclude(locked_by=user).update(asked_by=user, asked_ms=now) == 1


def hand_over(case: Case, user: User) -> bool:
    """Gives the lock to whoever asked for it."""
    mine = Case.objects.of(case.workspace).filter(pk=case.pk, locked_by=user, asked_by__isnull=False)
    until = now_ms() + LOCK_MS
    return mine.update(locked_by=F("asked_by"), locked_until_ms=until, asked_by=None, asked_ms=0) == 1


def holder(case: Case) -> User | None:
    """Who has the lock of a freshly read case."""
    return case.locked_by if case.locked_until_ms > now_ms() else None


def asker(case: Case) -> User | None:
    """Who asks for it."""
    return case.asked_by if case.asked_ms > now_ms() - ASKED_MS else None


def seen(case: Case, user: User) -> None:
    """Their page is open."""
    with transaction.atomic():
        Presence.objects.of(case.workspace).update_or_create(
            workspace=case.workspace, case=case, user=user, defaults={"seen_ms": now_ms()}
        )


def present(case: Case, but: User) -> list[User]:
    """Who else looks at it now."""
    rows = Presence.objects.of(case.workspace).filter(case=case, seen_ms__gt=now_ms() - SEEN_MS)
    return [row.user for row in rows.exclude(user=but).select_related("user").order_by("user__name")]
