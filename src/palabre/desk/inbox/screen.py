"""What the pages of the inbox are made of. Reads the desk and the archive; makes no response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.engine import archive
from palabre.desk.inbox import access, clock, locks, queues, seams, upkeep, words
from palabre.desk.inbox.folding import Ranking, family
from palabre.desk.inbox.models import Case, CaseEvent, CasePost
from palabre.desk.mentions import screen as stream
from palabre.desk.mentions.cards import Card
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User
from palabre.desk.workspaces.names import called
from palabre.engage.queue import Place
from palabre.engage.snooze import presets
from palabre.errors import InputError
from palabre.measure.hours import always, zone_named

POSTS = 50  # of a thread on one page
TEXT_CHARS = 2_000
LOGGED = 200
USUAL_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the queue. why: its heaviest reasons on one line; holder: who answers just now; whose: the name of
    whom it is assigned to, "" for nobody."""

    case: Case
    place: Place
    why: str
    tone: str
    holder: User | None
    whose: str

    @property
    def initials(self) -> str:
        """Of whose it is."""
        return "".join(word[0] for word in self.whose.split()[:2]).upper()


def lines(seat: Seat, cases: Sequence[Case], lang: str) -> list[Line]:
    ranking = Ranking(seat.workspace)
    return [line(ranking, case, lang) for case in cases]


def line(ranking: Ranking, case: Case, lang: str) -> Line:
    place = ranking.place(case)
    whose = called(case.assignee, lang) if case.assignee else ""
    return Line(case, place, words.line(place, lang), words.tone(place), locks.holder(case), whose)


def zone_of(request: HttpRequest, seat: Seat) -> ZoneInfo:
    """The zone of whoever asks: as their browser says, else that of our hours."""
    said = request.POST.get("zone") or request.COOKIES.get("zone", "")
    hours = seams.hours_of(seat.workspace)
    usual = hours.zone if hours.zone.key != "UTC" else zone_named(USUAL_ZONE)
    if not said:
        return usual
    try:
        return zone_named(said[:60])
    except InputError:
        return usual


@dataclass(frozen=True, slots=True)
class Said:
    """A post of the thread. card: None when it was taken back; of: the case it came from, where several are one."""

    post: CasePost
    card: Card | None
    of: Case | None


@dataclass(frozen=True, slots=True)
class Thread:
    """One page of what was said. page, pages: from 1."""

    said: list[Said]
    page: int
    pages: int
    total: int


def thread_of(seat: Seat, case: Case, page: int) -> Thread:
    """One page, the last one when none is asked for. What was taken back since is noticed on the way."""
    members = family(case)
    rows = CasePost.objects.of(seat.workspace).filter(case__in=members).select_related("case")
    total = rows.count()
    pages = max(1, -(-total // POSTS))
    page = page if 1 <= page <= pages else pages
    posts = list(rows.order_by("at_ms", "pk")[(page - 1) * POSTS : page * POSTS])
    if upkeep.noticed(seat.workspace, [one for one in posts if not one.gone_ms]):
        posts = list(rows.order_by("at_ms", "pk")[(page - 1) * POSTS : page * POSTS])
    found = archive().posts.many(seat.workspace.id, [one.post_id for one in posts])
    cards = {card.row.post_id: card for card in stream.shown(seat, found, head_chars=TEXT_CHARS)}
    several = len(members) > 1
    said = [
        Said(one, cards.get(one.post_id), one.case if several and one.case_id != case.pk else None) for one in posts
    ]
    return Thread(said, page, pages, total)


def context_above(seat: Seat, case: Case) -> Card | None:
    """What the first post answers, where it is no part of the case: nobody should answer half a conversation."""
    first = CasePost.objects.of(seat.workspace).filter(case=case).order_by("at_ms", "pk").first()
    rows = archive().posts.many(seat.workspace.id, [first.post_id]) if first else []
    parent = rows[0].post.parent if rows else ""
    above = archive().posts.by_uri(seat.workspace.id, parent) if parent else None
    return stream.shown(seat, [above], head_chars=TEXT_CHARS // 4)[0] if above is not None else None


def case_page(request: HttpRequest, seat: Seat, case: Case) -> dict[str, Any]:
    """Everything about a case but its thread."""
    lang, zone = lang_of(request), zone_of(request, seat)
    place = Ranking(seat.workspace).place(case)
    asked = queues.Asked.read(request.GET.dict())
    worked = seams.hours_of_case(case).shifts != always().shifts
    return (
        {
            "case": case,
            "place": place,
            "why": words.told(place, lang),
            "why_line": words.line(place, lang),
            "asked": asked,
            "address": asked.address(),
            "colleagues": teams.answerers(seat.workspace),
            "teams": teams.teams(seat),
            "known_labels": [one for one in queues.labels(seat) if one not in case.labels],
            "presets": [(name, words.clock_time(when, zone)) for name, when in presets(now_ms(), zone).items()],
            "zone": zone.key,
            "notes": access.notes(case),
            "parts": parts(seat, case),
            "within": Case.objects.of(seat.workspace).filter(merged_into=case).order_by("opened_ms"),
            "sla": words.sla(clock.times(case), lang, worked),
            "worked": worked,
            "seen": str(access.last_said(case)),  # a number would be written "1,234"
            "above": context_above(seat, case),
            "here": stream.here(seat),
        }
        | chips(request, seat, case)
        | presence(seat, case)
    )


def chips(request: HttpRequest, seat: Seat, case: Case) -> dict[str, Any]:
    """How a case stands: since when somebody waits, until when it is put off."""
    return {
        "waits": words.lasts(now_ms() - case.waiting_since_ms, lang_of(request)) if case.waiting_since_ms else "",
        "until": words.clock_time(case.snoozed_until_ms, zone_of(request, seat)),
    }


def parts(seat: Seat, case: Case) -> dict[str, str]:
    """The addresses of what other apps show here; "" where there is nothing."""
    ids = {"uid": case.uid}
    return {
        "composer": seams.address("replies:composer", seat, **ids),
        "promises": seams.address("promises:of_case", seat, **ids),
        "person": seams.address("people:card", seat, uid=case.person.uid) if case.person else "",
    }


def presence(seat: Seat, case: Case) -> dict[str, Any]:
    """Who is there, who writes, who asks for the lock."""
    return {
        "present": locks.present(case, seat.user),
        "holder": locks.holder(case),
        "mine": locks.holder(case) == seat.user,
        "asker": locks.asker(case),
    }


def log_of(request: HttpRequest, seat: Seat, case: Case) -> list[words.Logged]:
    """What happened, newest first."""
    rows = CaseEvent.objects.of(seat.workspace).filter(case__in=family(case)).select_related("user")
    events = sorted(rows.order_by("-at_ms", "-pk")[:LOGGED], key=lambda one: (one.at_ms, one.pk))
    users = {one.pk: one for one in User.objects.filter(pk__in=[one.data.get("to") for one in events])}
    names = {one.pk: one.name for one in teams.teams(seat)}
    return words.log(events, users, names, zone_of(request, seat), lang_of(request))
