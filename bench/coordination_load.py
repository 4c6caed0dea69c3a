"""Shares of links as a network sees them, with planted groups: a seeded generator for `bench coordination`.

Organic: accounts of very different activity (log-normal), things of very different popularity (Zipf), each thing's shares
in bursts after it appears (log-normal delays), day rhythm. Planted: groups of 5 to 40 accounts, 5 to 30 things each, every
member in 50 to 90 % of the pushes, within 30 seconds, and as many organic shares as others beside: the camouflage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from palabre.understand.coshares import Shares
from palabre.understand.shingles import Ints

START_MS, DAYS, DAY_MS = 1_767_225_600_000, 30, 86_400_000


@dataclass(frozen=True, slots=True)
class Planted:
    """shares; accounts: how many; group: the true one of each account, 0 for none."""

    shares: Shares
    accounts: int
    group: Ints


def planted(size: int, groups: int = 60, seed: int = 7) -> Planted:
    """About ``size`` shares."""
    rng = np.random.default_rng(seed)
    accounts, things = max(200, size // 12), max(500, size // 8)
    activity = rng.lognormal(0, 1.3, accounts)
    popularity = 1 / np.arange(1, things + 1) ** 0.9
    account = rng.choice(accounts, size, p=activity / activity.sum())
    thing = rng.choice(things, size, p=popularity / popularity.sum())
    born = rng.integers(0, DAYS * DAY_MS, things)
    hour = rng.choice(24, size, p=(lambda day: day / day.sum())(1.2 + np.sin(np.arange(24) / 24 * 2 * np.pi)))
    delay = (rng.lognormal(9.5, 2.0, size) * 1000).astype(np.int64)
    burst = born[thing] + delay
    scattered = burst - burst % DAY_MS + hour * 3_600_000 + rng.integers(0, 3_600_000, size)
    when = np.where(rng.random(size) < 0.6, burst, scattered) % (DAYS * DAY_MS)
    group = np.zeros(accounts, np.int64)
    parts = [(account, thing, when)]
    members = rng.permutation(accounts)
    for number in range(1, groups + 1):
        count = int(rng.integers(5, 41))
        mine, members = members[:count], members[count:]
        group[mine] = number
        parts += [push(rng, mine, things + number * 100 + k) for k in range(int(rng.integers(5, 31)))]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    mixed = rng.permutation(len(columns[0]))
    who, what, since = (column[mixed] for column in columns)
    return Planted(Shares(who, what, since + START_MS, np.arange(len(mixed))), accounts, group)


def push(rng: np.random.Generator, members: Ints, thing: int) -> tuple[Ints, Ints, Ints]:
    """One thing shared by most of a group within thirty seconds."""
    there = members[rng.random(len(members)) < rng.uniform(0.5, 0.9)]
    start = int(rng.integers(0, DAYS * DAY_MS))
    return there, np.full(len(there), thing), start + rng.integers(0, 30_000, len(there))


def quality(found: Ints, truth: Ints) -> tuple[float, float]:
    """(precision, recall) of the accounts said to be coordinated."""
    right = int(((found > 0) & (truth > 0)).sum())
    return right / max(int((found > 0).sum()), 1), right / max(int((truth > 0).sum()), 1)
