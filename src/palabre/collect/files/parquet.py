"""Parquet: the same columns as a CSV, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from palabre.collect.files.lines import BLOCK_BYTES
from palabre.collect.files.streams import seekable
from palabre.collect.files.tables import PIECE_ROWS, Piece, TableFormat
from palabre.collect.formats import Head, Options
from palabre.errors import ItemError

MAGIC = b"PAR1"
READ_BYTES = 1 << 20  # of each column at a time, rather than a whole row group


class ParquetFormat(TableFormat):
    name = "parquet"

    def sniff(self, head: Head) -> float:
        return 0.6 if head.start.startswith(MAGIC) else 0.0

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        try:
            stream = seekable(stream)
            texts = texts_of(pq.read_schema(stream))
            file = pq.ParquetFile(stream, buffer_size=READ_BYTES, pre_buffer=False, read_dictionary=texts)
            for batch in file.iter_batches(rows_at_once(file.metadata)):
                batch.validate(full=True)
                yield from map(piece_of, light(batch))
                del batch  # before the next comes: each brings all different texts of its group so far
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # a name of a column may be no UTF-8
            raise ItemError("files.broken_parquet", reason=type(error).__name__) from error


def texts_of(schema: pa.Schema) -> list[str]:
    """The columns of texts: read with each different text once, since a small file may repeat a long one for ever."""
    return [one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]


def rows_at_once(about: pq.FileMetaData) -> int:
    """As many as are no more than a block by what the file says of itself."""
    stated = int(sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups)))
    return max(1, min(PIECE_ROWS, BLOCK_BYTES * int(about.num_rows) // max(1, stated)))


def light(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows of a batch, fewer at a time where their texts are long."""
    ends = np.cumsum(sum((weights(column) for column in batch.columns), np.zeros(batch.num_rows, np.int64)))
    cuts = np.flatnonzero(np.diff(ends // BLOCK_BYTES)) + 1
    for start, end in pairwise([0, *cuts.tolist(), batch.num_rows]):
        yield batch.slice(start, end - start)


def weights(column: pa.Array) -> Any:
    """int64 (rows,): bytes of each text once it stands alone; 0 for what is no repeated text."""
    if not pa.types.is_dictionary(column.type):
        return np.zeros(len(column), np.int64)
    found = pc.take(pc.binary_length(column.dictionary), column.indices)
    return pc.fill_null(found, 0).cast(pa.int64()).to_numpy()


def piece_of(batch: pa.RecordBatch) -> Piece:
    columns = (one.dictionary_decode() if pa.types.is_dictionary(one.type) else one for one in batch.columns)
    return Piece(dict(zip(map(str, batch.schema.names), columns, strict=True)), batch.num_rows)
