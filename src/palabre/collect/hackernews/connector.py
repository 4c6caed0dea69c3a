"""Hacker News: what the search by date brings, newest first, down to where we were; edits, deletions item by item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from palabre.collect.config import settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.hackernews import urls
from palabre.collect.hackernews.mapping import HIT_FIELDS, KNOWN_HIT, map_item
from palabre.collect.payload import Table, drift, number, raw, tables
from palabre.errors import FetchError
from palabre.model import Event, Gone, RawItem

OPTIONS = (Option("query"), Option("what", "choice", default="all", choices=("all", "story", "comment")))
TAGS = {"all": "(story,comment,poll,job)", "story": "story", "comment": "comment"}
OVERLAP_SECONDS = 600  # the index is a little late, and not always in order
FIRST_SECONDS = 86_400  # a new source begins with the last day


class HackerNewsConnector:
    def describe(self) -> Description:
        return Description(
            name="hackernews", options=OPTIONS, rhythm_seconds=900, backfill=True, deletions=True,
            tested="recordings of 2016", networks=("hackernews",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        return settle(OPTIONS, config)

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """Walks down from now (or the window's end) to the last visit (or its start). A walk that was cut goes on."""
        state = begin(cursor, means.clock.now_ms() // 1000, window)
        while True:
            answer = means.net.get(urls.SEARCH_BY_DATE, params=params_of(config, state), robots=False).check()
            hits = hits_of(answer.json())
            times = [moment for hit in hits if (moment := number(hit, "created_at_i"))]
            lowest = min(times, default=state["since"])
            done = len(hits) < urls.HITS_PER_PAGE or lowest <= state["since"]
            top = max([state["top"], *times])
            stuck = lowest >= state["until"] - 1  # a whole page in one second: step over it
            state = {"since": state["since"], "until": lowest if stuck else lowest + 1, "top": top}
            after = {"since": top} if done else state
            odd = drift(hits, HIT_FIELDS, KNOWN_HIT)
            yield Page(tuple(map(raw, hits)), after, answer.requests, quota_left=answer.quota_left, drift=odd)
            if done:
                return

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item)

    def canary(self, config: Config) -> Config:
        return {"query": "", "what": "all"}

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
        """How these items are now, one request each: taken back by authors or moderators, or as they read today."""
        for uri in uris:
            if not uri.startswith(urls.ITEM_PAGE):
                continue
            found = means.net.get(urls.item(uri.removeprefix(urls.ITEM_PAGE)), robots=False).check().json()
            if not isinstance(found, Mapping) or found.get("deleted") or found.get("dead"):
                yield Gone(uri, means.clock.now_ms())
            else:
                yield raw(found)


def begin(cursor: Cursor, now: int, window: Window) -> dict[str, Any]:
    """{since, until, top} in epoch seconds: where the walk stands."""
    if window.since_ms or window.until_ms:
        until = window.until_ms // 1000 or now + 1
        return {"since": window.since_ms // 1000, "until": until, "top": 0}
    if "until" in cursor:
        return {name: int(str(cursor[name])) for name in ("since", "until", "top")}
    last = int(str(cursor.get("since") or now - FIRST_SECONDS))
    return {"since": last - OVERLAP_SECONDS if "since" in cursor else last, "until": now + 3600, "top": last}


def params_of(config: Config, state: Mapping[str, Any]) -> dict[str, object]:
    bounds = f"created_at_i>={state['since']},created_at_i<{state['until']}"
    return {
        "query": word(config, "query"),
        "tags": TAGS[word(config, "what") or "all"],
        "numericFilters": bounds,
        "hitsPerPage": urls.HITS_PER_PAGE,
    }


def hits_of(found: object) -> list[Table]:
    """The hits of an answer; FetchError when it has no such list."""
    if not isinstance(found, Mapping) or not isinstance(found.get("hits"), list):
        raise FetchError("connector_hackernews.errors.answer")
    return tables(found, "hits")
