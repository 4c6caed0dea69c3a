"""Where each token stands in many posts: keys in the order of their bytes, and the rows and places that hold each.

Rows are numbered from 0, at most 65,536. The tokens of a text stand in places from 0 on, those of the title from TITLE
on. A key may stand in one place beside others: both keys of a look-alike spelling, a handle alone and with its server.
Where a token was not written as its key, the form stands there too (`form`): its kind, with its accents and capitals.
SENTENCE stands where a sentence begins behind another; LONG in a post of which not all places can be told.

The kernel makes the same (native/token_lists.hpp), a hundred times as fast.
"""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Iterator
from ctypes import byref, c_void_p
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.text.kernel import Columns, TokenLists, column_of, library, taken
from palabre.text.tokens import Kind, Token, tokenize
from palabre.text.unicode_table import table_bytes

TITLE = 1 << 15
TOKENS_MAX = 30_000  # of a part: what is told apart, with room between a text, its title and the next post
LINK, ALIKE, SERVED = "::", "~~", "@@"  # all links; all tokens with a second key; all handles with their server
FORM = "\x03"  # before a form, and between its pieces; no word holds it
SENTENCE, LONG = f"{FORM}{FORM}", f"{FORM}\x04"
SIGNS = {Kind.HASHTAG: "#", Kind.HANDLE: "@"}
Halves = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Places:
    """rows, places: those of each key after those of the key before, in rising order; ends: where those of each end."""

    keys: pa.StringArray
    ends: npt.NDArray[np.int32]
    rows: Halves
    places: Halves


def token_places(batch: pa.RecordBatch) -> Places:
    """Of posts, by their columns title and text."""
    kernel = library()
    return kernel_places(kernel, batch) if kernel else plain_places(batch)


def form(key: str, kind: str, accented: str, exact: str) -> str:
    """kind: "#" a tag, "@" a handle, "w" anything else."""
    return f"{FORM}{key}{FORM}{kind}{accented}{FORM}{exact}"


# by Python


def plain_places(batch: pa.RecordBatch) -> Places:
    texts, titles = column_of(batch, "text").to_pylist(), column_of(batch, "title").to_pylist()
    found: dict[bytes, list[int]] = {}
    for row, parts in enumerate(zip(texts, titles, strict=True)):
        for part, first in zip(parts, (0, TITLE), strict=True):
            for key, place in placed(tokenize(part)):
                found.setdefault(key.encode(), []).append(row << 16 | first + place)
    ordered = sorted(found)
    where = np.array([one for key in ordered for one in found[key]], np.int64)
    keys = pa.array([key.decode() for key in ordered], pa.string())
    ends = np.cumsum([len(found[key]) for key in ordered]).astype(np.int32)
    return Places(keys, ends, (where >> 16).astype(np.uint16), where.astype(np.uint16))


def placed(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    """The keys of a part, and their places."""
    for place, token in enumerate(tokens):
        if place and token.sentence != tokens[place - 1].sentence:
            yield SENTENCE, min(place, TOKENS_MAX)
        for key in keys_of(token):
            yield key, min(place, TOKENS_MAX)
    if len(tokens) >= TOKENS_MAX:
        yield LONG, 0


def keys_of(token: Token) -> Iterator[str]:
    if not token.folded:
        yield LINK
    for folded in token.folded:
        yield from written(token.kind, folded, token.accented, token.exact)
    if len(token.folded) > 1:
        yield ALIKE
    if token.whole[0]:
        yield from written(token.kind, *token.whole)
        yield SERVED


def written(kind: Kind, folded: str, accented: str, exact: str) -> Iterator[str]:
    yield folded
    if kind in SIGNS or not folded == accented == exact:
        yield form(folded, SIGNS.get(kind, "w"), accented, exact)


# by the kernel


def kernel_places(kernel: ctypes.CDLL, batch: pa.RecordBatch) -> Places:
    out = TokenLists()
    with taken(makers(), lambda: maker(kernel)) as lists, Columns(batch) as posts:
        kernel.palabre_lists(lists, byref(posts), byref(out))
        offsets = copied(out.key_offsets, out.count + 1, np.int32)
        ends = copied(out.list_offsets, out.count + 1, np.int32)
        characters = ctypes.string_at(out.keys, int(offsets[-1])) if offsets[-1] else b""
        rows, places = (copied(one, int(ends[-1]), np.uint16) for one in (out.rows, out.places))
    keys = pa.StringArray.from_buffers(out.count, pa.py_buffer(offsets), pa.py_buffer(characters))
    return Places(keys, ends[1:], rows, places)


def maker(kernel: ctypes.CDLL) -> c_void_p:
    table = table_bytes()
    return c_void_p(kernel.palabre_lists_new(table, len(table), secrets.randbits(64)))


@cache
def makers() -> SimpleQueue[c_void_p]:
    """Those that wait for posts; as many as threads ever asked at once."""
    return SimpleQueue()


T = TypeVar("T", bound=np.generic)


def copied(address: int, count: int, kind: type[T]) -> npt.NDArray[T]:
    """Numbers of the kernel as an array of ours."""
    size = count * np.dtype(kind).itemsize
    return np.frombuffer(ctypes.string_at(address, size) if size else b"", kind)
