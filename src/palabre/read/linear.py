"""Heads: linear models over the hashed features. Many heads are scored in one pass.

margin(post, label) = sum of table[feature, label] over the occurrences / length of the post
                    + mean of words[token, label] over the tokens (a word embedding, folded into its head) + bias.
The length is the square root of the number of features or, for heads whose features weigh by their rarity, of the sum
of squared rarities. The same weights are used to train and to serve. Tables are int8 with a scale a label. A rare
head's table has the rarities in it. Where the kernel is built it sums the bytes; else NumPy sums them as float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy

from palabre.read import cues, native
from palabre.read.features import Features, Hashes, Offsets, Spec

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]
INT8_MAX = 127


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """int8 weights. values (rows, labels); scale (labels,): what one step is worth."""

    values: Bytes
    scale: Floats

    def floats(self) -> Floats:
        return np.asarray(self.values * self.scale, np.float32)


@dataclass(frozen=True, slots=True)
class Head:
    """One linear model.

    kind: "softmax": one label holds; "sigmoid": each label may hold. table (2^bits, labels); bias (labels,);
    words (2^word_bits, labels) or None. slope, intercept (labels,): calibration, p = kind(slope * margin + intercept).
    decision (labels,): added to log p (softmax) before the best is taken, or the probability from which a label holds.
    """

    name: str
    labels: tuple[str, ...]
    kind: str
    spec: Spec
    table: Table
    bias: Floats
    slope: Floats
    intercept: Floats
    decision: Floats
    words: Table | None = None
    rare: bool = False  # features weigh by their rarity
    cues: Floats | None = None  # (columns of cues.matrix, labels): weights of what is said in so many words
    leans: Floats | None = None  # (labels,): what a unit of `Page.gladness` adds to a margin

    def probabilities(self, margins: Floats) -> Floats:
        """(n, labels) calibrated probabilities of margins (n, labels)."""
        logits = margins * self.slope + self.intercept
        return softmax(logits) if self.kind == "softmax" else sigmoid(logits)

    def best(self, probabilities: Floats) -> npt.NDArray[np.int64]:
        """(n,) the label that is said of each post (softmax)."""
        return np.asarray((np.log(probabilities + 1e-9) + self.decision).argmax(axis=1))

    def holds(self, probabilities: Floats) -> npt.NDArray[np.bool_]:
        """(n, labels) which labels are said of each post (sigmoid)."""
        return np.asarray(probabilities >= self.decision)


def softmax(logits: Floats) -> Floats:
    """Along the labels."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Heads of one spec side by side. table (2^bits, all labels); words: the same for tokens, or None; squares: each
    feature's part of the square of a rare post's length (2^bits,), None where no head is rare; rows: the same as the
    kernel reads it, None where it is not there."""

    heads: tuple[Head, ...]
    table: Table
    bias: Floats
    words: Floats | None
    squares: Floats | None
    rows: npt.NDArray[np.uint8] | None

    def margins(self, seen: Features) -> dict[str, Floats]:
        """(n, labels) by the name of the head."""
        total = self._totals(seen) + self.bias
        if self.words is not None:
            total += word_means(seen, self.words)
        edges = np.cumsum([len(head.labels) for head in self.heads])[:-1]
        parts = np.split(total.astype(np.float32, copy=False), edges, axis=1)
        found = {head.name: part for head, part in zip(self.heads, parts, strict=True)}
        cued = {head.name: head.cues for head in self.heads if head.cues is not None}
        if cued:
            said = cues.matrix(seen)
            found |= {name: found[name] + said @ weights for name, weights in cued.items()}
        return found

    def _totals(self, seen: Features) -> Floats:
        """(n, all labels) sums of the weights, divided by the lengths."""
        kernel = native.library()
        if kernel and self.rows is not None:
            places = len(self.table.scale), -1 if self.squares is None else self.rows.shape[1] - SQUARE_BYTES
            sums, squares = native.head_sums(kernel, self.rows, *places, seen.indptr, seen.ids)
            total = sums * self.table.scale
        else:
            total = summed(seen.indptr, seen.ids, _floats(self))
            squares = 0 if self.squares is None else summed(seen.indptr, seen.ids, self.squares[:, None])[:, 0]
        if self.squares is None:
            return np.asarray(total / lengths(seen))
        rare = np.repeat([head.rare for head in self.heads], [len(head.labels) for head in self.heads])
        return np.asarray(total / np.where(rare, length_of(squares)[:, None], lengths(seen)))


SQUARE_BYTES = 4
STRIDES = (16, 32, 64)  # bytes of a row, as the kernel knows them


def pack(heads: Sequence[Head], rarity: Floats | None = None) -> Pack:
    """Heads of one spec, ready to be scored together. rarity (2^bits,): for those whose features weigh by it."""
    words = [head.words for head in heads]
    table = Table(
        np.ascontiguousarray(np.hstack([head.table.values for head in heads])),
        np.concatenate([head.table.scale for head in heads]),
    )
    squares = None if rarity is None else np.asarray(rarity**2, np.float32)
    return Pack(
        tuple(heads),
        table,
        np.concatenate([head.bias for head in heads]),
        _side_by_side(heads, max(len(one.values) for one in words if one)) if any(words) else None,
        squares,
        _rows(table.values, squares) if native.library() else None,
    )


def _rows(values: Bytes, squares: Floats | None) -> npt.NDArray[np.uint8] | None:
    """(2^bits, stride) the weights of each feature and, in the last bytes, its part of the square of the length; None
    for too many labels."""
    needed = values.shape[1] + (SQUARE_BYTES if squares is not None else 0)
    stride = next((one for one in STRIDES if one >= needed), None)
    if stride is None:
        return None
    rows = np.zeros((len(values), stride), np.uint8)
    rows[:, : values.shape[1]] = values.view(np.uint8)
    if squares is not None:
        rows[:, -SQUARE_BYTES:] = squares[:, None].view(np.uint8)
    return rows


@lru_cache(maxsize=4)
def _floats(one: Pack) -> Floats:
    return one.table.floats()


def _side_by_side(heads: Sequence[Head], rows: int) -> Floats:
    """Word tables with as many rows: one with fewer is repeated (its rows are chosen by the last bits)."""
    parts = [
        np.tile(head.words.floats(), (rows // len(head.words.values), 1))
        if head.words
        else np.zeros((rows, len(head.labels)), np.float32)
        for head in heads
    ]
    return np.ascontiguousarray(np.hstack(parts))


def summed(indptr: Offsets, ids: npt.NDArray[np.int32], table: Floats) -> Floats:
    """(n, labels) sum of the rows of a table over the occurrences of each post."""
    ones = np.ones(len(ids), np.float32)
    matrix = scipy.sparse.csr_matrix((ones, ids, indptr.astype(np.int32)), shape=(len(indptr) - 1, len(table)))
    return np.asarray(matrix @ table)


def lengths(seen: Features, squares: Floats | None = None) -> Floats:
    """(n, 1) what a post's sum is divided by. squares (2^bits, 1): each feature's part; without them it is 1."""
    if squares is None:
        return np.asarray(np.sqrt(np.maximum(np.diff(seen.indptr), 1)), np.float32)[:, None]
    return length_of(summed(seen.indptr, seen.ids, squares))


def length_of(squares: Floats) -> Floats:
    """Lengths from sums of squares."""
    return np.asarray(np.sqrt(np.maximum(squares, 1e-6)), np.float32)


def word_rows(words: Hashes, rows: int) -> npt.NDArray[np.int32]:
    """The rows of a word table (a power of two of them) for the hashes of tokens."""
    return ((words >> np.uint64(8)) & np.uint64(rows - 1)).astype(np.int32)


def word_means(seen: Features, table: Floats) -> Floats:
    """(n, columns) mean over the tokens of each post of the rows of a word table."""
    counts = np.maximum(np.diff(seen.word_indptr), 1).astype(np.float32)
    return summed(seen.word_indptr, word_rows(seen.words, len(table)), table) / counts[:, None]


def quantised(weights: npt.NDArray[np.floating]) -> Table:
    """Weights (rows, labels) as int8, scaled so that the largest of each label is 127."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-12) / INT8_MAX
    return Table(np.rint(weights / scale).astype(np.int8), scale.astype(np.float32))


def design(seen: Features, rarity: Floats | None = None) -> scipy.sparse.csr_matrix:
    """(n, 2^bits) the matrix a head is trained on: occurrences (times their rarity), divided as when it is served."""
    ones = np.ones(len(seen.ids), np.float64) if rarity is None else rarity[seen.ids].astype(np.float64)
    matrix = scipy.sparse.csr_matrix(
        (ones, seen.ids.copy(), seen.indptr.copy()), shape=(len(seen), 1 << seen.spec.bits)
    )
    matrix.sum_duplicates()
    divisors = lengths(seen, None if rarity is None else rarity[:, None] ** 2).ravel()
    matrix.data /= np.repeat(divisors.astype(np.float64), np.diff(matrix.indptr))
    return matrix
