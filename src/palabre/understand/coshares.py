"""Who shares the same thing at the same time as whom: pairs of accounts and how often, from millions of shares.

A co-share: two accounts share the same object within the window (60 seconds). Repeats of one object by one account
within a window count once, and two posts that carry the same several objects (a text, its address) are one co-share.

Method: shares are put in order of object and time, so that partners lie next to each other; each meets those that
follow within the window, 100 at most. In a moment in which thousands share the same thing, meeting somebody says
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from palabre.understand.shingles import Hashes, Ints, parts, ranges

FOLLOWING_MAX = 100  # partners looked at after each share
PAIRS_MAX = 1 << 26  # in all, half a gigabyte; where there would be more, fewer partners are looked at
PAIRS_AT_ONCE = 1 << 21


@dataclass(frozen=True, slots=True)
class Shares:
    """One row a share: account and thing (numbers from 0), when (epoch ms, known), post (row of the post)."""

    account: Ints
    thing: Ints
    when: Ints
    post: Ints

    def __len__(self) -> int:
        return len(self.account)

    def some(self, rows: Ints) -> Shares:
        return Shares(self.account[rows], self.thing[rows], self.when[rows], self.post[rows])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of accounts, left < right, and their co-shares; met: of each account, with anybody; each: partners looked
    at after a share; total: different pairs with a co-share at all."""

    left: Ints
    right: Ints
    times: Ints
    met: Ints
    each: int
    total: int


def in_order(shares: Shares, window_ms: int) -> Shares:
    """Shares by object and time, without repeats of an object by an account within a window."""
    ordered = shares.some(np.argsort(places(shares, 0), kind="stable"))
    return ordered.some(without_repeats(ordered, window_ms))


def places(shares: Shares, gap: int) -> Ints:
    """One number a share, in order of object and time; those of two objects lie more than gap apart."""
    if not len(shares):
        return np.empty(0, np.int64)
    since = shares.when - shares.when.min()
    return np.asarray(shares.thing * (int(since.max()) + gap + 1) + since, np.int64)


def without_repeats(shares: Shares, window_ms: int) -> Ints:
    """Rows, in order, less those that follow a kept one of the same account and object within the window."""
    own = shares.thing * (int(shares.account.max(initial=0)) + 1) + shares.account
    ordered = np.sort(own)
    again = np.flatnonzero(np.isin(own, np.unique(ordered[1:][ordered[1:] == ordered[:-1]])))
    again = again[np.argsort(own[again], kind="stable")]
    near = np.flatnonzero((np.diff(own[again]) == 0) & (np.diff(shares.when[again]) <= window_ms)) + 1
    kept = np.ones(len(shares), np.bool_)
    last = 0
    before = -1
    for place in near.tolist():
        if place - 1 != before:  # the one before is no repeat: a run begins
            last = int(shares.when[again[place - 1]])
        before, row = place, again[place]
        if shares.when[row] - last <= window_ms:
            kept[row] = False
        else:
            last = int(shares.when[row])
    return np.flatnonzero(kept)


def following(shares: Shares, window_ms: int) -> tuple[Ints, int]:
    """(how many later shares of the same object lie within the window of each share, capped; the cap)."""
    place = places(shares, window_ms)
    counts = np.searchsorted(place, place + window_ms, side="right") - np.arange(len(place)) - 1
    each = FOLLOWING_MAX
    while each > 1 and int(np.minimum(counts, each).sum()) > PAIRS_MAX:
        each //= 2
    return np.minimum(counts, each), each


def meetings(shares: Shares, counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """(earlier share, later share) of different accounts, part by part."""
    for low, high in parts(counts, PAIRS_AT_ONCE):
        earlier = np.repeat(np.arange(low, high), counts[low:high])
        later = ranges(np.arange(low, high) + 1, counts[low:high])
        other = shares.account[earlier] != shares.account[later]
        yield earlier[other], later[other]


def pairs(shares: Shares, accounts: int, window_ms: int, times_min: int) -> Pairs:
    """Pairs with times_min co-shares or more. shares: of in_order; accounts: how many there are."""
    counts, each = following(shares, window_ms)
    several = len(np.unique(shares.post)) < len(shares)
    met = np.zeros(accounts, np.int64)
    found = [np.empty(0, np.uint64)]
    for earlier, later in meetings(shares, counts):
        if several:
            earlier, later = once_a_post(shares, earlier, later)
        left, right = shares.account[earlier], shares.account[later]
        found.append(pair_keys(np.minimum(left, right), np.maximum(left, right)))
        met += np.bincount(left, minlength=accounts) + np.bincount(right, minlength=accounts)
    keys = np.concatenate(found)
    found.clear()
    return counted(keys, met, each, times_min)


def pair_keys(low: Ints, high: Ints) -> Hashes:
    return (low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)


def once_a_post(shares: Shares, earlier: Ints, later: Ints) -> tuple[Ints, Ints]:
    """Of pairs of posts that share several objects, the first one only."""
    posts = pair_keys(shares.post[earlier], shares.post[later])
    _, first = np.unique(posts, return_index=True)
    return earlier[first], later[first]


def counted(keys: Hashes, met: Ints, each: int, times_min: int) -> Pairs:
    """Keys of pairs, one an occasion, as pairs and how often."""
    keys.sort()
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
    times = np.diff(np.append(begins, len(keys)))
    enough = times >= times_min
    chosen = keys[begins[enough]]
    left, right = (chosen >> np.uint64(32)).astype(np.int64), (chosen & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return Pairs(left, right, times[enough].astype(np.int64), met, each, len(begins))
