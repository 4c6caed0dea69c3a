"""Who could be asked, who waits for thanks, what was said without a disclosure. Persons are never ranked by a value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from palabre.archive.types import Filters
from palabre.desk.ambassadors import access
from palabre.desk.ambassadors.acts import must_disclose
from palabre.desk.ambassadors.models import Membership
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people.models import Handle
from palabre.desk.workspaces.access import Seat
from palabre.engage.disclosure import tag
from palabre.insight.helping import Help, Helper, help_by, helpers, said_by
from palabre.insight.scope import Scope
from palabre.model import Evidence, Figure
from palabre.understand.figuring import LISTED_MAX, count, share

DAY_MS = 86_400_000
THANK_DAYS, PERIOD_DAYS, CANDIDATE_DAYS = 30, 90, 365
EXCERPT_CHARS = 240


@dataclass(frozen=True, slots=True)
class Candidate:
    """helper: why and from what; person: whom the desk knows behind it, None for nobody yet; asked: "", "open", "no" or
    "left"."""

    helper: Helper
    person: Any
    asked: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An ambassador with what they did in the last months and when they were last thanked. waits: days since the first
    help that nobody thanked for, None where none waits."""

    membership: Membership
    helped: Figure
    thanked_on: Any
    waits: int | None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A post of somebody rewarded that carries no disclosure that we found."""

    post_id: int
    person: Any
    at_ms: int
    text: str
    url: str
    for_what: str


def candidates(seat: Seat) -> list[Candidate]:
    """Those who help or defend over the last year; members and those who were let go are not among them."""
    until = now_ms()
    scope = Scope(Filters(mentioned=True, since_ms=until - CANDIDATE_DAYS * DAY_MS, until_ms=until))
    found = helpers(archive(), seat.workspace.id, scope)
    known = behind(seat, [one.account for one in found])
    enrolled = set(access.members(seat.workspace).values_list("person_id", flat=True))
    answers = asked(seat)
    made = [Candidate(one, known.get(one.account), answers.get(pk_of(known.get(one.account)), "")) for one in found]
    return [one for one in made if pk_of(one.person) not in enrolled]


def pk_of(person: Any) -> int:
    return int(person.pk) if person is not None else 0


def behind(seat: Seat, accounts: Sequence[str]) -> dict[str, Any]:
    """Account → person, where the desk knows one."""
    rows = Handle.objects.of(seat.workspace).filter(uri__in=list(accounts)).select_related("person")
    return {row.uri: row.person for row in rows}


def asked(seat: Seat) -> dict[int, str]:
    """Person → what became of their last invitation."""
    found: dict[int, str] = {}
    for one in access.invites(seat.workspace).filter(withdrawn_ms=0).order_by("pk"):
        open_ = not one.answer and one.expires_ms > now_ms()
        found[one.person_id] = {"yes": "left", "no": "no"}.get(one.answer, "open" if open_ else "")
    return found


def standings(seat: Seat) -> list[Standing]:
    """Ambassadors, those who wait for thanks the longest first."""
    rows, until = list(access.members(seat.workspace)), now_ms()
    accounts = access.accounts(seat.workspace, {one.person_id for one in rows})
    by_person = grouped(accounts, help_by(archive(), seat.workspace.id, frozenset(accounts),
                                          until - PERIOD_DAYS * DAY_MS, until))  # fmt: skip
    thanks = thanks_of(seat)
    made = [standing(one, by_person.get(one.person_id, []), thanks.get(one.person_id, [])) for one in rows]
    return sorted(made, key=lambda one: -(one.waits if one.waits is not None else -1))


def grouped(accounts: Mapping[str, int], found: Mapping[str, Sequence[Help]]) -> dict[int, list[Help]]:
    made: dict[int, list[Help]] = {}
    for account, helped in found.items():
        made.setdefault(accounts[account], []).extend(helped)
    return {person: sorted(some, key=lambda one: one.sort_ms) for person, some in made.items()}


def thanks_of(seat: Seat) -> dict[int, list[int]]:
    """Person → the ends of the days on which they were thanked, epoch ms, in order."""
    found: dict[int, list[int]] = {}
    for person_id, day in access.recognitions(seat.workspace).order_by("on").values_list("person_id", "on"):
        start = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
        found.setdefault(person_id, []).append(start + DAY_MS - 1)
    return found


def standing(one: Membership, helped: Sequence[Help], thanks: Sequence[int]) -> Standing:
    ids = tuple(each.post_id for each in helped[-LISTED_MAX:])
    figure = count("contributions", len(helped), "recognition.method.contributions", Evidence(post_ids=ids or (0,)))
    last = thanks[-1] if thanks else 0
    waiting = [each.sort_ms for each in helped if each.sort_ms > last]
    waits = (now_ms() - waiting[0]) // DAY_MS if waiting else None
    return Standing(one, figure, datetime.fromtimestamp(last / 1000, UTC).date() if last else None, waits)


def thanked_in_time(seat: Seat) -> Figure:
    """Of the help that ambassadors gave in the last months, older than the delay: the share followed by thanks within
    it."""
    until = now_ms()
    rows = access.members(seat.workspace)
    accounts = access.accounts(seat.workspace, set(rows.values_list("person_id", flat=True)))
    since, delay = until - PERIOD_DAYS * DAY_MS, THANK_DAYS * DAY_MS
    by_person = grouped(accounts, help_by(archive(), seat.workspace.id, frozenset(accounts), since, until - delay))
    thanks, hits, ids = thanks_of(seat), 0, []
    for person, helped in by_person.items():
        for one in helped:
            ids.append(one.post_id)
            hits += followed(one.sort_ms, thanks.get(person, []), delay)
    evidence = Evidence(post_ids=tuple(sorted(ids)[-LISTED_MAX:]) or (0,))
    return share("thanked_in_time", hits, len(ids), "recognition.method.thanked_in_time", evidence)


def followed(at_ms: int, thanks: Sequence[int], delay: int) -> bool:
    """Whether one of the thanks, in order, came within the delay."""
    place = bisect_left(thanks, at_ms)
    return place < len(thanks) and thanks[place] <= at_ms + delay + DAY_MS


def unsaid(seat: Seat) -> list[Unsaid]:
    """What people who got something with a price said of us afterwards without saying so, newest first. Only mentions
    of our watches are looked at, whoever they are."""
    since = rewarded(seat)
    accounts = access.accounts(seat.workspace, set(since))
    if not accounts:
        return []
    first = min(day for day, _ in since.values())
    rows = said_by(archive(), seat.workspace.id, frozenset(accounts), first, now_ms())
    done, people = access.settled(seat.workspace), persons(seat, set(since))
    made = [unsaid_of(row, accounts, since, people) for row in rows if row["post_id"] not in done]
    return [one for one in made if one is not None]


def rewarded(seat: Seat) -> dict[int, tuple[int, str]]:
    """Person → (first day of something with a price, epoch ms; what it was)."""
    found: dict[int, tuple[int, str]] = {}
    for one in access.recognitions(seat.workspace).order_by("on"):
        if must_disclose(one) and one.person_id not in found:
            start = datetime(one.on.year, one.on.month, one.on.day, tzinfo=UTC)
            found[one.person_id] = round(start.timestamp() * 1000), one.words
    return found


def persons(seat: Seat, ids: set[int]) -> dict[int, Any]:
    rows = Handle.objects.of(seat.workspace).filter(person_id__in=ids).select_related("person")
    return {row.person_id: row.person for row in rows}


def unsaid_of(
    row: Mapping[str, Any], accounts: Mapping[str, int], since: Mapping[int, tuple[int, str]], people: Mapping[int, Any]
) -> Unsaid | None:
    """None for what was said before, or says it."""
    person_id = accounts[row["account_uri"]]
    start, what = since[person_id]
    text = f"{row['title']} {row['text']}".strip()
    if row["sort_ms"] < start or tag(text):
        return None
    return Unsaid(row["post_id"], people[person_id], row["sort_ms"], text[:EXCERPT_CHARS], row["url"], what)
