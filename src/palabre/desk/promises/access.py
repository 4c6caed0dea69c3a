"""The only doors to promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import Http404

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access as inbox
from palabre.desk.promises.models import Promise, PromiseEvent, PromiseLink
from palabre.desk.promises.words import due_words
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.promises import due_at, reminder

FOUND_MAX = 10  # promises of one text
NOTED_MS, NOTES_MAX = 14 * 86_400_000, 20  # notes of a case that are read for promises
DATED_MAX = 5_000  # of a calendar
REMIND_MS = 7 * 86_400_000  # a reminder that is older reminds of nothing


@dataclass(frozen=True, slots=True)
class Proposal:
    """A promise found in a text, not entered yet. words: those that commit; start, end: their place, in code points;
    due: "2026-11-27", "2026-11-27T14:00" or ""; due_ms: the end of that day or that moment, 0 for none; when: the
    same in words."""

    words: str
    start: int
    end: int
    due: str
    due_ms: int
    when: str


def promise(seat: Seat, uid: str) -> Promise:
    found: Promise = one(promises(seat), uid=uid)
    return found


def promises(seat: Seat) -> Any:
    """All of the workspace, soonest due first, as a query set."""
    return Promise.objects.of(seat.workspace).select_related("person", "case", "owner", "followed_by")


def of_person(seat: Seat, person: Any) -> Any:
    """Those made to a person, and to those who turned out to be the same."""
    return promises(seat).filter(_of(person))


def _of(person: Any) -> Q:
    return Q(person=person) | Q(person__merged_into=person) | Q(person__merged_into__merged_into=person)


def of_case(seat: Seat, case: Any) -> Any:
    """Those made in a case, and in those merged into it."""
    return promises(seat).filter(Q(case=case) | Q(case__merged_into=case))


def proposed(
    text: str, lang: str, at_ms: int, zone: ZoneInfo, country: str | None = None, say_in: str = ""
) -> list[Proposal]:
    """The promises that a text would make if it were sent at that moment, in order. lang: of the text, "" to find out;
    country: whose holidays count, None: the first country of the language; say_in: the language of ``when``, which
    counts from now, whenever the text leaves."""
    from palabre.read.promises import LANGUAGES
    from palabre.read.promises import promise as find

    spoken = lang if lang in LANGUAGES else spoken_in(text)
    moment, rest = datetime.fromtimestamp(at_ms / 1000, zone), text
    found: list[Proposal] = []
    while len(found) < FOUND_MAX and (one := find(rest, moment, spoken, country)) is not None:
        due_ms = due_at(one.due, zone)
        when = due_words(due_ms, zone, say_in or spoken, now_ms())
        found.append(Proposal(text[one.start : one.end], one.start, one.end, one.due, due_ms, when))
        rest = rest[: one.start] + " " * (one.end - one.start) + rest[one.end :]
    return sorted(found, key=lambda one: one.start)


def noted(case: Any, zone: ZoneInfo, country: str, say_in: str) -> list[tuple[str, Proposal]]:
    """What members promised in their last notes of a case and nobody entered: the uid of the note, and the promise."""
    recent = [one for one in inbox.notes(case) if one.made_ms >= now_ms() - NOTED_MS][-NOTES_MAX:]
    entered = Promise.objects.of(case.workspace).filter(from_kind="note", from_uid__in=[one.uid for one in recent])
    known = set(entered.values_list("from_uid", flat=True))
    fresh = [one for one in recent if one.uid not in known]
    return [(one.uid, found) for one in fresh for found in proposed(one.text, "", one.made_ms, zone, country, say_in)]


def spoken_in(text: str) -> str:
    """The likelier of the languages whose promises can be read."""
    import pyarrow as pa

    from palabre.read.language import answers, model, spoken
    from palabre.read.promises import LANGUAGES

    labels, _ = answers(model(LANGUAGES), spoken(pa.array([text], pa.string())), 0.0)
    return labels[0] or LANGUAGES[0]


def made(workspace: Workspace, words: str, due_ms: int, **values: Any) -> Promise:
    """Enters a promise into the ledger; the same words of the same reply are entered once. values: fields of
    `Promise`, among them owner, person, case, from_kind, from_uid and uri; zone, country: of its reminder."""
    zone, country = values.pop("zone", None), values.pop("country", "")
    origin = {name: values.get(name, default) for name, default in (("from_kind", "reply"), ("from_uid", ""))}
    if origin["from_uid"]:
        known = Promise.objects.of(workspace).filter(words=words[:500], **origin).first()
        if known is not None:
            return known
    now = now_ms()
    if zone is not None and "remind_ms" not in values:
        values["remind_ms"] = reminder(due_ms, now, zone, country)
    fresh = Promise.objects.add(workspace, **{"words": words[:500], "due_ms": due_ms, "made_ms": now, **values})
    happened(fresh, "made", values.get("owner"), at_ms=fresh.made_ms)
    return fresh


def happened(found: Promise, kind: str, user: User | None = None, note: str = "", at_ms: int = 0) -> PromiseEvent:
    """Writes what became of a promise; the place of its case in the queue follows."""
    event = PromiseEvent.objects.add(
        found.workspace, promise=found, kind=kind, at_ms=at_ms or now_ms(), user=user, note=note[:500]
    )
    if found.case is not None:
        from palabre.desk.inbox import access as inbox  # which asks us for the soonest promise of a case

        inbox.promised(found.case)
    return event


def history(found: Promise) -> list[PromiseEvent]:
    return list(PromiseEvent.objects.of(found.workspace).filter(promise=found).select_related("user"))


def before(found: Promise) -> list[Promise]:
    """The promises that this one replaced, the first of the chain first."""
    chain: list[Promise] = []
    last: Promise | None = found
    while last is not None and len(chain) < 50:
        last = Promise.objects.of(found.workspace).filter(followed_by=last).first()
        if last is not None:
            chain.append(last)
    return chain[::-1]


def dated(workspace: Workspace) -> list[Promise]:
    """Open promises with a date, the soonest first."""
    found = Promise.objects.of(workspace).filter(state="open", due_ms__gt=0).select_related("person")
    return list(found.order_by("due_ms", "pk")[:DATED_MAX])


def link(seat: Seat, uid: str) -> PromiseLink:
    return one(PromiseLink.objects.of(seat.workspace).select_related("person"), uid=uid)


def links(seat: Seat, person: Any) -> list[PromiseLink]:
    """Addresses given out for a person that still open, newest first."""
    return list(PromiseLink.objects.of(seat.workspace).filter(person=person, revoked_ms=0).select_related("made_by"))


def by_address(token: str) -> tuple[PromiseLink, list[Promise]]:
    """The person behind an address and the promises made to them. Http404: there is none, or it was taken back."""
    found = PromiseLink.doors.select_related("person", "workspace")
    row = found.filter(token_hash=tokens.hashed(token), revoked_ms=0).first()
    if row is None:
        raise Http404
    PromiseLink.doors.filter(pk=row.pk).update(used_ms=now_ms())
    return row, list(Promise.objects.of(row.workspace).filter(_of(row.person)).select_related("followed_by"))


def to_remind(workspace: Workspace, now_ms: int) -> list[tuple[Any, Any, str]]:
    """(case, owner, key) of open promises in cases whose reminder came due in the last week."""
    rows = Promise.objects.of(workspace).filter(state="open", case__isnull=False, remind_ms__lte=now_ms)
    found = rows.filter(remind_ms__gt=now_ms - REMIND_MS).select_related("case__assignee", "owner")
    return [(one.case, one.owner, f"{one.uid}:{one.remind_ms}") for one in found]


def soonest_due(workspace: Workspace, case_ids: Iterable[int] | None = None) -> dict[int, int]:
    """case number -> when the soonest of its open promises is due; of all cases when none are named."""
    rows = Promise.objects.of(workspace).filter(state="open", due_ms__gt=0, case__isnull=False).order_by("-due_ms")
    rows = rows if case_ids is None else rows.filter(case__in=list(case_ids))
    return dict(rows.values_list("case_id", "due_ms"))
