"""What can be done to a delivery before the writer's lock is taken: columns, digests, clean HTML, compressed bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import zstandard

from palabre.archive.columns import Columns, account_keys, columns_of, content_hashes, sort_times, too_large
from palabre.archive.quarantine_rows import note_text
from palabre.archive.reading_rows import Packed, packed
from palabre.archive.types import Delivery
from palabre.model import Fault, RawItem

RawRow = tuple[str, str, bytes]  # media type, note, zstd bytes
Faults = list[tuple[RawItem, Fault]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """rows: those that can be written; watches: per row, the watches that want it; faults: those that cannot be."""

    delivery: Delivery
    columns: Columns
    authors: list[str]
    hashes: list[bytes]
    raw: list[RawRow | None]
    index: list[str]
    watches: list[tuple[int, ...]]
    readings: list[Packed] | None
    rows: list[int]
    faults: Faults
    now_ms: int


def prepare(delivery: Delivery, now_ms: int, *, post_bytes_max: int, keep_raw: bool) -> Prepared:
    """Pure but for the sanitiser's own state. Nothing of the delivery is lost: what fails is in faults."""
    columns = columns_of(delivery.posts)
    hashes = content_hashes(columns)
    columns["sort_ms"] = sort_times(columns["published_ms"], now_ms)
    large = dict.fromkeys(too_large(delivery.posts, post_bytes_max), "archive.post_too_large")
    bad = large | sanitise_column(columns["html"], large)
    faults = [(raw_of(delivery, columns, row), fault_of(key)) for row, key in bad.items()]
    return Prepared(
        delivery=delivery,
        columns=columns,
        authors=account_keys(columns),
        hashes=hashes,
        raw=compressed(delivery.raw) if keep_raw else [None] * len(hashes),
        index=delivery.index.to_numpy(zero_copy_only=False).tolist(),
        watches=watches_by_row(delivery.mentions, len(hashes)),
        readings=packed(delivery.readings) if delivery.readings is not None else None,
        rows=[row for row in range(len(hashes)) if row not in bad],
        faults=list(delivery.faults) + faults,
        now_ms=now_ms,
    )


def fault_of(key: str, error: BaseException | None = None) -> Fault:
    return Fault("write", key, exception=type(error).__name__ if error else "")


def raw_of(delivery: Delivery, columns: Columns, row: int) -> RawItem:
    """What was given for a row; where no raw bytes were, the row itself."""
    given = delivery.raw[row] if row < len(delivery.raw) else None
    return given or RawItem(orjson.dumps({name: values[row] for name, values in columns.items()}, default=str))


def sanitise_column(html: list[str], skip: dict[int, str]) -> dict[int, str]:
    """Cleans the HTML in place; rows on which the sanitiser gives up, with the message key."""
    bad: dict[int, str] = {}
    for row, value in enumerate(html):
        if value and row not in skip:
            try:
                html[row] = sanitiser()(value)
            except Exception:
                bad[row] = "archive.html_unusable"
    return bad


def sanitiser() -> Any:
    """Imported only where there is HTML to clean."""
    from palabre.text.html import sanitise

    return sanitise


def compressed(items: Sequence[RawItem | None]) -> list[RawRow | None]:
    """Raw items as they are kept; one compressor for all of them."""
    squeeze = zstandard.ZstdCompressor(level=1).compress
    return [(item.media_type, note_text(item), squeeze(item.body)) if item else None for item in items]


def watches_by_row(mentions: pa.RecordBatch, n: int) -> list[tuple[int, ...]]:
    """Per row of the posts, the watches that want it in rising order, without doubles."""
    posts, watches = (mentions.column(name).to_numpy().astype(np.int64) for name in ("post", "watch"))
    pairs = np.unique(posts << 32 | watches)
    bounds = np.searchsorted(pairs, np.arange(n + 1) << 32).tolist()
    wanting = (pairs & 0xFFFFFFFF).tolist()
    return [tuple(wanting[start:end]) for start, end in pairwise(bounds)]
