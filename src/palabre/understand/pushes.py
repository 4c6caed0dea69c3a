"""What a coordinated group did: its things, its posts, when, who began, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from palabre.model import Evidence, Figure
from palabre.understand.coordination import USUAL, Coordination, Rule
from palabre.understand.coshares import Shares, following, in_order, meetings
from palabre.understand.figuring import NOTHING, share
from palabre.understand.shingles import Flags, Ints


@dataclass(frozen=True, slots=True)
class Push:
    """The co-sharing of one group. accounts, from who co-shared most; leads: of each, the share of its co-shares in
    which it came first; things with the posts that carry them, most first; posts: rows; first, last: epoch ms;
    pairs: of accounts that pass the test; least, median: co-shares of a pair; expected: most that chance explains of
    one; p: that of the weakest pair."""

    group: int
    accounts: Ints
    leads: tuple[float, ...]
    things: Ints
    things_posts: Ints
    posts: Ints
    first_ms: int
    last_ms: int
    pairs: int
    least: int
    median: float
    expected: float
    p: float


def pushes(shares: Shares, found: Coordination, rule: Rule = USUAL) -> list[Push]:
    """One a group, the largest group first."""
    window_ms = rule.window_seconds * 1000
    mine = in_order(shares.some(np.flatnonzero(found.group[shares.account] > 0)), window_ms)
    counts, _ = following(mine, window_ms)
    met = [np.stack(some) for some in meetings(mine, counts)]
    earlier, later = np.concatenate(met, axis=1) if met else np.empty((2, 0), np.int64)
    owner = found.group[mine.account]
    same = owner[earlier] == owner[later]
    earlier, later = earlier[same], later[same]
    groups = range(1, int(found.group.max(initial=0)) + 1)
    return [push_of(mine, found, number, earlier, later, owner[earlier] == number) for number in groups]


def push_of(shares: Shares, found: Coordination, number: int, earlier: Ints, later: Ints, own: Flags) -> Push:
    before, after = earlier[own], later[own]
    rows = np.unique(np.concatenate([before, after]))
    accounts = np.flatnonzero(found.group == number)
    led, followed = (
        np.bincount(shares.account[side], minlength=len(found.group))[accounts] for side in (before, after)
    )
    rank = np.lexsort((accounts, -(led + followed)))
    once = np.unique(np.stack([shares.thing[rows], shares.post[rows]]), axis=1)
    things, posts = np.unique(once[0], return_counts=True)
    often = np.lexsort((things, -posts))
    edges = found.edges.some(found.group[found.edges.left] == number)
    when = shares.when[rows]
    return Push(
        number,
        accounts[rank],
        tuple((led[rank] / np.maximum(led + followed, 1)[rank]).tolist()),
        things[often],
        posts[often],
        np.unique(shares.post[rows]),
        int(when.min()),
        int(when.max()),
        len(edges.p),
        int(edges.times.min()),
        float(np.median(edges.times)),
        float(edges.expected.max()),
        float(edges.p.max()),
    )


def coordinated_share(story_posts: Ints, coordinated_posts: Ints, evidence: Evidence = NOTHING) -> Figure:
    """How much of a story's posts were pushed by coordinated groups, with Wilson's interval."""
    hits = int(np.isin(story_posts, coordinated_posts).sum())
    return share("coordinated_share", hits, len(story_posts), "methods_stories.coordinated_share", evidence)
