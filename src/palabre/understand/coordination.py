"""Coordination: accounts that share the same things within a minute of each other more often than chance explains.

    found = coordinated(shares, accounts)      # groups of three accounts or more, with their evidence

What it says is "statistically unusual co-sharing". It does not say who is behind an account, nor why: fans, colleagues
and tools that repost feeds co-share too.

Definition (version 1): after Giglietto et al. 2020 (CooRnet) and Righetti & Balluff 2025 (CooRTweet), with a test of
each pair in the place of a percentile.

- A pair has co-shared (`coshares`) at least 3 times within 60 seconds.
- Expected of chance is the largest of three numbers, so that hectic accounts and popular objects explain as much as
  they can:
  (a) who meets many strangers meets this one too: B_i B_j / sum B, where B counts an account's co-shares with all those
      who are not its suspected partners (configuration model);
  (b) who shares much is met by chance: B_i n_j / N and B_j n_i / N, n of N shares;
  (c) two accounts that share independently of each other all through the period: n_i n_j (2 window / period) S, where S
      is the chance that two shares have the same object, and the period is taken as a day at least.
- p is the chance of as many co-shares or more among pairs that have one at all: a Poisson tail, given at least one. All
  pairs with a co-share are tested, at a false discovery rate of 1 % (Benjamini & Hochberg 1995). Suspected partners are
  at first all pairs with the minimum, then those that pass, until nothing changes: a campaign must not serve as its own
  background.
- Groups are the connected components of the pairs that pass, of three accounts or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from palabre.understand.coshares import Pairs, Shares, in_order, pairs
from palabre.understand.shingles import Flags, Ints

VERSION = 1
WINDOW_SECONDS, TIMES_MIN, FDR, ACCOUNTS_MIN = 60, 3, 0.01, 3
PERIOD_MIN_MS = 86_400_000
ROUNDS = 12
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as coordinated."""

    window_seconds: int = WINDOW_SECONDS
    times_min: int = TIMES_MIN
    fdr: float = FDR
    accounts_min: int = ACCOUNTS_MIN


USUAL = Rule()


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of accounts that pass: co-shares, what chance explains of them, and the p-value of the rest."""

    left: Ints
    right: Ints
    times: Ints
    expected: Floats
    p: Floats

    def some(self, rows: Ints | Flags) -> Edges:
        return Edges(self.left[rows], self.right[rows], self.times[rows], self.expected[rows], self.p[rows])


@dataclass(frozen=True, slots=True)
class Background:
    """What chance has to work with. shares: of each account; alike: chance that two shares have the same object."""

    shares: Ints
    total: int
    alike: float
    period_ms: int


@dataclass(frozen=True, slots=True)
class Coordination:
    """group: of each account a number from 1, 0 for none; edges: pairs that pass; pairs: how many were tested, all that
    co-shared at all; each: partners looked at after a share."""

    group: Ints
    edges: Edges
    pairs: int
    each: int


def coordinated(shares: Shares, accounts: int, rule: Rule = USUAL) -> Coordination:
    """Groups of accounts. accounts: how many there are; shares without a time are to be left out before."""
    ordered = in_order(shares, rule.window_seconds * 1000)
    found = pairs(ordered, accounts, rule.window_seconds * 1000, rule.times_min)
    around = background(ordered, accounts)
    edges = passing(found, around, rule)
    return Coordination(components(edges, accounts, rule.accounts_min), edges, found.total, found.each)


def background(shares: Shares, accounts: int) -> Background:
    each = np.bincount(shares.account, minlength=accounts)
    things = np.bincount(shares.thing).astype(np.float64)
    total = max(len(shares), 1)
    period = int(np.ptp(shares.when)) if len(shares) else 0
    return Background(each, total, float(np.square(things / total).sum()), max(period, PERIOD_MIN_MS))


def passing(found: Pairs, around: Background, rule: Rule) -> Edges:
    """The pairs that chance does not explain."""
    suspected = np.ones(len(found.times), np.bool_)
    expected = p = np.zeros(0)
    for _ in range(ROUNDS):
        expected = expectations(found, suspected, around, rule.window_seconds * 1000)
        p = scipy.special.pdtrc(found.times - 1, expected) / scipy.special.pdtrc(0, expected)
        passed = suspected & discoveries(p, found.total, rule.fdr)
        if (passed == suspected).all():
            break
        suspected = passed
    return Edges(found.left, found.right, found.times, expected, p).some(suspected)


def expectations(found: Pairs, suspected: Flags, around: Background, window_ms: int) -> Floats:
    """Co-shares that chance explains, for each pair."""
    own = np.zeros(len(found.met))
    for side in (found.left, found.right):
        own += np.bincount(side[suspected], found.times[suspected], minlength=len(own))
    strangers = np.maximum(found.met - own, 0.0)
    left, right = strangers[found.left], strangers[found.right]
    left_n, right_n = around.shares[found.left], around.shares[found.right]
    hectic = left * right / max(strangers.sum(), 1.0)
    popular = np.maximum(left * right_n, right * left_n) / around.total
    steady = left_n * right_n * (2 * window_ms / around.period_ms) * around.alike
    return np.asarray(np.maximum(np.maximum(hectic, popular), np.maximum(steady, 1e-12)), np.float64)


def discoveries(p: Floats, tested: int, fdr: float) -> Flags:
    """Which of these pass; the other tests of ``tested`` are taken to have p = 1 (Benjamini & Hochberg 1995)."""
    ordered = np.sort(p)
    below = np.flatnonzero(ordered <= fdr * np.arange(1, len(p) + 1) / max(tested, 1))
    return p <= ordered[below[-1]] if len(below) else np.zeros(len(p), np.bool_)


def components(edges: Edges, accounts: int, accounts_min: int) -> Ints:
    """The group of each account: a number from 1, the largest group first; 0 for none."""
    graph = scipy.sparse.coo_array(
        (np.ones(len(edges.left), np.bool_), (edges.left, edges.right)), shape=(accounts, accounts)
    )
    _, label = scipy.sparse.csgraph.connected_components(graph, directed=False)
    sizes = np.bincount(label, minlength=1)
    large = np.flatnonzero(sizes >= accounts_min)
    number = np.zeros(len(sizes), np.int64)
    number[large[np.argsort(-sizes[large], kind="stable")]] = np.arange(1, len(large) + 1)
    return number[label] if accounts else np.zeros(0, np.int64)
