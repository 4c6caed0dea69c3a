"""Cues: what a post says in so many words (a wish, a fault, a leave-taking), as numbers beside the hashed features.

The phrases are in ``data/cues.<language>.toml``, by name; both languages are looked for in every post. A cue that is
denied ("pas de panne", "not a single bug") counts as another. With them, a few shapes: a question mark at the end, an
exclamation, a handle at the head, how long the post is.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy

from palabre.read.features import Features, Hashes, Offsets
from palabre.read.phrases import Book, Hits, Names, book, hashes, hits

DATA = Path(__file__).with_name("data")
LANGUAGES = ("en", "fr")
BEFORE = 3  # tokens before a phrase in which a negation denies it
NEGATIONS = (
    *("pas", "plus", "jamais", "aucun", "aucune", "sans", "ne", "ni", "zero", "rien", "guere"),
    *("not", "no", "never", "without", "cannot", "cant", "dont", "doesnt", "isnt", "wont", "nor", "nothing"),
)
AFTER = ("pas", "plus", "jamais", "point", "guere")  # "je recommande pas"
SIGNS = {"asks": ("?", "??", "?!", "!?"), "shouts": ("!", "!!"), "links": ("http://a.b",), "handles": ("@a",)}
SHAPES = ("asks", "shouts", "links", "handles", "asks_last", "handle_first", "length", "long")
VERSION = 1  # of what is computed here
LONG = 30  # tokens
COUNT_MAX = 4.0
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cues:
    """names: of the cues; book: their phrases, each pattern under a name of its own; of: the cue of each pattern."""

    names: tuple[str, ...]
    book: Book
    of: Names

    @property
    def columns(self) -> list[str]:
        """What the columns of `matrix` are: each pattern, each cue, each cue denied, each shape."""
        return [*self.book.names, *self.names, *(f"not {name}" for name in self.names), *SHAPES]


@cache
def cues() -> Cues:
    """The cues of all languages, compiled."""
    parts = {one: tomllib.loads((DATA / f"cues.{one}.toml").read_text("utf-8")) for one in LANGUAGES}
    names = tuple(dict.fromkeys(name for part in parts.values() for name in part))
    patterns = {
        f"{name}.{language}.{at}": [pattern]
        for language, part in parts.items()
        for name in part
        for at, pattern in enumerate(part[name])
    }
    of = np.array([names.index(one.split(".")[0]) for one in patterns], np.int64)
    return Cues(names, book(patterns), of)


@cache
def mark() -> str:
    """Of the phrases and of how they are looked for: a head that weighs cues is for these and no others."""
    files = [(DATA / f"cues.{one}.toml").read_bytes() for one in LANGUAGES]
    return hashlib.sha256(b"\0".join([str(VERSION).encode(), *files])).hexdigest()[:16]


def matrix(seen: Features) -> scipy.sparse.csr_matrix:
    """(n, columns) cues and shapes of some texts: the square root of how often each is there, at most 2."""
    known, found = cues(), said(seen)
    at_cues = len(known.of) + known.of[found.hits.name] + len(known.names) * found.denied
    rows, columns = np.concatenate([found.owner, found.owner]), np.concatenate([found.hits.name, at_cues])
    size = (len(seen), len(known.of) + 2 * len(known.names))
    counted = scipy.sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=size)
    counted.data = np.sqrt(np.minimum(counted.data, COUNT_MAX))
    return scipy.sparse.hstack([counted, scipy.sparse.csr_matrix(shapes(seen))], format="csr", dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Said:
    """Cues of some texts. owner, denied (hits,): the text of each, and whether it is denied."""

    hits: Hits
    owner: Offsets
    denied: Flags


_last: list[tuple[Features, Said]] = []  # the readings of one page ask for the same posts one after the other


def said(seen: Features) -> Said:
    """The cues of some texts."""
    for known, answer in _last:
        if known is seen:
            return answer
    found = hits(cues().book, seen)
    owner = owners(seen, found.start)
    answer = Said(found, owner, denied(seen, found, owner))
    _last[:] = [(seen, answer)]
    return answer


def owners(seen: Features, tokens: Offsets) -> Offsets:
    """The text each token belongs to."""
    return np.asarray(np.searchsorted(seen.word_indptr, tokens, side="right") - 1)


@cache
def _hashed(words: tuple[str, ...]) -> Hashes:
    return np.array(sorted({hashes(one)[0] for one in words}), np.uint64)


def among(words: Hashes, some: tuple[str, ...]) -> Flags:
    """Which tokens are one of a few."""
    known = _hashed(some)
    return np.asarray(known[np.minimum(np.searchsorted(known, words), len(known) - 1)] == words)


def denied(seen: Features, found: Hits, owner: Offsets) -> Flags:
    """(hits,) a negation stands within BEFORE tokens before the phrase, in its text, or right after it."""
    padded = np.append(seen.words, np.uint64(0))
    result = among(padded[found.end], AFTER)
    for back in range(1, BEFORE + 1):
        at = found.start - back
        result |= (at >= seen.word_indptr[owner]) & among(padded[np.maximum(at, 0)], NEGATIONS)
    return result


def shapes(seen: Features) -> Floats:
    """(n, SHAPES) of some texts."""
    sizes = np.diff(seen.word_indptr)
    table = np.zeros((len(seen), len(SHAPES)), np.float32)
    full = np.flatnonzero(sizes)
    if not len(full):
        return table
    first, last = seen.word_indptr[full], seen.word_indptr[full + 1] - 1
    signs = [among(seen.words, words) for words in SIGNS.values()]
    some = [np.maximum.reduceat(one, first) for one in signs]
    table[full] = np.column_stack(
        [*some, signs[0][last], signs[3][first], np.log1p(sizes[full]) / 4, sizes[full] > LONG]
    )
    return table
