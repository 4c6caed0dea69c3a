"""Vectors of words, by the hash of the word. A post's vector is the mean of those of its tokens.

A head that weighs a post's vector needs no vectors to be served: what a word adds to each label is one number, so the
vectors are folded into the head's own table of words (`Embedding.folded`), exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from palabre.read.features import Features, Hashes, features
from palabre.read.linear import Floats, Table, quantised, word_means, word_rows


@dataclass(frozen=True, slots=True)
class Embedding:
    """table (rows, dimensions): a power of two of rows; words that share a row share a vector."""

    table: Table

    def vectors(self, seen: Features) -> Floats:
        """(n, dimensions) of each post; zeros where it has no words."""
        return word_means(seen, self.table.floats())

    def folded(self, weights: npt.NDArray[np.floating]) -> Table:
        """The word table (rows, labels) of a head that weighs vectors by ``weights`` (dimensions, labels)."""
        return quantised(self.table.floats() @ weights)


def embedding_of(vectors: Mapping[str, npt.NDArray[np.floating]], rows: int) -> Embedding:
    """From vectors by word, the commonest words first: where two share a row, the commoner one keeps it."""
    size = len(next(iter(vectors.values())))
    table = np.zeros((rows, size), np.float32)
    taken = np.zeros(rows, bool)
    for row, vector in zip(word_rows(hashes_of(list(vectors)), rows).tolist(), vectors.values(), strict=True):
        if not taken[row]:
            table[row], taken[row] = vector, True
    return Embedding(quantised(table))


def hashes_of(words: list[str]) -> Hashes:
    """(n,) the hash of each word as a token. ValueError: one that is not exactly one token."""
    seen = features(words)
    if (np.diff(seen.word_indptr) != 1).any():
        raise ValueError("each word must be one token")
    return seen.words


def save(one: Embedding, path: Path) -> None:
    np.savez_compressed(path, table=one.table.values, scale=one.table.scale)


def load(path: Path) -> Embedding:
    """Raises OSError."""
    with np.load(path, allow_pickle=False) as stored:
        return Embedding(Table(stored["table"], stored["scale"]))
