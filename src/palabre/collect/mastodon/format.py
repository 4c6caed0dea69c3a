"""Mastodon's JSON on disk: a status, lists, contexts, search results, notifications, captured streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from palabre.collect.formats import Options
from palabre.collect.jsonfile import JsonFormat, sample, says
from palabre.collect.mastodon import mapping
from palabre.collect.payload import loads, raw, table, text
from palabre.errors import ItemError
from palabre.model import Event, RawItem

# Objects of the API that hold no status: a file of these is Mastodon's, with nothing to import.
OTHERS = (
    ("acct", "username", "display_name"),
    ("shortcode", "static_url"),
    ("votes_count", "options", "expired"),
    ("uri", "title", "version", "stats"),
    ("domain", "version", "source_url", "usage"),
    ("week", "statuses", "logins"),
    ("name", "url", "history"),
    ("followed_by", "showing_reblogs"),
    ("name", "statuses_count", "last_status_at"),
)
STREAM_EVENTS = ("update", "status.update", "delete")


class MastodonFormat(JsonFormat):
    name = "mastodon"

    def score(self, value: object, address: str) -> float:
        if "instances.social/api/" in address:  # the directory of servers: the fediverse's, without posts
            return 0.7
        if "/api/v1/" in address or "/api/v2/" in address:
            return 0.8 if not any(mapping.is_status(entry) for entry in objects(value)) else 0.97
        for entry in objects(value):
            if mapping.is_status(entry):
                return 0.97 if says(entry, "created_at", "account") else 0.7
            if entry.get("event") in STREAM_EVENTS and "payload" in entry:
                return 0.95
            if any(says(entry, *keys) for keys in OTHERS):
                return 0.75
        return 0.0

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        server = server_of(address)
        if isinstance(value, Mapping) and "event" in value and "payload" in value:
            yield from self.streamed(value, server)
        elif isinstance(value, Mapping | list):
            yield from mapping.raws(value, server)

    def streamed(self, event: Mapping[str, object], server: str) -> Iterable[RawItem]:
        """Statuses of a streaming event. A deletion names an id of the server, not a post: it cannot be matched."""
        if event.get("event") not in STREAM_EVENTS[:2]:
            return
        try:
            yield from mapping.raws(mapping.stream_payload(event), server)
        except ItemError:
            yield raw(event, broken="json")

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item)


def objects(value: object) -> list[Mapping[str, object]]:
    """The objects by which an answer is recognised."""
    inner = [entry for part in sample(value) for entry in (part, *containers(part))]
    return [entry for entry in inner if isinstance(entry, Mapping)]


def containers(value: object) -> list[object]:
    """The first entries of a context, of search results, of a notification."""
    lists = (table(value).get(name) for name in ("ancestors", "descendants", "statuses"))
    first: list[object] = [entries[0] for entries in lists if isinstance(entries, list) and entries]
    payload = text(value, "payload")
    if payload.startswith("{"):
        try:
            first.append(loads(payload.encode(errors="replace")))
        except ItemError:
            return first
    return [*first, table(value, "status"), table(value, "reblog")]


def server_of(address: str) -> str:
    """``https://server`` of an address; "" of anything else."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
