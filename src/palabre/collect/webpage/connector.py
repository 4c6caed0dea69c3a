"""Web pages: the articles of a site, found by its sitemaps and feeds, or a list of pages; young ones are seen again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from palabre.collect.config import settle, word, words
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.feed.discovery import discover
from palabre.collect.feed.mapping import dates_of, url_of
from palabre.collect.feed.parse import parse_feed
from palabre.collect.webpage import sitemap, urls
from palabre.collect.webpage.mapping import GONE, map_item, words_of
from palabre.collect.webpage.sitemap import Location
from palabre.errors import BlockedError, FetchError, ItemError
from palabre.model import Event, Gone, RawItem
from palabre.net import Response, Validators
from palabre.text.urls import canonical

OPTIONS = (
    Option("url", "url", required=True),
    Option("pages", "list"),
    Option("follow", "choice", default="site", choices=("site", "page")),
    Option("comments", "flag", default=True),
)
PAGES_PER_RUN = 60
BATCH = 10
KNOWN_MAX = 3_000  # pages remembered; the oldest are forgotten, and would come again unchanged
SITEMAPS_MAX = 20
YOUNG_MS = 7 * 86_400_000  # comments come, and corrections, in the first days
REVISIT_MS = 6 * 3_600_000
PAGE_BYTES_MAX = 10_000_000
SITEMAP_BYTES_MAX = 50_000_000  # the protocol's own limit


class WebPageConnector:
    def describe(self) -> Description:
        return Description(
            name="webpage", options=OPTIONS, rhythm_seconds=6 * 3_600, backfill=True, edits=True, deletions=True,
            tested="server", networks=("web",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        return settle(OPTIONS, config)

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """New pages first, then young ones again: 60 a run, 10 a page of ours. A backfill takes all of the window."""
        known = {url: list(state) for url, state in mapping(cursor.get("known")).items()}
        found, asked = locations(config, means)
        todo = wanted(found, known, means.clock.now_ms(), window)
        todo = todo if window.since_ms else todo[:PAGES_PER_RUN]
        for start in range(0, max(1, len(todo)), BATCH):
            items, requests, unchanged = visit(todo[start : start + BATCH], known, means)
            yield Page(items, {"known": newest(known)}, requests=requests + asked, not_modified=unchanged)
            asked = 0

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item, with_comments=config.get("comments", True) is not False)

    def canary(self, config: Config) -> Config:
        return {"url": urls.CANARY, "pages": [], "follow": "page", "comments": False}

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone]:
        """Which of these pages are gone: one request each."""
        for uri in uris:
            if "#" not in uri and means.net.get(uri, cap_bytes=PAGE_BYTES_MAX).status in (404, 410):
                yield Gone(uri, means.clock.now_ms())


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def newest(known: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """What to remember of each page: [words, last change, seen first, seen last, etag, last-modified]."""
    ordered = sorted(known.items(), key=lambda one: -int(one[1][3]))
    return dict(ordered[:KNOWN_MAX])


def locations(config: Config, means: Means) -> tuple[list[Location], int]:
    """(pages to consider, requests): those listed, and those the site lists itself. FetchError when there are none."""
    start = word(config, "url")
    listed = [Location(url) for url in words(config, "pages")]
    if word(config, "follow") == "page":
        return [Location(start), *listed], 0
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(start))
    found, requests = from_sitemaps(origin, means)
    if not found:
        found, more = from_feeds(start, means)
        requests += more
    if not found and not listed:
        raise FetchError("connector_webpage.errors.no_pages", url=start)
    path = urlsplit(start).path.rstrip("/")
    return [*listed, *(one for one in found if urlsplit(one.url).path.startswith(path))], requests


def try_get(url: str, means: Means) -> Response | None:
    """An answer that may be missing; None when it is."""
    try:
        answer = means.net.get(url, cap_bytes=SITEMAP_BYTES_MAX)
    except FetchError:
        return None
    return answer if answer.ok else None


def from_sitemaps(origin: str, means: Means) -> tuple[list[Location], int]:
    """Pages of the site's sitemaps, newest sitemaps first, one level of index deep at a time, 20 files at most."""
    robots = try_get(urls.robots(origin), means)
    named = sitemap.in_robots(robots.text()) if robots else []
    queue, seen, found, requests = list(named or urls.sitemaps(origin)), set[str](), list[Location](), 1
    while queue and requests <= SITEMAPS_MAX:
        url = queue.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = try_get(url, means)
        requests += 1
        inside = sitemap.parse(answer.body, origin) if answer else []
        deeper = sorted((one for one in inside if one.is_sitemap), key=lambda one: -one.at_ms)
        queue = [one.url for one in deeper] + queue
        found += [one for one in inside if not one.is_sitemap]
        if inside and not named:
            queue = [url for url in queue if url not in urls.sitemaps(origin)]
    return found, requests


def from_feeds(start: str, means: Means) -> tuple[list[Location], int]:
    """Pages that the first feed of the home page links to."""
    home = try_get(start, means)
    feeds = discover(home.text(), home.url) if home else []
    answer = try_get(feeds[0].url, means) if feeds else None
    if answer is None:
        return [], 1 + bool(feeds)
    try:
        feed = parse_feed(answer.body)
    except ItemError:
        return [], 2
    linked = ((url_of(entry, answer.url), max(dates_of(entry))) for entry in feed.entries)
    return [Location(url, at_ms) for url, at_ms in linked if sitemap.same_site(url, start)], 2


def wanted(found: Sequence[Location], known: Mapping[str, list[Any]], now_ms: int, window: Window) -> list[Location]:
    """Unknown pages, newest first; then those that changed, or are young and were not seen for some hours."""
    until = window.until_ms or 1 << 62
    inside = [one for one in found if not one.at_ms or window.since_ms <= one.at_ms < until]
    fresh = sorted((one for one in inside if one.url not in known), key=lambda one: -one.at_ms)
    again = [one for one in inside if one.url in known and is_due(known[one.url], one.at_ms, now_ms)]
    return fresh + again


def is_due(state: Sequence[Any], at_ms: int, now_ms: int) -> bool:
    """The site says it changed, or it is young and was last seen hours ago; an undated page is young for a week."""
    changed = at_ms > int(state[1]) > 0
    young = now_ms - max(int(state[1]), int(state[2])) < YOUNG_MS
    return changed or (young and now_ms - int(state[3]) > REVISIT_MS)


def visit(todo: Sequence[Location], known: dict[str, list[Any]], means: Means) -> tuple[tuple[RawItem, ...], int, int]:
    """(items, requests, unchanged); each page seen is remembered in ``known``; a refusal is passed over."""
    items: list[RawItem] = []
    requests = unchanged = 0
    for one in todo:
        state = known.get(one.url)
        validators = Validators(str(state[4]), str(state[5])) if state else None
        try:
            answer = means.net.get(one.url, validators=validators, cap_bytes=PAGE_BYTES_MAX, tdm=True)
        except BlockedError:
            known[one.url] = remembered("", one.at_ms, state, means.clock.now_ms(), Validators())
            continue
        except FetchError:
            continue  # it stays unknown: the next run tries again
        requests += answer.requests
        item = item_of(answer, one.url)
        mark = words_of(item) if item and item.media_type != GONE else ""
        unchanged += answer.not_modified
        if item and (state is None or mark != state[0] or item.media_type == GONE):
            items.append(item)
        mark = mark or (str(state[0]) if state and answer.not_modified else "")
        known[one.url] = remembered(mark, one.at_ms, state, means.clock.now_ms(), answer.validators)
    return tuple(items), requests, unchanged


def remembered(mark: str, at_ms: int, state: Sequence[Any] | None, now_ms: int, validators: Validators) -> list[Any]:
    return [mark, at_ms, state[2] if state else now_ms, now_ms, validators.etag, validators.last_modified]


def item_of(answer: Response, url: str) -> RawItem | None:
    """A page as a raw item; a page that is gone as such; None for what is unchanged, refused or no page."""
    if answer.not_modified:
        return None
    if answer.status in (404, 410):
        return RawItem(b"", GONE, {"url": canonical(url)})
    kind = answer.media_type
    if not answer.ok or (kind and "html" not in kind and kind != "text/plain"):
        return None
    return RawItem(
        answer.body, "text/html", {"url": answer.url, "content_type": str(answer.headers.get("content-type", ""))}
    )
