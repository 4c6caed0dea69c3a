"""How many posts a selection has, their facets and their volume; kept for a while, since pages ask again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from palabre.archive import Archive, Bucket
from palabre.desk.memory import Memory, mark_of
from palabre.desk.mentions.selection import DAY_MS, FACETED, Selection
from palabre.desk.together import Key
from palabre.search import Asked, ask

HOUR_MS = DAY_MS // 24
HOURLY_MS = 3 * DAY_MS
Facet = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Summary:
    """n: posts; facets: by the names of FACETED, each without its own filter, so that another value can
    be chosen; buckets: posts per step of publication, oldest first, empty steps left out; step_ms: an hour or a day."""

    n: int
    facets: Mapping[str, Facet]
    buckets: tuple[Bucket, ...]
    step_ms: int


def summarise(asked: Asked, selection: Selection) -> Summary:
    """Asks the archive: everything once, and again for each facet that is filtered."""
    open_names = [name for name in FACETED if not selection.values(name)]
    step_ms = step_of(asked.filters.since_ms, asked.filters.until_ms)
    facets, buckets = asked.summary(open_names, step_ms)
    for name in FACETED:
        if name not in facets:
            freed = replace(asked, filters=replace(asked.filters, **{FACETED[name]: ()}))  # type: ignore[arg-type]
            facets |= freed.archive.posts.facets(freed.workspace_id, freed.sieve, freed.verify, freed.filters, [name])
    return Summary(sum(bucket.n for bucket in buckets), facets, tuple(buckets), step_ms)


def step_of(since_ms: int, until_ms: int) -> int:
    """An hour for up to three days, else a day."""
    return HOUR_MS if since_ms and until_ms and until_ms - since_ms <= HOURLY_MS else DAY_MS


MEMORY: Memory[Summary] = Memory()


def key_of(archive: Archive, workspace_id: int, selection: Selection) -> Key:
    return id(archive), workspace_id, selection.address()


def known(archive: Archive, workspace_id: int, selection: Selection) -> Summary | None:
    """The summary, if it is still good."""
    return MEMORY.known(key_of(archive, workspace_id, selection), mark_of(archive, workspace_id))


def summary_of(archive: Archive, workspace_id: int, selection: Selection) -> Summary:
    """The summary, made when needed. Raises QueryError."""
    mark = mark_of(archive, workspace_id)
    filters = selection.filters_at(mark.at_ms)
    return MEMORY.of(
        key_of(archive, workspace_id, selection), mark,
        lambda: summarise(ask(archive, workspace_id, selection.query, filters), selection),
    )  # fmt: skip
