"""Posts as points, near each other when they say the same in French or English; and groups of near points. Pure.

    points = embedded(posts)                 # (posts, 100) unit rows
    grouped(points)                          # (posts,): the group of each, found without saying how many

Method: TF-IDF of words, their stems, concepts (`concepts`), pairs, hashtags and addresses, so that names, numbers,
cognates and the lexicon carry over from one language to the other; a truncated SVD (LSA, Deerwester et al. 1990); a
graph of nearest neighbours, cut into communities by the method of Louvain (Blondel et al. 2008).
The number of groups is found, not told; docs/figures/signals.md has what it reaches.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pyarrow as pa
import scipy

from palabre.understand.tabular import Floats, Ints
from palabre.understand.terms import Terms, terms_of

KINDS = ("word", "stem", "concept", "pair", "tag", "link")
WEIGHTS = {"word": 0.8, "stem": 0.6, "concept": 1.4, "pair": 0.4, "tag": 1.0, "link": 0.5}
DIMENSIONS = 100
NEIGHBOURS = 15
AT_ONCE = 2_000  # rows compared with all at once
TOO_COMMON = 0.5  # of all posts: a term of more says nothing
SEED = 7


def embedded(posts: pa.Table, dimensions: int = DIMENSIONS) -> Floats:
    """Unit rows, shape (posts, at most ``dimensions``); a post without any common term is a row of zeros."""
    return reduced(weighted(terms_of(posts, KINDS)), dimensions)


def weighted(terms: Terms) -> scipy.sparse.csr_array:
    """TF-IDF with unit rows: presence x log(posts / posts with it), by the weight of the kind of term."""
    n = max(terms.table.shape[0], 1)
    frequency = np.asarray(terms.table.sum(axis=0)).ravel()
    idf = np.where(frequency <= TOO_COMMON * n + 1, np.log(n / np.maximum(frequency, 1)) + 0.1, 0.0)
    kind = np.array([WEIGHTS.get(one, 1.0) for one in terms.kinds])
    table = scipy.sparse.csr_array(terms.table @ scipy.sparse.diags_array(idf * kind)) if len(kind) else terms.table
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return scipy.sparse.csr_array(scipy.sparse.diags_array(1 / np.maximum(length, 1e-12)) @ table)


def reduced(table: scipy.sparse.csr_array, dimensions: int) -> Floats:
    """The rows on their main axes, each of length one. Seeded: the same posts give the same points."""
    most = min(table.shape) - 1
    if most < 1:
        return np.zeros((table.shape[0], 1))
    k = min(dimensions, most)
    start = np.random.default_rng(SEED).standard_normal(min(table.shape))
    left, values, _ = scipy.sparse.linalg.svds(table, k=k, v0=start)
    return unit(left * values)


def unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return cast(Floats, np.where(length > 1e-9, rows / np.maximum(length, 1e-12), 0.0))


def neighbours(points: Floats, k: int = NEIGHBOURS, least: float = 0.3) -> scipy.sparse.csr_array:
    """The graph of the ``k`` nearest neighbours at a cosine of ``least`` or more, weighted by it, symmetric."""
    n = len(points)
    k = min(k, n - 1)
    if k < 1:
        return scipy.sparse.csr_array((n, n))
    rows, columns, weights = [], [], []
    for start in range(0, n, AT_ONCE):
        near = np.round(points[start : start + AT_ONCE] @ points.T, 6)  # the last bits depend on the machine
        near[np.arange(len(near)), np.arange(start, start + len(near))] = -1.0
        best = np.argpartition(-near, k - 1, axis=1)[:, :k]
        value = np.take_along_axis(near, best, axis=1)
        good = value >= least
        rows.append(np.repeat(np.arange(start, start + len(near)), good.sum(axis=1)))
        columns.append(best[good])
        weights.append(value[good])
    graph = scipy.sparse.csr_array(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n)
    )
    return scipy.sparse.csr_array(graph.maximum(graph.T))


def grouped(points: Floats, resolution: float = 1.0, k: int = NEIGHBOURS, least: float = 0.3) -> Ints:
    """The group of each point, numbered from the largest; a point that resembles none is a group of its own."""
    from sknetwork.clustering import Louvain  # its Leiden draws from the C library's rand, which has no seed here

    graph = neighbours(points, k, least)
    if not graph.nnz:
        return np.arange(len(points), dtype=np.int64)
    found = Louvain(resolution=resolution, random_state=SEED).fit_predict(scipy.sparse.csr_matrix(graph))
    alone = np.asarray(graph.sum(axis=1)).ravel() == 0
    found[alone] = found.max() + 1 + np.arange(alone.sum())
    return by_size(np.asarray(found, np.int64))


def by_size(groups: Ints) -> Ints:
    """The same groups, numbered from the largest; ties by their first member."""
    names, first, inverse, counts = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -counts))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return rank[inverse]


def k_means(points: Floats, k: int, rounds: int = 30) -> Ints:
    """k-means on unit rows (spherical), started far apart (k-means++, Arthur and Vassilvitskii 2007). Seeded."""
    rng = np.random.default_rng(SEED)
    centres = points[[rng.integers(len(points))]]
    while len(centres) < min(k, len(points)):
        far = np.clip(1 - (points @ centres.T).max(axis=1), 0, None) + 1e-12
        centres = np.vstack([centres, points[rng.choice(len(points), p=far / far.sum())]])
    groups = np.zeros(len(points), np.int64)
    for _ in range(rounds):
        moved = (points @ centres.T).argmax(axis=1)
        if (moved == groups).all() and _:
            break
        groups = moved
        sums = np.zeros_like(centres)
        np.add.at(sums, groups, points)
        centres = unit(np.where(sums.any(axis=1, keepdims=True), sums, centres))
    return groups


def centroids(points: Floats, groups: Ints) -> Floats:
    """Unit centre of each group, shape (groups, dimensions)."""
    sums = np.zeros((int(groups.max(initial=-1)) + 1, points.shape[1]))
    np.add.at(sums, groups, points)
    return unit(sums)
