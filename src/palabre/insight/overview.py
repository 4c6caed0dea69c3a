"""How much is said, by whom compared with whom, in which tone: volume, share of voice, net tone raw and in voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive import Archive
from palabre.insight.scope import Scope, table
from palabre.model import AXES, EMOTIONS, INTENTS, TONES, Evidence, Figure
from palabre.understand import figuring
from palabre.understand.amplified import amplified, mean, net_sentiment, share_of_voice
from palabre.understand.tabular import codes

COLUMNS = ("post_id", "sort_ms", "watch_ids", "account_uri", "likes", "replies", "reshares", "views", "tone", "emotion",
           "intents", "axis", "voice", "reshare_of")  # fmt: skip
VALUE = {"negative": -1, "neutral": 0, "positive": 1}
METHODS = {
    "volume": "methods_signals.volume",
    "voices": "methods_signals.voices",
    "accounts": "methods_insight.accounts",
    "engagement": "methods_signals.engagement",
    "reach": "methods_insight.reach",
}
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a reading: how many posts carry it, and their share of the posts that were read."""

    name: str
    count: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class WatchFigures:
    """One watch. share: of voice among the watches compared, in posts; share_voices: the same, each story told by one
    group once."""

    watch_id: int
    volume: Figure
    voices: Figure
    share: Figure
    share_voices: Figure
    net_tone: Figure
    net_tone_voices: Figure
    tones: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the series. net: tone of its posts that were read, too few said."""

    start_ms: int
    n: int
    voices: int
    net: Figure
    by_watch: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """volume: posts; voices: of how many independent tellings; accounts: who spoke; net_tone: positive less negative of
    the posts read; the same where each voice counts once; amplified: how much only
    repeats; unread: posts of the scope that no model has read yet."""

    volume: Figure
    voices: Figure
    accounts: Figure
    engagement: Figure
    reach: Figure
    net_tone: Figure
    net_tone_voices: Figure
    amplified: Figure
    unread: int
    tones: tuple[Part, ...]
    emotions: tuple[Part, ...]
    intents: tuple[Part, ...]
    axes: tuple[Part, ...]
    watches: tuple[WatchFigures, ...]
    steps: tuple[Step, ...]


def overview(archive: Archive, workspace_id: int, scope: Scope) -> Overview:
    """Everything at a glance. An empty period: counts of 0, and shares that say "too few"."""
    posts = table(archive, workspace_id, scope, COLUMNS)
    asked = scope.filters.watch_ids or tuple(one.watch_id for one in archive.watches.all(workspace_id))
    owner, watch = mentions(posts)
    read = np.asarray(pc.is_valid(posts["emotion"]), dtype=bool)  # a post that says nothing has no tone
    raw, voiced = net_tones(posts, scope)
    return Overview(
        volume=figuring.count("volume", posts.num_rows, METHODS["volume"], scope.evidence),
        voices=counted(scope, "voices", voices_of(posts), posts.num_rows),
        accounts=counted(scope, "accounts", accounts_of(posts), posts.num_rows),
        engagement=counted(scope, "engagement", added(posts, ("likes", "replies", "reshares")), posts.num_rows),
        reach=reach(posts, scope),
        net_tone=raw,
        net_tone_voices=voiced,
        amplified=amplified(posts, scope.evidence),
        unread=int((~read).sum()),
        tones=parts(posts, scope, "tone", "tones", TONES),
        emotions=parts(posts, scope, "emotion", "emotions", EMOTIONS),
        intents=intent_parts(posts, scope),
        axes=parts(posts, scope, "axis", "axes", AXES),
        watches=tuple(of_watches(posts, scope, asked, owner, watch)),
        steps=tuple(steps(posts, scope, owner, watch, archive.posts.first_ms(workspace_id), archive.clock.now_ms())),
    )


def mentions(posts: pa.Table) -> tuple[Ints, Ints]:
    """(row, watch) of every mention."""
    column = posts["watch_ids"].combine_chunks()
    rows = pc.list_parent_indices(column).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows, pc.list_flatten(column).to_numpy(zero_copy_only=False).astype(np.int64)


def counted(scope: Scope, name: str, value: float, n: int) -> Figure:
    """A count that rests on all posts of the scope."""
    return figuring.count(name, value, METHODS[name], scope.evidence, unit=name, n=n)


def voices_of(posts: pa.Table) -> int:
    return int(pc.count_distinct(posts["voice"]).as_py() or 0)


def accounts_of(posts: pa.Table) -> int:
    named = posts.filter(pc.not_equal(posts["account_uri"], ""))
    return int(pc.count_distinct(named["account_uri"]).as_py() or 0)


def added(posts: pa.Table, names: Sequence[str]) -> float:
    return float(sum(pc.sum(posts[name]).as_py() or 0 for name in names))


def reach(posts: pa.Table, scope: Scope) -> Figure:
    """Views; not said where no network tells any: nought would be a lie."""
    views = added(posts, ("views",))
    if posts.num_rows and not views:
        return figuring.few("reach", posts.num_rows, METHODS["reach"], scope.evidence, unit="reach")
    return counted(scope, "reach", views, posts.num_rows)


def signs(posts: pa.Table) -> Floats:
    """−1, 0, 1 of each post; NaN where the tone was not read."""
    values = [np.nan if one is None else VALUE[one] for one in posts["tone"].to_pylist()]
    return np.array(values, dtype=np.float64)


def net_tones(posts: pa.Table, scope: Scope) -> tuple[Figure, Figure]:
    """Net tone of the posts that were read, raw and with each voice counted once."""
    return net_sentiment(posts, scope.evidence_with(tones=scope.filters.tones or TONES))


def parts(posts: pa.Table, scope: Scope, column: str, field: str, names: Sequence[str]) -> tuple[Part, ...]:
    """Each value of a reading; only those asked for, where the scope asks for some."""
    read = [one for one in posts[column].to_pylist() if one is not None]
    asked = getattr(scope.filters, field)
    values = tuple(names) if column == "tone" else (*names, "none")
    base = scope.evidence_with(**{field: asked or values})
    kept = [name for name in names if name in (asked or names)]
    return tuple(part(scope, base, field, name, read.count(name), len(read)) for name in kept)


def intent_parts(posts: pa.Table, scope: Scope) -> tuple[Part, ...]:
    """Each intent, a post may have several; only those asked for, where the scope asks for some."""
    read = [set(one) for one in posts["intents"].to_pylist() if one is not None]
    asked = scope.filters.intents
    base = scope.evidence_with(intents=asked or (*INTENTS, "other"))
    kept = [name for name in INTENTS if name in (asked or INTENTS)]
    return tuple(part(scope, base, "intents", name, sum(name in one for one in read), len(read)) for name in kept)


def part(scope: Scope, base: Evidence, field: str, name: str, hits: int, n: int) -> Part:
    own = scope.evidence_with(**{field: (name,)})
    share = figuring.share(name, hits, n, "methods_insight.share_of_posts", base)
    return Part(name, figuring.count(name, hits, "methods_insight.count", own), share)


def of_watches(posts: pa.Table, scope: Scope, asked: Sequence[int], owner: Ints, watch: Ints) -> list[WatchFigures]:
    """Each watch among those compared. owner, watch: row and watch of every mention."""
    masks = {str(one): flagged(posts.num_rows, owner[watch == one]) for one in asked}
    shares = share_of_voice(posts, masks, scope.evidence)
    return [of_watch(posts, scope, one, masks[str(one)], shares[str(one)]) for one in asked]


def flagged(n: int, rows: Ints) -> npt.NDArray[np.bool_]:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask


def of_watch(
    posts: pa.Table, scope: Scope, watch_id: int, mask: npt.NDArray[np.bool_], shares: tuple[Figure, Figure]
) -> WatchFigures:
    """One watch. A post that names two watches counts for both in the shares, and once in their n."""
    mine, own = posts.filter(pa.array(mask)), scope.narrowed(watch_ids=(watch_id,))
    raw, voiced = (replace(one, n=posts.num_rows) for one in shares)
    return WatchFigures(
        watch_id,
        figuring.count("volume", mine.num_rows, METHODS["volume"], own.evidence),
        counted(own, "voices", voices_of(mine), mine.num_rows),
        raw,
        voiced,
        *net_tones(mine, own),
        parts(mine, own, "tone", "tones", TONES),
    )


def steps(posts: pa.Table, scope: Scope, owner: Ints, watch: Ints, heard_ms: int, now_ms: int) -> list[Step]:
    """The series; steps without a post inside the period are there with 0, until now where it still runs; those before
    the oldest post that was heard (heard_ms) are not: nobody listened."""
    when = posts["sort_ms"].to_numpy()
    if not len(when):
        return []
    size = scope.step_ms
    first = (max(scope.since_ms, heard_ms) if scope.since_ms else int(when[0])) // size
    place = when // size - first
    end = min(scope.until_ms, now_ms) - 1 if scope.until_ms else 0
    n = max(int(place.max()), end // size - first) + 1
    tone, voice = signs(posts), codes(posts["voice"].combine_chunks())[0]
    read = ~np.isnan(tone)
    total = np.bincount(place, minlength=n)
    nets = net_by_step(scope, tone[read], np.searchsorted(place[read], np.arange(n + 1)), int(first) * size)
    told = np.bincount(np.unique(np.stack([place, voice]), axis=1)[0], minlength=n)
    by_watch = {int(one): np.bincount(place[owner[watch == one]], minlength=n) for one in np.unique(watch)}
    return [
        Step(
            int((first + at) * size),
            int(total[at]),
            int(told[at]),
            nets[at],
            {one: int(series[at]) for one, series in by_watch.items() if series[at]},
        )
        for at in range(n)
    ]


def net_by_step(scope: Scope, tone: Floats, starts: Ints, first_ms: int) -> list[Figure]:
    """Net tone of each step. tone: −1, 0, 1 of the posts that were read, oldest first; starts: (steps + 1,) where each
    step begins among them; first_ms: the first instant of the first step."""
    tones, size = scope.filters.tones or TONES, scope.step_ms
    own = scope.evidence_with(tones=tones)
    found = []
    for at, (begin, end) in enumerate(pairwise(starts.tolist())):
        start, end_ms = first_ms + at * size, first_ms + (at + 1) * size
        inside = replace(own, since_ms=max(start, own.since_ms), until_ms=min(end_ms, own.until_ms or end_ms))
        found.append(mean("net_sentiment", tone[begin:end], inside))
    return found
