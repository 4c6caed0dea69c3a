"""Inviting, saying yes or no, leaving, thanking. Only the invited person's own answer enrols."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from palabre.desk.ambassadors import access
from palabre.desk.ambassadors.models import KINDS, Consent, Invite, Membership, Recognition
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.people import access as people
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat
from palabre.engage.disclosure import obliges
from palabre.errors import InputError
from palabre.messages import LANGUAGES

OPEN_MS = 60 * 86_400_000
POINTS = ("what", "free", "disclose", "leave", "kept")


def words(house: str, kind: str, lang: str) -> str:
    """What is asked, in full, in a language: the text that a yes says yes to."""
    lines = [speak(f"recognition.ask.lead.{kind}", lang, house=house)]
    lines += [f"• {speak(f'recognition.ask.{point}', lang, house=house)}" for point in POINTS]
    if kind == "employee":
        lines.append(f"• {speak('recognition.ask.employee', lang, house=house)}")
    return "\n".join(lines)


def invited(seat: Seat, person: Any, kind: str) -> tuple[Invite, str]:
    """An invitation and its token, which is shown once; earlier ones without an answer open no more. Raises
    InputError."""
    if kind not in KINDS:
        raise InputError("recognition.no_kind")
    if access.is_member(seat.workspace, person.pk):
        raise InputError("recognition.already", name=person.name)
    token, now = tokens.fresh(), now_ms()
    access.invites(seat.workspace).filter(person=person, answer="", withdrawn_ms=0).update(withdrawn_ms=now)
    texts = {lang: words(seat.workspace.name, kind, lang) for lang in LANGUAGES}
    made = Invite.objects.add(
        seat.workspace, person=person, kind=kind, token_hash=tokens.hashed(token), texts=texts, made_by=seat.user,
        made_ms=now, expires_ms=now + OPEN_MS,
    )  # fmt: skip
    return made, token


def answered(found: Invite, answer: str, lang: str) -> None:
    """Their own answer, on the page. A yes enrols; after a no they may still say yes as long as the address opens."""
    now = now_ms()
    with transaction.atomic():
        row = Invite.doors.select_for_update().get(pk=found.pk)
        if row.answer == "yes" or answer not in ("yes", "no"):
            return
        Invite.doors.filter(pk=row.pk).update(answer=answer, answered_ms=now)
        if answer == "yes":
            enrolled(row, lang, now)
    found.refresh_from_db()


def enrolled(found: Invite, lang: str, now: int) -> None:
    """The yes with its words, and the membership that rests on it."""
    text = str(found.texts[lang])
    proof = Consent.objects.add(
        found.workspace, invite=found, answer="yes", text=text, lang=lang, answered_ms=now,
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    if not access.is_member(found.workspace, found.person_id):
        Membership.objects.add(
            found.workspace, person=found.person, consent=proof, kind=found.kind, joined_ms=now
        )  # fmt: skip


def left(found: Membership, by: str) -> None:
    """They leave, or we let them go; the proof of the yes stays with its dates. Who said yes twice, before two persons
    were found to be one, leaves with both."""
    same = people.everyone_in(found.person)
    open_ones = Membership.objects.of(found.workspace).filter(person_id__in=same, left_ms=0)
    open_ones.update(left_ms=now_ms(), left_by=by)


def thanked(seat: Seat, person: Any, **values: Any) -> Recognition:
    """Enters a recognition; a range the wrong way round is turned."""
    low, high = values.pop("low", None), values.pop("high", None)
    ends = sorted(one for one in (low, high) if one is not None)
    values |= {"low": ends[0], "high": ends[-1]} if ends else {}
    return Recognition.objects.add(seat.workspace, person=person, by=seat.user, made_ms=now_ms(), **values)


def must_disclose(found: Recognition) -> bool:
    return obliges(found.nature, found.high)
