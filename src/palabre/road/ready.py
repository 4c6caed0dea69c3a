"""A batch read, matched and indexed, ready for the write door. One post that breaks a step costs itself alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from palabre.batches import joined
from palabre.model import Fault, Gone, RawItem
from palabre.read.language import read_language
from palabre.road.guard import Batch, fault_of
from palabre.road.panel import NO_MENTIONS, LivePanel

if TYPE_CHECKING:
    from palabre.archive.types import Delivery, RunStats
    from palabre.reader import Reader

Step = Callable[[pa.RecordBatch], Any]
NO_INDEX = pa.array([], pa.string())


@dataclass(frozen=True, slots=True)
class Ready:
    """stamp: of the panel that found the mentions; readings: None where the posts are read later."""

    posts: pa.RecordBatch
    raw: tuple[RawItem | None, ...]
    gone: tuple[Gone, ...]
    faults: tuple[tuple[RawItem, Fault], ...]
    index: pa.StringArray
    mentions: pa.RecordBatch
    stamp: int
    readings: pa.RecordBatch | None = None
    reading_version: int = 0


def broken_rows(posts: pa.RecordBatch, step: Step, first: int = 0) -> list[tuple[int, Exception]]:
    """Rows on which a step raises, found by halving."""
    try:
        step(posts)
    except Exception as error:
        if posts.num_rows <= 1:
            return [(first, error)]
        half = posts.num_rows // 2
        left = broken_rows(posts.slice(0, half), step, first)
        return left + broken_rows(posts.slice(half), step, first + half)
    return []


def without_rows(batch: Batch, stage: str, bad: list[tuple[int, Exception]]) -> Batch:
    """The batch without some of its posts, which are at fault."""
    rows = {row for row, _ in bad}
    keep = [row for row in range(batch.posts.num_rows) if row not in rows]
    faults = tuple((raw_at(batch, row), fault_of(stage, error)) for row, error in bad)
    posts = batch.posts.take(pa.array(keep, pa.int32()))
    return Batch(posts, tuple(batch.raw[row] for row in keep), batch.gone, batch.faults + faults)


def raw_at(batch: Batch, row: int) -> RawItem:
    """The raw item of a post, or its id where none was kept."""
    return batch.raw[row] or RawItem(batch.posts["uri"][row].as_py().encode(), "text/plain")


def through(batch: Batch, stage: str, step: Step) -> tuple[Batch, Any]:
    """The result of a step over a batch, without the posts that break it."""
    try:
        return batch, step(batch.posts)
    except Exception:
        bad = broken_rows(batch.posts, step)
        rest = without_rows(batch, stage, bad)
        return rest, step(rest.posts)


def ready(batch: Batch, live: LivePanel, languages: tuple[str, ...], reader: Reader | None = None) -> Ready:
    """Matches, indexes and reads a batch. reader: None leaves all readings but the language for later."""
    if not batch.posts.num_rows:
        return Ready(batch.posts, batch.raw, batch.gone, batch.faults, NO_INDEX, NO_MENTIONS, live.stamp)
    stamp = live.stamp  # before matching: a watch that changes meanwhile looks at these posts again
    batch, posts = through(batch, "read", lambda one: read_language(one, languages))
    batch = Batch(posts, batch.raw, batch.gone, batch.faults)
    batch, (index, mentions) = through(batch, "match", lambda one: (live.panel.index_texts(one), live.match(one)))
    readings = reader.read(batch.posts) if reader is not None else None
    version = reader.version_id if reader is not None else 0
    return Ready(batch.posts, batch.raw, batch.gone, batch.faults, index, mentions, stamp, readings, version)


def delivery(
    one: Ready,
    workspace_id: int,
    source_id: int | None,
    *,
    cursor: Mapping[str, object] | None = None,
    run: RunStats | None = None,
    keep: str = "all",
) -> Delivery:
    """What the write door takes."""
    from palabre.archive.types import Delivery  # here: the process that reads an import has no archive

    return Delivery(
        workspace_id,
        source_id,
        one.posts,
        one.raw,
        one.index,
        one.mentions,
        one.gone,
        one.faults,
        cursor,
        run,
        keep,
        panel_stamp=one.stamp,
        readings=one.readings,
        reading_version=one.reading_version,
    )


def merged(batches: list[Batch]) -> Batch:
    """Batches as one, in order."""
    if len(batches) == 1:
        return batches[0]
    return Batch(
        joined([one.posts for one in batches]),
        tuple(item for one in batches for item in one.raw),
        tuple(event for one in batches for event in one.gone),
        tuple(fault for one in batches for fault in one.faults),
    )
