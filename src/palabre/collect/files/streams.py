"""Files as streams of bytes: folders walked, compression undone as it is read, archives never extracted."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from palabre.collect.files.account_archives import holds_posts, owner_beside, owner_in_bag, posts_in
from palabre.collect.files.lines import Joined, buffered
from palabre.collect.formats import Head, Options
from palabre.errors import ItemError

HEAD_BYTES = 64 * 1024
ZSTD_READ_BYTES = 4_096
MEMBERS_MAX = 1_000
RATIO_MAX = 100
RATIO_FREE_BYTES = 50_000_000  # so much may come out of anything: a small file that compresses well is no bomb
SPOOL_BYTES = 32_000_000
OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"customXml/")  # first names in a workbook
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, zstandard.ZstdError, gzip.BadGzipFile, RuntimeError)
DECOMPRESSORS: tuple[tuple[bytes, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b", lambda raw: cast(BinaryIO, gzip.GzipFile(fileobj=raw))),
    (b"BZh", lambda raw: cast(BinaryIO, bz2.BZ2File(raw))),
    (b"\xfd7zXZ\x00", lambda raw: cast(BinaryIO, lzma.LZMAFile(raw))),  # noqa: SIM115  # closed with what it reads
    (b"\x28\xb5\x2f\xfd", lambda raw: buffered(Zstd(raw))),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file ready to be read from its beginning. Seekable only where nothing had to be undone. packed: the file as it
    lies on disk, where how far it was read tells how much is done. around: what the archive it is part of says of
    it, as options of its format."""

    head: Head
    stream: BinaryIO
    packed: BinaryIO
    around: Options = field(default_factory=dict)

    @property
    def place(self) -> int:
        """Bytes of the file that were read; 0 for a standard input."""
        return self.packed.tell() if self.packed.seekable() else 0


class Zstd(io.RawIOBase):
    """Zstandard frames one after the other. EOFError for one that breaks off: the library's own reader just stops."""

    def __init__(self, raw: BinaryIO) -> None:
        self.raw = raw
        self.frame = zstandard.ZstdDecompressor().decompressobj()
        self.begun = False
        self.left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self.left and self.fed():
            pass
        data, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def fed(self) -> bool:
        """Reads a little more; False at the end. Little goes in at a time, since much may come out."""
        packed = (self.frame.unused_data if self.frame.eof else b"") or self.raw.read(ZSTD_READ_BYTES)
        if not packed:
            if self.begun and not self.frame.eof:
                raise EOFError
            return False
        if self.frame.eof:
            self.frame = zstandard.ZstdDecompressor().decompressobj()
        self.begun = True
        self.left = self.frame.decompress(packed)
        return True


class Capped(io.RawIOBase):
    """What comes out of a compressed stream, with a limit on how much and on how many times its size."""

    def __init__(self, stream: BinaryIO, packed_bytes: int, bytes_max: int) -> None:
        self.stream = stream
        self.given = 0
        self.limit = bytes_max
        self.failure: ItemError | None = None
        self.ratio_limit = max(RATIO_FREE_BYTES, packed_bytes * RATIO_MAX) if packed_bytes else bytes_max

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self.more(len(buffer))
        buffer[: len(data)] = data
        self.given += len(data)
        if self.given > self.limit:
            self.failure = ItemError("files.too_big", limit=self.limit)
        elif self.given > self.ratio_limit:
            self.failure = ItemError("files.bomb", ratio=RATIO_MAX)
        return len(data)

    def more(self, size: int) -> bytes:
        """Some bytes. read1 gives what there is before the damage; once something failed, it stays so."""
        if self.failure is not None:
            raise self.failure
        try:
            return cast(io.BufferedReader, self.stream).read1(size)
        except DAMAGE as error:
            self.failure = ItemError("files.damaged", reason=type(error).__name__)
            raise self.failure from error


def walked(paths: Sequence[str]) -> Iterator[Path | None]:
    """Files in order, folders opened; hidden ones are left out unless they were named. None is the standard input."""
    for path in paths:
        if path == "-":
            yield None
        elif os.path.isdir(path):
            yield from inside(Path(path))
        else:
            yield Path(path)


def inside(folder: Path) -> Iterator[Path]:
    """Files below a folder, sorted, of an account's archive its posts alone; links that leave it are not followed."""
    for root, folders, names in os.walk(folder):
        if posts := posts_in(Path(root)) or posts_in(Path(root, "data")):
            folders.clear()
            yield from posts
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (
            Path(root, name) for name in sorted(names) if not name.startswith(".") and Path(root, name).is_file()
        )


@contextmanager
def uncompressed(raw: BinaryIO, name: str, packed_bytes: int, bytes_max: int) -> Iterator[Opened]:
    """A stream with its compression undone. ItemError: damaged, too big, a bomb."""
    magic = raw.read(8)
    undo = next((make for start, make in DECOMPRESSORS if magic.startswith(start)), None)
    raw = rewound(raw, magic)
    if undo is None and raw.seekable():
        start = raw.read(HEAD_BYTES)
        raw.seek(0)
        yield Opened(Head(name, start, packed_bytes or len(start)), raw, raw)
        return
    stream = buffered(Capped(undo(raw) if undo else raw, packed_bytes if undo else 0, bytes_max), 1 << 18)
    start = filled(stream)
    size = len(start) if len(start) < HEAD_BYTES else max(packed_bytes, len(start) + 1)
    yield Opened(Head(unpacked_name(name) if undo else name, start, size), whole(stream, start), raw)


def filled(stream: BinaryIO) -> bytes:
    """The first HEAD_BYTES, or all there is before the end or the damage (which comes again when it is read)."""
    parts = b""
    try:
        while len(parts) < HEAD_BYTES and (more := cast(io.BufferedReader, stream).read1(HEAD_BYTES - len(parts))):
            parts += more
    except ItemError:
        if not parts:
            raise
    return parts


def rewound(raw: BinaryIO, start: bytes) -> BinaryIO:
    """The stream from its beginning again."""
    if raw.seekable():
        raw.seek(0)
        return raw
    return buffered(Joined(start, raw))


def is_office(start: bytes) -> bool:
    """Whether a ZIP archive is one file of an office program rather than a bag of files: its first name says so."""
    return start.startswith(ZIP) and start[30:60].startswith(OFFICE)


def whole(stream: BinaryIO, start: bytes) -> BinaryIO:
    """The stream from its beginning again; one that must be able to seek as a copy."""
    return seekable(rewound(stream, start)) if is_office(start) else rewound(stream, start)


def seekable(stream: BinaryIO) -> BinaryIO:
    """The stream, or a temporary copy of one that only goes forward (it came out of a compressed file)."""
    if stream.seekable():
        return stream
    copy = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115  # closed with the last reference to it
    shutil.copyfileobj(stream, copy, 1 << 20)
    copy.seek(0)
    return copy  # type: ignore[return-value]


def unpacked_name(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending.casefold() in {"gz", "bz2", "xz", "zst"} else name


@contextmanager
def single(path: Path | None, bytes_max: int) -> Iterator[Opened]:
    """A file, or the standard input. ItemError if it cannot be read."""
    with ExitStack() as stack:
        try:
            raw = sys.stdin.buffer if path is None else cast(BinaryIO, stack.enter_context(path.open("rb")))
        except OSError as error:
            raise ItemError("files.unreadable", reason=error.strerror or type(error).__name__) from error
        size = 0 if path is None else path.stat().st_size
        name = "-" if path is None else str(path)
        if size > bytes_max:
            raise ItemError("files.too_big", limit=bytes_max)
        opened = stack.enter_context(uncompressed(raw, name, size, bytes_max))
        yield replace(opened, around=owner_if_readable(lambda: owner_beside(path))) if path else opened


def owner_if_readable(ask: Callable[[], Options]) -> Options:
    """Whose a file is; {} where that cannot be read, which is no reason to refuse the posts."""
    try:
        return ask()
    except (*DAMAGE, NotImplementedError, OSError, ItemError):
        return {}


def is_zip(opened: Opened) -> bool:
    """Whether it is a bag of files, each to be read by itself."""
    start = opened.head.start
    return start.startswith((ZIP, EMPTY_ZIP)) and not is_office(start) and opened.stream.seekable()


def members(opened: Opened, bytes_max: int) -> list[zipfile.ZipInfo]:
    """The files of a ZIP archive; of an account's archive of X those that hold posts, not its pictures and settings.
    ItemError: damaged, too many, or too big together (a member never gives more than it states)."""
    try:
        found = [info for info in zipfile.ZipFile(opened.stream).infolist() if not info.is_dir()]
    except DAMAGE as error:
        raise ItemError("files.damaged", reason=type(error).__name__) from error
    found = [info for info in found if holds_posts(info.filename)] or found
    if len(found) > MEMBERS_MAX:
        raise ItemError("files.too_many_members", limit=MEMBERS_MAX)
    if sum(info.file_size for info in found) > bytes_max:
        raise ItemError("files.too_big", limit=bytes_max)
    return [info for info in found if not info.filename.rpartition("/")[2].startswith((".", "__MACOSX"))]


@contextmanager
def member(opened: Opened, info: zipfile.ZipInfo, bytes_max: int) -> Iterator[Opened]:
    """One file of a ZIP archive, streamed. ItemError: damaged, encrypted, an archive in the archive, a bomb."""
    name = f"{opened.head.name}!{info.filename}"
    try:
        bag = zipfile.ZipFile(opened.stream)
        around = owner_if_readable(lambda: owner_in_bag(bag, info.filename))
        raw = bag.open(info)
    except (*DAMAGE, NotImplementedError) as error:
        raise ItemError("files.damaged", reason=type(error).__name__) from error
    with raw:
        stream = buffered(Capped(cast(BinaryIO, raw), info.compress_size, bytes_max), 1 << 18)
        start = filled(stream)
        if not is_office(start) and start.startswith((ZIP, *(magic for magic, _ in DECOMPRESSORS))):
            raise ItemError("files.nested_archive")
        yield Opened(Head(name, start, info.file_size), whole(stream, start), opened.packed, around)
