"""The column files of the lake: their Arrow schema, and writing one so that it survives a power cut.

A segment is immutable and disposable: all of it can be rebuilt from the ledger. Its rows are posts as questions and
the matching engine need them (everything of POSTS but the HTML), sorted by time, with the watches they are mentions of,
what was read of them as members corrected it, their story and voice, and whether they are folded away.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from palabre.model import INTENTS, POSTS

OWN = [
    pa.field("post_id", pa.int64(), nullable=False),
    pa.field("workspace_id", pa.int64(), nullable=False),
    pa.field("source_id", pa.int64()),
    pa.field("heard_ms", pa.int64(), nullable=False),
    pa.field("sort_ms", pa.int64(), nullable=False),
    pa.field("watch_ids", pa.list_(pa.int64()), nullable=False),
    pa.field("watch_set", pa.string(), nullable=False),
]
# What was understood of the post: null where it was not read. A post alone is its own story and its own voice.
SCORES = ("tone_negative", "tone_neutral", "tone_positive", "offence", *(f"intent_{name}" for name in INTENTS))
UNDERSTOOD = [
    pa.field("tone", pa.string()),
    pa.field("emotion", pa.string()),
    pa.field("intents", pa.list_(pa.string())),
    pa.field("axis", pa.string()),
    *(pa.field(name, pa.float32()) for name in SCORES),
    pa.field("fingerprint", pa.int64()),
    pa.field("story", pa.int64()),
    pa.field("voice", pa.int64()),
    pa.field("folded", pa.bool_()),
]
SEGMENT = pa.schema([*OWN, *(entry for entry in POSTS if entry.name != "html"), *UNDERSTOOD])
ROW_GROUP_ROWS = 100_000
# Numbers that rise from row to row are kept as differences: half the bytes, and DuckDB reads 10 million of them in 0.04
# CPU seconds instead of 0.16. The others keep their few values once a block.
RISING = ("post_id", "sort_ms", "published_ms")


def leaf(entry: pa.Field) -> str:
    """The name of a column inside a file."""
    return f"{entry.name}.list.element" if pa.types.is_list(entry.type) else entry.name


CODING = {
    "compression": "zstd",
    "use_dictionary": [leaf(entry) for entry in SEGMENT if entry.name not in RISING],
    "column_encoding": dict.fromkeys(RISING, "DELTA_BINARY_PACKED"),
}


def write_segment(folder: Path, table: pa.Table) -> Path:
    """A new file in the folder. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.parquet"
    with written(path) as sink:
        pq.write_table(table, sink, row_group_size=ROW_GROUP_ROWS, **CODING)
    return path


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there once it is whole, synced to the disk together with its name."""
    half = path.with_name(f".{path.name}.{uuid.uuid4().hex}.half")
    try:
        with half.open("wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)
    sync_folder(path.parent)


def lists_beside(path: Path) -> Path:
    """The file of the posting lists of a segment (see `postings`)."""
    return path.with_suffix(".postings")


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
