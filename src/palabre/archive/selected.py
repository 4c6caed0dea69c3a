"""What a question chooses, found by the posting lists of the lake: how many posts, with which values, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Row

from palabre.archive.chosen import NO_FILTERS, Question, chosen, index_node, wants_places
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
from palabre.archive.ledger import counter_value
from palabre.archive.postings import Mask, Part, fulfilling, parts_of, tally
from palabre.archive.segments import SEGMENT, lists_beside
from palabre.archive.sieved import asks_places
from palabre.archive.types import Bucket, Filters
from palabre.archive.understood_filters import NONE
from palabre.model import Between, SieveAll, SieveAny, SieveNode, SieveNot, SieveTerm

MARKS = {
    "lang": LANG, "network": NETWORK, "kind": KIND, "source": SOURCE, "watch": WATCH,
    "tone": TONE, "intent": INTENT, "axis": AXIS, "emotion": EMOTION,
}  # fmt: skip
IDS_AT_ONCE = 50_000
FAR = 2**62  # later than all posts
Numbers = npt.NDArray[np.int64]
NO_ROWS, NO_TIMES = np.empty(0, bool), np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition, a period of publication [since_ms, until_ms) where 0 is no bound, and the posts that changed. times:
    whether those of the chosen posts will be wanted. among: of each post_id, whether it may be chosen; None for all.
    numbers: what columns of the posts must hold besides."""

    node: SieveNode
    since_ms: int
    until_ms: int
    changed: Numbers
    times: bool = False
    among: Mask | None = None
    numbers: tuple[Between, ...] = ()

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
    """All that is asked, but for the period and for places, as a condition on keys; None where the lists do not hold
    what is asked."""
    filters = question.filters
    known = replace(
        filters, watch_ids=(), networks=(), langs=(), kinds=(), since_ms=0, until_ms=0,
        tones=(), emotions=(), intents=(), axes=(), folded="", mentioned=False,
    )  # fmt: skip
    if known != NO_FILTERS:
        return None
    node = index_node(connection, question)
    words = () if node is None or asks_places(node) else (node,)
    return SieveAll((*words, *understood_nodes(filters)))


def in_places(connection: Connection, question: Question) -> Mask | None:
    """Of each post_id, whether the full-text index finds it, where places are asked of it: lists know none."""
    if not wants_places(connection, question):
        return None
    filters = question.filters
    keys = Filters(filters.watch_ids, (), filters.networks, filters.langs, filters.kinds)
    found = np.zeros(counter_value(connection, "post") + 1, bool)  # segments may hold posts that are gone
    query, _ = chosen(connection, replace(question, filters=keys))
    for ids in connection.execute(query.execution_options(stream_results=True)).scalars().partitions(IDS_AT_ONCE):
        found[ids] = True
    return found


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
    piece = piece_of(sealed_parts(lists_beside(path)), times, asked)
    changed = asked.changed[(asked.changed >= row.low_id) & (asked.changed <= row.high_id)]
    if len(changed):
        piece.mask[np.isin(column(path, "post_id"), changed)] = False
    narrow(piece.mask, asked, lambda name: column(path, name))
    return piece


def narrow(mask: Mask, asked: Asked, column: Callable[[str], Numbers]) -> None:
    """Leaves in a mask what is also among the posts, and has the numbers, that are asked for."""
    if asked.among is not None:
        mask &= asked.among[column("post_id")]
    for number in asked.numbers:
        values = column(number.column)  # what is not known is no number, and in no range
        mask &= values >= (-np.inf if number.low is None else number.low)
        mask &= values <= (np.inf if number.high is None else number.high)


def period_of(path: Path) -> tuple[int, int]:
    """When the first and the last post of a segment were published."""
    groups, place = pq.read_metadata(path), SEGMENT.names.index("sort_ms")
    first, last = (groups.row_group(at).column(place).statistics for at in (0, groups.num_row_groups - 1))
    return first.min, last.max


def overlaps(within: tuple[int, int], asked: Asked) -> bool:
    return within[0] < (asked.until_ms or FAR) and within[1] >= asked.since_ms


def covered(within: tuple[int, int], asked: Asked) -> bool:
    return within[0] >= asked.since_ms and within[1] < (asked.until_ms or FAR)


def column(path: Path, name: str) -> Numbers:
    """Numbers of all rows. Not by `pq.read_table`, which takes twice as long to begin."""
    return pq.ParquetFile(path, memory_map=True).read([name])[name].to_numpy()  # type: ignore[no-any-return]


def sealed_parts(lists: Path) -> list[Part]:
    """A damaged file goes, to be made again. Raises FileNotFoundError."""
    try:
        return parts_of(pa.memory_map(str(lists)))
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
