"""What the great figures mean, written once and versioned: volume, share of voice, net sentiment, reach, engagement.

    one = net_sentiment(posts, evidence)
    one.value, one.low, one.high, one.n              # 0.21, 0.14, 0.28, 812
    compare_net(this_month, last_month).p_value      # is the difference more than chance?

Every figure has n, an interval, a method and a version; below its least n it says "too few" (``Figure.few``). A
definition that changes gets a new version, so that two figures are compared only when they mean the same.

* volume 1: posts. As an event count its interval is exact for a census (itself); two volumes are compared as Poisson.
* voices 1: independent voices (``tabular.voice_codes``): 500 copies by one group are one.
* share of voice 1: mentions of one over mentions of all that are compared (as Brandwatch and Talkwalker count it).
* net sentiment 1: (positive - negative) / (positive + neutral + negative), in [-1, 1], as the "net sentiment" of
  Brandwatch; Sprout Social leaves the neutral out, which `polarity` does, so that either can be set beside theirs.
* reach 1: the sum of the followers of the accounts that spoke, each once (an upper bound: audiences overlap, and nobody
  reads all). Accounts whose followers the platform does not tell are counted apart, never guessed.
* engagement 1: likes + replies + reshares, as last heard; rate = engagement over posts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pyarrow as pa
import scipy

from palabre.model import Evidence, Figure
from palabre.understand.figuring import NOTHING, Z95, few, share
from palabre.understand.tabular import Floats, author_array, codes, numbers, strings, voice_codes

VERSION = 1
FEW_TONES = 20  # posts with a tone, below which no net sentiment is said
FEW_COMPARED = 20  # of each of two sides, below which they are not compared
FEW_SHARE = 10
FEW_RATE = 10
RESAMPLES = 1_000
SEED = 20_261_122
VALUE = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two figures and whether they differ. difference: second minus first (a ratio for counts); p_value: None when
    there are too few on a side; method: the key of the sentence that says how."""

    first: Figure
    second: Figure
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    method: str

    @property
    def few(self) -> bool:
        return self.p_value is None


def volume(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """How many posts: an exact count."""
    n = posts.num_rows
    return Figure("volume", float(n), n, float(n), float(n), "posts", "methods_signals.volume", VERSION, evidence)


def voices(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """How many independent voices: an exact count, given the stories and groups that were found."""
    n = len(np.unique(voice_codes(posts)))
    return Figure(
        "voices", float(n), posts.num_rows, float(n), float(n), "voices", "methods_signals.voices", VERSION, evidence
    )


def share_of_voice(mentions: int, of_all: int, evidence: Evidence = NOTHING) -> Figure:
    """Mentions of one over mentions of all compared, with Wilson's interval."""
    return share(
        "share_of_voice", mentions, of_all, "methods_signals.share_of_voice", evidence, few=FEW_SHARE, version=VERSION
    )


def tones(posts: pa.Table) -> Floats:
    """-1, 0 or 1 a post that has a tone; those that have none are left out."""
    return np.array([VALUE[tone] for tone in strings(posts, "tone") if tone in VALUE], np.float64)


def net_sentiment(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """(positive - negative) / all that have a tone."""
    return net_of(tones(posts), "net_sentiment", evidence)


def polarity(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """(positive - negative) / (positive + negative): the neutral left out, as some peers do."""
    values = tones(posts)
    return net_of(values[values != 0], "polarity", evidence)


def net_of(values: Floats, name: str, evidence: Evidence) -> Figure:
    """The mean of -1, 0 and 1 with the interval of a multinomial contrast, widened as Agresti and Min (2005) do."""
    n, method = len(values), f"methods_signals.{name}"
    if n < FEW_TONES:
        return few(name, n, method, evidence, unit="score", version=VERSION)
    value = float(values.mean())
    centre, error = contrast(values)
    low, high = max(-1.0, centre - Z95 * error), min(1.0, centre + Z95 * error)
    return Figure(name, value, n, min(low, value), max(high, value), "score", method, VERSION, evidence)


def contrast(values: Floats) -> tuple[float, float]:
    """(centre, standard error) of a difference of two shares of one sample, a half added to each cell: never 0 wide."""
    n = len(values) + 2
    up, down = (float((values > 0).sum()) + 0.5) / n, (float((values < 0).sum()) + 0.5) / n
    return up - down, sqrt(max(up + down - (up - down) ** 2, 1e-12) / n)


def reach(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """Followers of the accounts that spoke, each once (its highest count). n: accounts whose followers are told."""
    followers = numbers(posts, "followers")
    author, names = codes(author_array(posts))
    best = np.full(len(names), np.nan)
    told = ~np.isnan(followers)
    order = np.flatnonzero(told)[np.argsort(followers[told], kind="stable")]
    best[author[order]] = followers[order]
    n = int((~np.isnan(best)).sum())
    if not n:
        return few("reach", 0, "methods_signals.reach", evidence, unit="accounts", version=VERSION)
    total = float(np.nansum(best))
    return Figure("reach", total, n, total, total, "accounts", "methods_signals.reach", VERSION, evidence)


def acts(posts: pa.Table) -> Floats:
    """Likes + replies + reshares a post; what the platform does not tell counts nothing, NaN where it tells none."""
    told = np.stack([numbers(posts, name) for name in ("likes", "replies", "reshares")])
    return np.where(np.isnan(told).all(axis=0), np.nan, np.nansum(told, axis=0))


def engagement(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """All acts on these posts. n: posts of which the platform tells any."""
    found = acts(posts)
    n = int((~np.isnan(found)).sum())
    if not n:
        return few("engagement", 0, "methods_signals.engagement", evidence, unit="acts", version=VERSION)
    total = float(np.nansum(found))
    return Figure("engagement", total, n, total, total, "acts", "methods_signals.engagement", VERSION, evidence)


def engagement_rate(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """Acts a post, with a percentile bootstrap (Efron 1979): a few posts have most of the acts."""
    found = acts(posts)
    found = found[~np.isnan(found)]
    if len(found) < FEW_RATE:
        return few(
            "engagement_rate", len(found), "methods_signals.engagement_rate", evidence, unit="acts", version=VERSION
        )
    low, high = bootstrap(found)
    return Figure(
        "engagement_rate", float(found.mean()), len(found), low, high, "acts", "engagement_rate", VERSION, evidence
    )


def bootstrap(values: Floats) -> tuple[float, float]:
    """Percentile interval of the mean by Poisson weights (Hanley and MacGibbon 2006): bounded memory, seeded."""
    rng = np.random.default_rng(SEED)
    means = np.empty(RESAMPLES)
    for place in range(RESAMPLES):
        weights = rng.poisson(1.0, len(values))
        means[place] = weights @ values / max(int(weights.sum()), 1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


# two periods, two rivals


def compare_counts(first: Figure, second: Figure, first_days: float = 1.0, second_days: float = 1.0) -> Comparison:
    """Two volumes as Poisson counts: the exact conditional test (Przyborowski and Wilenski 1940) and the ratio of
    rates, second over first, with its interval. Counts must be of independent events: prefer voices to posts."""
    ours, theirs = int(first.value or 0), int(second.value or 0)
    total = ours + theirs
    if min(ours, theirs) < 1 or total < FEW_COMPARED or min(first_days, second_days) <= 0:
        return Comparison(first, second, None, None, None, None, "methods_signals.compare_counts")
    test = scipy.stats.binomtest(theirs, total, second_days / (first_days + second_days))
    interval = test.proportion_ci(0.95, "exact")
    scale = first_days / second_days
    low, high = (scale * edge / (1 - edge) if edge < 1 else float("inf") for edge in (interval.low, interval.high))
    return Comparison(
        first, second, scale * theirs / ours, low, high, float(test.pvalue), "methods_signals.compare_counts"
    )


def compare_net(
    first: pa.Table, second: pa.Table, evidence: tuple[Evidence, Evidence] = (NOTHING, NOTHING)
) -> Comparison:
    """Two net sentiments, second minus first, as independent multinomial contrasts."""
    values = tones(first), tones(second)
    figures = tuple(net_of(one, "net_sentiment", proof) for one, proof in zip(values, evidence, strict=True))
    return difference(figures[0], figures[1], contrast(values[0]), contrast(values[1]), "methods_signals.compare_net")


def compare_shares(first: Figure, second: Figure) -> Comparison:
    """Two independent shares, second minus first (Agresti and Caffo 2000: a success and a failure added)."""
    sides = []
    for one in (first, second):
        n = one.n + 2
        p = ((one.value or 0.0) * one.n + 1) / n
        sides.append((p, sqrt(p * (1 - p) / n)))
    return difference(first, second, sides[0], sides[1], "methods_signals.compare_shares")


def difference(
    first: Figure, second: Figure, ours: tuple[float, float], theirs: tuple[float, float], method: str
) -> Comparison:
    """Second minus first with a normal interval and two-sided p; too few when a side is."""
    if first.value is None or second.value is None or min(first.n, second.n) < FEW_COMPARED:
        return Comparison(first, second, None, None, None, None, method)
    gap, error = theirs[0] - ours[0], sqrt(ours[1] ** 2 + theirs[1] ** 2)
    p_value = 2 * float(scipy.stats.norm.sf(abs(gap) / error))
    return Comparison(first, second, second.value - first.value, gap - Z95 * error, gap + Z95 * error, p_value, method)
