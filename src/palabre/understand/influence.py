"""Influence for a theme: who is taken up by independent accounts in the talk on one subject. Never one global score.

    found = influence(posts, theme=mask, scope=Evidence(watch_ids=(3,)))
    found[0].account, found[0].figure.value, found[0].figure.low     # 0 to 100, within this theme
    found[0].uptake                            # how many independent voices took them up
    found[0].answered                          # share of their posts on the theme that got an answer

Definition 1: score = 100 × (0.50 rank + 0.35 uptake + 0.15 answered), where
rank = personalised PageRank (damping 0.85, restart at those who speak of the theme, log(1 + posts) each), times the
number of accounts, on a log scale; uptake = distinct voices that replied, quoted, passed on or named them, on a log
scale, a coordinated group being one; answered = lower Wilson bound of the share of their posts that somebody answered.
Log scales run to the theme's own maximum, so scores of two themes are not compared. Interval: Poisson bootstrap over
voices (Chamandy et al. 2012), 95 %; `answered` is held still in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.model import Evidence, Figure
from palabre.understand.figuring import FEW_POSTS, NOTHING, count, few, log_scaled, narrowed, share, wilson_low
from palabre.understand.graph import Graph, interactions, pagerank
from palabre.understand.tabular import Bools, Floats, author_array, places, text_array

METHOD, VERSION = "methods_actors.influence", 1
PARTS = {"rank": 0.50, "uptake": 0.35, "answered": 0.15}
BOOTSTRAP_WORK = 4_000_000  # interactions drawn in all; more replicates on small themes
REPLICATES_MIN, REPLICATES_MAX = 8, 100


@dataclass(frozen=True, slots=True)
class Influence:
    """One account on one theme. figure: the score; the rest are its inputs. rank: 1 is the average account."""

    account: str
    figure: Figure
    rank: Figure
    uptake: Figure
    answered: Figure


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """The talk on a theme. graph: n accounts; spoken, answered: posts on the theme of each, and those answered."""

    graph: Graph
    spoken: Floats
    answered: Floats


def influence(
    posts: pa.Table, theme: Bools | None = None, scope: Evidence = NOTHING, *, top: int = 50, seed: int = 7
) -> tuple[Influence, ...]:
    """The ``top`` accounts of a theme, by score; those with too few interactions come last, unscored.

    theme: which rows are on the theme (a watch, a query); None: all. Answers and reshares of those rows count too.
    """
    on_theme = np.ones(posts.num_rows, bool) if theme is None else theme
    talk = theme_of(posts, on_theme)
    received = np.bincount(talk.graph.target, minlength=talk.graph.n)
    scores = score(talk, talk.graph.weights, None)
    shown = np.where(received >= FEW_POSTS, scores, -1.0)
    chosen = [int(i) for i in np.argsort(-shown, kind="stable")[:top] if received[i] or talk.spoken[i]]
    low, high = bootstrap(talk, chosen, seed)
    inputs = ranks(talk), uptake(talk.graph)
    return tuple(row(talk, scores, inputs, i, (low[k], high[k]), int(received[i]), scope) for k, i in enumerate(chosen))


def theme_of(posts: pa.Table, on_theme: Bools) -> Theme:
    """The posts of the theme with what hangs on them, as a graph and two counts an account."""
    uris = text_array(posts, "uri")
    known = uris.filter(pa.array(on_theme))
    hangs = np.zeros(posts.num_rows, bool)
    for name in ("parent", "quote_of", "reshare_of"):
        hangs |= places(text_array(posts, name), known) >= 0
    kept = pa.array(on_theme | hangs)
    talk, inside = posts.filter(kept), on_theme[np.asarray(kept.to_numpy(zero_copy_only=False), bool)]
    graph = interactions(talk)
    author = places(author_array(talk), graph.accounts)
    spoken = np.bincount(author[inside], minlength=graph.n).astype(float)
    heard = inside & answered_rows(talk)
    nobody = np.asarray(pc.equal(graph.accounts, "").to_numpy(zero_copy_only=False), bool)
    return Theme(graph, np.where(nobody, 0, spoken), np.bincount(author[heard], minlength=graph.n).astype(float))


def answered_rows(posts: pa.Table) -> Bools:
    """Which posts got at least one answer by another account."""
    at = places(text_array(posts, "parent"), text_array(posts, "uri"))
    author = places(author_array(posts), author_array(posts))
    rows = np.flatnonzero(at >= 0)
    other = author[rows] != author[at[rows]]
    found = np.zeros(posts.num_rows, bool)
    found[at[rows[other]]] = True
    return found


def score(talk: Theme, weights: Floats, per_voice: Floats | None) -> Floats:
    """The score of every account, n. per_voice: how often each voice was drawn; None: once."""
    graph = talk.graph
    ranked = pagerank(graph.weighed(weights), np.log1p(talk.spoken)) * graph.n
    parts = {
        "rank": log_scaled(ranked),
        "uptake": log_scaled(uptake(graph, per_voice)),
        "answered": wilson_low(talk.answered, talk.spoken),
    }
    return 100 * sum((PARTS[name] * value for name, value in parts.items()), start=np.zeros(graph.n))


def uptake(graph: Graph, per_voice: Floats | None = None) -> Floats:
    """Distinct voices that turned to each account, n; each as often as it was drawn."""
    voices = int(graph.voice.max(initial=0)) + 1
    pairs = np.unique(graph.target * voices + graph.voice)
    drawn = None if per_voice is None else per_voice[pairs % voices]
    return np.bincount(pairs // voices, weights=drawn, minlength=graph.n).astype(float)


def bootstrap(talk: Theme, chosen: list[int], seed: int) -> tuple[Floats, Floats]:
    """2.5 % and 97.5 % of the score of the chosen accounts."""
    if not len(talk.graph.row) or not chosen:
        return np.zeros(len(chosen)), np.zeros(len(chosen))
    drawn = np.array([scores[chosen] for scores in replicates(talk, seed)])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return low, high


def replicates(talk: Theme, seed: int) -> Iterator[Floats]:
    """Scores with the voices drawn anew, again and again; fewer times on a large theme, so that cost stays bounded."""
    graph, draw = talk.graph, np.random.default_rng(seed)
    often = int(np.clip(BOOTSTRAP_WORK // max(1, len(graph.row)), REPLICATES_MIN, REPLICATES_MAX))
    voices = int(graph.voice.max(initial=0)) + 1
    for _ in range(often):
        per_voice: Floats = draw.poisson(1.0, voices).astype(float)
        yield score(talk, graph.weights * per_voice[graph.voice], per_voice)


def ranks(talk: Theme) -> Floats:
    """Personalised PageRank of each account, times the number of accounts: 1 is the average."""
    return pagerank(talk.graph.matrix, np.log1p(talk.spoken)) * talk.graph.n


def row(
    talk: Theme,
    scores: Floats,
    inputs: tuple[Floats, Floats],
    i: int,
    bounds: tuple[float, float],
    received: int,
    scope: Evidence,
) -> Influence:
    """One account of the answer. inputs: rank and uptake of every account."""
    account = talk.graph.accounts[i].as_py()
    evidence, spoken = narrowed(scope, account=account), int(talk.spoken[i])
    figure = few("influence", received, METHOD, evidence, version=VERSION)
    if received >= FEW_POSTS:
        value = float(scores[i])
        low, high = min(float(bounds[0]), value), max(float(bounds[1]), value)
        figure = Figure("influence", value, received, low, high, "points", METHOD, VERSION, evidence)
    ranked, taken = float(inputs[0][i]), float(inputs[1][i])
    return Influence(
        account,
        figure,
        count("rank", round(ranked, 3), "methods_actors.rank", evidence, unit="times_average", n=received),
        count("uptake", taken, "methods_actors.uptake", evidence, unit="voices", n=received),
        share("answered", float(talk.answered[i]), spoken, "methods_actors.answered", evidence),
    )
