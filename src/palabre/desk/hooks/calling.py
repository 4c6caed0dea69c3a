"""One attempt at an endpoint: signed, guarded, short. It touches no table, so that many can be under way at once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from palabre.desk import clock
from palabre.desk.clock import now_ms
from palabre.engage.standard_webhooks import signed
from palabre.errors import FetchError, PalabreError
from palabre.net.response import status_error

if TYPE_CHECKING:
    from palabre.net import Net

ANSWER_BYTES_MAX = 20_000
ANSWER_SECONDS, CALL_SECONDS = 10.0, 15.0
BATCH_SECONDS = 20.0
NOT_ASKED = ("net.breaker",)  # our own caution: the endpoint was not called


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery, ready to leave. number: of its row; message: the webhook-id."""

    number: int
    message: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. status: of HTTP, 0 without an answer; error: a message key, "" when it was taken;
    wait_ms: how long the endpoint asks us to wait; called: whether it was asked at all."""

    number: int
    at_ms: int
    status: int = 0
    error: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    took_ms: int = 0
    wait_ms: int = 0
    called: bool = True

    @property
    def taken(self) -> bool:
        return not self.error


@cache
def net() -> Net:
    """The network client of this installation, less patient: who is told of an event answers at once and works
    afterwards."""
    from palabre.net import Net

    known = settings.PALABRE
    hasty = replace(
        known, read_seconds=min(known.read_seconds, ANSWER_SECONDS), host_interval_seconds=0.0,
        total_seconds=min(known.total_seconds, CALL_SECONDS),
    )  # fmt: skip
    return Net(hasty, clock.CLOCK)


def call_all(url: str, secrets: Sequence[str], letters: Sequence[Letter]) -> list[Outcome]:
    """One after the other, until one is not taken or the time is over; the rest is left as it is."""
    made: list[Outcome] = []
    end = time.monotonic() + BATCH_SECONDS
    for letter in letters:
        made.append(call(url, secrets, letter))
        if not made[-1].taken or time.monotonic() >= end:
            break
    return made


def call(url: str, secrets: Sequence[str], letter: Letter) -> Outcome:
    """Anything but 2xx from that very address is a failure."""
    at, began = now_ms(), time.monotonic()
    try:
        status = post(url, signed(secrets, letter.message, at, letter.body), letter.body)
    except PalabreError as error:
        return failed(letter.number, at, error, since(began))
    return Outcome(letter.number, at, status, took_ms=since(began))


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status. Raises FetchError for anything but 2xx; a redirect is none, whatever is at its end."""
    answer = net().request("POST", url, headers=headers, content=body, cap_bytes=ANSWER_BYTES_MAX)
    if answer.requests > 1:
        raise FetchError("hooks.redirected")
    if not 200 <= answer.status < 300:
        raise status_error(answer.status, url)
    return answer.status


def failed(number: int, at_ms: int, error: PalabreError, took_ms: int) -> Outcome:
    status = error.params.get("status")
    plain = {name: value for name, value in error.params.items() if isinstance(value, (str, int, float))}
    return Outcome(
        number, at_ms, status if isinstance(status, int) else 0, error.key, plain, took_ms,
        int((error.retry_after or 0) * 1000), error.key not in NOT_ASKED,
    )  # fmt: skip


def since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
