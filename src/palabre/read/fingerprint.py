"""The fingerprint of a post: one number for its words in their order, equal for copies.

What copies change is left out before: addresses, handles, the RT before a reshare, signs, emoji, case and accents.
Equal numbers of different texts are as rare as 64 bits make them. Rewordings are found by understand/stories.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.read import native
from palabre.read.contract import Line, Page, Reading
from palabre.read.entity_features import marked
from palabre.read.entity_tokens import TABLE, WORD, Tokens, classes, low_codes, tokens_of
from palabre.read.words import BASE, Codes, Hashes, Ints, mixed, places

WORDS_MIN = 5  # fewer say too little: "thank you very much" is nobody's copy
CHARS_READ = 4_000
HANDLE = 1  # what marked() says of a word behind an @
RT = "rt"


@cache
def folded_table() -> Codes:
    """Each small letter of the two first planes without its accents."""
    found = np.arange(TABLE, dtype=np.uint32)
    for code in range(0xC0, 0x2000):
        bare = [one for one in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(one)]
        found[code] = ord(bare[0]) if len(bare) == 1 else code
    return found


@cache
def lowered() -> Codes:
    """Each letter of the two first planes, small and without its accents."""
    return folded_table()[low_codes(np.arange(TABLE, dtype=np.uint32))]


def fingerprints(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """(texts,) the fingerprint of each; 0 for fewer than five words."""
    short = [text if len(text) <= CHARS_READ else text[:CHARS_READ] for text in texts]
    if kernel := native.library():
        return native.fingerprints(kernel, classes(), lowered(), short)
    tokens = tokens_of(short)
    out = np.zeros(len(texts), np.int64)
    if not len(tokens):
        return out
    codes = lowered()[np.minimum(tokens.text.codes, TABLE - 1)]
    kept = np.flatnonzero(counted(tokens, codes))
    posts, first = np.unique(tokens.post[kept], return_index=True)
    if not len(kept):
        return out
    lengths = np.diff(np.append(first, len(kept)))
    hashes = whole_hashes(codes, tokens.start[kept], tokens.end[kept])
    total = np.add.reduceat(hashes * powers(int(lengths.max()))[places(lengths)], first)
    said = mixed(total + lengths.astype(np.uint64)).view(np.int64)
    out[posts] = np.where(lengths >= WORDS_MIN, np.where(said == 0, 1, said), 0)
    return out


def counted(tokens: Tokens, codes: Codes) -> npt.NDArray[np.bool_]:
    """(tokens,) which count: words that are neither handles nor the RT that begins a reshare."""
    words = (tokens.kind == WORD) & (marked(tokens, np.arange(len(tokens))) != HANDLE)
    begins = np.diff(tokens.post, prepend=-1) > 0
    short = tokens.end - tokens.start == len(RT)
    second = np.minimum(tokens.start + 1, len(codes) - 1)
    return np.asarray(words & ~(begins & short & (codes[tokens.start] == ord("r")) & (codes[second] == ord("t"))))


def whole_hashes(codes: Codes, start: Ints, end: Ints) -> Hashes:
    """(runs,) one hash for all characters of each run."""
    lengths = end - start
    place = places(lengths)
    terms = (codes[np.repeat(start, lengths) + place].astype(np.uint64) + np.uint64(1)) * powers(int(lengths.max()))[
        place
    ]
    return mixed(np.asarray(np.add.reduceat(terms, np.cumsum(lengths) - lengths), np.uint64))


def powers(count: int) -> Hashes:
    """BASE to BASE**count, modulo 2**64."""
    return np.cumprod(np.full(count, BASE, np.uint64), dtype=np.uint64)


def read(page: Page) -> Mapping[str, pa.Array]:
    return {"fingerprint": pa.array(fingerprints(page.texts), pa.int64())}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    """As text: JSON numbers are not safe beyond 53 bits."""
    return {"fingerprint": [None if one is None else f"{one & (1 << 64) - 1:016x}" if one else "" for one in
                            batch["fingerprint"].to_pylist()]}  # fmt: skip


READING = Reading("fingerprint", ("fingerprint",), read, lines)
