"""The brief of a day: what fits into the minutes somebody has, and what was left out and why. Pure.

    made = brief(items, minutes=20)
    made.chosen                    # items in the order of SECTIONS, together no longer than the minutes
    made.left["answer"].n          # how many did not fit, and how long they would have taken

How it is chosen, in this order, each item only if it still fits:

1. one item of each watch kind that has something new, so that no kind is forgotten (the shortest, best first);
2. what cannot wait (``must``: late promises, promises due today), the longest waiting first;
3. the best item of each section, in their order: no section eats all the others;
4. everything else by section and rank.

Reading time is words over words a minute. English: 238 (silent reading of non-fiction, 190 studies; Brysbaert 2019,
J. Mem. Lang. 109, 104047). French: 195 (IReST, read aloud; Trauzettel-Klosinski and Dietz 2012, IOVS 53, 5452): a
little slow for silent reading, so the list errs on the short side. Doing time is an estimate by kind until somebody's
own ticks say more (`measured`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

VERSION = 1
WORDS_A_MINUTE = {"en": 238, "fr": 195}
MINUTES_MIN, MINUTES_MAX, MINUTES = 5, 120, 20
SECTIONS = ("promises", "answer", "contact", "changed", "review", "heard", "thank", "calendar")
# Seconds beyond reading, by kind of item, until they are measured.
DOING = {"promises": 60, "answer": 150, "contact": 120, "changed": 20, "review": 45, "heard": 10, "thank": 60,
         "calendar": 5}  # fmt: skip
TICKS_MIN = 10  # of a section, before its median is believed
PAUSE_S = 900  # between two ticks: longer, and somebody did something else
TIME, COVERED = "time", "covered"


@dataclass(frozen=True, slots=True)
class Item:
    """Something to read or do. section: of SECTIONS; words: to be read; rank: higher comes first in its section;
    must: cannot wait; watch_kind: of the watch it comes from, "" for none."""

    key: str
    section: str
    words: int = 0
    rank: float = 0.0
    must: bool = False
    watch_kind: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What of a section did not fit: how many, the seconds they would take, their keys."""

    n: int
    seconds: float
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item of the list with its estimate, in seconds."""

    item: Item
    seconds: float


@dataclass(frozen=True, slots=True)
class Brief:
    """seconds: of what was chosen; left: by section, only those with something; uncovered: watch kinds with something
    new that not even one short item had room for."""

    chosen: tuple[Chosen, ...]
    left: Mapping[str, Left] = field(default_factory=dict)
    uncovered: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.chosen)


def brief(items: Iterable[Item], minutes: int, lang: str = "en", doing: Mapping[str, float] | None = None) -> Brief:
    """The list for these minutes. doing: seconds by section, where they were measured."""
    priced = sorted((Chosen(one, seconds_of(one, lang, doing)) for one in items), key=_order)
    room, taken = 60.0 * minutes, dict[str, Chosen]()
    for one in (*_by_watch_kind(priced), *_musts(priced), *_firsts(priced), *priced):
        if one.item.key not in taken and one.seconds <= room:
            taken[one.item.key] = one
            room -= one.seconds
    left = [one for one in priced if one.item.key not in taken]
    covered = {one.item.watch_kind for one in taken.values()}
    missed = {one.item.watch_kind for one in left} - covered - {""}
    return Brief(tuple(sorted(taken.values(), key=_order)), _left(left), tuple(sorted(missed)))


def seconds_of(item: Item, lang: str, doing: Mapping[str, float] | None = None) -> float:
    """Reading and doing."""
    reading = 60.0 * item.words / WORDS_A_MINUTE.get(lang, WORDS_A_MINUTE["en"])
    return reading + {**DOING, **(doing or {})}.get(item.section, 30)


def _order(one: Chosen) -> tuple[int, bool, float, str]:
    """By section; what cannot wait, then the highest rank, first."""
    return SECTIONS.index(one.item.section), not one.item.must, -one.item.rank, one.item.key


def _by_watch_kind(priced: Sequence[Chosen]) -> list[Chosen]:
    """The shortest item of each watch kind, short ones first."""
    best: dict[str, Chosen] = {}
    for one in sorted(priced, key=lambda one: one.seconds):
        if one.item.watch_kind:
            best.setdefault(one.item.watch_kind, one)
    return list(best.values())


def _musts(priced: Sequence[Chosen]) -> list[Chosen]:
    return [one for one in priced if one.item.must]


def _firsts(priced: Sequence[Chosen]) -> list[Chosen]:
    """The best of each section."""
    best: dict[str, Chosen] = {}
    for one in priced:
        best.setdefault(one.item.section, one)
    return list(best.values())


def _left(priced: Sequence[Chosen]) -> dict[str, Left]:
    found: dict[str, list[Chosen]] = {}
    for one in priced:
        found.setdefault(one.item.section, []).append(one)
    return {
        name: Left(len(some), sum(one.seconds for one in some), tuple(one.item.key for one in some))
        for name, some in found.items()
    }


def words_in(text: str) -> int:
    return len(text.split())


def measured(ticks: Iterable[tuple[str, int]]) -> dict[str, float]:
    """Seconds that items of a section took somebody: the median time from the tick before, where there are enough.
    ticks: (section, epoch ms). A pause of over a quarter of an hour counts for nobody."""
    ordered = sorted(ticks, key=lambda one: one[1])
    spans: dict[str, list[float]] = {}
    for (_, before), (section, at_ms) in pairwise(ordered):
        if 0 < (seconds := (at_ms - before) / 1000) <= PAUSE_S:
            spans.setdefault(section, []).append(seconds)
    return {section: median(some) for section, some in spans.items() if len(some) >= TICKS_MIN}
