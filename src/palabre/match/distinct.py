"""The distinct values that a column had so far, numbered as they come, and the facts that each fulfils.

A stream says the same again and again: a value is understood once, and a batch is then a matter of arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int32]
Answer = Callable[[object], Sequence[int]]
FEW = 32  # posts


class Numbering(Protocol):
    """Numbers for values, from 0 on; null counts as the empty string or as a value of its own."""

    def __len__(self) -> int: ...
    def codes(self, values: pa.Array) -> tuple[npt.NDArray[np.integer], Sequence[object]]:
        """(the number of each value, the values that were not numbered before, by number)."""


class PlainNumbering:
    """Of values of any kind."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def codes(self, values: pa.Array) -> tuple[npt.NDArray[np.integer], Sequence[object]]:
        places, distinct = parted(values)
        before = len(self.numbers)
        numbers = [self.numbers.setdefault(value, len(self.numbers)) for value in distinct]
        fresh = {value: None for value, number in zip(distinct, numbers, strict=True) if number >= before}
        return np.array(numbers, np.int32)[places], list(fresh)


def parted(values: pa.Array) -> tuple[npt.NDArray[np.integer], list[object]]:
    """Each value's place among the distinct ones, and these; a few values are not worth the search for equal ones."""
    if len(values) <= FEW:
        return np.arange(len(values)), values.to_pylist()
    found = values.dictionary_encode(null_encoding="encode")
    return found.indices.to_numpy(zero_copy_only=False), found.dictionary.to_pylist()


class Growing:
    """Numbers that come at the end, some at a time; the room for them doubles."""

    def __init__(self, kind: type[np.signedinteger[Any]]) -> None:
        self._room, self._size = np.empty(64, kind), 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> npt.NDArray[np.signedinteger[Any]]:
        return self._room[: self._size]

    def extend(self, numbers: Sequence[int]) -> None:
        end = self._size + len(numbers)
        if end > len(self._room):
            self._room = np.concatenate([self.values, np.empty(end, self._room.dtype)])
        self._room[self._size : end] = numbers
        self._size = end


class Known:
    """The facts of number n are ``facts[first[n] : first[n] + count[n]]``."""

    def __init__(self, numbering: Numbering, answer: Answer) -> None:
        self.numbering, self.answer = numbering, answer
        self.first, self.count, self.facts = Growing(np.int64), Growing(np.int64), Growing(np.int32)

    def __len__(self) -> int:
        return len(self.numbering)

    def _learn(self, fresh: Sequence[object]) -> None:
        answers = [self.answer(value) for value in fresh]
        counts = [len(found) for found in answers]
        self.first.extend(list(accumulate(counts[:-1], initial=len(self.facts))))
        self.count.extend(counts)
        self.facts.extend([fact for found in answers for fact in found])

    def pairs(self, rows: Numbers, values: pa.Array) -> tuple[Numbers, Numbers]:
        """(row, fact) pairs. rows: of each value."""
        codes, fresh = self.numbering.codes(values)
        if len(fresh):
            self._learn(fresh)
        counts = self.count.values[codes]
        speaking = np.flatnonzero(counts)
        return spread(rows[speaking], self.first.values[codes[speaking]], counts[speaking], self.facts.values)


def spread(
    rows: Numbers, first: npt.NDArray[np.integer], counts: npt.NDArray[np.integer], facts: Numbers
) -> tuple[Numbers, Numbers]:
    """Each row with its run of the facts."""
    if not len(rows) or counts.max() == 1:
        return rows, facts[first]
    ends = np.cumsum(counts)
    inside = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    return np.repeat(rows, counts), facts[np.repeat(first, counts) + inside]
