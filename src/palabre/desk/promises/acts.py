"""What members do with promises. Each act leaves its event; a promise that is settled can be opened again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.promises.access import happened
from palabre.desk.promises.models import Promise, PromiseLink
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership, User
from palabre.errors import InputError

SETTLED = ("kept", "broken", "withdrawn")


@dataclass(frozen=True, slots=True)
class Later:
    """What replaces a promise. told_ms: when the person was told, 0: not yet; why: in a member's words."""

    words: str
    due_ms: int
    remind_ms: int
    told_ms: int
    why: str


@transaction.atomic
def settle(seat: Seat, found: Promise, state: str, *, proof: str = "", note: str = "", at_ms: int = 0) -> None:
    """kept, broken or withdrawn. Raises InputError: kept without proof, broken or withdrawn without a reason, in the
    future, or settled already."""
    _as_it_is(found)
    _check(found, state, proof, note, at_ms)
    found.state, found.settled_ms, found.proof = state, at_ms or now_ms(), proof[:1000]
    found.save(update_fields=["state", "settled_ms", "proof"])
    happened(found, state, seat.user, note or proof)


def _as_it_is(found: Promise) -> None:
    """Its state as the database has it now, held until the transaction ends: of two who settle it at once, one does."""
    rows = Promise.objects.of(found.workspace).select_for_update().filter(pk=found.pk)
    found.state = rows.values_list("state", flat=True).get()


def _check(found: Promise, state: str, proof: str, note: str, at_ms: int) -> None:
    if found.state != "open":
        raise InputError("promise_page.fault.settled")
    if state not in SETTLED:
        raise InputError("promise_page.fault.state")
    if state == "kept" and not proof.strip():
        raise InputError("promise_page.fault.proof")
    if state != "kept" and not note.strip():
        raise InputError("promise_page.fault.why")
    if at_ms > now_ms():
        raise InputError("promise_page.fault.future")


@transaction.atomic
def renegotiate(seat: Seat, found: Promise, later: Later) -> Promise:
    """A new promise follows this one; the chain stays. Raises InputError."""
    _as_it_is(found)
    if found.state != "open":
        raise InputError("promise_page.fault.settled")
    if later.due_ms <= now_ms():
        raise InputError("promise_page.fault.past")
    fresh = Promise.objects.add(
        found.workspace, words=later.words[:500] or found.words, due_ms=later.due_ms, made_ms=now_ms(),
        person=found.person, case=found.case, owner=found.owner, from_kind=found.from_kind, from_uid="",
        uri=found.uri, remind_ms=later.remind_ms,
    )  # fmt: skip
    found.state, found.settled_ms, found.followed_by = "renegotiated", now_ms(), fresh
    found.save(update_fields=["state", "settled_ms", "followed_by"])
    happened(found, "renegotiated", seat.user, later.why)
    happened(fresh, "made", seat.user, later.why)
    if later.told_ms:
        happened(found, "told", seat.user, at_ms=later.told_ms)
    return fresh


def told(seat: Seat, found: Promise) -> None:
    """The person was told of the new date."""
    happened(found, "told", seat.user)


@transaction.atomic
def reopen(seat: Seat, found: Promise) -> None:
    """As if it had not been settled; one that was renegotiated stays so: its follower lives. Raises InputError."""
    _as_it_is(found)
    if found.state not in SETTLED:
        raise InputError("promise_page.fault.open")
    found.state, found.settled_ms, found.proof = "open", 0, ""
    found.save(update_fields=["state", "settled_ms", "proof"])
    happened(found, "reopened", seat.user)


def give_to(seat: Seat, found: Promise, user: User | None) -> None:
    """Who sees to it."""
    found.owner = user
    found.save(update_fields=["owner"])
    happened(found, "owned", seat.user, user.label if user else "")


def remind_at(seat: Seat, found: Promise, ms: int) -> None:
    """When its owner finds it in their day; 0: never."""
    found.remind_ms = ms
    found.save(update_fields=["remind_ms"])
    happened(found, "reminded", seat.user)


def members(seat: Seat) -> list[User]:
    """Who may own a promise, by name."""
    rows = Membership.objects.of(seat.workspace).exclude(role="reader").select_related("user")
    return sorted((row.user for row in rows), key=lambda user: user.label.casefold())


def give_address(seat: Seat, person: object) -> str:
    """A fresh token for the page of a person; shown once."""
    token = tokens.fresh()
    PromiseLink.objects.add(
        seat.workspace, person=person, token_hash=tokens.hashed(token), made_by=seat.user, made_ms=now_ms()
    )
    return token


def take_back(found: PromiseLink) -> None:
    """The address opens nothing any more."""
    found.revoked_ms = now_ms()
    found.save(update_fields=["revoked_ms"])
