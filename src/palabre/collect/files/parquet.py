"""Parquet: the same columns as a CSV, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

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
            file = pq.ParquetFile(seekable(stream), buffer_size=READ_BYTES, pre_buffer=False)
            for batch in file.iter_batches(PIECE_ROWS):
                batch.validate(full=True)
                names = [str(name) for name in batch.schema.names]
                yield Piece(dict(zip(names, batch.columns, strict=True)), batch.num_rows)
        except (pa.ArrowException, OSError) as error:
            raise ItemError("files.broken_parquet", reason=type(error).__name__) from error
