"""Replies that go back to their writer, words to avoid, saved replies. None of it sends: a member does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.desk.api.answering import reply
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, When, Who, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Id, Word
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.inbox import access as inbox
from palabre.desk.replies import access, forms
from palabre.desk.saved import access as saved
from palabre.desk.saved.forms import SavedForm
from palabre.desk.saved.models import VARIANTS, SavedReply
from palabre.engage.saved import TEXT_CHARS_MAX


class WordOut(Row):
    """say: what to write instead; lang: "" for both."""

    word: str
    say: str
    lang: str


class SavedOut(Row):
    """texts: by language and form of address."""

    name: str
    folder: str
    shortcut: str
    texts: dict[str, str]
    used: int
    changed_by: Who
    changed: When = ms("changed")


class OfferOut(Schema):
    """A saved reply filled for a case, in the variant that suits the person; text: "" when a field is missing."""

    id: Uid
    name: str
    variant: str
    text: str


@operation("GET", "/avoided-words", listed(WordOut), scope="answer")
def avoided_words(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.words(seat_of(request))}


@operation("GET", "/saved-replies", listed(SavedOut), scope="answer")
def saved_replies(request: HttpRequest, workspace_slug: str, q: Word = "") -> Any:
    seat = seat_of(request, "agent")
    return {"items": saved.found(seat, q) if q.strip() else saved.all_saved(seat)}


@operation("GET", "/saved-replies/{uid}", SavedOut, scope="answer")
def saved_reply(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return saved.saved(seat_of(request, "agent"), uid)


@operation("GET", "/cases/{uid}/saved-replies", listed(OfferOut), scope="answer")
def offered_replies(request: HttpRequest, workspace_slug: str, uid: Uid, q: Word = "") -> Any:
    """Those that fit some words, filled for the case."""
    seat = seat_of(request, "agent")
    return {"items": [offer_shown(one) for one in saved.offers(seat, inbox.case(seat, uid), q)]}


def offer_shown(one: saved.Offer) -> dict[str, str]:
    text = one.made.text if one.made else ""
    return {"id": one.reply.uid, "name": one.reply.name, "variant": one.variant, "text": text}


TEXTS: Any = {name: (Annotated[str, Field(max_length=TEXT_CHARS_MAX)] | None, None) for name in VARIANTS}
ANSWER: Any = {"scope": "answer"}
SAVED = "/saved-replies/{uid}"
deed("POST", "/replies/{uid}/judge", "replies:judge", "hand_back_reply",
     body("ReplyJudge", action=(Literal["return", "withdraw"], ...), version=(Id, ...), remark=(Word, "")),
     then=reply, **ANSWER)  # fmt: skip
deed("POST", "/replies/{uid}/take-back", "replies:take_back", "take_back_reply", strict=True, **ANSWER)
deed("POST", "/avoided-words", "replies:words", "avoid_word", body("WordIn", forms.WordForm), then=avoided_words,
     status=201, **ANSWER)  # fmt: skip
deed("DELETE", "/avoided-words/{uid}", "replies:remove_word", "allow_word", **ANSWER)
deed("POST", "/saved-replies", "saved:new", "add_saved_reply", body("SavedIn", SavedForm, **TEXTS), then=saved_reply,
     status=201, made=SavedReply, **ANSWER)  # fmt: skip
deed("PATCH", SAVED, "saved:edit", "change_saved_reply", body("SavedChange", SavedForm, part=True, **TEXTS),
     then=saved_reply, begins=True, **ANSWER)  # fmt: skip
deed("DELETE", SAVED, "saved:remove", "remove_saved_reply", **ANSWER)
deed("POST", f"{SAVED}/used", "saved:used", "use_saved_reply", **ANSWER)
