"""What a question chooses, found by the posting lists of the lake: how many posts, with which values, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Row

from palabre.archive.chosen import NO_FILTERS, Question, index_node
from palabre.archive.containing import containing
from palabre.archive.fulfilled import fulfilling
from palabre.archive.index_keys import (
    AXIS,
    EMOTION,
    FOLDED,
    INTENT,
    KIND,
    LANG,
    NETWORK,
    SOURCE,
    TONE,
    WATCH,
    named,
)
from palabre.archive.open_lists import OPEN
from palabre.archive.postings import Mask, Part, tally
from palabre.archive.segments import SEGMENT, lists_beside
from palabre.archive.types import Bucket, Filters
from palabre.archive.understood_filters import NONE
from palabre.model import Between, Contains, SieveAll, SieveAny, SieveNode, SieveNot, SieveTerm

MARKS = {
    "lang": LANG, "network": NETWORK, "kind": KIND, "source": SOURCE, "watch": WATCH,
    "tone": TONE, "intent": INTENT, "axis": AXIS, "emotion": EMOTION,
}  # fmt: skip
FAR = 2**62  # later than all posts
Numbers = npt.NDArray[np.int64]
NO_ROWS, NO_TIMES = np.empty(0, bool), np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition, a period of publication [since_ms, until_ms) where 0 is no bound, and the posts that changed. times:
    whether those of the chosen posts will be wanted. numbers, contains: what columns of the posts must hold besides."""

    node: SieveNode
    since_ms: int
    until_ms: int
    changed: Numbers
    times: bool = False
    numbers: tuple[Between, ...] = ()
    contains: tuple[Contains, ...] = ()

    @property
    def bounded(self) -> bool:
        return bool(self.since_ms or self.until_ms)


@dataclass(frozen=True, slots=True)
class Piece:
    """The posts that are chosen of one segment. times: of all its rows, which rise; empty where nobody wants them."""

    parts: Sequence[Part]
    mask: Mask
    times: Numbers

    def masks(self) -> Iterator[tuple[Part, Mask]]:
        """The part of the mask that belongs to each part of the rows."""
        start = 0
        for part in self.parts:
            yield part, self.mask[start : start + part.rows]
            start += part.rows

    def ids(self) -> Numbers:
        """post_ids of those that are chosen."""
        return np.concatenate([NO_TIMES, *(part.ids()[mask] for part, mask in self.masks() if mask.any())])


@dataclass(frozen=True, slots=True)
class Selected:
    pieces: Sequence[Piece]

    def n(self) -> int:
        return sum(int(np.count_nonzero(piece.mask)) for piece in self.pieces)

    def facet(self, name: str) -> Counter[str]:
        """How many of the posts have each value (see MARKS), as it is written in a key."""
        mark = MARKS[name]
        found: Counter[str] = Counter()
        for part, mask in (pair for piece in self.pieces for pair in piece.masks()):
            found.update({key[len(mark) :]: n for key, n in tally(part, mark, mask) if n})
        return found

    def volume(self, step_ms: int) -> list[Bucket]:
        """Posts per step of publication time, oldest first; empty steps are left out."""
        found: Counter[int] = Counter()
        for piece in self.pieces:
            steps = piece.times[piece.mask] // step_ms
            starts = np.flatnonzero(np.diff(steps, prepend=-1))
            found.update(dict(zip(steps[starts].tolist(), np.diff(starts, append=len(steps)).tolist(), strict=True)))
        return [Bucket(step * step_ms, n) for step, n in sorted(found.items())]


# which posts


def listed_node(connection: Connection, question: Question) -> SieveNode | None:
    """All that is asked, but for the period; None where the lists do not hold what is asked."""
    filters = question.filters
    known = replace(
        filters, watch_ids=(), networks=(), langs=(), kinds=(), since_ms=0, until_ms=0,
        tones=(), emotions=(), intents=(), axes=(), folded="", mentioned=False,
    )  # fmt: skip
    if known != NO_FILTERS:
        return None
    node = index_node(connection, question, facts=True)
    words = () if node is None else (node,)
    return SieveAll((*words, *understood_nodes(filters)))


def understood_nodes(filters: Filters) -> Iterator[SieveNode]:
    """Of the filters that the full-text index does not know."""
    intents = tuple(NONE if value == "other" else value for value in filters.intents)
    asked = ((TONE, filters.tones), (EMOTION, filters.emotions), (AXIS, filters.axes), (INTENT, intents))
    for mark, values in asked:
        if values:
            yield SieveAny(tuple(SieveTerm(named(mark, value)) for value in values))
    if filters.mentioned and not filters.watch_ids:
        yield SieveTerm(WATCH, prefix=True)
    if filters.folded:
        yield SieveTerm(FOLDED) if filters.folded == "yes" else SieveNot(SieveTerm(FOLDED))


def sealed_piece(path: Path, row: Row[Any], asked: Asked) -> Piece:
    """Of one segment. Raises FileNotFoundError where it is gone, or has no lists."""
    within = asked.bounded and period_of(path)
    if within and not overlaps(within, asked):
        return Piece((), NO_ROWS, NO_TIMES)
    cut = within and not covered(within, asked)
    times = column(path, "sort_ms") if cut or asked.times else NO_TIMES
    lists = lists_beside(path)
    piece = piece_of(sealed_parts(lists), times, asked)
    changed = asked.changed[(asked.changed >= row.low_id) & (asked.changed <= row.high_id)]
    if len(changed):
        for part, mask in piece.masks():
            mask[np.isin(part.ids(), changed)] = False
    narrow(piece, asked, lambda name: whole_column(path, name))
    OPEN.rest(lists)
    return piece


def narrow(piece: Piece, asked: Asked, column: Callable[[str], pa.ChunkedArray]) -> None:
    """Leaves in a piece what also has the numbers, and the pieces of texts, that are asked for."""
    mask = piece.mask
    for number in asked.numbers:
        values = column(number.column).to_numpy()  # what is not known is no number, and in no range
        mask &= values >= (-np.inf if number.low is None else number.low)
        mask &= values <= (np.inf if number.high is None else number.high)
    for one in asked.contains:
        if mask.any():
            mask[mask] = containing(column(one.column).filter(pa.array(mask)), one.pieces)


@lru_cache(maxsize=1_000)
def period_of(path: Path) -> tuple[int, int]:
    """When the first and the last post of a segment were published."""
    groups, place = pq.read_metadata(path), SEGMENT.names.index("sort_ms")
    first, last = (groups.row_group(at).column(place).statistics for at in (0, groups.num_row_groups - 1))
    return first.min, last.max


def overlaps(within: tuple[int, int], asked: Asked) -> bool:
    return within[0] < (asked.until_ms or FAR) and within[1] >= asked.since_ms


def covered(within: tuple[int, int], asked: Asked) -> bool:
    return within[0] >= asked.since_ms and within[1] < (asked.until_ms or FAR)


@lru_cache(maxsize=4)  # a question asks for some twice, one segment after the other
def column(path: Path, name: str) -> Numbers:
    """Numbers of all rows."""
    return whole_column(path, name).to_numpy()  # type: ignore[no-any-return]


def whole_column(path: Path, name: str) -> pa.ChunkedArray:
    """Values of all rows. Not by `pq.read_table`, which takes twice as long to begin."""
    return pq.ParquetFile(path, memory_map=True).read([name])[name]


def sealed_parts(lists: Path) -> Sequence[Part]:
    """A damaged file goes, to be made again. Raises FileNotFoundError."""
    try:
        return OPEN.parts(lists)
    except pa.ArrowInvalid as error:
        lists.unlink(missing_ok=True)
        raise FileNotFoundError(lists) from error


def piece_of(parts: Sequence[Part], times: Numbers, asked: Asked) -> Piece:
    """The rows that fulfil the condition within the period. times: empty where all of them are within."""
    mask = np.concatenate([NO_ROWS, *(fulfilling(part, asked.node) for part in parts)])
    if len(times):
        mask[: times.searchsorted(asked.since_ms)] = False
        mask[times.searchsorted(asked.until_ms or FAR) :] = False
    return Piece(parts, mask, times)
