"""Feeds: RSS 0.9 to 2.0, RDF, Atom, CDF, JSON Feed, with their hub where they have one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from palabre.collect.config import settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.feed import urls
from palabre.collect.feed.discovery import discover, hub_of, link_header, next_after_ms
from palabre.collect.feed.mapping import absolute, dates_of, items_of, map_item
from palabre.collect.feed.parse import Feed, parse_feed
from palabre.errors import FetchError, ItemError
from palabre.model import Event, RawItem
from palabre.net import Validators
from palabre.net.response import Response

BROKEN = "application/vnd.palabre.broken-feed"
BROKEN_BYTES_MAX = 65_536
FEED_BYTES_MAX = 5_000_000
ARCHIVE_PAGES_MAX = 200  # RFC 5005: how far back one backfill follows a feed's own archive
OPTIONS = (Option("url", "url", required=True), Option("websub", "flag", default=True))


class FeedConnector:
    def describe(self) -> Description:
        return Description(
            name="feed", options=OPTIONS, rhythm_seconds=3_600, backfill=True, edits=True, deletions=True,
            tested="server", networks=("web",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        """The address is kept to the letter: ``/feed`` and ``/feed/`` are two."""
        made = settle(OPTIONS, config)
        slash = "/" if str(config.get("url") or "").strip().endswith("/") else ""
        return made | {"url": str(made["url"]) + slash}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """One page a poll; a backfill follows the archive links of the feed (RFC 5005) until it is past the window."""
        page, older = fetch(str(cursor.get("url") or word(config, "url")), cursor, means, window)
        yield page
        for _ in range(ARCHIVE_PAGES_MAX if window.since_ms else 0):
            if not older:
                return
            page, older = fetch(older, {}, means, window, keep=page.cursor)
            yield page

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        if item.media_type == BROKEN:
            params: dict[str, Any] = {name: value for name, value in item.note.items() if name != "key"}
            raise ItemError(item.note.get("key", "connector_feed.errors.unreadable"), **params)
        return map_item(item)

    def canary(self, config: Config) -> Config:
        return {"url": urls.CANARY, "websub": False}


def fetch(url: str, cursor: Cursor, means: Means, window: Window, keep: Cursor | None = None) -> tuple[Page, str]:
    """(page, address of the older part or ""). keep: the cursor to hand on, when this is an archive page."""
    kept = cursor.get("validators")
    validators = Validators.from_dict(kept if isinstance(kept, Mapping) else None)
    answer = means.net.get(url, validators=None if window.since_ms else validators, cap_bytes=FEED_BYTES_MAX, tdm=True)
    requests, place = answer.requests, answer.moved_to or str(cursor.get("url") or "")
    if is_page(answer):
        answer, extra = follow(answer, means)
        requests, place = requests + extra, answer.moved_to or answer.url
    if answer.not_modified:
        return Page((), cursor, requests=requests, not_modified=1, quota_left=answer.quota_left), ""
    refuse(answer)
    items, older, head = read(answer, window)
    mark = hashlib.sha256(answer.body).hexdigest()[:32]
    state = dict(keep) if keep is not None else next_cursor(cursor, answer, head, mark, place) | lease_of(cursor)
    same = keep is None and not window.since_ms and cursor.get("mark") == mark
    later = next_after_ms(head, answer.headers, means.clock.now_ms())
    fresh = () if same else items
    return Page(fresh, state, requests=requests, quota_left=answer.quota_left, next_after_ms=later), older


def is_page(answer: Response) -> bool:
    """An HTML page came where a feed was expected."""
    start = answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return answer.ok and (start.startswith((b"<!doctype html", b"<html")) and b"<feed" not in answer.body[:4096])


def follow(page: Response, means: Means) -> tuple[Response, int]:
    """The first feed that a web page announces, and what it cost. FetchError when it announces none."""
    found = discover(page.text(), page.url)
    if not found:
        raise permanent("connector_feed.errors.no_feed_in_page", url=page.url)
    answer = means.net.get(found[0].url, cap_bytes=FEED_BYTES_MAX, tdm=True)
    return answer, answer.requests


def permanent(key: str, **params: Any) -> FetchError:
    error = FetchError(key, **params)
    error.permanent = True
    return error


def refuse(answer: Response) -> None:
    """Raise for what is not a feed's answer: gone for good, or refused."""
    if answer.status == 410:
        raise permanent("connector_feed.errors.gone", url=answer.url)
    answer.check()


def read(answer: Response, window: Window) -> tuple[tuple[RawItem, ...], str, Mapping[str, object]]:
    """(items, older page, the feed's head). A feed that cannot be read is one broken item, for the quarantine."""
    headers = {"content-type": str(answer.headers.get("content-type", "")), "content-location": answer.url}
    try:
        feed = parse_feed(answer.body, headers)
    except ItemError as error:
        note = {name: str(value) for name, value in error.params.items()} | {"key": error.key}
        return (RawItem(answer.body[:BROKEN_BYTES_MAX], BROKEN, note),), "", {}
    links = link_header(str(answer.headers.get("link", "")))
    older = older_of(feed, answer.url) or absolute((links.get("next") or [""])[0], answer.url)
    inside = within(feed, window) if window.since_ms or window.until_ms else feed
    done = bool(window.since_ms and feed.entries) and all(0 < newest(entry) < window.since_ms for entry in feed.entries)
    return tuple(items_of(inside, answer.url)), "" if done or older == answer.url else older, feed.head


def newest(entry: Mapping[str, object]) -> int:
    return max(dates_of(dict(entry)))


def within(feed: Feed, window: Window) -> Feed:
    """The feed with only the entries of the window; an undated one stays."""
    until = window.until_ms or 1 << 62
    kept = tuple(entry for entry in feed.entries if newest(entry) == 0 or window.since_ms <= newest(entry) < until)
    return replace(feed, entries=kept)


def older_of(feed: Feed, url: str) -> str:
    """The next older part of a paged or archived feed (RFC 5005)."""
    for rel in ("prev-archive", "next"):
        found = next((link for link in feed.head.get("pages", ()) if link[0] == rel), None)
        if found:
            return absolute(found[1], url)
    return ""


def lease_of(cursor: Cursor) -> dict[str, object]:
    """When the subscription at the hub is to be renewed: kept from poll to poll."""
    return {"renew_ms": cursor["renew_ms"]} if "renew_ms" in cursor else {}


def next_cursor(
    cursor: Cursor, answer: Response, head: Mapping[str, object], mark: str, place: str
) -> dict[str, object]:
    """What to remember: where the feed lives, its validators, a mark of its bytes, its hub; what others noted stays."""
    hub, topic = hub_of(answer.headers, head, answer.url)
    kept = {name: value for name, value in cursor.items() if name not in ("validators", "mark", "url", "hub", "topic")}
    state: dict[str, object] = kept | {"validators": answer.validators.to_dict(), "mark": mark}
    if place:
        state["url"] = place
    if hub:
        state |= {"hub": hub, "topic": topic}
    return state
