"""Contacts in words: each reason as a sentence with its link and the ground it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.outreach.models import Contact
from palabre.desk.workspaces.access import Seat

DAY_MS = 86_400_000
ROUTES = {"broken": ("promises:promise", "uid"), "unanswered": ("inbox:case", "uid")}


@dataclass(frozen=True, slots=True)
class Because:
    """A reason in words. ground: on which it may be acted; href: what it is about, "" where there is nothing to see."""

    kind: str
    words: str
    ground: str
    href: str


@dataclass(frozen=True, slots=True)
class Told:
    contact: Contact
    name: str
    because: tuple[Because, ...]
    address: str


def told(seat: Seat, rows: Iterable[Contact], lang: str) -> list[Told]:
    """Contacts as a page shows them."""
    titles = {str(one.need_id): one.title_in(lang) for one in archive().needs.all(seat.workspace.id)}
    return [one_told(seat, row, titles, lang) for row in rows]


def one_told(seat: Seat, row: Contact, needs: dict[str, str], lang: str) -> Told:
    name = row.person.name or speak("outreach.unnamed", lang)
    because = tuple(reason(seat, one, needs, lang) for one in row.reasons)
    return Told(row, name, because, person_address(seat, row.person))


def person_address(seat: Seat, person: Any) -> str:
    for route in ("people:page", "promises:person"):
        try:
            return reverse(route, kwargs={"workspace_slug": seat.workspace.slug, "uid": person.uid})
        except NoReverseMatch:
            continue
    return ""


def reason(seat: Seat, one: list[Any], needs: dict[str, str], lang: str) -> Because:
    kind, since_ms, about, post_id, ground = one
    days = max(0, (now_ms() - int(since_ms)) // DAY_MS)
    name = "broken_today" if kind == "broken" and not days else kind
    words = speak(f"outreach.reason.{name}", lang, n=days, need=needs.get(str(about), "…"))
    return Because(
        kind, words, speak(f"outreach.ground.{ground}", lang), address_of(seat, kind, str(about), int(post_id))
    )


def address_of(seat: Seat, kind: str, about: str, post_id: int) -> str:
    """Of the promise, of the case, or of the post of theirs."""
    ids: dict[str, Any] = {"workspace_slug": seat.workspace.slug}
    try:
        if kind in ROUTES:
            route, name = ROUTES[kind]
            return reverse(route, kwargs=ids | {name: about})
        return reverse("mentions:thread", kwargs=ids | {"post_id": post_id}) if post_id else ""
    except NoReverseMatch:
        return ""
