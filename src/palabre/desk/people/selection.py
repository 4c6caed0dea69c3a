"""Which persons: the words of an address, which are also what a segment keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import access, index
from palabre.desk.people.models import KINDS, PURPOSES, RELATIONS, Consent, Fact, Handle, ListMember, Person
from palabre.desk.replies import reached as replies
from palabre.desk.workspaces.models import Workspace
from palabre.understand.roles import ROLES

DAY_MS = 86_400_000
TEXT_CHARS = 100
ORDERS = ("seen", "name", "changed", "legitimacy")
COLUMNS = {"seen": "-seen_ms", "name": "name", "changed": "-changed_ms", "legitimacy": "-legitimacy"}
NONE = "none"
NUMBERS = ("legit_min", "legit_max", "fame_min", "seen_within", "silent_for", "not_contacted")
NAMES = ("q", "relation", "kind", "lang", "role", "network", "tag", "need", "consent", "list", "legit_min", "legit_max",
         "fame_min", "seen_within", "silent_for", "not_contacted")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conditions:
    """asked: name (of NAMES) → value, only those that ask something."""

    asked: Mapping[str, str]

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Conditions:
        """What of the given words makes sense; the rest is passed over."""
        found = {name: str(given.get(name, "")).strip()[:TEXT_CHARS] for name in NAMES}
        return cls({name: value for name, value in found.items() if value and sensible(name, value)})

    def address(self, **more: str) -> str:
        return urlencode([*self.asked.items(), *((name, value) for name, value in more.items() if value)])

    def without(self, name: str) -> str:
        return urlencode([pair for pair in self.asked.items() if pair[0] != name])


def sensible(name: str, value: str) -> bool:
    if name == "need" or name in NUMBERS:
        return value.isascii() and value.isdecimal() and len(value) < 10
    known: Mapping[str, tuple[str, ...]] = {
        "relation": (*RELATIONS, NONE), "kind": KINDS, "lang": ("fr", "en", NONE), "role": tuple(ROLES),
        "consent": PURPOSES,
    }  # fmt: skip
    return value in known[name] if name in known else "\0" not in value


def chosen(workspace: Workspace, conditions: Conditions) -> QuerySet[Person]:
    """Persons that fulfil all of them."""
    wanted = Q()
    for name, value in conditions.asked.items():
        wanted &= CONDITIONS[name](workspace, value)
    found: QuerySet[Person] = access.persons(workspace).filter(wanted)
    return found


def plain(column: str) -> Callable[[Workspace, str], Q]:
    return lambda _, value: Q(**{column: "" if value == NONE else value})


def ago(value: str) -> int:
    return now_ms() - int(value) * DAY_MS


def of_need(workspace: Workspace, value: str) -> Q:
    authors = archive().authors.behind_need(workspace.id, int(value))
    return Q(pk__in=[one.pk for one in access.behind_all(workspace, authors).values()])


def with_consent(workspace: Workspace, value: str) -> Q:
    """Whose newest word on a purpose is yes."""
    given = Consent.objects.of(workspace).filter(purpose=value, state="given")
    newer = Consent.objects.of(workspace).filter(
        Q(at_ms__gt=OuterRef("at_ms")) | Q(at_ms=OuterRef("at_ms"), pk__gt=OuterRef("pk")),
        person=OuterRef("person"), purpose=value,
    )  # fmt: skip
    return Q(pk__in=given.filter(~Exists(newer)).values("person_id"))


CONDITIONS: Mapping[str, Callable[[Workspace, str], Q]] = {
    "q": lambda _, value: index.asked_for(value),
    "relation": plain("relation"),
    "kind": plain("kind"),
    "lang": plain("lang"),
    "role": plain("role"),
    "network": lambda w, value: Q(pk__in=Handle.objects.of(w).filter(network=value).values("person_id")),
    "tag": lambda w, value: Q(
        pk__in=Fact.objects.of(w).filter(name="tag", value__iexact=value).values("person_id")
    ),
    "need": of_need,
    "consent": with_consent,
    "list": lambda w, value: Q(pk__in=ListMember.objects.of(w).filter(list__uid=value).values("person_id")),
    "legit_min": lambda _, value: Q(legitimacy__gte=int(value)),
    "legit_max": lambda _, value: Q(legitimacy__lte=int(value)),
    "fame_min": lambda _, value: Q(notoriety__gte=int(value)),
    "seen_within": lambda _, value: Q(seen_ms__gte=ago(value)),
    "silent_for": lambda _, value: Q(seen_ms__lt=ago(value), seen_ms__gt=0),
    "not_contacted": lambda w, value: ~Q(pk__in=replies.written_since(w, ago(value))),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A page of persons. older: where the next one begins, "" at the end."""

    persons: list[Person]
    older: str


def paged(persons: QuerySet[Person], order: str, after: str, size: int) -> Found:
    """By key. after: as `Found.older` gave it."""
    column = COLUMNS[order].removeprefix("-")
    down = COLUMNS[order].startswith("-")
    if order == "legitimacy":
        persons = persons.filter(legitimacy__isnull=False)
    key, _, value = after.partition(".")
    if key.isdecimal() and key.isascii() and len(key) < 19 and value:
        persons = persons.filter(beyond(column, down, int(key), value))
    rows = list(persons.order_by(COLUMNS[order], "-pk")[: size + 1])
    last: Any = rows[size - 1] if len(rows) > size else None
    return Found(rows[:size], f"{last.pk}.{getattr(last, column)}" if last else "")


def beyond(column: str, down: bool, key: int, value: str) -> Q:
    """What comes after (value, key) in this order; a value that is no number asks nothing of numbers."""
    made: Any = value if column == "name" else number(value)
    side = "lt" if down else "gt"
    return Q(**{f"{column}__{side}": made}) | Q(**{column: made, "pk__lt": key})


def number(text: str) -> float:
    try:
        found = float(text) if len(text) < 30 else 0.0
    except ValueError:
        return 0.0
    return found if isfinite(found) else 0.0
