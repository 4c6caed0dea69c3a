"""Why a spike: the words, pairs, hashtags, handles, addresses, accounts and stories that are unusual inside it. Pure.

    reasons = explain(posts, start_ms, end_ms)
    reasons[0].shown, reasons[0].inside, reasons[0].outside      # "batterie", 412 voices, 9 before

Method, version 1: log odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008: "Fightin' Words"),
voices of the episode against voices of the time before; one vote a voice, so that forty copies are one. The one-sided
p-values of all terms tried are held to a false discovery rate of 1 % (Benjamini and Hochberg 1995). A term whose
posts a stronger term already tells is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy

from palabre.understand.tabular import Bools, Floats, Ints, author_keys, lists, post_ids, strings, times, voice_codes
from palabre.understand.terms import Found, Terms, gather, post_terms, tabled, with_ids

BASELINE_MS = 28 * 86_400_000  # the time before that an episode is compared with
FDR = 0.01
VOICES_MIN = 3  # below, a term is one person's word
PRIOR_WEIGHT = 500.0  # voices that the prior is worth
EVIDENCE_MAX = 50
ALIKE = 0.6  # two terms of the same posts (Jaccard) are one reason


@dataclass(frozen=True, slots=True)
class Reason:
    """A term that is unusual. kind: word, pair, tag, handle, link, account, story; inside, outside: voices that have
    it in the episode and in the baseline; rate_in, rate_out: of all voices of each; z: of the log odds ratio."""

    kind: str
    name: str
    shown: str
    inside: int
    outside: int
    rate_in: float
    rate_out: float
    z: float
    p_value: float
    post_ids: tuple[int, ...]


def explain(
    posts: pa.Table, start_ms: int, end_ms: int, *, baseline_ms: int = BASELINE_MS, most: int = 10
) -> list[Reason]:
    """The reasons of an episode [start_ms, end_ms], strongest first. posts: POSTS, with post_id, story, voice if known.

    An episode or a baseline without posts has no reason: [].
    """
    when = times(posts)
    inside = (when >= start_ms) & (when <= end_ms)
    outside = (when >= start_ms - baseline_ms) & (when < start_ms)
    if not inside.any() or not outside.any():
        return []
    rows = np.flatnonzero(inside | outside)
    return contrast(with_ids(posts).take(pa.array(rows)), inside[rows], most)


def contrast(posts: pa.Table, inside: Bools, most: int = 10) -> list[Reason]:
    """What sets the posts of ``inside`` apart from the others. Shapes: one flag a post."""
    terms = tabled(all_terms(posts))
    voices = voice_codes(posts)
    ours, n_ours = voice_counts(terms.table, voices, inside)
    theirs, n_theirs = voice_counts(terms.table, voices, ~inside)
    z = log_odds(ours, theirs, n_ours, n_theirs)
    tried = ours >= VOICES_MIN
    p_values = scipy.stats.norm.sf(z)
    good = np.zeros(len(z), bool)
    good[np.flatnonzero(tried)] = discoveries(p_values[tried], FDR)
    order = np.flatnonzero(good)[np.argsort(-z[good], kind="stable")]
    chosen = distinct_reasons(terms, order[: 20 * most], inside)[:most]
    ids = post_ids(posts)
    return [
        Reason(
            terms.kinds[at],
            terms.names[at],
            terms.shown[at],
            int(ours[at]),
            int(theirs[at]),
            ours[at] / n_ours,
            theirs[at] / n_theirs,
            float(z[at]),
            float(p_values[at]),
            tuple(ids[rows_with(terms, at, inside)[:EVIDENCE_MAX]].tolist()),
        )
        for at in chosen
    ]


def all_terms(posts: pa.Table) -> list[list[Found]]:
    """The terms of each post, its account and its story among them."""
    written = zip(
        strings(posts, "title"), strings(posts, "text"), lists(posts, "tags"), lists(posts, "links"), strict=True
    )
    whose = zip(author_keys(posts), strings(posts, "account_handle"), strings(posts, "story"), strict=True)
    return [
        [
            *(one for one in post_terms(*row) if one[0] not in ("stem", "concept")),
            *([("account", author, f"@{handle}" if handle else author)] if author else []),
            *([("story", story, story)] if story else []),
        ]
        for row, (author, handle, story) in zip(written, whose, strict=True)
    ]


def voice_counts(table: scipy.sparse.csr_array, voices: Ints, chosen: Bools) -> tuple[Floats, int]:
    """(voices that use each term, voices) among the chosen posts."""
    rows = np.flatnonzero(chosen)
    names, group = np.unique(voices[rows], return_inverse=True)
    used = gather(group, len(names)) @ table[rows]
    return np.asarray((used > 0).sum(axis=0), np.float64).ravel(), len(names)


def log_odds(ours: Floats, theirs: Floats, n_ours: int, n_theirs: int) -> Floats:
    """z of the difference of log odds, prior in proportion of all (Monroe et al. 2008, equations 16 and 22)."""
    prior = PRIOR_WEIGHT * (ours + theirs) / max(n_ours + n_theirs, 1) + 0.01
    total = PRIOR_WEIGHT + 0.01
    delta = np.log((ours + prior) / np.maximum(n_ours + total - ours - prior, 0.5)) - np.log(
        (theirs + prior) / np.maximum(n_theirs + total - theirs - prior, 0.5)
    )
    return np.asarray(delta / np.sqrt(1 / (ours + prior) + 1 / (theirs + prior)))


def discoveries(p_values: Floats, rate: float) -> Bools:
    """Which tests hold at this false discovery rate (Benjamini and Hochberg 1995). Shape kept."""
    n = len(p_values)
    order = np.argsort(p_values, kind="stable")
    passed = np.flatnonzero(p_values[order] <= rate * np.arange(1, n + 1) / max(n, 1))
    good = np.zeros(n, bool)
    if len(passed):
        good[order[: passed[-1] + 1]] = True
    return good


def rows_with(terms: Terms, at: int, chosen: Bools) -> Ints:
    """The chosen posts that have a term."""
    column = terms.table[:, [at]].nonzero()[0]
    return np.asarray(column[chosen[column]])


def distinct_reasons(terms: Terms, order: Sequence[int] | Ints, inside: Bools) -> list[int]:
    """The terms in order, without those that the posts of a stronger one already tell."""
    kept: list[tuple[int, set[int]]] = []
    for at in order:
        mine = set(rows_with(terms, int(at), inside).tolist())
        if all(len(mine & theirs) < ALIKE * len(mine | theirs) for _, theirs in kept):
            kept.append((int(at), mine))
    return [at for at, _ in kept]
