"""Feeds saved on disk: RSS, RDF, Atom, CDF, JSON Feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from palabre.collect.feed import guard
from palabre.collect.feed.mapping import items_of, map_item
from palabre.collect.feed.parse import looks_json, parse_feed, root_name
from palabre.collect.formats import Head, Options
from palabre.errors import ItemError
from palabre.model import Event, RawItem

FILE_BYTES_MAX = 50_000_000
_SUFFIXES = (".rss", ".atom", ".rdf", ".cdf", ".feed")
_ROOTS = {"rss": 0.9, "feed": 0.9, "rdf": 0.8, "channel": 0.8, "opml": 0.9}
_GLANCE_BYTES = 4_096


class FeedFormat:
    name = "feed"

    def sniff(self, head: Head) -> float:
        """By the root element, whatever the encoding; an .xml that says nothing else is taken for a feed, weakly."""
        if looks_json(head.start):
            return 0.97 if b"jsonfeed.org/version" in head.start[:4096] else 0.0
        text = guard.glance(head.start)
        if "wordpress.org/export/" in text[:20_000]:
            return 0.3  # WXR is RSS too, but more than that
        known = _ROOTS.get(root_name(text), 0.0)
        if known:
            return known
        return by_name(head.name.lower(), text)

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        """Every entry of the file. ItemError: it is no feed, more than one may be, or a list of feeds (OPML)."""
        body = stream.read(FILE_BYTES_MAX + 1)
        if root_name(guard.glance(body[:_GLANCE_BYTES])) == "opml":
            raise ItemError("connector_feed.errors.opml")
        headers = {"content-type": options["content_type"]} if options.get("content_type") else {}
        yield from items_of(parse_feed(body, headers, cap_bytes=FILE_BYTES_MAX), options.get("url", ""))

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        return map_item(item)


def by_name(name: str, text: str) -> float:
    """A file that its root does not name: by its suffix, and by feed elements somewhere in it."""
    if name.endswith(_SUFFIXES):
        return 0.6
    inside = any(mark in text for mark in ("<item", "<entry", "<channel", "<rss", "<feed", "<CHANNEL"))
    if name.endswith(".xml"):
        return 0.5 if inside else 0.3
    return 0.2 if "<rss" in text or "<feed" in text else 0.0
