"""The only doors to saved replies, and how one is filled for a case."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case, CasePost
from palabre.desk.promises import access as promises
from palabre.desk.promises.words import day_words, due_words
from palabre.desk.saved.models import VARIANTS, SavedReply
from palabre.desk.service import access as service
from palabre.desk.workspaces.access import Seat, one
from palabre.engage.saved import Rendered, render
from palabre.errors import InputError

SHOWN = 12


def fold(text: str) -> str:
    """Without accents and case, for a search."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@dataclass(frozen=True, slots=True)
class Offer:
    """A saved reply for a case. variant: of VARIANTS, the one that suits the person best; made: filled, None when it
    cannot be; others: the variants beside it, filled too."""

    reply: SavedReply
    variant: str
    made: Rendered | None
    others: tuple[tuple[str, Rendered], ...]


def saved(seat: Seat, uid: str) -> SavedReply:
    return one(SavedReply.objects.of(seat.workspace), uid=uid)


def all_saved(seat: Seat) -> list[SavedReply]:
    """By folder and name."""
    return list(SavedReply.objects.of(seat.workspace).select_related("changed_by"))


def found(seat: Seat, words: str) -> list[SavedReply]:
    """Those with all the words in their name, folder, shortcut or texts; a shortcut that begins so comes first, then
    those taken most. Accents and case do not count."""
    asked = fold(words).split()
    listed = [reply for reply in all_saved(seat) if all(word in _haystack(reply) for word in asked)]
    begins = fold(words).strip().lstrip("/")
    return sorted(listed, key=lambda one: (not (begins and fold(one.shortcut).startswith(begins)), -one.used, one.name))


def _haystack(reply: SavedReply) -> str:
    return fold(" ".join((reply.name, reply.folder, "/" + reply.shortcut, *reply.texts.values())))


def suits(case: Case | None) -> Sequence[str]:
    """The variants, the one to answer this person with first: their language, and how they wish to be addressed."""
    lang, addressed = _language(case), fold(case.person.addressed if case and case.person else "")
    french = ("fr_tu", "fr_vous") if addressed.split()[:1] in (["tu"], ["tutoiement"]) else ("fr_vous", "fr_tu")
    return ("en", *french) if lang == "en" else (*french, "en")


def _language(case: Case | None) -> str:
    """What the person writes: as noted, else as their last post was read; "" where nobody knows."""
    if case is None:
        return ""
    if case.person and case.person.lang:
        return case.person.lang
    rows = CasePost.objects.of(case.workspace).filter(case=case, ours=False).order_by("-at_ms", "-pk")
    last = rows.values_list("post_id", flat=True).first()
    reading = archive().readings.of(case.workspace.pk, [last]).get(last) if last else None
    return reading.language if reading else ""


def values(seat: Seat, case: Case | None, lang: str) -> Mapping[str, str]:
    """What the fields stand for in a case, in a language; "" where it is not known."""
    zone, now = service.hours(seat.workspace).zone, now_ms()
    given = {"agent.name": seat.user.label, "workspace.name": seat.workspace.name, "today": day_words(now, zone, lang)}
    if case is None:
        return given
    person = case.person
    given |= {"case.title": case.title, "case.network": case.network, **_promise(seat, case, zone, lang)}
    return given | {
        "person.name": person.name if person else "",
        "person.addressed": person.addressed if person else "",
    }


def _promise(seat: Seat, case: Case, zone: ZoneInfo, lang: str) -> dict[str, str]:
    """The soonest open promise of a case."""
    soonest: Any = promises.of_case(seat, case).filter(state="open", due_ms__gt=0).order_by("due_ms").first()
    if soonest is None:
        return {}
    return {"promise.words": soonest.words, "promise.due": due_words(soonest.due_ms, zone, lang, now_ms())}


def offers(seat: Seat, case: Case | None, words: str) -> list[Offer]:
    """What fits some words, filled for a case."""
    order = suits(case)
    filled = {lang: values(seat, case, lang) for lang in ("fr", "en")}
    return [offer for reply in found(seat, words)[:SHOWN] if (offer := _offer(reply, order, filled)) is not None]


def _offer(reply: SavedReply, order: Sequence[str], filled: Mapping[str, Mapping[str, str]]) -> Offer | None:
    made = [(name, _made(reply.texts[name], filled[name[:2]])) for name in order if reply.texts.get(name)]
    usable = [(name, text) for name, text in made if text is not None]
    if not usable:
        return Offer(reply, made[0][0], None, ()) if made else None
    return Offer(reply, usable[0][0], usable[0][1], tuple(usable[1:]))


def _made(text: str, given: Mapping[str, str]) -> Rendered | None:
    try:
        return render(text, given)
    except InputError:
        return None


def taken(reply: SavedReply) -> None:
    """It was put into a reply."""
    rows = SavedReply.objects.of(reply.workspace).filter(pk=reply.pk)
    rows.update(used=F("used") + 1, used_ms=now_ms())


__all__ = ["VARIANTS", "all_saved", "found", "offers", "saved", "suits", "taken", "values"]
