"""Excel workbooks: the same columns as a CSV, or the export of a tool that is known by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from palabre.collect.files.brandwatch import BrandwatchFormat
from palabre.collect.files.columns import plain
from palabre.collect.files.meltwater import MeltwaterFormat
from palabre.collect.files.sheets import header_of, sheet_pieces
from palabre.collect.files.streams import is_office, seekable
from palabre.collect.files.tables import Piece, TableFormat
from palabre.collect.files.talkwalker import TalkwalkerFormat
from palabre.collect.formats import Format, Head, Options
from palabre.errors import ItemError

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what an .xls begins with, and a workbook behind a password
VENDORS = (BrandwatchFormat, TalkwalkerFormat, MeltwaterFormat)


class XlsxFormat(TableFormat):
    """Options: header (yes, no), and those of every table."""

    name = "xlsx"

    def sniff(self, head: Head) -> float:
        old = head.start.startswith(OLD) and head.name.casefold().endswith((".xls", ".xlsx"))
        return 0.6 if old or (is_office(head.start) and b"xl/" in head.start) else 0.0

    def refined(self, stream: BinaryIO) -> Format:
        """The format of the tool whose export this is, where its columns say so."""
        names = {plain(name) for name in header_of(opened(stream), {})}
        stream.seek(0)
        return next((made for made in (vendor() for vendor in VENDORS) if made.owns(names)), self)

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        yield from sheet_pieces(opened(stream), options)


def opened(stream: BinaryIO) -> BinaryIO:
    """The stream, able to seek. ItemError: an old workbook."""
    stream = seekable(stream)
    if stream.read(len(OLD)) == OLD:
        raise ItemError("files.old_sheet")
    return stream
