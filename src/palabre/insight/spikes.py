"""Spikes of a scope, each explained by the words, accounts, links and stories that were unusual in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from palabre.archive import Archive
from palabre.errors import InputError
from palabre.insight.scope import DAY_MS, Scope, table
from palabre.model import Evidence, Figure
from palabre.understand import figuring
from palabre.understand.explain import Reason, explain
from palabre.understand.spikes import Spike
from palabre.understand.spikes import spikes as found_in

HISTORY_DAYS = 35  # before the period: what is usual
HOUR_MS = 3_600_000
APART_MS = 30 * HOUR_MS
IDS_MAX = 2_000
COLUMNS = ("post_id", "uri", "sort_ms", "title", "text", "tags", "links", "mentions", "account_uri", "account_handle",
           "network", "reshare_of", "story", "voice", "tone", "watch_ids")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """A spike with its reasons, strongest first. n: its posts; watches: mentions in it by watch, most first."""

    spike: Spike
    n: Figure
    reasons: tuple[Reason, ...]
    watches: tuple[tuple[int, int], ...] = ()


def spikes(archive: Archive, workspace_id: int, scope: Scope, reasons: int = 10) -> list[Explained]:
    """Spikes that overlap the period, in order of time; none where the history is too short to know what is usual."""
    until = scope.until_ms or archive.clock.now_ms()
    since = scope.since_ms or until - 30 * DAY_MS
    wide = scope.within(since - HISTORY_DAYS * DAY_MS, until)
    posts = table(archive, workspace_id, wide, COLUMNS)
    return [explained(posts, one, scope, reasons) for one in joined(heard(posts, wide)) if one.end_ms >= since]


def heard(posts: pa.Table, wide: Scope) -> list[Spike]:
    """Spikes of the hourly volume."""
    when = posts["sort_ms"].to_numpy()
    if not len(when):
        return []
    hours = np.arange(when.min() // HOUR_MS, when.max() // HOUR_MS + 1)
    counts = np.bincount(when // HOUR_MS - hours[0], minlength=len(hours))
    try:
        return found_in(hours * HOUR_MS, counts)
    except InputError:  # fewer than four days
        return []


def joined(found: list[Spike]) -> list[Spike]:
    """Episodes with less than thirty hours between them are one: an outcry sleeps at night and begins late. The
    highest tells its numbers; an end is that of its last hour."""
    made: list[Spike] = []
    for one in found:
        whole = replace(one, end_ms=one.end_ms + HOUR_MS)
        if made and one.start_ms - made[-1].end_ms < APART_MS:
            best = max(made[-1], whole, key=lambda spike: spike.score)
            whole = replace(best, start_ms=made.pop().start_ms, end_ms=whole.end_ms)
        made.append(whole)
    return made


def explained(posts: pa.Table, spike: Spike, scope: Scope, most: int) -> Explained:
    when = posts["sort_ms"].to_numpy()
    inside = posts.filter(pa.array((when >= spike.start_ms) & (when < spike.end_ms)))
    watches = Counter(one for ids in inside["watch_ids"].to_pylist() for one in ids)
    evidence = of_hours(scope.within(spike.start_ms, spike.end_ms).evidence, inside)
    n = figuring.count("spike_posts", inside.num_rows, "methods_insight.count", evidence)
    reasons = tuple(explain(posts, spike.start_ms, spike.end_ms - 1, most=most))
    return Explained(spike, n, reasons, tuple(watches.most_common()))


def of_hours(evidence: Evidence, inside: pa.Table) -> Evidence:
    """The posts one by one: a stream is asked by the day, a spike is of hours. Too many for an address: the period."""
    return replace(evidence, post_ids=tuple(inside["post_id"].to_pylist())) if inside.num_rows <= IDS_MAX else evidence
