"""Web pages saved on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from palabre.collect.feed.guard import glance
from palabre.collect.feed.parse import root_name
from palabre.collect.formats import Head, Options
from palabre.collect.webpage.article import PAGE_CHARS_MAX
from palabre.collect.webpage.mapping import map_item
from palabre.model import Event, RawItem

_ELEMENTS = ("<head", "<body", "<meta", "<title", "<div", "<p>", "<article", "<script")


class WebPageFormat:
    name = "webpage"

    def sniff(self, head: Head) -> float:
        """An html root, or a .html file with elements of a page; a feed inside HTML clothes is left to feeds."""
        text = glance(head.start)
        if "<rss" in text or "<feed" in text:
            return 0.1
        named = head.name.lower().endswith((".html", ".htm", ".xhtml"))
        root = root_name(text)
        if root == "html" or text[:2000].lstrip("\ufeff \t\r\n").lower().startswith("<!doctype html"):
            return 0.9 if named else 0.7
        lower = text[:20_000].lower()
        return 0.6 if named and any(name in lower for name in _ELEMENTS) else 0.0

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        body = stream.read(PAGE_CHARS_MAX + 1)
        note = {"url": options.get("url", ""), "content_type": options.get("content_type", "")}
        yield RawItem(body, "text/html", {name: value for name, value in note.items() if value})

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        return map_item(item)
