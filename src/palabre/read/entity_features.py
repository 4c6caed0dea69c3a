"""The features of tokens as rows of one hashed table: see entity_tokens.py for what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from palabre.read.entity_tokens import (
    MARK,
    ROLES,
    WORD,
    Shapes,
    Tokens,
    affixes,
    list_places,
    lists,
    looked_up,
    lower_of,
    salted,
    shapes_of,
)
from palabre.read.words import BASE, Hashes, Ints

Floats = npt.NDArray[np.float32]
PLACE_SALT = 900


@dataclass(frozen=True, slots=True)
class Clusters:
    """Words that occur in the same company. keys: sorted, the upper halves of the hashes of their lower case; fine,
    coarse: the numbers of their groups, from 1."""

    keys: Hashes
    fine: Ints
    coarse: Ints


@dataclass(frozen=True, slots=True)
class Seen:
    """What was computed once for all features of a batch. low, shape: of the distinct words."""

    tokens: Tokens
    low: Hashes
    shape: Hashes
    shapes: Shapes
    rows: int


def seen_of(tokens: Tokens, rows: int) -> Seen:
    start, end = tokens.start[tokens.first], tokens.end[tokens.first]
    shapes = shapes_of(tokens.text.codes, start, end)
    return Seen(tokens, lower_of(tokens), shapes.codes(), shapes, rows)


def word_features(seen: Seen, clusters: Clusters) -> dict[int, Ints]:
    """By role, (distinct words, features) rows of the table; -1 for none."""
    short = seen.low >> np.uint64(32)
    fine = looked_up(clusters.keys, clusters.fine, short).astype(np.uint64)
    coarse = looked_up(clusters.keys, clusters.coarse, short).astype(np.uint64)
    known = looked_up(lists().singles, lists().kinds, seen.low)
    bits = [np.where(known & (1 << bit), np.uint64(bit + 1), np.uint64(0)) for bit in range(len(lists().names))]
    near = [seen.low, fine, coarse, seen.shape + np.uint64(1), *bits]
    return {role: stacked(near if role else own_features(seen, near), role, seen.rows) for role in ROLES}


def own_features(seen: Seen, near: list[Hashes]) -> list[Hashes]:
    """Those of the token itself: besides, its exact letters, its affixes, its group with its shape."""
    tokens = seen.tokens
    start, end = tokens.start[tokens.first], tokens.end[tokens.first]
    shape = seen.shape + np.uint64(1)
    low, fine, coarse = near[0], near[1], near[2]
    parts = affixes(tokens.text.codes, start, end)
    return [*near, *parts, low * BASE + shape, fine * BASE + shape, coarse * BASE + shape]


def stacked(features: list[Hashes], role: int, rows: int) -> Ints:
    """(words, features) rows; a feature that is 0 is none."""
    found = [np.where(one > 0, salted(one, 100 * (role + 2) + sort, rows), -1) for sort, one in enumerate(features)]
    return np.stack(found, axis=1) if found else np.empty((0, 0), np.int64)


def place_features(seen: Seen, at: Ints) -> Ints:
    """(places, features) rows of what depends on where tokens ``at`` stand; -1 for none."""
    tokens, one = seen.tokens, np.uint64(1)
    low, shape = seen.low[tokens.which], seen.shape[tokens.which] + one
    before, after = neighbour(tokens, at, -1), neighbour(tokens, at, 1)
    shape_before = np.where(before >= 0, shape[before], np.uint64(0))
    shape_after = np.where(after >= 0, shape[after], np.uint64(0))
    low_before = np.where(before >= 0, low[before], np.uint64(3))
    low_after = np.where(after >= 0, low[after], np.uint64(5))
    listed = list_places(tokens, seen.low)[at].astype(np.uint64)
    loud = shouting(seen)[tokens.post[at]]
    features = [
        low_before * BASE + shape[at],
        low_after * BASE + shape[at],
        low_before * BASE + low[at],
        low[at] * BASE + low_after,
        (shape_before * BASE + shape[at]) * BASE + shape_after,
        marked(tokens, at) * np.uint64(1000) + np.where(marked(tokens, at) > 0, shape[at], 0).astype(np.uint64),
        np.where(before < 0, shape[at], 0).astype(np.uint64),
        loud * np.uint64(1000) + shape[at],
        listed,
        np.where(listed > 0, listed * BASE + shape[at], 0).astype(np.uint64),
    ]
    return stacked(features, PLACE_SALT // 100, seen.rows)


def neighbour(tokens: Tokens, at: Ints, step: int) -> Ints:
    """The token before or behind, in the same post; -1 where there is none."""
    there = at + step
    safe = np.clip(there, 0, max(len(tokens) - 1, 0))
    good = (there == safe) & (tokens.post[safe] == tokens.post[at])
    return np.where(good, safe, -1)


def marked(tokens: Tokens, at: Ints) -> Hashes:
    """1 for a token glued to an @ before it, 2 for #, 0 else."""
    before = np.maximum(at - 1, 0)
    glued = (at > 0) & (tokens.kind[before] == MARK) & (tokens.end[before] == tokens.start[at])
    sign = tokens.text.codes[tokens.start[before]]
    return np.where(glued, np.where(sign == ord("@"), 1, 2), 0).astype(np.uint64)


def shouting(seen: Seen) -> Hashes:
    """(posts,) 1: hardly any capital; 2: some; 3: most words begin with one; 4: most words are all capitals."""
    tokens, posts = seen.tokens, seen.tokens.text.posts
    word = tokens.kind == WORD
    counts = np.maximum(np.bincount(tokens.post[word], minlength=posts), 1)
    capital = np.bincount(tokens.post[word], seen.shapes.capital[tokens.which[word]], posts) / counts
    shouted = np.bincount(tokens.post[word], seen.shapes.shouted[tokens.which[word]], posts) / counts
    level = 1 + (capital > 0.03).astype(np.uint64) + (capital > 0.6)
    return np.where(shouted > 0.5, 4, level).astype(np.uint64)


def summed(rows: Ints, table: Floats) -> Floats:
    """(n, labels) sum of the table's rows of each line of ``rows``; -1 counts for nothing."""
    real = rows >= 0
    indptr = np.concatenate([[0], np.cumsum(real.sum(axis=1))])
    matrix = scipy.sparse.csr_matrix(
        (np.ones(int(indptr[-1]), np.float32), rows[real], indptr), shape=(len(rows), len(table))
    )
    return np.asarray(matrix @ table)


def word_emissions(seen: Seen, clusters: Clusters, table: Floats) -> Floats:
    """(tokens, labels) what the words say: each token's and its neighbours'."""
    tokens = seen.tokens
    at = np.arange(len(tokens))
    total = np.zeros((len(tokens), table.shape[1]), np.float32)
    for role, rows in word_features(seen, clusters).items():
        scores = np.vstack([summed(rows, table), np.zeros((1, table.shape[1]), np.float32)])
        there = neighbour(tokens, at, role)
        total += scores[np.where(there >= 0, tokens.which[there], len(scores) - 1)]
    return total
