"""The same figures raw and in voices: what is said often by few, and what is said once by many. Pure.

    raw, voiced = volume(posts)                      # posts, and independent voices
    for name, (raw, voiced) in share_of_voice(posts, {"Us": ours, "Them": theirs}).items(): ...
    raw, voiced = net_sentiment(posts)               # -1 to 1
    amplified(posts).value                           # share of the posts that only repeat

Each function takes a table of posts with the column voice (see `voices`); without it an account is a voice. A voice
counts once: at the first post with which it speaks, for each that it mentions, with its mean tone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.model import Evidence, Figure
from palabre.understand.figuring import FEW_POSTS, NOTHING, Z95, count, few, share
from palabre.understand.tabular import Bools, Floats, Ints, author_array, codes, strings, text_array, times

Both = tuple[Figure, Figure]  # raw, in voices
SCORES = {"positive": 1.0, "negative": -1.0, "neutral": 0.0}
METHOD = "methods_stories."


def voice_numbers(posts: pa.Table) -> Ints:
    """The voice of each row as a number: its voice where known, else its author, else the row itself."""
    voice, author = text_array(posts, "voice"), author_array(posts)
    row = pa.array(map(str, range(posts.num_rows)), pa.string())
    own = pc.if_else(pc.equal(author, ""), tagged("row", row), tagged("author", author))
    return codes(pc.if_else(pc.equal(voice, ""), own, tagged("voice", voice)))[0]


def tagged(kind: str, names: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(kind, names, " ")


def volume(posts: pa.Table, evidence: Evidence = NOTHING) -> Both:
    """Posts and voices, exact counts."""
    n = posts.num_rows
    voices = len(np.unique(voice_numbers(posts)))
    return (
        count("volume", n, f"{METHOD}volume", evidence),
        count("volume_in_voices", voices, f"{METHOD}volume", evidence, unit="voices", n=n),
    )


def volume_by_step(posts: pa.Table, step_ms: int) -> tuple[Ints, Ints, Ints]:
    """(starts of steps, posts, voices): a voice counts where it first speaks. Steps without a post are absent."""
    when = times(posts)
    starts = when - when % step_ms
    steps, place, raw = np.unique(starts, return_inverse=True, return_counts=True)
    order = np.argsort(when, kind="stable")
    _, at = np.unique(voice_numbers(posts)[order], return_index=True)
    return steps, raw, np.bincount(place[order[at]], minlength=len(steps))


def share_of_voice(posts: pa.Table, mentions: Mapping[str, Bools], evidence: Evidence = NOTHING) -> dict[str, Both]:
    """The share of each name in the mentions of all. mentions: for each name, which rows mention it."""
    voice = voice_numbers(posts)
    raw = {name: int(rows.sum()) for name, rows in mentions.items()}
    voiced = {name: len(np.unique(voice[rows])) for name, rows in mentions.items()}
    method, totals = f"{METHOD}share_of_voice", (sum(raw.values()), sum(voiced.values()))
    return {
        name: (
            share("share_of_voice", raw[name], totals[0], method, evidence),
            share("share_of_voice_in_voices", voiced[name], totals[1], method, evidence),
        )
        for name in mentions
    }


def net_sentiment(posts: pa.Table, evidence: Evidence = NOTHING) -> Both:
    """Share of positive less share of negative, of the posts whose tone was read."""
    tone = np.array([SCORES.get(one, np.nan) for one in strings(posts, "tone")], np.float64)
    known = ~np.isnan(tone)
    voice, scores = voice_numbers(posts)[known], tone[known]
    _, which = np.unique(voice, return_inverse=True)
    spoken = np.bincount(which, scores) / np.maximum(np.bincount(which), 1) if len(which) else scores
    return mean("net_sentiment", scores, evidence), mean("net_sentiment_in_voices", spoken, evidence, len(scores))


def mean(name: str, values: Floats, evidence: Evidence, n: int | None = None) -> Figure:
    """The mean of values with its normal interval; too few below FEW_POSTS values. n: the posts it rests on."""
    posts, method = len(values) if n is None else n, f"{METHOD}net_sentiment"
    if len(values) < FEW_POSTS:
        return few(name, posts, method, evidence)
    middle = float(values.mean())
    half = Z95 * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return Figure(name, middle, posts, max(-1.0, middle - half), min(1.0, middle + half), "score", method, 1, evidence)


def amplified(posts: pa.Table, evidence: Evidence = NOTHING) -> Figure:
    """How much of the volume only repeats: 1 - voices / posts; too few below FEW_POSTS posts."""
    n, method = posts.num_rows, f"{METHOD}amplified"
    if n < FEW_POSTS:
        return few("amplified", n, method, evidence, unit="share")
    value = 1 - len(np.unique(voice_numbers(posts))) / n
    return Figure("amplified", value, n, value, value, "share", method, 1, evidence)
