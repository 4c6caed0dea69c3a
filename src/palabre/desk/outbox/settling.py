"""How a sending changes state. Each change asks for the state and the attempt it saw: who is late changes nothing.

An app whose things are sent has a file ``outcomes.py`` with ``OUTCOMES``: by kind of `Sending`, what it does when one
is settled. It hears of each state at least once, in a transaction of its own, and must not mind hearing it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.db import transaction

from palabre.archive import PostRow
from palabre.collect.sending import Sent
from palabre.desk.clock import now_ms
from palabre.desk.config.apps import with_module
from palabre.desk.outbox.models import Channel, Sending
from palabre.errors import PalabreError

LOG = logging.getLogger("palabre.desk.outbox")
IN_HAND = ("sending", "unknown")
FIRST_LOOK_MS = 5_000
NOT_THERE, CUT_OFF = "outbox.not_there", "outbox.cut_off"
SAID_CHARS = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """settled: the sending is sent, refused or cancelled; heard: our own post came back by listening."""

    settled: Callable[[Sending], None]
    heard: Callable[[Sending, PostRow], None]


@cache
def outcomes() -> Mapping[str, Outcome]:
    """By kind, from every app."""
    return {kind: one for name in with_module("outcomes") for kind, one in import_module(name).OUTCOMES.items()}


def change(sending: Sending, states: tuple[str, ...], **values: Any) -> bool:
    """Writes if the sending is still in one of these states, by the same attempt; the object follows the row."""
    rows = Sending.queue.filter(pk=sending.pk, tries=sending.tries, state__in=states)
    if rows.update(**values) != 1:
        return False
    for name, value in values.items():
        setattr(sending, name, value)
    return True


def sent(sending: Sending, got: Sent, *, late: bool = False) -> bool:
    """The platform has it, since the second that it says."""
    values = {"uri": got.uri[:1000], "url": got.url[:2000], "sent_ms": got.at_ms or now_ms(), "late": late}
    done = change(sending, IN_HAND, state="sent", told=False, look_ms=0, error_key="", error_params={}, **values)
    return done and tell(sending)


def refused(sending: Sending, key: str, params: Mapping[str, object], states: tuple[str, ...] = IN_HAND) -> bool:
    """The platform certainly does not have it: it goes back to its author."""
    said = {"error_key": key, "error_params": plain(params)}
    return change(sending, states, state="refused", told=False, look_ms=0, **said) and tell(sending)


def waits(sending: Sending, due_ms: int, key: str, params: Mapping[str, object]) -> bool:
    """Certainly not taken, and not for a reason of its own: the same message, as approved, is due again later."""
    return change(sending, IN_HAND, state="queued", due_ms=due_ms, error_key=key, error_params=plain(params))


def unknown(sending: Sending, key: str, params: Mapping[str, object]) -> bool:
    """Nobody can tell: the platform will be read."""
    said = {"error_key": key, "error_params": plain(params)}
    return change(sending, ("sending",), state="unknown", look_ms=now_ms() + FIRST_LOOK_MS, **said)


def cancelled(sending: Sending) -> bool:
    """Only while it is queued; False: it left already."""
    return change(sending, ("queued",), state="cancelled", told=False) and tell(sending)


def broken(channel: Channel, error: PalabreError) -> None:
    """Nothing goes out through it until somebody has seen to it."""
    said = {"error_key": error.key, "error_params": plain(error.params)}
    Channel.doors.filter(pk=channel.pk).exclude(state="paused").update(state="broken", **said)


def plain(params: Mapping[str, object]) -> dict[str, object]:
    """Values that JSON can hold."""
    return {
        name: value if isinstance(value, int | float) else str(value)[:SAID_CHARS] for name, value in params.items()
    }


# Telling the app


def tell(sending: Sending) -> bool:
    """Its app hears of it; a failure there is logged, and told again by the next beat."""
    try:
        with transaction.atomic():
            if Sending.queue.filter(pk=sending.pk, told=False).update(told=True) and sending.kind in outcomes():
                sending.refresh_from_db()
                outcomes()[sending.kind].settled(sending)
    except Exception:
        LOG.exception("sending %s: its app could not be told", sending.uid)
    return True


def tell_again() -> int:
    """What was settled while nobody could be told, as after a kill between the two."""
    waiting = list(Sending.queue.filter(told=False).order_by("pk")[:200])
    return sum(tell(sending) for sending in waiting)
