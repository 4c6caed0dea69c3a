"""Groups of near-equal sets among many, without comparing all with all.

Method: locality-sensitive hashing of MinHash sketches (Indyk & Motwani 1998), 16 bands of 4 places: two sets with a
Jaccard index of 0.6 meet in a band nine times out of ten, with 0.7 in 99 of 100, with 0.8 practically always. What
meets is compared exactly with the first set of its bucket and with its neighbour in it, unless the two are joined
already: the work grows with the number of sets, never with the square of a bucket.

No chains: a group is told by its first set, and every member is itself at least HEART like that first set. What hangs
on by a chain only is grouped afresh, round after round.
"""

from __future__ import annotations

import numpy as np
import scipy

from palabre.understand.minhash import Sketches, jaccard, sketches
from palabre.understand.shingles import Hashes, Ints, Sets, mixed

BANDS, BAND_PLACES = 16, 4
ALIKE = 0.6  # Jaccard index from which two posts say the same
HEART = 0.55  # and that a member has with the first post of its group
ROUNDS = 6  # what still hangs on a chain after as many rounds stays alone


def groups(sets: Sets, alike: float = ALIKE, heart: float = HEART) -> Ints:
    """For each set the row of the first set of its group, its own when it is alone. Sets in order: the oldest first."""
    found = np.arange(len(sets), dtype=np.int64)
    made = sketches(sets)
    rows = np.flatnonzero(sets.sizes > 0)
    for _ in range(ROUNDS):
        first = joined(sets, made, rows, alike)
        near = jaccard(sets, first, rows) >= heart
        found[rows[near]] = first[near]
        rows = rows[~near]
        if not len(rows):
            break
    return found


def joined(sets: Sets, made: Sketches, rows: Ints, alike: float) -> Ints:
    """For each of these rows the first row it is joined with, by whatever chain of pairs that are alike."""
    labels = np.arange(len(rows), dtype=np.int64)
    for band in range(BANDS):
        left, right = meetings(band_keys(made, rows, band))
        apart = labels[left] != labels[right]
        left, right = left[apart], right[apart]
        alike_too = jaccard(sets, rows[left], rows[right]) >= alike
        labels = united(labels, left[alike_too], right[alike_too])
    return rows[labels]


def band_keys(made: Sketches, rows: Ints, band: int) -> Hashes:
    """One hash a row of the places of a band."""
    key = np.full(len(rows), band, np.uint64)
    for place in range(band * BAND_PLACES, (band + 1) * BAND_PLACES):
        key = mixed(key ^ made[place, rows])
    return key


def meetings(keys: Hashes) -> tuple[Ints, Ints]:
    """Pairs (earlier, later) of places with equal keys: each with the first of its bucket, and with the one before."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1
    opens = np.ones(len(keys), np.bool_)
    opens[same] = False
    first = np.maximum.accumulate(np.where(opens, np.arange(len(keys)), 0))[same]
    beside = same[first != same - 1]
    return order[np.concatenate([first, beside - 1])], order[np.concatenate([same, beside])]


def united(labels: Ints, left: Ints, right: Ints) -> Ints:
    """Labels (the smallest place of each group) after these pairs are joined."""
    if not len(left):
        return labels
    n = len(labels)
    graph = scipy.sparse.coo_array((np.ones(len(left), np.bool_), (labels[left], labels[right])), shape=(n, n))
    number, component = scipy.sparse.csgraph.connected_components(graph, directed=False)
    smallest = np.full(number, n, np.int64)
    np.minimum.at(smallest, component, np.arange(n))
    return np.asarray(smallest[component[labels]], np.int64)
