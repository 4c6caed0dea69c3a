"""Hacker News on disk: items of the Firebase store, alone or in lists, and answers of the search."""

from __future__ import annotations

from collections.abc import Iterable

from palabre.collect.formats import Options
from palabre.collect.hackernews.mapping import TYPES, map_item
from palabre.collect.jsonfile import JsonFormat, sample, says
from palabre.collect.payload import at, raw, tables
from palabre.model import Event, RawItem


class HackerNewsFormat(JsonFormat):
    name = "hackernews"

    def score(self, value: object, address: str) -> float:
        if "hn.algolia.com" in address or "hacker-news.firebaseio.com" in address:
            return 0.95
        if says(value, "hits") and any(is_hit(entry) for entry in tables(value, "hits")):
            return 0.95
        return 0.9 if any(is_hit(entry) or is_item(entry) for entry in sample(value)) else 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        hits = at(value, "hits")
        several = hits if isinstance(hits, list) else value if isinstance(value, list) else [value]
        return (raw(entry) for entry in several if entry is not None)

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return map_item(item)


def is_hit(value: object) -> bool:
    return says(value, "objectID", "created_at_i", "_tags")


def is_item(value: object) -> bool:
    """The store's items have short names that few others have together."""
    if not says(value, "id", "type", "time") or at(value, "type") not in TYPES:
        return False
    return says(value, "by") or at(value, "deleted") is True or at(value, "dead") is True
