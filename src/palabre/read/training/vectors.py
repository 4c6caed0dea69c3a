"""Vectors of words, learnt from every text at hand: what heads weigh besides hashed features, folded into them.

Positive pointwise mutual information of neighbours, factorised (Levy & Goldberg 2014; contexts smoothed by 0.75,
frequent words thinned: Levy, Goldberg & Dagan 2015) by randomised singular values (Halko, Martinsson & Tropp 2011).
Vectors weigh by a / (a + frequency) (Arora, Liang & Ma 2017). Where a teacher was there (teacher.py), its vectors of
the same words stand beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

from palabre.read.features import Features, Hashes, Spec, features
from palabre.read.linear import Floats, Table, quantised, word_means, word_rows

Ints = npt.NDArray[np.int64]
ROWS = 1 << 17
SEEN_MIN, WORDS_MAX = 5, 60_000
WINDOW, THINNED, SMOOTHED = 5, 1e-4, 0.75
DIMENSIONS, MORE, TURNS = 128, 20, 4
COMMON = 1e-3  # a of a / (a + frequency)
MEAN_SPREAD = 0.1  # of a post's vector: what the heads' costs are chosen for
TOKENS = Spec(chars=(3, 2), pairs=False)  # tokens alone


@dataclass(frozen=True, slots=True)
class Counted:
    """The commonest words. hashes, counts (v,): in ascending order of hashes; total: of all tokens."""

    hashes: Hashes
    counts: Ints
    total: int

    @property
    def weights(self) -> Floats:
        return np.asarray(COMMON / (COMMON + self.counts / self.total), np.float32)


@dataclass(frozen=True, slots=True)
class Vectors:
    """table (ROWS, dimensions): of the word in that row, already weighed."""

    table: Floats

    def vectors(self, seen: Features) -> Floats:
        """(n, dimensions) of each post."""
        return word_means(seen, self.table)

    def folded(self, weights: npt.NDArray[np.floating]) -> Table:
        """The word table of a head that weighs vectors by ``weights`` (dimensions, labels)."""
        return quantised(self.table @ weights)


def counted(seen: Features) -> Counted:
    hashes, counts = np.unique(seen.words, return_counts=True)
    kept = np.flatnonzero(counts >= SEEN_MIN)
    kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")][:WORDS_MAX])
    return Counted(hashes[kept], counts[kept], len(seen.words))


def neighbours(seen: Features, words: Counted, random: np.random.Generator) -> csr_matrix:
    """(v, v) how often two words stand within WINDOW of each other; farther apart counts less."""
    at = np.searchsorted(words.hashes, seen.words).clip(0, len(words.hashes) - 1)
    kept = np.sqrt(THINNED * words.total / words.counts)[at]
    chosen = (words.hashes[at] == seen.words) & (random.random(len(at)) < kept)
    owner = np.repeat(np.arange(len(seen)), np.diff(seen.word_indptr))[chosen]
    at = at[chosen]
    size = len(words.hashes)
    total = csr_matrix((size, size), dtype=np.float32)
    for step in range(1, WINDOW + 1):
        same = owner[step:] == owner[:-step]
        ones = np.full(int(same.sum()), 1 / max(1, step - 1), np.float32)
        total = total + coo_matrix((ones, (at[:-step][same], at[step:][same])), shape=(size, size)).tocsr()
    return total + total.T


def informative(together: csr_matrix) -> csr_matrix:
    """Positive pointwise mutual information."""
    rows = np.asarray(together.sum(axis=1)).ravel()
    contexts = rows**SMOOTHED
    pairs = together.tocoo()
    found = np.log(pairs.data * contexts.sum() / (rows[pairs.row] * contexts[pairs.col]) + 1e-12)
    kept = found > 0
    return csr_matrix((found[kept].astype(np.float32), (pairs.row[kept], pairs.col[kept])), shape=together.shape)


def factors(matrix: csr_matrix, dimensions: int, random: np.random.Generator) -> Floats:
    """(v, dimensions) left singular vectors times the square root of their values."""
    basis = random.standard_normal((matrix.shape[1], dimensions + MORE)).astype(np.float32)
    for _ in range(TURNS):
        basis = np.linalg.qr(matrix @ basis)[0]
        basis = np.linalg.qr(matrix.T @ basis)[0].astype(np.float32)
    left, values, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    return np.asarray(left[:, :dimensions] * np.sqrt(values[:dimensions]), np.float32)


def table_of(hashes: Hashes, found: Floats, words: Counted) -> Floats:
    """(ROWS, dimensions) unit vectors, weighed; where two words share a row, the commoner one keeps it."""
    unit = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)
    at = np.searchsorted(words.hashes, hashes).clip(0, len(words.hashes) - 1)
    known = words.hashes[at] == hashes
    rarest_first = np.argsort(np.where(known, words.counts[at], 0), kind="stable")
    weights = np.where(known, words.weights[at], 1.0).astype(np.float32)
    placed = np.zeros((ROWS, found.shape[1]), np.float32)
    placed[word_rows(hashes[rarest_first], ROWS)] = (unit * weights[:, None])[rarest_first]
    return placed


def levelled(one: Floats, seen: Features) -> Floats:
    """A table whose mean vectors over posts spread by MEAN_SPREAD."""
    return np.asarray(one * (MEAN_SPREAD / word_means(seen, one).std(axis=0).mean()), np.float32)


def spoken(by_language: Sequence[Features]) -> Floats:
    """(ROWS, languages) how much a word belongs to each language rather than to the others: from -1 / languages for one
    of another language to almost 1. The mean over a post's words tells its language, so that a head may have an
    intercept a language."""
    shares = np.stack([_row_shares(seen) for seen in by_language], axis=1)
    total = shares.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, shares / np.maximum(total, 1e-12) - 1 / len(by_language), 0), np.float32)


def _row_shares(seen: Features) -> Floats:
    """(ROWS,) share of each row of the table among the words of some texts."""
    counts = np.bincount(word_rows(seen.words, ROWS), minlength=ROWS)
    return np.asarray(counts / max(1, counts.sum()), np.float32)


def learnt(seen: Features, words: Counted, seed: int = 0) -> Floats:
    """(ROWS, DIMENSIONS) vectors of words from the company they keep."""
    random = np.random.default_rng(seed)
    found = factors(informative(neighbours(seen, words, random)), DIMENSIONS, random)
    return table_of(words.hashes, found, words)


def tokens_of(texts: list[str]) -> Features:
    return features(texts, TOKENS)


def load(path: Path) -> Vectors:
    """Raises OSError."""
    with np.load(path, allow_pickle=False) as stored:
        return Vectors(stored["table"].astype(np.float32))
