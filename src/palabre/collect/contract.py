"""What a connector is. A newcomer writes one folder that holds a class with these four methods.

collect/<name>/connector.py   the class, registered as an entry point of the group ``palabre.connectors``
               urls.py        every endpoint of the platform
               mapping.py     raw item → events: pure, no I/O
               terms.md       what the platform allows, with the date it was checked
               tests/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from palabre.clock import Clock
from palabre.model import Event, Gone, RawItem
from palabre.net import Net

Config = Mapping[str, object]
Cursor = Mapping[str, object]  # JSON; {} at first; only the connector reads it


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a user sets. kind: text, url, secret, number, choice, flag, list, date; answering: only who answers
    through the source needs it (see `collect.sending`); listening does without."""

    name: str
    kind: str = "text"
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()
    answering: bool = False


@dataclass(frozen=True, slots=True)
class Description:
    """What the desk shows before a source exists. The sentences are ``connector.<name>.*`` in the messages.

    rhythm_seconds: how often something is expected by default; live: pages() waits for what comes next;
    backfill: can go back by date; price_per_item: US dollars, 0 when free; tested: "server", "recordings of
    <years>", or "own requests" (what we sent ourselves: no sender of others was at hand).
    """

    name: str
    options: tuple[Option, ...]
    rhythm_seconds: int
    live: bool = False
    backfill: bool = False
    edits: bool = False
    deletions: bool = False
    price_per_item: float = 0.0
    tested: str = "server"
    networks: tuple[str, ...] = ()
    keep: str = "all"  # "matched" for a firehose: what no watch wants is counted and dropped


@dataclass(frozen=True, slots=True)
class Page:
    """What one step brought. The cursor is saved in the same transaction as the items.

    requests, not_modified: how many calls, how many answered 304; quota_left: None where the platform does not say;
    next_after_ms: do not ask again before; drift: names of fields that were missing or new, with counts.
    """

    items: tuple[RawItem, ...]
    cursor: Cursor
    requests: int = 1
    not_modified: int = 0
    quota_left: int | None = None
    next_after_ms: int = 0
    drift: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """Backfill: only what was published in [since_ms, until_ms). 0 is open."""

    since_ms: int = 0
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """What a connector may use: the one network client, the clock, the secrets of this source (decrypted). until_ms: no
    message leaves later (0: whenever)."""

    net: Net
    clock: Clock
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    until_ms: int = 0


class Connector(Protocol):
    def describe(self) -> Description: ...

    def validate(self, config: Config) -> Config:
        """The configuration made whole (defaults, canonical URLs). Raises ConfigError. No network."""

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """Pages from the cursor on; ends when there is nothing more for now (a live one waits instead).

        Raises FetchError and its kin. At-least-once: an item may come again.
        """

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        """What one raw item says. Pure. Raises ItemError (or anything: it is caught, and the item is quarantined)."""

    def canary(self, config: Config) -> Config:
        """A configuration that must always bring something where the platform is well, to tell silence from a fault."""


@runtime_checkable
class Sweeper(Protocol):
    """An optional fifth method, for platforms that announce neither deletions nor edits."""

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
        """How these posts are now: those that are gone, and what the platform shows of others, to be mapped again (an
        edit is found so). Up to 150 a call, some of them perhaps not of this platform (they are passed over).
        Raises FetchError and its kin."""
