"""Reddit's JSON on disk: listings, forests, answers of actions, public dumps; wrapped or not in a recorded exchange."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from palabre.collect.formats import Options
from palabre.collect.jsonfile import JsonFormat, says
from palabre.collect.payload import raw, tables, text
from palabre.collect.reddit import mapping
from palabre.model import Event, RawItem

THINGS = ("t1", "t2", "t3", "t4", "t5", "t6", "Listing", "more", "wiki", "UserList", "TrophyList")


class RedditFormat(JsonFormat):
    name = "reddit"

    def score(self, value: object, address: str) -> float:
        if "reddit.com/" in address:
            return 0.9
        first = value[0] if isinstance(value, list) and value else value
        if not isinstance(first, Mapping):
            return 0.0
        if says(first, "kind", "data") and first["kind"] in THINGS and isinstance(first["data"], Mapping):
            return 0.97
        if mapping.thing_of(first):
            return 0.9 if says(first, "author", "created_utc") else 0.6
        things = tables(first, "json", "data", "things")
        return 0.9 if any(text(thing, "kind") in THINGS for thing in things) else 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        return (raw(thing) for thing in mapping.things(value))

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item)
