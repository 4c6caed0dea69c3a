"""Decompression that stops: a byte cap on what comes out, and a ratio cap, whatever the server claims.

323 bytes can hold 100 MB (gzip twice), 152 bytes too (brotli). We ask for gzip alone, accept one coding, and never
let zlib produce more than a chunk at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from palabre.errors import BlockedError, FetchError

RATIO_MAX = 200
RATIO_FROM_BYTES = 1_000_000
CHUNK_BYTES = 65_536
MEMBERS_MAX = 64  # a gzip stream may be several; each costs a copy of what follows


def coding_of(header: str) -> str:
    """``""`` or ``"gzip"``. BlockedError for any other coding, and for two at once."""
    codings = [name.strip().lower() for name in header.split(",") if name.strip()]
    codings = ["gzip" if name == "x-gzip" else name for name in codings if name != "identity"]
    if codings not in ([], ["gzip"]):
        raise BlockedError("net.encoding", coding=", ".join(codings)[:60])
    return "".join(codings)


class Cap:
    """Counts bytes out and refuses more than ``limit``. limit 0: no total (a stream without end)."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.total = 0

    def take(self, chunk: bytes) -> bytes:
        self.total += len(chunk)
        if self.limit and self.total > self.limit:
            raise BlockedError("net.too_large", limit=self.limit)
        return chunk


class Plain:
    """No coding: only the cap."""

    def __init__(self, limit: int) -> None:
        self.cap = Cap(limit)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield self.cap.take(chunk)

    def finish(self) -> None:
        return


class Gunzip:
    """Incremental gzip. ``finish`` raises FetchError ``net.truncated`` when the end never came."""

    def __init__(self, limit: int) -> None:
        self.cap = Cap(limit)
        self.taken = 0
        self.members = 1
        self.after = b""  # the first bytes behind a member's end, until they tell whether another begins
        self.stream = zlib.decompressobj(wbits=31)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self.taken += len(chunk)
        while chunk:
            if self.stream.eof:
                chunk = self._next_member(chunk)
                if not chunk:
                    return
            try:
                out = self.stream.decompress(chunk, CHUNK_BYTES)
            except zlib.error as error:
                raise FetchError("net.broken_gzip") from error
            yield self._judged(out)
            chunk = self.stream.unused_data if self.stream.eof else self.stream.unconsumed_tail

    def finish(self) -> None:
        if not self.stream.eof and self.taken:
            raise FetchError("net.truncated")

    def _next_member(self, chunk: bytes) -> bytes:
        """What to feed a further member; nothing for padding and other rests, which browsers ignore too."""
        rest = self.after + chunk
        if len(rest) < 2 or not rest.startswith(b"\x1f\x8b"):
            self.after = rest[:2]
            return b""
        self.members += 1
        if self.members > MEMBERS_MAX:
            raise BlockedError("net.bomb")
        self.after = b""
        self.stream = zlib.decompressobj(wbits=31)
        return rest

    def _judged(self, out: bytes) -> bytes:
        self.cap.take(out)
        if self.cap.total > RATIO_FROM_BYTES and self.cap.total > RATIO_MAX * self.taken:
            raise BlockedError("net.bomb")
        return out


def decoder(header: str, limit: int) -> Plain | Gunzip:
    """What turns the bytes of an answer into its content. header: Content-Encoding; limit: bytes out, 0 for none."""
    return Gunzip(limit) if coding_of(header) == "gzip" else Plain(limit)
