"""The feeds of a web page, its WebSub hub, and when a feed wants to be asked again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

from palabre.clock import to_datetime
from palabre.collect.feed.mapping import absolute

HOUR_MS = 3_600_000
NEXT_MAX_MS = 24 * HOUR_MS
TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
)
_LINK = re.compile(r"<(?:link|a)\b([^<>]{1,2000})>", re.IGNORECASE)
_BASE = re.compile(r"<base\b[^<>]*\bhref\s*=\s*[\"']([^\"'<>]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(rel|href|type|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_PERIODS = {"hourly": HOUR_MS, "daily": 24 * HOUR_MS, "weekly": 168 * HOUR_MS, "monthly": 720 * HOUR_MS}
_HEADER_LINK = re.compile(r"<([^<>]*)>\s*((?:;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+)\s*)*)")
_HEADER_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a page announces."""

    url: str
    title: str = ""
    media_type: str = ""


def discover(html: str, base: str) -> list[Found]:
    """Feeds that a page announces by ``<link rel=alternate>``, in its order, once each; comments' feeds last."""
    first = _BASE.search(html[:100_000])
    whole = urljoin(base, unescape(first[1])) if first else base
    found: dict[str, Found] = {}
    for match in _LINK.finditer(html):
        said = {m[1].lower(): unescape(m[2] or m[3] or m[4] or "").strip() for m in _ATTRIBUTE.finditer(match[1])}
        rels, kind = said.get("rel", "").lower().split(), said.get("type", "").lower().partition(";")[0]
        url = absolute(said.get("href", ""), whole)
        announced = kind in TYPES and ("alternate" in rels or "feed" in rels)
        if url and announced and not any(part in url for part in ("oembed", "wp-json")):
            found.setdefault(url, Found(url, said.get("title", ""), kind))
    return sorted(found.values(), key=lambda one: "comment" in one.url.lower())


def link_header(value: str) -> dict[str, list[str]]:
    """Addresses by relation of a ``Link`` header (RFC 8288)."""
    links: dict[str, list[str]] = {}
    for match in _HEADER_LINK.finditer(value):
        rel = _HEADER_REL.search(match[2])
        for name in ((rel[1] or rel[2] or "") if rel else "").lower().split():
            links.setdefault(name, []).append(match[1].strip())
    return links


def hub_of(headers: Mapping[str, str], head: Mapping[str, object], url: str) -> tuple[str, str]:
    """(hub, topic) announced by the headers, else by the feed itself (WebSub §4); ("", "") where there is none."""
    links = link_header(str(headers.get("link", "")))
    inside = head.get("hub")
    hubs = links.get("hub") or (inside if isinstance(inside, Sequence) and not isinstance(inside, str) else [])
    hub = next((whole for whole in (absolute(str(one), url) for one in hubs) if whole), "")
    own = (links.get("self") or [str(head.get("self") or "")])[0]
    return (hub, absolute(own, url) or url) if hub else ("", "")


def pause_ms(head: Mapping[str, object], headers: Mapping[str, str]) -> int:
    """How long the feed asks us to leave it alone: the longest of ttl, sy:updatePeriod and max-age, one day at most."""
    ttl = str(head.get("ttl") or "")
    period = _PERIODS.get(str(head.get("period") or "").lower(), 0)
    often = str(head.get("frequency") or "1")
    age = re.search(r"max-age\s*=\s*(\d{1,9})", str(headers.get("cache-control", "")), re.IGNORECASE)
    waits = (
        int(ttl) * 60_000 if ttl.isdigit() and len(ttl) < 9 else 0,
        period // max(1, int(often)) if often.isdigit() and len(often) < 6 else period,
        int(age[1]) * 1000 if age else 0,
    )
    return min(NEXT_MAX_MS, max(waits))


def next_after_ms(head: Mapping[str, object], headers: Mapping[str, str], now_ms: int) -> int:
    """When the feed may be asked again: after its pause, and outside its skipHours (UTC)."""
    at = now_ms + pause_ms(head, headers)
    hours = head.get("skip_hours")
    skipped = {int(hour) % 24 for hour in hours} if isinstance(hours, list) else set()
    while len(skipped) < 24 and to_datetime(at).hour in skipped:
        at = at - at % HOUR_MS + HOUR_MS
    return at if at > now_ms else 0
