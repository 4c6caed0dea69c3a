"""The queues of the inbox: which cases, in which order, page by page, and how many there are in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q

from palabre.desk.engine import archive
from palabre.desk.inbox import access
from palabre.desk.inbox.models import Case, CasePost
from palabre.desk.teams import access as teams
from palabre.desk.teams.models import Team
from palabre.desk.workspaces.access import Seat
from palabre.errors import QueryError
from palabre.model import INTENTS
from palabre.search import ask

PAGE = 50
QUEUES = ("open", "mine", "unassigned", "teams", "snoozed", "waiting", "resolved", "all")
BY_POINTS = ("-points", "opened_ms", "pk")
BY_CHANGE = ("-changed_ms", "-pk")
BY_RETURN = ("snoozed_until_ms", "pk")
ORDERS: Mapping[str, Sequence[str]] = {
    "resolved": BY_CHANGE,
    "waiting": BY_CHANGE,
    "snoozed": BY_RETURN,
    "all": BY_CHANGE,
}
FOUND_MAX = 500  # posts a search looks up in cases
WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of the inbox asks. queue: of QUEUES, or "team:<uid>"; after: where the page begins."""

    queue: str = "open"
    words: str = ""
    label: str = ""
    network: str = ""
    intent: str = ""
    urgent: bool = False
    after: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From the fields of an address; what cannot be meant is left out."""
        queue = given.get("queue", "open")
        return cls(
            queue if queue in QUEUES or queue.startswith("team:") else "open",
            given.get("q", "").strip()[:WORDS_MAX],
            given.get("label", "")[:60],
            given.get("network", "")[:40],
            intent if (intent := given.get("intent", "")) in INTENTS else "",
            given.get("urgent", "") == "1",
            given.get("after", "")[:80],
        )

    def address(self) -> str:
        """The same as the words of an address, without ``after``."""
        pairs = {"queue": self.queue, "q": self.words, "label": self.label, "network": self.network,
                 "intent": self.intent, "urgent": "1" if self.urgent else ""}  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def filtered(self) -> bool:
        return bool(self.words or self.label or self.network or self.intent or self.urgent)

    def freed(self) -> Asked:
        return Asked(self.queue)

    def without(self, name: str) -> Asked:
        return replace(self, **{name: False if name == "urgent" else ""})  # type: ignore[arg-type]

    @property
    def order(self) -> Sequence[str]:
        return ORDERS.get(self.queue, BY_POINTS)


def chosen(seat: Seat, asked: Asked) -> Any:
    """The cases asked for, as a query set without order."""
    rows = access.cases(seat).filter(of_queue(seat, asked.queue))
    if asked.label:
        rows = rows.filter(marks__contains=f"|{asked.label}|")
    if asked.network:
        rows = rows.filter(network=asked.network)
    if asked.intent:
        rows = rows.filter(asks__has_key=asked.intent)
    if asked.urgent:
        rows = rows.filter(urgent=True)
    return rows.filter(of_words(seat, asked.words)) if asked.words else rows


def of_queue(seat: Seat, queue: str) -> Q:
    """A queue as a condition. What is put off or waits for the customer has a queue of its own."""
    if queue.startswith("team:"):
        return Q(state="open", team__uid=queue.removeprefix("team:"))
    return {
        "open": Q(state="open"),
        "mine": Q(state="open", assignee=seat.user),
        "unassigned": Q(state="open", assignee=None),
        "teams": Q(state="open", team__in=[one.pk for one in teams.mine(seat)]),
        "snoozed": Q(state="snoozed"),
        "waiting": Q(state="waiting"),
        "resolved": Q(state="resolved"),
        "all": Q(),
    }[queue]


def of_words(seat: Seat, words: str) -> Q:
    """Title, person, or the words of a post that is in the case."""
    found = (
        Q(title__icontains=words) | Q(person__name__icontains=words) | Q(uid=words) | Q(notes__text__icontains=words)
    )
    ids = matching(seat, words)
    inside = CasePost.objects.of(seat.workspace).filter(post_id__in=ids).values("case_id")
    merged = Case.objects.of(seat.workspace).filter(pk__in=inside, merged_into__isnull=False).values("merged_into_id")
    return Q(pk__in=access.cases(seat).filter(found | Q(pk__in=inside) | Q(pk__in=merged)).values("pk"))


def matching(seat: Seat, words: str) -> list[int]:
    """The newest posts that a search finds; what is no query finds none."""
    try:
        return [row.post_id for row in ask(archive(), seat.workspace.id, words).rows(None, FOUND_MAX)]
    except QueryError:
        return []


@dataclass(frozen=True, slots=True)
class Page:
    """cases: of one page, in order; after: where the next one begins, "" at the end."""

    cases: list[Case]
    after: str


def page(seat: Seat, asked: Asked, size: int = PAGE) -> Page:
    """One page, by key: a case that comes or goes meanwhile shifts nothing."""
    rows = chosen(seat, asked).order_by(*asked.order)
    key = read_key(asked.after, len(asked.order))
    if key:
        rows = rows.filter(beyond(asked.order, key))
    found = list(rows.select_related("person", "assignee", "team", "locked_by")[: size + 1])
    kept = found[:size]
    return Page(kept, key_of(kept[-1], asked.order) if len(found) > size else "")


def key_of(case: Case, order: Sequence[str]) -> str:
    return ".".join(str(getattr(case, name.removeprefix("-"))) for name in order)


def read_key(text: str, n: int) -> list[int]:
    """The numbers of a key; none where it is no key of that order."""
    parts = text.split(".")
    usable = len(parts) == n and all(one.removeprefix("-").isdecimal() and len(one) < 20 for one in parts)
    return [int(one) for one in parts] if usable else []


def beyond(order: Sequence[str], key: Sequence[int]) -> Q:
    """What comes after a key in that order."""
    found, same = Q(), Q()
    for name, value in zip(order, key, strict=True):
        column = name.removeprefix("-")
        found |= same & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{column: value})
    return found


def following(seat: Seat, asked: Asked, case: Case) -> Case | None:
    """The case after this one in the queue, else the first of it."""
    rows = chosen(seat, asked).exclude(pk=case.pk).order_by(*asked.order)
    key = [int(getattr(case, name.removeprefix("-"))) for name in asked.order]
    found: Case | None = rows.filter(beyond(asked.order, key)).first() or rows.first()
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A queue in the list beside the inbox."""

    queue: str
    name: str  # of a team; "" where the queue has a sentence
    n: int


def counts(seat: Seat) -> list[Line]:
    """All queues with what is in them, in one question to the database."""
    groups = list(teams.teams(seat))
    named = {queue: of_queue(seat, queue) for queue in QUEUES if queue != "all"}
    keys = {f"n_{queue}": Count("pk", filter=condition) for queue, condition in named.items()}
    keys |= {f"t_{one.pk}": Count("pk", filter=Q(state="open", team=one.pk)) for one in groups}
    found = access.cases(seat).select_related(None).aggregate(**keys)
    return [*(Line(queue, "", found[f"n_{queue}"]) for queue in named), *(team_line(one, found) for one in groups)]


def team_line(one: Team, found: Mapping[str, int]) -> Line:
    return Line(f"team:{one.uid}", one.name, found[f"t_{one.pk}"])


def labels(seat: Seat) -> list[str]:
    return list(teams.labels(seat.workspace))


def networks(seat: Seat) -> list[str]:
    """Where the cases that go on are from."""
    rows = access.cases(seat).filter(state="open").exclude(network="")
    return sorted(set(rows.select_related(None).values_list("network", flat=True).distinct()))
