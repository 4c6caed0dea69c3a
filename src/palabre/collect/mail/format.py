"""Mail on disk: mbox (also pipermail's and HyperKitty's), one message a file (.eml, Maildir, news), zipped mbox."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from palabre.collect.formats import Head, Options
from palabre.collect.mail import mapping
from palabre.errors import ItemError
from palabre.model import Event, RawItem

ENVELOPE = re.compile(rb"From .{0,300}\d{1,2}:\d{2}.{0,40}\d{4}|From \S+@\S+\s*$|From \S+ +\w{3} \w{3} ")
FIELD = re.compile(rb"^(?:[\x21-\x39\x3b-\x7e]{1,76}:[ \t].*|[ \t].*)$")
NAMES = re.compile(
    rb"^(?:from|to|subject|date|message-id|received|return-path|mime-version|delivered-to|in-reply-to|references|"
    rb"content-type|path|newsgroups|x-[\w-]+):",
    re.I,
)
MESSAGE_BYTES_MAX = 50_000_000
MEDIA_TYPE = "message/rfc822"
ZIP = b"PK\x03\x04"


class MboxFormat:
    name = "mbox"

    def sniff(self, head: Head) -> float:
        if head.start.startswith(ZIP):
            return 0.9 if b".mbox" in head.start[30:300] else 0.0
        lines = head.start.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 40)[:40]
        if ENVELOPE.match(lines[0]):
            return 0.95 if len(lines) > 1 and FIELD.match(lines[1].rstrip(b"\r")) else 0.6
        return 0.9 if is_message(lines) else 0.0

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        start = stream.peek(4)[:4] if hasattr(stream, "peek") else b""
        if start == ZIP and stream.seekable():
            yield from zipped(stream)
        else:
            yield from messages(stream)

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item)


def is_message(lines: list[bytes]) -> bool:
    """Whether a file begins as a message does: fields up to the first blank line (one in ten may be mangled)."""
    header = [line.rstrip(b"\r") for line in lines]
    header = header[: header.index(b"")] if b"" in header else header[:-1]
    fields = sum(bool(FIELD.match(line)) for line in header)
    known = {line.partition(b":")[0].lower() for line in header if NAMES.match(line)}
    return len(known) >= 3 and fields >= 0.9 * len(header)


def zipped(stream: BinaryIO) -> Iterator[RawItem]:
    """The messages of every mbox in a zip."""
    try:
        with zipfile.ZipFile(stream) as members:
            for name in members.namelist():
                if name.endswith((".mbox", ".eml", ".txt")):
                    with members.open(name) as member:
                        yield from messages(member)  # type: ignore[arg-type]  # it has readline
    except (zipfile.BadZipFile, RuntimeError) as error:
        raise ItemError("connector_mail.errors.not_an_archive") from error


def messages(stream: BinaryIO) -> Iterator[RawItem]:
    """Messages of an mbox, or the single message of a file. A message starts at an envelope after a blank line."""
    envelope, size, blank = "", 0, True
    kept: list[bytes] = []
    for line in iter(lambda: stream.readline(1 << 20), b""):
        if blank and line.startswith(b"From ") and ENVELOPE.match(line.rstrip()):
            yield from whole(kept, envelope)
            envelope = line[5:].decode("utf-8", "replace").strip()
            kept, size, blank = [], 0, False
            continue
        blank = not line.strip()
        if size < MESSAGE_BYTES_MAX:
            kept.append(line[1:] if line.startswith(b">From ") else line)
            size += len(line)
    yield from whole(kept, envelope)


def whole(lines: list[bytes], envelope: str) -> Iterator[RawItem]:
    """The message of these lines, if there is one: not the blank lines between two."""
    body = b"".join(lines)
    if body.strip():
        yield RawItem(body.lstrip(b"\r\n"), MEDIA_TYPE, {"envelope": envelope} if envelope else {})
