"""A round: everybody there is a reason to contact, looked at once a day; the first of them become suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.inbox.models import HUMAN, CaseEvent
from palabre.desk.outreach import access
from palabre.desk.outreach.models import Contact, Round
from palabre.desk.outreach.sources import Lead, leads
from palabre.desk.people import access as people
from palabre.desk.today.access import house_zone
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership, User, Workspace
from palabre.engage.outreach import DAY_MS, PURPOSES, Candidate, Ranked, Suggested, suggested

REASONS_MAX, LEFT_MAX = 5, 500
EVERY_MS = DAY_MS


def look(seat: Seat) -> Round:
    """Looks again: suggestions nobody took are made anew, what was taken stays."""
    now, this = now_ms(), access.round_of(seat.workspace)
    found, known = candidates(seat, now)
    places = max(0, this.per_week - access.taken_since(seat.workspace, access.week_start(now, house_zone())))
    made = suggested(found, now, places)
    with transaction.atomic():
        Contact.objects.of(seat.workspace).filter(state="suggested").delete()
        for one in made.ranked:
            enter(seat, one, known[one.candidate.key], now)
        this.made_ms, this.left_out = now, left_of(made, known)
        this.save()
    return this


def left_of(made: Suggested, known: dict[str, Any]) -> list[list[Any]]:
    """[person uid or "", why, kinds], as the page says it."""
    rows = [
        [getattr(known[one.key], "uid", ""), why, sorted({reason.kind for reason in one.reasons})]
        for one, why in made.left_out
    ]
    return sorted(rows, key=lambda row: not row[0])[:LEFT_MAX]


def enter(seat: Seat, one: Ranked, who: Any, now: int) -> Contact:
    """A suggestion; an account that was only heard becomes a person now."""
    stranger = isinstance(who, Lead) and who.account is not None
    person = people.met(seat.workspace, who.network, who.account) if stranger else who
    reasons = [[reason.kind, reason.since_ms, reason.about, reason.post_id, one.grounds[reason.kind]]
               for reason in one.candidate.reasons if reason.kind in one.grounds]  # fmt: skip
    return Contact.objects.add(
        seat.workspace, person=person, reasons=reasons, points=one.points, made_ms=now, last_ms=one.candidate.last_ms,
        suggested_to=who_knows(seat.workspace, person),
    )  # fmt: skip


def candidates(seat: Seat, now: int) -> tuple[list[Candidate], dict[str, Any]]:
    """(one a person or account, key → person or lead). Persons who are in hand already are not looked at."""
    grouped: dict[str, list[Lead]] = {}
    found = list(leads(seat, now))
    accounts = {(one.network, one.account.uri) for one in found if one.account}
    met = people.behind_all(seat.workspace, accounts)
    for one in found:
        person = met.get((one.network, one.account.uri)) if one.account else None
        name = person.uid if person else one.person
        grouped.setdefault(f"person:{name}" if name else f"account:{_uri(one)}", []).append(one)
    busy = set(Contact.objects.of(seat.workspace).filter(state="taken").values_list("person__uid", flat=True))
    persons = {one.uid: one for one in people.persons(seat.workspace).filter(uid__in=_uids(grouped) - busy)}
    known: dict[str, Any] = {}
    for key, some in grouped.items():
        uid = key.removeprefix("person:")
        if key.startswith("account:"):
            known[key] = some[0]
        elif uid in persons:
            known[key] = persons[uid]
    return [candidate(key, grouped[key], who, now) for key, who in known.items()], known


def _uri(one: Lead) -> str:
    return one.account.uri if one.account else ""


def _uids(keys: Iterable[str]) -> set[str]:
    return {key.removeprefix("person:") for key in keys if key.startswith("person:")}


def candidate(key: str, some: list[Lead], who: Any, now: int) -> Candidate:
    """The freshest reason of each kind."""
    best = {one.reason.kind: one.reason for one in sorted(some, key=lambda one: one.reason.since_ms)}
    reasons = tuple(best.values())[:REASONS_MAX]
    if isinstance(who, Lead):
        return Candidate(key, reasons)
    said = {name: answer for name in set(PURPOSES.values()) if (answer := people.agreed(who, name)) is not None}
    until = (
        Contact.objects.of(who.workspace).filter(person=who, state="put_off", until_ms__gt=now).order_by("-until_ms")
    )
    put_off = until.values_list("until_ms", flat=True).first() or 0
    return Candidate(
        key, reasons, people.objects(who), said, who.relation, spoke_with(who), last_contact(who), put_off
    )  # fmt: skip


def replies_to(person: Any) -> Any:
    """What humans of ours answered this person, newest first."""
    rows = CaseEvent.objects.of(person.workspace).filter(case__person=person, kind="reply", by=HUMAN)
    return rows.select_related("user").order_by("-at_ms")


def spoke_with(person: Any) -> bool:
    return bool(replies_to(person).exists())


def last_contact(person: Any) -> int:
    """When a human of ours last spoke to them, or tried to."""
    replied = replies_to(person).values_list("at_ms", flat=True).first() or 0
    tried = Contact.objects.of(person.workspace).filter(person=person, outcome_ms__gt=0).order_by("-outcome_ms")
    return max(replied, tried.values_list("outcome_ms", flat=True).first() or 0)


def who_knows(workspace: Workspace, person: Any) -> User | None:
    """The member who spoke with them last, else who has their case; never a machine, never somebody who left."""
    members = set(Membership.objects.of(workspace).exclude(role="reader").values_list("user_id", flat=True))
    for event in replies_to(person)[:20]:
        if event.user_id in members:
            return event.user  # type: ignore[no-any-return]
    from palabre.desk.inbox import access as inbox

    owned = inbox.of_person(workspace, person).exclude(assignee=None).first()
    return owned.assignee if owned and owned.assignee_id in members else None


def look_all() -> int:
    """Every workspace whose last round is a day old."""
    return each(Workspace.objects.filter(set_up=True), looked)


def looked(workspace: Workspace) -> bool:
    """One workspace; False where its round is younger."""
    owner = Membership.objects.of(workspace).filter(role="owner").select_related("user").first()
    if owner is None or now_ms() - access.round_of(workspace).made_ms < EVERY_MS:
        return False
    look(Seat(workspace, owner.user, "owner"))
    return True
