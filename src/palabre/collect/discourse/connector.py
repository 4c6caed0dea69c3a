"""Discourse forums: the latest posts of all topics, newest first, down to the last one we know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from palabre.collect.config import settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.discourse import urls
from palabre.collect.discourse.mapping import FIELDS, is_said, map_item
from palabre.collect.discourse.sending import DiscourseSender
from palabre.collect.payload import Table, at, drift, iso_ms, number, raw, tables
from palabre.errors import FetchError
from palabre.model import Event, Gone, RawItem

OPTIONS = (
    Option("url", "url", required=True),
    Option("api_username", answering=True),
    Option("api_key", "secret", answering=True),
    Option("category", answering=True),
)
KNOWN = (
    *(
        "name",
        "avatar_template",
        "raw",
        "reply_count",
        "reply_to_post_number",
        "quote_count",
        "reads",
        "score",
        "yours",
    ),
    *("topic_slug", "topic_title", "topic_html_title", "category_id", "display_username", "version", "user_deleted"),
    *("actions_summary", "hidden", "deleted_at", "user_id", "trust_level", "moderator", "admin", "staff", "wiki"),
)
FIRST_PAGES = 4  # a new source begins with about 200 posts; further back is a backfill
_PLACE = re.compile(r"/t/(\d{1,12})/(\d{1,9})$")


class DiscourseConnector:
    def describe(self) -> Description:
        return Description(
            name="discourse", options=OPTIONS, rhythm_seconds=1_800, backfill=True, edits=True, deletions=True,
            tested="recordings of 2015 to 2017", networks=("discourse",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        return settle(OPTIONS, config)

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """The first page always comes whole, so that fresh edits are seen; a walk that was cut goes on where it was."""
        state = begin(cursor, window)
        for step in range(FIRST_PAGES if not (state["last"] or window.since_ms) else 1 << 30):
            page, state = walk(word(config, "url"), state, means, window, last_step=step == FIRST_PAGES - 1)
            yield page
            if "before" not in page.cursor:
                return

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item)

    def sender(self) -> DiscourseSender:
        return DiscourseSender()

    def canary(self, config: Config) -> Config:
        return {"url": urls.CANARY}

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone]:
        """Which of these posts are no longer public: one request each."""
        site = word(config, "url")
        for uri in uris:
            place = _PLACE.search(uri)
            if not place or not uri.startswith(site):
                continue
            answer = means.net.get(urls.by_number(site, place[1], place[2]), robots=False)
            if answer.status in (403, 404, 410) or (answer.ok and is_taken_back(answer.json())):
                yield Gone(uri, means.clock.now_ms())


def is_taken_back(found: object) -> bool:
    return any(at(found, name) for name in ("user_deleted", "hidden", "deleted_at"))


def begin(cursor: Cursor, window: Window) -> dict[str, Any]:
    """{last: highest id known, top: highest id seen on this walk, before: where the walk stands or 0}."""
    if window.since_ms:
        return {"last": 0, "top": 0, "before": 0}
    return {name: number(cursor, name) or 0 for name in ("last", "top", "before")}


def walk(
    site: str, state: Mapping[str, Any], means: Means, window: Window, *, last_step: bool
) -> tuple[Page, dict[str, Any]]:
    """One step down. The cursor says where to go on, or, at the end of the walk, only the highest id seen."""
    params = {"before": state["before"]} if state["before"] else {}
    answer = means.net.get(urls.latest_posts(site), params=params, robots=False)
    if answer.status in (401, 403, 404):
        raise closed(site, answer.status)
    found = posts_of(answer.check().json())
    ids = [post_id for post in found if (post_id := number(post, "id"))]
    lowest, top = min(ids, default=0), max([state["top"], state["last"], *ids])
    first_ms = min((iso_ms(post, "created_at") for post in found), default=0)
    known = bool(state["last"] and lowest <= state["last"]) or bool(window.since_ms and first_ms < window.since_ms)
    moved = not state["before"] or lowest < state["before"]  # a cache may answer the same page whatever is asked
    on = bool(ids) and moved and not known and lowest > 1 and not (last_step and not window.since_ms)
    after = {"last": state["last"], "top": top, "before": lowest} if on else {"last": top}
    items = tuple(raw(post, site=site) for post in found if is_said(post) and inside(post, window))
    page = Page(items, after, answer.requests, quota_left=answer.quota_left, drift=drift(found, FIELDS, KNOWN))
    return page, {"before": 0, "top": 0} | after


def closed(site: str, status: int) -> FetchError:
    error = FetchError("connector_discourse.errors.closed", url=site, status=status)
    error.permanent = True
    return error


def posts_of(found: object) -> list[Table]:
    """The posts of an answer; FetchError when it has no such list."""
    if not isinstance(found, Mapping) or not isinstance(found.get("latest_posts"), list):
        raise FetchError("connector_discourse.errors.answer")
    return tables(found, "latest_posts")


def inside(post: Table, window: Window) -> bool:
    at_ms = iso_ms(post, "created_at")
    return window.since_ms <= at_ms < (window.until_ms or 1 << 62)
