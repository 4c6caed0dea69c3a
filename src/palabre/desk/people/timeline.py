"""All that happened between a person and us, over all channels, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q

from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.people import access
from palabre.desk.people.models import Consent, Note, Person
from palabre.desk.promises import access as promises
from palabre.desk.replies import reached as replies
from palabre.desk.workspaces.access import Seat

PAGE = 25
KINDS = ("post", "reply", "promise", "case", "note", "consent")  # of things at the same moment, the first comes first
POST_CHARS = 500


@dataclass(frozen=True, slots=True)
class Place:
    """After which thing a page begins: its moment, its kind's place, its key."""

    at_ms: int
    kind: int
    key: int

    @classmethod
    def read(cls, text: str) -> Place | None:
        parts = text.split(".")
        whole = len(parts) == 3 and all(one.isascii() and one.isdecimal() and len(one) < 19 for one in parts)
        return cls(*map(int, parts)) if whole else None

    def __str__(self) -> str:
        return f"{self.at_ms}.{self.kind}.{self.key}"


@dataclass(frozen=True, slots=True)
class Item:
    """kind: of KINDS; thing: the row or the post; words: what it says, cut."""

    at_ms: int
    kind: str
    key: int
    thing: Any
    words: str = ""

    @property
    def place(self) -> Place:
        return Place(self.at_ms, KINDS.index(self.kind), self.key)


def page(seat: Seat, person: Person, after: Place | None, only: str = "", size: int = PAGE) -> tuple[list[Item], str]:
    """Things, and where the next page begins ("" at the end). only: of KINDS, "" for all."""
    made = sources(seat, person)
    makers: dict[str, Callable[[int], list[Item]]] = {
        kind: partial(rows, kind, wanted, column, after) for kind, (wanted, column) in made.items()
    }
    makers["post"] = partial(posts, seat, person, after)
    found = [item for kind in KINDS if only in ("", kind) for item in makers[kind](size + 1)]
    found.sort(key=lambda one: (-one.at_ms, KINDS.index(one.kind), -one.key))
    more = str(found[size - 1].place) if len(found) > size else ""
    return found[:size], more


def sources(seat: Seat, person: Person) -> dict[str, tuple[Any, str]]:
    """kind -> (rows of the desk, the column with their moment)."""
    workspace = seat.workspace
    return {
        "reply": (replies.sent_to(workspace, person.pk), "changed_ms"),
        "promise": (promises.promises(seat).filter(person=person), "made_ms"),
        "case": (inbox.cases(seat).filter(person=person), "opened_ms"),
        "note": (Note.objects.of(workspace).filter(person=person).select_related("by"), "at_ms"),
        "consent": (Consent.objects.of(workspace).filter(person=person), "at_ms"),
    }


def rows(kind: str, wanted: Any, column: str, after: Place | None, size: int) -> list[Item]:
    """The next rows of a kind."""
    if after is not None:
        below = Q(**{f"{column}__lt": after.at_ms})
        if KINDS.index(kind) == after.kind:
            below |= Q(**{column: after.at_ms, "pk__lt": after.key})
        elif KINDS.index(kind) > after.kind:
            below |= Q(**{column: after.at_ms})
        wanted = wanted.filter(below)
    newest = wanted.order_by(f"-{column}", "-pk")[:size]
    return [Item(getattr(row, column), kind, row.pk, row, words_of(row)) for row in newest]


def words_of(row: Any) -> str:
    said = next((getattr(row, name) for name in ("text", "words", "title") if hasattr(row, name)), "")
    return cut(said)


def cut(text: str) -> str:
    return f"{text[:POST_CHARS].rstrip()}…" if len(text) > POST_CHARS else text


def posts(seat: Seat, person: Person, after: Place | None, size: int) -> list[Item]:
    """The next posts of all their accounts."""
    authors = [(one.network, one.uri) for one in access.handles(person)]
    before = (after.at_ms, after.key if after.kind == 0 else 0) if after else None
    found = archive().authors.posts(seat.workspace.id, authors, before, size) if authors else []
    return [Item(row.sort_ms, "post", row.post_id, row, cut(row.post.title or row.post.text)) for row in found]
