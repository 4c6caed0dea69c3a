"""WordPress: posts and comments of a site over its public REST API, oldest change first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from palabre.clock import to_datetime
from palabre.collect.config import settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.payload import Table, drift, ident, raw, tables, text
from palabre.collect.wordpress import urls
from palabre.collect.wordpress.mapping import (
    COMMENT_FIELDS,
    KNOWN_COMMENT,
    KNOWN_POST,
    POST_FIELDS,
    map_item,
    rendered,
    utc_ms,
)
from palabre.collect.wordpress.sending import WordPressSender
from palabre.errors import FetchError
from palabre.model import Event, Gone, RawItem
from palabre.net import Response

OPTIONS = (
    Option("url", "url", required=True),
    Option("comments", "flag", default=True),
    Option("lang"),
    Option("user", answering=True),
    Option("app_password", "secret", answering=True),
)
ZONE_MS = 15 * 3_600_000  # the API compares with the site's own time: a day's width is asked for, the rest is dropped
_POST_ID = re.compile(r"[?&](?:p|page_id)=(\d{1,12})(?:$|&)")
_COMMENT_ID = re.compile(r"#comment-(\d{1,12})$")


class WordPressConnector:
    def describe(self) -> Description:
        return Description(
            name="wordpress", options=OPTIONS, rhythm_seconds=3_600, backfill=True, edits=True, deletions=True,
            tested="server", networks=("web",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        made = settle(OPTIONS, config)
        return made | {"url": re.sub(r"/wp-json(/.*)?$", "", str(made["url"]))}

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """Posts, then comments. The cursor holds for each the last change seen and, within one answer, the page."""
        site, state = word(config, "url"), dict(cursor)
        for kind in ("posts", "comments") if config.get("comments", True) else ("posts",):
            for page in walk(kind, site, state, means, window):
                state = dict(page.cursor)
                yield page

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item, word(config, "lang"))

    def sender(self) -> WordPressSender:
        return WordPressSender()

    def canary(self, config: Config) -> Config:
        return {"url": urls.CANARY, "comments": False}

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone]:
        """Which of these posts and comments are no longer public: 100 a request."""
        listed = list(uris)
        for kind, pattern in (("posts", _POST_ID), ("comments", _COMMENT_ID)):
            known = {found[1]: uri for uri in listed if (found := pattern.search(uri))}
            for some in chunks(sorted(known), urls.PER_PAGE):
                left = public_ids(word(config, "url"), kind, some, means)
                yield from (Gone(known[number], means.clock.now_ms()) for number in some if number not in left)


def chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def address(kind: str, site: str) -> str:
    return urls.posts(site) if kind == "posts" else urls.comments(site)


def public_ids(site: str, kind: str, ids: Sequence[str], means: Means) -> set[str]:
    """Of these numbers, those that a visitor can still read."""
    params = {"include": ",".join(ids), "per_page": urls.PER_PAGE, "_fields": "id"}
    answer = means.net.get(address(kind, site), params=params, robots=False).check()
    return {ident(entry, "id") for entry in entries(answer)}


def entries(answer: Response) -> list[Table]:
    """The list an endpoint answers; FetchError when it is something else (a maintenance page, a REST error)."""
    found = answer.json()
    if not isinstance(found, list):
        raise FetchError("connector_wordpress.errors.not_a_list", code=text(found, "code") or "?")
    return [entry for entry in found if isinstance(entry, Mapping)]


def walk(kind: str, site: str, state: dict[str, object], means: Means, window: Window) -> Iterator[Page]:
    """Pages of one kind, oldest first; the last page moves the mark, so that nothing is asked for twice."""
    kept = state.get(kind)
    mark: dict[str, Any] = dict(kept) if isinstance(kept, Mapping) and not window.since_ms else {}
    while True:
        answer = ask(kind, site, mark, means, window)
        found = entries(answer)
        last, number = newest(kind, found, str(mark.get("seen") or mark.get("after") or "")), int(mark.get("page", 1))
        pages_left = int_header(answer, "x-wp-totalpages") > number and bool(found)
        mark = {"after": mark.get("after", ""), "seen": last, "page": number + 1} if pages_left else {"after": last}
        items = raw_items(kind, site, within(found, window), means)
        odd = drift(found, POST_FIELDS if kind == "posts" else COMMENT_FIELDS, KNOWN_POST + KNOWN_COMMENT)
        state = state | {kind: mark}
        yield Page(items, state, requests=answer.requests, quota_left=answer.quota_left, drift=odd)
        if not pages_left:
            return


def ask(kind: str, site: str, mark: Mapping[str, Any], means: Means, window: Window) -> Response:
    """One page of posts or comments changed after the mark (the site's own time) or inside the window."""
    params: dict[str, object] = {"per_page": urls.PER_PAGE, "page": mark.get("page", 1), "order": "asc"}
    params |= {"orderby": "modified", "_embed": "author,wp:term"} if kind == "posts" else {"orderby": "date_gmt"}
    after, before = mark.get("after") or local(window.since_ms, -ZONE_MS), local(window.until_ms, ZONE_MS)
    names = ("after", "before") if kind == "comments" or window.since_ms else ("modified_after", "modified_before")
    params |= {name: value for name, value in zip(names, (after, before), strict=True) if value}
    answer = means.net.get(address(kind, site), params=params, robots=False)
    if answer.status == 400 and mark.get("page", 1) > 1:  # past the last page: things were removed meanwhile
        return Response(200, answer.url, answer.headers, b"[]", requests=answer.requests)
    if answer.status in (401, 403, 404):
        error = FetchError("connector_wordpress.errors.no_api", status=answer.status, url=site)
        error.permanent = True
        raise error
    return answer.check()


def local(ms: int, shift_ms: int) -> str:
    """A moment widened by a time zone, as the API reads it; "" for an open end."""
    return to_datetime(ms + shift_ms).strftime("%Y-%m-%dT%H:%M:%S") if ms else ""


def newest(kind: str, found: Sequence[Table], seen: str) -> str:
    """The last change of these, in the site's own time."""
    name = "modified" if kind == "posts" else "date"
    return max([seen, *(text(entry, name) for entry in found)])


def int_header(answer: Response, name: str) -> int:
    value = str(answer.headers.get(name, ""))
    return int(value) if value.isdigit() else 0


def within(found: Sequence[Table], window: Window) -> list[Table]:
    """Those published in the window; all of them where there is none."""
    until = window.until_ms or 1 << 62
    return [entry for entry in found if window.since_ms <= (utc_ms(entry, "date_gmt") or window.since_ms) < until]


def raw_items(kind: str, site: str, found: Sequence[Table], means: Means) -> tuple[RawItem, ...]:
    """Raw items; a comment also learns the uri of its post, which it does not carry."""
    if kind == "posts":
        return tuple(raw(entry, what="post", site=site) for entry in found)
    numbers = sorted({ident(entry, "post") for entry in found} - {"", "0"})
    guids = guids_of(site, numbers, means)
    return tuple(
        raw(dict(entry) | {"root": guids.get(ident(entry, "post"), "")}, what="comment", site=site) for entry in found
    )


def guids_of(site: str, numbers: Sequence[str], means: Means) -> dict[str, str]:
    """The guid of each post, by number; a page or a hidden post has none here."""
    guids: dict[str, str] = {}
    for some in chunks(numbers, urls.PER_PAGE):
        params = {"include": ",".join(some), "per_page": urls.PER_PAGE, "_fields": "id,guid"}
        answer = means.net.get(urls.posts(site), params=params, robots=False)
        found = tables({"posts": answer.json()}, "posts") if answer.ok else []
        guids |= {ident(entry, "id"): rendered(entry, "guid") for entry in found}
    return guids
