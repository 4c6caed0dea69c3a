"""Facts beside the text, by column: which posts fulfil ``lang:fr``, ``site:example.org``, ``followers:>1000`` …

What a value means is defined in `facts.py`, one row at a time. Here each distinct value of a column is looked at once,
against all facts that the live queries ask for; ranges are compared as arrays. Nothing is computed for a column that
no query asks about.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from palabre.match.compile import Fact
from palabre.match.distinct import Known, Numbering, PlainNumbering
from palabre.match.facts import fits
from palabre.text.facts import fold_value, handles_of, host, langs_of, names_of, texts_of

Numbers = npt.NDArray[np.int32]
Candidates = Callable[[object], list[str]]
MEMORY_MAX = 100_000  # distinct values remembered


@dataclass(slots=True)
class Lookup:
    """The facts of one field by value. piece: a value may stand anywhere; literal: * and ? are themselves."""

    piece: bool = False
    literal: bool = False
    exact: dict[str, int] = field(default_factory=dict)
    patterns: dict[str, int] = field(default_factory=dict)

    def put(self, value: str, number: int) -> None:
        (self.exact if self.is_exact(value) else self.patterns)[value] = number

    def drop(self, value: str) -> None:
        (self.exact if self.is_exact(value) else self.patterns).pop(value, None)

    def is_exact(self, value: str) -> bool:
        return not self.piece and (self.literal or not ("*" in value or "?" in value))

    def find(self, found: str) -> Iterator[int]:
        """Numbers of the facts that this value of a post fulfils."""
        if found and found in self.exact:
            yield self.exact[found]
        for value, number in self.patterns.items():
            if value in found if self.piece else fits(value, found):
                yield number


def whole(value: object) -> list[str]:
    return [fold_value(str(value or ""))]


def hosts(value: object) -> list[str]:
    """The host of an address and its parent domains."""
    labels = host(str(value or "")).split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def of_row(name: str, derive: Callable[[dict[str, object]], list[str]]) -> Candidates:
    """One column of a derivation that reads several."""
    return lambda value: derive({name: value})


def listed(name: str) -> Candidates:
    return of_row(name, lambda row: texts_of(row, name))


def says(word: str, holds: Callable[[object], object] = bool) -> Candidates:
    """A state (``is:``, ``has:``) that a column can prove."""
    return lambda value: [word] if holds(value) else []


def kind_state(value: object) -> list[str]:
    return [state for state in whole(value) if state in ("reply", "reshare")]


def not_blank(value: object) -> bool:
    return bool(whole(value)[0])


# Field → the columns that can fulfil it, and what a value of theirs answers to.
SOURCES: dict[str, tuple[tuple[str, Candidates], ...]] = {
    "url": (("url", whole),),
    "site": (("url", hosts),),
    "link": (("links", listed("links")),),
    "author": tuple((name, of_row(name, names_of)) for name in ("account_handle", "account_name", "account_uri")),
    "lang": (("lang", of_row("lang", langs_of)),),
    "source": (("network", whole), ("url", hosts)),
    "tag": (("tags", listed("tags")),),
    "mention": (("mentions", of_row("mentions", handles_of)),),
    "is": (
        ("kind", kind_state), ("parent", says("reply")), ("reshare_of", says("reshare")), ("quote_of", says("quote")),
        ("verified", says("verified")), ("sensitive", says("sensitive")),
    ),
    "has": (
        ("links", says("link")), ("media", says("media")), ("tags", says("tag")),
        ("mentions", says("mention")), ("title", says("title", not_blank)),
    ),
} | {name: ((name, whole),) for name in ("country", "region", "city", "network", "kind", "parent", "root")}  # fmt: skip
PIECES = frozenset({"url", "link"})
LITERALS = frozenset({"parent", "root"})
STATES = frozenset({"is", "has"})  # about the row as a whole: a list column counts as one value


@dataclass(slots=True)
class FactBook:
    """The facts that live queries ask for, each with a number and how many queries ask. Not for two threads at once."""

    numbers: dict[Fact, int] = field(default_factory=dict)
    uses: dict[Fact, int] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    ranges: dict[tuple[str, float | None, float | None], int] = field(default_factory=dict)
    numbering: Callable[[], Numbering] = PlainNumbering
    memory: dict[tuple[str, str, pa.DataType], Known] = field(default_factory=dict)

    def number_of(self, fact: Fact) -> int:
        """The number of a fact, given to it now if need be."""
        if fact not in self.numbers:
            self.numbers[fact] = self.free.pop() if self.free else len(self.numbers)
            self._put(fact)
        return self.numbers[fact]

    def keep(self, facts: Iterable[Fact]) -> None:
        """A query that asks for these came."""
        for fact in facts:
            self.uses[fact] = self.uses.get(fact, 0) + 1

    def release(self, facts: Iterable[Fact]) -> None:
        """A query that asked for these went."""
        for fact in facts:
            self.uses[fact] -= 1
            if not self.uses[fact]:
                self._drop(fact)

    def _put(self, fact: Fact) -> None:
        if len(fact) == 2:
            name, value = fact
            lookup = self.lookups.setdefault(name, Lookup(name in PIECES, name in LITERALS))
            lookup.put(value, self.numbers[fact])
            self.memory.clear()
        else:
            self.ranges[fact] = self.numbers[fact]

    def _drop(self, fact: Fact) -> None:
        self.free.append(self.numbers.pop(fact))
        del self.uses[fact]
        if len(fact) == 2:
            name, value = fact
            self.lookups[name].drop(value)
            self.memory.clear()
        else:
            del self.ranges[fact]

    def pairs(self, batch: pa.RecordBatch) -> tuple[Numbers, Numbers]:
        """(post, fact) pairs that hold, by post; a pair may come twice."""
        if not self.numbers:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        found = [pair for pair in self._found(batch) if len(pair[0])]
        if not found:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        posts = np.concatenate([posts for posts, _ in found])
        facts = np.concatenate([facts for _, facts in found])
        order = np.argsort(posts, kind="stable")
        return np.ascontiguousarray(posts[order], np.int32), np.ascontiguousarray(facts[order], np.int32)

    def _found(self, batch: pa.RecordBatch) -> Iterator[tuple[Numbers, Numbers]]:
        for name, lookup in self.lookups.items():
            if lookup.exact or lookup.patterns:
                for column, candidates in SOURCES[name]:
                    if column in batch.schema.names:
                        yield self._of_column(name, lookup, batch.column(column), column, candidates)
        for (name, low, high), number in self.ranges.items():
            posts = in_range(batch, name, low, high)
            yield posts, np.full(len(posts), number, np.int32)

    def _of_column(
        self, name: str, lookup: Lookup, values: pa.Array, column: str, candidates: Candidates
    ) -> tuple[Numbers, Numbers]:
        """The pairs that one column proves. A list column is looked at value by value, for ``has:`` as a whole."""
        rows = np.arange(len(values), dtype=np.int32)
        is_list = pa.types.is_list(values.type)
        if is_list and name in STATES:
            values, is_list = filled(values), False
        elif is_list:
            rows = values.value_parent_indices().to_numpy(zero_copy_only=False).astype(np.int32)
            values = values.flatten()
        known = self.memory.get((name, column, values.type))
        if known is None or len(known) >= MEMORY_MAX:
            numbering = self.numbering() if pa.types.is_string(values.type) else PlainNumbering()
            known = Known(numbering, partial(answered, lookup, candidates, is_list))
            self.memory[name, column, values.type] = known
        return known.pairs(rows, values)


def answered(lookup: Lookup, candidates: Candidates, is_list: bool, value: object) -> tuple[int, ...]:
    """The facts that a value of a column fulfils. is_list: it is one of a list's."""
    return tuple({number for text in candidates([value] if is_list else value) for number in lookup.find(text)})


def filled(lists: pa.Array) -> pa.Array:
    """Which lists hold something."""
    return pc.greater(lists.value_lengths().fill_null(0), 0)


def in_range(batch: pa.RecordBatch, name: str, low: float | None, high: float | None) -> Numbers:
    """Rows whose number is known and lies in the range, ends included. A date of 0 is not known."""
    column = "published_ms" if name == "published" else name
    if column not in batch.schema.names:
        return np.empty(0, np.int32)
    values = batch.column(column)
    known = values.is_valid().to_numpy(zero_copy_only=False)
    numbers = values.fill_null(0).to_numpy(zero_copy_only=False)
    if name == "published":
        known = known & (numbers != 0)
    if low is not None:
        known = known & (numbers >= bound(low, numbers.dtype, math.ceil))
    if high is not None:
        known = known & (numbers <= bound(high, numbers.dtype, math.floor))
    return np.flatnonzero(known).astype(np.int32)


def bound(value: float, kind: np.dtype[np.generic], towards: Callable[[float], int]) -> float:
    """The bound as a number of the column's kind, so that large whole numbers are compared exactly."""
    if kind.kind != "i" or math.isinf(value):
        return value
    return max(min(towards(value), 2**63 - 1), -(2**63))
