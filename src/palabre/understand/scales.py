"""Two scales that are never added up: notoriety (who is heard of) and legitimacy (whose word is taken). Pure.

    found = standings(posts, credible=frozenset({"https://gazette.example/@spoke"}))
    found[0].notoriety.figure.value            # 0 to 100 within this theme
    found[0].legitimacy.figure.value           # 0 to 100; None when too few posts or voices can say
    [(one.name, one.value, one.scaled, one.weight) for one in found[0].legitimacy.inputs]

Notoriety 1 = 100 × Σ weight × input: followers, reach (views), voices that turned to the account, share of all posts
here; each log(1 + x) over the theme's maximum. An input that nobody knows is left out and the weights of the others
grow in proportion. Legitimacy 1 = 100 × Σ weight × input × (1 − 0.7 coordinated) × (1 − 0.5 noise): voices that
thank, agree or quote without criticism, v / (v + 10); credible sources that take it up, c / (c + 2); weeks active of
all weeks; answers that helped (their readers thanked or they advise), lower Wilson bound; a mark of trust. Followers
make nobody legitimate. Interval: every input at its own 95 % limit at once, so wider than 95 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy

from palabre.model import Evidence, Figure
from palabre.understand.figuring import FEW_POSTS, NOTHING, few, narrowed, percentiles, wilson
from palabre.understand.graph import Graph, interactions
from palabre.understand.signs import ADVICE, CRITICISM, signs
from palabre.understand.tabular import Floats, Ints, author_array, flags, numbers, places, times

NOTORIETY: Mapping[str, float] = {"followers": 0.30, "reach": 0.20, "named": 0.30, "voice_share": 0.20}
LEGITIMACY: Mapping[str, float] = {"agreeing": 0.30, "credible": 0.20, "weeks": 0.15, "helpful": 0.25, "mark": 0.10}
PENALTIES: Mapping[str, float] = {"coordinated": 0.7, "noise": 0.5}
HALFWAY_VOICES, HALFWAY_SOURCES = 10.0, 2.0
WEEKS_LEAST = 4  # a shorter window counts as this many weeks
WEEK_MS = 7 * 86_400_000
METHODS = {"notoriety": "methods_actors.notoriety", "legitimacy": "methods_actors.legitimacy"}
VERSION = 1
MOST = 200


@dataclass(frozen=True, slots=True)
class Input:
    """value: as counted, None: not known; scaled: its part of the formula, 0 to 1, with its limits; weight: as used."""

    name: str
    value: float | None
    scaled: float
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class Scale:
    """figure: 0 to 100; percentile: of the theme's accounts, 0 to 1; penalties: share of their posts."""

    figure: Figure
    percentile: float | None
    inputs: tuple[Input, ...]
    penalties: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Standing:
    """An account on both scales, side by side."""

    account: str
    posts: int
    notoriety: Scale
    legitimacy: Scale


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What was counted, one value an account of ``graph``."""

    graph: Graph
    posts: Ints
    followers: Floats
    reach: Floats
    named: Ints
    agreeing: Ints
    credible: Ints
    weeks: Ints
    helpful: Floats
    answers: Ints
    coordinated: Floats
    noise: Floats
    all_weeks: int


def standings(
    posts: pa.Table,
    scope: Evidence = NOTHING,
    *,
    credible: frozenset[str] = frozenset(),
    certified: frozenset[str] = frozenset(),
    found: Floats | None = None,
    most: int = MOST,
    only: str = "",
) -> tuple[Standing, ...]:
    """Both scales of the accounts of a theme (the posts of a watch or a query), most named first; only: of this one.

    credible: accounts of sources found credible; certified: accounts that the organisation vouches for; found:
    `signs(posts)` where already made. Columns coordinated and folded (bool) are the penalties.
    """
    tally = counted(posts, signs(posts) if found is None else found, credible)
    known, unknown = notoriety_inputs(tally), legitimacy_inputs(tally, certified)
    order = np.lexsort((np.arange(tally.graph.n), -tally.posts, -tally.named))
    order = order[(tally.posts[order] + tally.named[order]) > 0]
    ranks = percentiles(totals(known, tally.graph.n)), percentiles(totals(unknown, tally.graph.n) * kept_share(tally))
    keys = tally.graph.accounts
    chosen = [int(i) for i in order if (key := keys[int(i)].as_py()) and only in ("", key)][:most]
    return tuple(
        Standing(
            keys[i].as_py(),
            int(tally.posts[i]),
            scale("notoriety", tally, known, ranks[0], i, scope),
            scale("legitimacy", tally, unknown, ranks[1], i, scope),
        )
        for i in chosen
    )


def counted(posts: pa.Table, found: Floats, credible: frozenset[str]) -> Tally:
    """Everything that both formulas need, in one walk."""
    graph = interactions(posts)
    author, n = places(author_array(posts), graph.accounts), graph.n

    def summed(values: Floats) -> Floats:
        return np.bincount(author, weights=values, minlength=n).astype(np.float64)

    views = numbers(posts, "views")
    week = times(posts) // WEEK_MS
    active = np.unique(np.stack([author, week]), axis=1)[0] if len(author) else author
    gentle = found[graph.row, CRITICISM] < 0.3 if len(graph.row) else np.zeros(0, bool)
    trusted = np.isin(graph.source, places(pa.array(sorted(credible), pa.string()), graph.accounts))
    helps = found[:, ADVICE]
    total = np.bincount(author, minlength=n)
    return Tally(
        graph=graph,
        posts=total,
        followers=greatest(author, numbers(posts, "followers"), n),
        reach=np.where(summed((~np.isnan(views)).astype(float)) > 0, summed(np.nan_to_num(views)), np.nan),
        named=distinct(graph.target, graph.voice, n),
        agreeing=distinct(graph.target[gentle], graph.voice[gentle], n),
        credible=distinct(graph.target[trusted], graph.source[trusted], n),
        weeks=np.bincount(active, minlength=n),
        helpful=summed(np.where(helps >= 0.9, 1.0, 0.0)),
        answers=summed((helps > 0).astype(float)).astype(np.int64),
        coordinated=summed(flags(posts, "coordinated").astype(float)) / np.maximum(total, 1),
        noise=summed(flags(posts, "folded").astype(float)) / np.maximum(total, 1),
        all_weeks=max(WEEKS_LEAST, len(np.unique(week))),
    )


def greatest(group: Ints, values: Floats, n: int) -> Floats:
    """The greatest known value of each group; NaN where none is known."""
    found = np.full(n, -np.inf)
    known = ~np.isnan(values)
    np.maximum.at(found, group[known], values[known])
    return np.where(np.isinf(found), np.nan, found)


def distinct(what: Ints, who: Ints, n: int) -> Ints:
    """How many different ``who`` each ``what`` has, n."""
    if not len(what):
        return np.zeros(n, dtype=np.int64)
    width = int(who.max()) + 1
    return np.bincount(np.unique(what * width + who) // width, minlength=n).astype(np.int64)


Inputs = dict[str, tuple[Floats, Floats, Floats, Floats, float]]  # value, scaled, low, high (n each), weight


def notoriety_inputs(tally: Tally) -> Inputs:
    """The inputs of notoriety of every account; what no account has is left out."""
    share = tally.posts / max(1, int(tally.posts.sum()))
    values = {
        "followers": tally.followers,
        "reach": tally.reach,
        "named": tally.named.astype(float),
        "voice_share": share,
    }
    known = {name: value for name, value in values.items() if not np.isnan(value).all()}
    whole = sum(NOTORIETY[name] for name in known) or 1.0
    made: Inputs = {}
    for name, value in known.items():
        low, high = counts_between(value) if name == "named" else (value, value)
        unit = 1000.0 if name == "voice_share" else 1.0  # a share, in thousandths
        top = np.nanmax(np.log1p(value * unit), initial=0.0) or 1.0
        scaled, least, most = (np.nan_to_num(np.minimum(1, np.log1p(one * unit) / top)) for one in (value, low, high))
        made[name] = (value, scaled, least, most, NOTORIETY[name] / whole)
    return made


def legitimacy_inputs(tally: Tally, certified: frozenset[str]) -> Inputs:
    """The inputs of legitimacy of every account."""
    marked = places(tally.graph.accounts, pa.array(sorted(certified), pa.string())) >= 0
    weeks, made = tally.weeks.astype(float), {}
    for name, count, half in (
        ("agreeing", tally.agreeing, HALFWAY_VOICES),
        ("credible", tally.credible, HALFWAY_SOURCES),
    ):
        value = count.astype(float)
        low, high = counts_between(value)
        made[name] = (value, value / (value + half), low / (low + half), high / (high + half), LEGITIMACY[name])
    active = np.minimum(1.0, weeks / tally.all_weeks)
    made["weeks"] = (weeks, active, active, active, LEGITIMACY["weeks"])
    helped = np.minimum(tally.helpful, tally.answers)
    limits = np.array(
        [wilson(float(h), int(a)) if a else (0.0, 0.0) for h, a in zip(helped, tally.answers, strict=True)]
    )
    low, high = limits.reshape(-1, 2).T
    made["helpful"] = (helped, low, low, high, LEGITIMACY["helpful"])
    mark = marked.astype(float)
    made["mark"] = (mark, mark, mark, mark, LEGITIMACY["mark"])
    return made


def counts_between(n: Floats) -> tuple[Floats, Floats]:
    """95 % limits of the mean of a Poisson count (Garwood 1936)."""
    low = np.where(n > 0, scipy.special.gammaincinv(np.maximum(n, 1e-9), 0.025), 0.0)
    return low, np.asarray(scipy.special.gammaincinv(n + 1, 0.975))


def totals(inputs: Inputs, n: int) -> Floats:
    """Σ weight × input, n."""
    return sum((scaled * weight for _, scaled, _, _, weight in inputs.values()), start=np.zeros(n))


def kept_share(tally: Tally) -> Floats:
    """What is left of legitimacy after coordination and noise, 0 to 1."""
    return (1 - PENALTIES["coordinated"] * tally.coordinated) * (1 - PENALTIES["noise"] * tally.noise)


def scale(name: str, tally: Tally, inputs: Inputs, ranks: Floats, i: int, scope: Evidence) -> Scale:
    """One scale of one account; too few below five posts and mentions."""
    seen = int(tally.posts[i] + tally.named[i])
    evidence, method = narrowed(scope, account=tally.graph.accounts[i].as_py()), METHODS[name]
    shown = shown_inputs(inputs, i)
    held_against = {"coordinated": float(tally.coordinated[i]), "noise": float(tally.noise[i])}
    penalties = held_against if name == "legitimacy" else {}
    if seen < FEW_POSTS:
        return Scale(few(name, seen, method, evidence, version=VERSION), None, shown, penalties)
    left = float(np.prod([1 - PENALTIES[key] * value for key, value in penalties.items()]))
    value, low, high = (
        100 * left * sum(part * one.weight for part, one in zip(parts, shown, strict=True))
        for parts in limits_of(shown)
    )
    figure = Figure(name, value, seen, min(low, value), max(high, value), "points", method, VERSION, evidence)
    return Scale(figure, float(ranks[i]), shown, penalties)


def shown_inputs(inputs: Inputs, i: int) -> tuple[Input, ...]:
    """The inputs of one account."""
    made = []
    for name, (value, scaled, low, high, weight) in inputs.items():
        known = None if np.isnan(value[i]) else float(value[i])
        made.append(Input(name, known, float(scaled[i]), float(low[i]), float(high[i]), weight))
    return tuple(made)


def limits_of(shown: tuple[Input, ...]) -> tuple[list[float], list[float], list[float]]:
    """The inputs as they are, at their lower and at their upper limit."""
    return [one.scaled for one in shown], [one.low for one in shown], [one.high for one in shown]
