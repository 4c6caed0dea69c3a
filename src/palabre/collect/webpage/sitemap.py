"""Sitemaps (sitemaps.org 0.9, Google's news extension) as XML or lines of text, and those robots.txt names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from palabre.collect.feed.guard import glance
from palabre.text.dates import parse_date

LOCATIONS_MAX = 50_000  # the protocol's own limit
_BLOCK = re.compile(r"<(?:\w+:)?(url|sitemap)\b[^>]*>(.*?)</(?:\w+:)?\1\s*>", re.DOTALL | re.IGNORECASE)
_LOC = re.compile(r"<(?:\w+:)?loc\b[^>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,2000}?)\s*(?:\]\]>)?\s*</", re.IGNORECASE)
_WHEN = re.compile(r"<(?:\w+:)?(lastmod|publication_date)\b[^>]*>\s*([^<]{1,60}?)\s*<", re.IGNORECASE)
_ROBOTS = re.compile(r"^\s*sitemap\s*:\s*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Location:
    """A page or another sitemap. at_ms: last change as the site says, 0 when it does not."""

    url: str
    at_ms: int = 0
    is_sitemap: bool = False


def parse(body: bytes, origin: str) -> list[Location]:
    """Locations in order, once each; only those of the site itself."""
    text = glance(body)
    found = from_xml(text) if "<" in text[:1000] else (Location(line.strip()) for line in text.splitlines())
    kept: dict[str, Location] = {}
    for location in found:
        if same_site(location.url, origin):
            kept.setdefault(location.url, location)
        if len(kept) >= LOCATIONS_MAX:
            break
    return list(kept.values())


def from_xml(text: str) -> Iterable[Location]:
    for block in _BLOCK.finditer(text):
        loc = _LOC.search(block[2])
        if loc:
            said = {m[1].lower(): m[2] for m in _WHEN.finditer(block[2])}
            at_ms = parse_date(said.get("lastmod") or said.get("publication_date") or "") or 0
            yield Location(unescape(loc[1]), at_ms, block[1].lower() == "sitemap")


def same_site(url: str, origin: str) -> bool:
    """The same host, with or without www: a sitemap may speak for its own site only."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host, own = (parts.hostname or "").removeprefix("www."), (urlsplit(origin).hostname or "").removeprefix("www.")
    return parts.scheme in ("http", "https") and bool(host) and (host == own or host.endswith("." + own))


def in_robots(text: str) -> list[str]:
    """Sitemaps that robots.txt names."""
    return [found for found in _ROBOTS.findall(text) if found.startswith(("http://", "https://"))][:50]
