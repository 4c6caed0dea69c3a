"""What members do with a contact: take it on, put it off, write its first line, note what came of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.outreach import access
from palabre.desk.outreach.models import OUTCOMES, Contact
from palabre.desk.people import access as people
from palabre.desk.today.access import house_zone
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User
from palabre.engage.outreach import DAY_MS, REST_DAYS
from palabre.errors import InputError, NotFoundError


@transaction.atomic
def take(seat: Seat, found: Contact, user: User | None = None) -> None:
    """A human takes it on. Raises InputError: the week is full, the person objects, or somebody has it."""
    if found.state not in ("suggested", "put_off"):
        raise InputError("outreach.fault.taken")
    if people.objects(found.person):
        raise InputError("outreach.fault.objects")
    this = access.round_of(seat.workspace)
    if access.taken_since(seat.workspace, access.week_start(now_ms(), house_zone())) >= this.per_week:
        raise InputError("outreach.fault.full", n=this.per_week)
    values = {"state": "taken", "owner": user or seat.user, "taken_ms": now_ms()}
    free = Contact.objects.of(seat.workspace).filter(pk=found.pk, state__in=("suggested", "put_off"))
    if free.update(**values) != 1:  # somebody was quicker
        raise InputError("outreach.fault.taken")
    for name, value in values.items():
        setattr(found, name, value)


def put_off(found: Contact, days: int = REST_DAYS) -> None:
    """Not suggested again for a while. Raises InputError: it is done already."""
    if found.state == "done":
        raise InputError("outreach.fault.done")
    found.state, found.until_ms, found.taken_ms = "put_off", now_ms() + days * DAY_MS, 0
    found.save(update_fields=["state", "until_ms", "taken_ms"])


def write(found: Contact, opening: str) -> None:
    found.opening = opening.strip()[:1000]
    found.save(update_fields=["opening"])


@transaction.atomic
def conclude(seat: Seat, found: Contact, outcome: str, note: str) -> None:
    """What came of it; who asked not to be contacted is never suggested again. Raises InputError."""
    if outcome not in OUTCOMES:
        raise InputError("outreach.fault.outcome")
    if found.state != "taken":
        raise InputError("outreach.fault.not_taken")
    found.state, found.outcome, found.outcome_ms, found.note = "done", outcome, now_ms(), note.strip()[:500]
    found.save(update_fields=["state", "outcome", "outcome_ms", "note"])
    if outcome == "objected":
        people.note_objection(found.person, found.note or "outreach", seat.user)


def case_for(seat: Seat, found: Contact, title: str) -> Any:
    """The case in which the first line is sent by the composer: the one the reason is about, the one of their post, or
    a new one. Raises InputError: nobody took it on."""
    if found.state != "taken":
        raise InputError("outreach.fault.not_taken")
    if found.case is None:
        found.case = _case(seat, found, title)
        found.save(update_fields=["case"])
    return found.case


def _case(seat: Seat, found: Contact, title: str) -> Any:
    for kind, _, about, _, _ in found.reasons:
        if kind == "unanswered":
            known = inbox.cases(seat).filter(uid=about).first()
            if known is not None:
                return known
    for _, _, _, post_id, _ in found.reasons:
        if post_id:
            try:
                return inbox.opened(seat.workspace, archive().post(seat.workspace.id, post_id), user=seat.user)
            except NotFoundError:
                continue
    return inbox.by_hand(seat.workspace, title, seat.user, person=found.person)


def set_week(seat: Seat, per_week: int) -> None:
    """How many we contact a week, at most."""
    this = access.round_of(seat.workspace)
    this.per_week = per_week
    this.save()
