"""What a connector adds when people can also be answered through it: one more file in its folder, ``sending.py``.

collect/<name>/sending.py     a class with these methods; ``sender()`` of the connector gives one


Sending twice is worse than not sending. So each failure is one of two: `RefusedError`, when the platform certainly did
not take the message (it may be corrected and sent again), or `UnknownOutcomeError`, when nobody can tell (a timeout, a
broken connection, a 5xx after the request left): then `find` reads the platform, and a human decides.

The outbox acts on why: it says so by the key of the error (``REFUSALS``, ``UNKNOWNS``), with ``host``, and ``said`` in
the platform's own words for SAID. A `RefusedError` with ``retry_after`` (a 429, a breaker: certainly not taken) is
tried again after that time, on the approval it has; any other goes back to its author.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Protocol, runtime_checkable

from palabre.collect.contract import Config, Means

TOKEN = "sending.token"  # noqa: S105  # a key: what we sign in with opens no more: the channel is broken until somebody sees to it
FORBIDDEN = "sending.forbidden"  # it opens, but may not write
WAIT = "sending.wait"  # not now: with retry_after
GONE = "sending.gone"  # what is answered is there no more, or is not shown to us
BLOCKED = "sending.blocked"  # the person, the server or the moderators keep us out
LENGTH = "sending.length"  # longer than the platform takes
UNREACHED = "sending.unreached"  # nothing left the house: no such host, no connection; with retry_after
SAID = "sending.said"  # anything else, in the platform's own words
REFUSALS = (TOKEN, FORBIDDEN, WAIT, GONE, BLOCKED, LENGTH, UNREACHED, SAID)
CUT = "sending.cut"  # the connection broke after the message had left, or the answer cannot be read
LATE = "sending.late"  # no answer in time
SERVER = "sending.server"  # a 5xx: it may have been taken all the same
HELD = "sending.held"  # taken, and shown to nobody until its moderators let it through: not seeing it proves nothing
UNKNOWNS = (CUT, LATE, SERVER, HELD)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of ours. text: plain; key: idempotency key (a UUID), given to platforms that take one; answers: uri of
    the post it answers, "" for a publication; url: where that post is read; root: uri of the first post of its thread;
    to: handle or address of the one answered; subject: of an e-mail or an article; lang: ISO 639-1; made_ms: when it
    was sent off, the earliest it can be on the platform; private: for its addressee alone."""

    text: str
    key: str
    answers: str = ""
    url: str = ""
    root: str = ""
    to: str = ""
    subject: str = ""
    lang: str = ""
    made_ms: int = 0
    private: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the platform says of it. uri: the same as the post will have when it is heard back."""

    uri: str
    url: str = ""
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Abilities:
    """chars_max: of a message, as the platform counts (0: no limit known); keyed: the platform itself refuses a second
    message with the same key; publishes: can begin a thread of its own; usd, usd_linked: what the platform takes for a
    message, and for one that holds a link, 0 when free; tested: "server", or "own requests" where only the documented
    shapes could be tried."""

    chars_max: int = 0
    keyed: bool = False
    edits: bool = False
    deletes: bool = False
    publishes: bool = True
    private: bool = False
    usd: float = 0.0
    usd_linked: float = 0.0
    tested: str = "server"


class Sender(Protocol):
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        """With means, a server may be asked once a process for its own limits; what it says is remembered, so that
        later calls without means know it too. Never raises: a server that does not say has the usual limits."""

    def account(self, config: Config, means: Means) -> str:
        """Who we are there, as people see it. Raises FetchError, RefusedError (a token that may not write)."""

    def length(self, text: str) -> int:
        """Characters as the platform counts them."""

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        """One attempt, never repeated by itself. Raises RefusedError or UnknownOutcomeError, nothing else."""

    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        """Reads the platform: the message as it is there, or None when it certainly is not. Raises
        UnknownOutcomeError when even that cannot be told now."""

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        """Only where abilities say so; as `send`."""

    def delete(self, uri: str, config: Config, means: Means) -> None:
        """Only where abilities say so; what is gone already is well. Raises RefusedError or UnknownOutcomeError."""


@runtime_checkable
class Speaker(Protocol):
    """An optional method of a connector: what speaks through the same configuration and secrets."""

    def sender(self) -> Sender: ...
