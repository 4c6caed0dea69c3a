"""Cascades: how far, how deep and how fast a post was passed on. Pure.

    found = cascades(posts)           # one for each post that others reshare, the largest first

A platform that names only the original makes every cascade one step deep: depth says what was told, not what happened
(the same caution as in Vosoughi, Roy & Aral 2018, from whom size, depth and breadth are taken).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.understand.shingles import Ints
from palabre.understand.stories import STEPS_MAX, by_age, origins
from palabre.understand.tabular import author_array, codes, text_array, times


@dataclass(frozen=True, slots=True)
class Cascade:
    """root: its uri, heard or not; rows: the posts in it, the oldest first; size: reshares; depth: longest chain of
    them; breadth: most of them at one depth; accounts: different ones that reshare; first_ms, last_ms: of what has a
    time, 0 for none; half_ms: from the first post to when half of the reshares were there."""

    root: str
    rows: Ints
    size: int
    depth: int
    breadth: int
    accounts: int
    first_ms: int
    last_ms: int
    half_ms: int


def cascades(posts: pa.Table, size_min: int = 1) -> list[Cascade]:
    """Cascades of size_min reshares or more. Columns: uri, reshare_of; quotes do not count, they say something else."""
    reshared = text_array(posts, "reshare_of")
    plain = pa.table({"uri": text_array(posts, "uri"), "reshare_of": reshared})
    when = times(posts)
    order = by_age(when)
    root = origins(plain, order)
    steps = depths(plain, reshared)
    account, _ = codes(author_array(posts))
    ordered = order[np.argsort(root[order], kind="stable")]
    edges = np.flatnonzero(np.diff(root[ordered], prepend=-1, append=-1))
    found = []
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        rows = ordered[low:high]
        if (steps[rows] > 0).sum() >= size_min:
            found.append(cascade_of(plain, rows, steps[rows], when[rows], account[rows]))
    return sorted(found, key=lambda one: (-one.size, one.root))


def depths(posts: pa.Table, reshared: pa.Array) -> Ints:
    """For each row how many reshares lie between it and the original; 1 where the original was not heard."""
    target = np.asarray(pc.fill_null(pc.index_in(reshared, value_set=posts["uri"].combine_chunks()), -1), np.int64)
    steps = np.asarray(pc.not_equal(reshared, "")).astype(np.int64)
    at = target
    for _ in range(STEPS_MAX):
        heard = at >= 0
        if not heard.any():
            break
        passed = np.where(heard, np.asarray(pc.not_equal(reshared, ""))[at], False)
        steps += passed
        at = np.where(passed, target[at], -1)
    return steps


def cascade_of(posts: pa.Table, rows: Ints, steps: Ints, when: Ints, account: Ints) -> Cascade:
    passing = steps > 0
    known = when[when > 0]
    since = np.sort(when[passing & (when > 0)])
    first = int(known.min()) if len(known) else 0
    eldest = rows[0] if not passing[0] else rows[np.flatnonzero(~passing)[0]] if not passing.all() else -1
    root = posts["uri"][eldest].as_py() if eldest >= 0 else posts["reshare_of"][rows[0]].as_py()
    return Cascade(
        root,
        rows,
        int(passing.sum()),
        int(steps.max()),
        int(np.bincount(steps[passing]).max()),
        len(np.unique(account[passing])),
        first,
        int(known.max()) if len(known) else 0,
        int(since[(len(since) - 1) // 2]) - first if len(since) else 0,
    )
