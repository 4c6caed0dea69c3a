"""Sketches of sets, and the exact likeness of pairs of sets.

Method: MinHash (Broder 1997), 64 minima of multiply-xor hashes of the 32-bit shingles: two sketches agree in a place
with a probability that is the Jaccard index of the two sets, the shared part of their union.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from palabre.understand.shingles import Ints, Sets, Words, mixed, parts, ranges

PLACES = 64
PAIRS_AT_ONCE = 1 << 20  # shingles of both sides together
Sketches = npt.NDArray[np.uint32]
Shares = npt.NDArray[np.float32]


def sketches(sets: Sets) -> Sketches:
    """(places, sets): the minima; sets must not be empty."""
    found = np.empty((PLACES, len(sets)), np.uint32)
    if not len(sets):
        return found
    turns = mixed(np.arange(1, 2 * PLACES + 1, dtype=np.uint64)).astype(np.uint32)
    for low, high in parts(sets.sizes, PAIRS_AT_ONCE):
        values = sets.values[sets.starts[low] : sets.starts[high]]
        starts = sets.starts[low:high] - sets.starts[low]
        for place in range(PLACES):
            hashed = (values ^ turns[2 * place]) * (turns[2 * place + 1] | np.uint32(1))
            found[place, low:high] = np.minimum.reduceat(hashed, starts)
    return found


def jaccard(sets: Sets, left: Ints, right: Ints) -> Shares:
    """The exact Jaccard index of each pair of sets, in [0, 1]; 0 for two empty ones."""
    shared = common(sets, left, right)
    sizes = sets.sizes
    return np.asarray(shared / np.maximum(sizes[left] + sizes[right] - shared, 1), np.float32)


def common(sets: Sets, left: Ints, right: Ints) -> Ints:
    """How many shingles the two sets of each pair share."""
    sizes = sets.sizes
    found = np.zeros(len(left), np.int64)
    for low, high in parts(sizes[left] + sizes[right], PAIRS_AT_ONCE):
        found[low:high] = some_common(sets, left[low:high], right[low:high])
    return found


def some_common(sets: Sets, left: Ints, right: Ints) -> Ints:
    """The same for as many pairs as the cache should hold: both sides sorted together, equal neighbours counted."""
    both = np.concatenate([side_of(sets, left), side_of(sets, right)])
    both.sort()
    twice = both[1:][both[1:] == both[:-1]]
    return np.bincount((twice >> np.uint64(32)).astype(np.int64), minlength=len(left))


def side_of(sets: Sets, rows: Ints) -> npt.NDArray[np.uint64]:
    """The shingles of these sets, each with the number of its pair in the upper half."""
    counts = sets.sizes[rows]
    owners = np.repeat(np.arange(len(rows), dtype=np.uint64), counts)
    values: Words = sets.values[ranges(sets.starts[rows], counts)]
    return (owners << np.uint64(32)) | values
