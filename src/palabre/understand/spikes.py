"""Spikes: when far more is said than is usual, told from the counts of a series alone, as they come (never from later).

Method, version 1. At each step, sums over 5 min, 1 h and 6 h are compared, in logarithms, with

* the loudest such sum of each of the last 21 days (the *record rule* of robust form: centre and mean deviation of the
  day maxima, so that one giant day does not deafen the next three weeks), and
* for sums over 15 min, 1 h and 3 h, the same hour of the last 21 days (a series of days: the same weekday): what is odd
  for a night or a Sunday counts although a busy afternoon would not notice it.

A deviation is shrunk towards 0.3 as if two earlier days had shown it (a short history is not a quiet one), and chance
alone is allowed for: a quarter of 1 / level, so that three posts where one is usual are no spike. The score is the mean
over the sums of the first, plus 0.15 times the mean of the second. An alert needs a score over the
threshold that also beats every score of the last three days (but for the last three hours): the echo of a spike is not
news. Alerts less than an hour apart are one. The parameters were chosen on five tweet volumes of NAB by
leave-one-series-out; docs/figures/signals.md has what they reach. Compare: SigniTrend (Schubert et al. 2014), Twitter
ADVec (Vallis et al. 2014), peaks over block maxima (Coles 2001, ch. 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import scipy

from palabre.errors import InputError
from palabre.messages import say

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
HOUR_S, DAY_S = 3_600, 86_400
STEP_MIN_S = 300  # finer series are summed to five minutes
STEPS_MAX = 2_000_000  # nineteen years of five minutes
AT_ONCE = 50_000  # steps compared with their past at once: bounds the memory
NEVER = -9.0  # the score where nothing can be said
KEPT_FROM = 1.5  # a level that stays this many times higher is a shift
DEVIATION = 1.2533  # mean absolute deviation → standard deviation of a normal law: sqrt(pi / 2)


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides. Times in seconds, scores in standard deviations of logarithms."""

    threshold: float = 2.4
    spans_s: tuple[int, ...] = (300, 3_600, 21_600)
    seasonal_spans_s: tuple[int, ...] = (900, 3_600, 10_800)
    seasonal_weight: float = 0.15
    days: int = 21  # day maxima compared with
    seasonal_days: int = 21
    days_min: int = 3  # of history before anything is said
    prior: float = 0.3
    prior_days: float = 2.0
    noise: float = 0.25  # times 1 / level: the variance that chance alone gives the logarithm of a small count
    hold_s: int = 2 * HOUR_S  # how long a short sum keeps counting, so that sums of all lengths meet
    quiet_s: int = 3 * DAY_S  # an alert must beat every score of this time
    recent_s: int = 3 * HOUR_S  # but for the latest
    merge_s: int = HOUR_S


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Spike:
    """An episode. seen: posts in the ``span_s`` seconds up to ``peak_ms`` that stand out most; expected: what that hour
    usually has (0 where there is no history for it); usual: middle of the day maxima; record: their highest, over
    ``days`` days; stays: the volume of the three days after is still 1.5 times that of the fortnight before, or more.
    """

    start_ms: int
    end_ms: int
    score: float
    peak_ms: int
    span_s: int
    seen: float
    expected: float
    usual: float
    record: float
    days: int
    stays: bool

    @property
    def ratio(self) -> float:
        """Seen over what was expected, or over the usual day maximum where no hour was."""
        return self.seen / max(self.expected or self.usual, 1.0)


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts at equal steps; a step that the series does not name had none (as in ``palabre series``)."""

    start_ms: int
    step_s: int
    counts: Floats

    def steps(self, seconds: float) -> int:
        return max(1, round(seconds / self.step_s))

    def at_ms(self, step: int) -> int:
        return self.start_ms + step * self.step_s * 1000

    @property
    def day(self) -> int:
        """Steps of a day; a series of days or longer has its own step as day."""
        return self.steps(DAY_S)

    @property
    def season(self) -> int:
        """Steps after which an hour comes again (a weekday, for a series of days)."""
        return self.day if self.day > 1 else self.steps(7 * DAY_S)


def spikes(times_ms: npt.ArrayLike, counts: npt.ArrayLike, rules: Rules = RULES) -> list[Spike]:
    """The spikes of a series, in order of time.

    times_ms, counts: 1-d, same length, any order; equal times are added up. InputError: fewer than 4 days of history
    (``spikes.too_few``), or more steps than can be held (``spikes.too_long``).
    """
    grid = gridded(np.asarray(times_ms, np.int64), np.asarray(counts, np.float64))
    if len(grid.counts) < need(grid, rules):
        raise InputError("spikes.too_few", n=len(grid.counts), needed=need(grid, rules))
    if not grid.counts.any():
        return []
    score = scores(grid, rules)
    return [told(grid, first, last, score, rules) for first, last in episodes(alerts(score, grid, rules), grid, rules)]


def need(grid: Grid, rules: Rules) -> int:
    """Steps before the first alert can be: some days, and never fewer than 8 numbers."""
    return max(8, (rules.days_min + 1) * grid.day)


def gridded(times_ms: Ints, counts: Floats) -> Grid:
    """A series on equal steps: the usual distance between its times, five minutes at least."""
    if len(times_ms) < 2:
        raise InputError("spikes.too_few", n=len(times_ms), needed=8)
    order = np.argsort(times_ms, kind="stable")
    times_ms, counts = times_ms[order], counts[order]
    gaps = np.diff(times_ms)
    step_s = max(STEP_MIN_S, round(float(np.median(gaps[gaps > 0])) / 1000)) if (gaps > 0).any() else STEP_MIN_S
    places = (times_ms - times_ms[0] + step_s * 500) // (step_s * 1000)
    if places[-1] >= STEPS_MAX:
        raise InputError("spikes.too_long", n=int(places[-1]), most=STEPS_MAX)
    return Grid(int(times_ms[0]), step_s, np.bincount(places, counts).astype(np.float64))


def scores(grid: Grid, rules: Rules) -> Floats:
    """The score of each step; `NEVER` where the history is too short."""
    hold = grid.steps(rules.hold_s)
    loud = [highest(loudness(grid, span, rules), hold) for span in distinct(grid, rules.spans_s)]
    odd = [oddness(grid, span, rules) for span in distinct(grid, rules.seasonal_spans_s)]
    return cast(Floats, np.mean(loud, axis=0) + rules.seasonal_weight * np.mean(odd, axis=0))


def distinct(grid: Grid, spans_s: tuple[int, ...]) -> list[int]:
    """Spans as steps, each once: for a series of hours, 5 minutes and 1 hour are the same sum."""
    return sorted({grid.steps(span) for span in spans_s})


def loudness(grid: Grid, span: int, rules: Rules) -> Floats:
    """How far a sum stands above the day maxima of the last days, in deviations of their logarithms."""
    past = np.log1p(day_maxima(grid, span))
    past[: grid.day // 2] = np.nan  # half a day is no day
    lags = grid.day * np.arange(1, rules.days + 1)
    return standing(np.log1p(summed(grid.counts, span)), past, lags, rules, NEVER)


def oddness(grid: Grid, span: int, rules: Rules) -> Floats:
    """How far a sum stands above the same hour of the last days, give or take an hour; 0 without history."""
    level = np.log1p(summed(grid.counts, span) + span / 2)
    around = scipy.ndimage.median_filter(
        level, 2 * (grid.steps(HOUR_S) if grid.step_s <= HOUR_S else 0) + 1, mode="nearest"
    )
    lags = grid.season * np.arange(1, rules.seasonal_days + 1)
    return standing(level, around, lags, rules, 0.0)


def standing(value: Floats, past: Floats, lags: Ints, rules: Rules, unknown: float) -> Floats:
    """(value - centre) / deviation of ``past`` at these lags before each step, part by part."""
    parts = [slice(at, min(at + AT_ONCE, len(value))) for at in range(0, len(value), AT_ONCE)]
    return np.concatenate([compared(value[part], lagged(past, lags, part), rules, unknown) for part in parts])


def lagged(past: Floats, lags: Ints, part: slice) -> Floats:
    """(lag, step): ``past`` that long before each step of the part; NaN before the beginning."""
    places = np.arange(part.start, part.stop)[None, :] - lags[:, None]
    return np.where(places >= 0, past[np.maximum(places, 0)], np.nan)


def compared(value: Floats, stack: Floats, rules: Rules, unknown: float) -> Floats:
    """The same for a part whose past is stacked, shape (lags, steps)."""
    known = ~np.isnan(stack)
    n = known.sum(axis=0)
    centre = middle(stack, n)
    filled = np.where(known, stack, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n, 1)
    spread = DEVIATION * np.where(known, np.abs(filled - mean), 0.0).sum(axis=0) / np.maximum(n, 1)
    variance = (n * spread**2 + rules.prior_days * rules.prior**2) / (n + rules.prior_days) + rules.noise * np.exp(
        -centre
    )
    return np.where(n >= rules.days_min, (value - centre) / np.sqrt(variance), unknown)


def middle(stack: Floats, n: Ints) -> Floats:
    """Median of each column over its ``n`` known values; 0 where there are none."""
    ordered = np.sort(stack, axis=0)  # NaN last
    low, high = np.maximum(n - 1, 0) // 2, n // 2
    ends = [np.take_along_axis(ordered, np.minimum(at, len(stack) - 1)[None, :], 0)[0] for at in (low, high)]
    return np.where(n > 0, (ends[0] + ends[1]) / 2, 0.0)


def summed(counts: Floats, span: int) -> Floats:
    """The sum of each step and the ``span`` - 1 before."""
    total = np.concatenate([np.zeros(1), np.cumsum(counts)])
    places = np.arange(1, len(counts) + 1)
    return cast(Floats, total[places] - total[np.maximum(places - span, 0)])


def highest(values: Floats, span: int) -> Floats:
    """The highest of each step and the ``span`` - 1 before."""
    return cast(
        Floats, scipy.ndimage.maximum_filter1d(values, span, mode="constant", cval=-np.inf, origin=(span - 1) // 2)
    )


def day_maxima(grid: Grid, span: int) -> Floats:
    return highest(summed(grid.counts, span), grid.day)


def alerts(score: Floats, grid: Grid, rules: Rules) -> npt.NDArray[np.bool_]:
    """Over the threshold, and over all of the last three days."""
    wait = grid.steps(rules.recent_s)
    before = highest(score, grid.steps(rules.quiet_s))
    earlier = np.concatenate([np.full(min(wait, len(score)), NEVER), before[:-wait]])
    return (score > rules.threshold) & (score > earlier)


def episodes(on: npt.NDArray[np.bool_], grid: Grid, rules: Rules) -> list[tuple[int, int]]:
    """(first, last) step of each run of alerts; runs less than an hour apart are one."""
    steps = np.flatnonzero(on)
    if not len(steps):
        return []
    breaks = np.flatnonzero(np.diff(steps) > grid.steps(rules.merge_s))
    firsts, lasts = steps[np.concatenate([[0], breaks + 1])], steps[np.concatenate([breaks, [len(steps) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def told(grid: Grid, first: int, last: int, score: Floats, rules: Rules) -> Spike:
    """The episode with the numbers that say why: those of the sum that stands out most at its highest step."""
    places = range(max(0, first - grid.steps(rules.hold_s) + 1), last + 1)
    found = [best_step(grid, span, places, rules) for span in distinct(grid, rules.spans_s)]
    _, peak, span = max(found)
    past = day_maxima(grid, span)[peak - grid.day :: -grid.day][: rules.days]
    same_hour = summed(grid.counts, span)[peak - grid.season :: -grid.season][: rules.seasonal_days]
    return Spike(
        grid.at_ms(first),
        grid.at_ms(last),
        float(score[first : last + 1].max()),
        grid.at_ms(peak),
        span * grid.step_s,
        float(summed(grid.counts, span)[peak]),
        float(np.median(same_hour)) if peak >= grid.season and len(same_hour) >= rules.days_min else 0.0,
        float(np.median(past)),
        float(past.max()),
        len(past) if grid.day > 1 else round(len(past) * grid.step_s / DAY_S),
        stays(grid, last),
    )


def best_step(grid: Grid, span: int, places: range, rules: Rules) -> tuple[float, int, int]:
    """(loudness, step, span) where a sum stands out most among these steps."""
    past = np.log1p(day_maxima(grid, span))
    past[: grid.day // 2] = np.nan
    lags = grid.day * np.arange(1, rules.days + 1)
    part = slice(places.start, places.stop)
    value = np.log1p(summed(grid.counts, span)[part])
    loud = compared(value, lagged(past, lags, part), rules, NEVER)
    return float(loud.max()), places.start + int(loud.argmax()), span


def stays(grid: Grid, last: int) -> bool:
    """Whether the volume of three days, from half a day after the episode, is still well over the fortnight before."""
    after = grid.counts[last + grid.day // 2 + 1 :][: 3 * grid.day]
    before = grid.counts[max(0, last - 15 * grid.day) : max(0, last - grid.day)]
    if len(after) < 2 * grid.day or len(before) < 3 * grid.day:
        return False
    return bool(after.mean() >= KEPT_FROM * max(float(before.mean()), 1 / grid.day))


def why(spike: Spike, lang: str | None = None) -> str:
    """The reason of a spike as a sentence in the reader's language."""
    usual = "usual" if not spike.expected else "hour" if spike.span_s < DAY_S else "weekday"
    parts = [say(f"spikes.why.{usual}", lang, **numbers(spike, lang))]
    beaten = "record" if spike.seen > spike.record else "below"
    parts.append(say(f"spikes.why.{beaten}", lang, **numbers(spike, lang)))
    if spike.stays:
        parts.append(say("spikes.why.stays", lang))
    return " ".join(parts)


def numbers(spike: Spike, lang: str | None) -> dict[str, object]:
    """What the sentences name."""
    from palabre.messages import default_language

    comma = (lang or default_language()) == "fr"
    shown = {name: rounded(getattr(spike, name), comma) for name in ("seen", "expected", "usual", "record", "ratio")}
    return {**shown, "n": spike.days, "days": spike.days, "span": span_words(spike.span_s, lang)}


def rounded(number: float, comma: bool) -> str:
    """A number as people read it: thousands apart, one decimal under ten."""
    text = f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.1f}"
    return text.replace(",", "\u202f").replace(".", ",") if comma else text


def span_words(seconds: int, lang: str | None) -> str:
    """« 15 minutes », “3 hours”, “2 days”."""
    for name, size in (("days", DAY_S), ("hours", HOUR_S)):
        if seconds >= size and seconds % size == 0:
            return say(f"spikes.span.{name}", lang, n=seconds // size)
    return say("spikes.span.minutes", lang, n=max(1, round(seconds / 60)))
