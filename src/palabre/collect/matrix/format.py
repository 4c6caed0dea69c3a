"""Matrix JSON on disk: /sync and /messages answers, a room exported by Element, events line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from palabre.collect.formats import Options
from palabre.collect.jsonfile import JsonFormat, says
from palabre.collect.matrix import mapping
from palabre.collect.payload import Table, table, tables, text, walk
from palabre.model import Event, RawItem


class MatrixFormat(JsonFormat):
    name = "matrix"

    def score(self, value: object, address: str) -> float:
        if "/_matrix/client/" in address:
            return 0.9
        if not isinstance(value, Mapping):
            return 0.0
        if any(mapping.is_event(event) for event in (value, *first_events(value))):
            return 0.97
        return 0.8 if says(value, "next_batch", "rooms") or says(value, "room_name", "messages") else 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        for room, events in rooms_of(value):
            yield from mapping.raws(events, room, mapping.members(events))

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item)


def first_events(value: Table) -> list[Table]:
    """The first events of an answer."""
    found = [entry for name in ("chunk", "messages") for entry in tables(value, name)[:3]]
    for room in list(table(value, "rooms", "join").values())[:3]:
        found += tables(room, "timeline", "events")[:2] + tables(room, "state", "events")[:2]
    return found


def rooms_of(value: object) -> Iterable[tuple[str, list[Table]]]:
    """(room id, its events) of an answer; of anything else, all the events in it."""
    joined = table(value, "rooms", "join")
    if joined:
        for room, part in joined.items():
            yield room, tables(part, "state", "events") + tables(part, "timeline", "events")
    else:
        room = text(value, "room_id")
        yield room, [entry for entry in walk(value) if mapping.is_event(entry)]
