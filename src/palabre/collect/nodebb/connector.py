"""NodeBB forums: topics by their newest post, and of each the posts we do not have yet, down to the last visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from palabre.collect.config import settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.nodebb import urls
from palabre.collect.nodebb.mapping import FIELDS, is_taken_back, map_item, moment, published, whole
from palabre.collect.nodebb.sending import NodebbSender
from palabre.collect.payload import Table, drift, ident, number, raw, table, tables
from palabre.errors import FetchError
from palabre.model import Event, Gone, RawItem

OPTIONS = (
    Option("url", "url", required=True),
    Option("token", "secret", answering=True),
    Option("uid", "number", answering=True),
    Option("category", answering=True),
)
KNOWN = (
    *("timestampISO", "edited", "editedISO", "editor", "deleted", "deleterUid", "upvotes", "downvotes", "votes"),
    *("index", "toPid", "user", "parent", "replies", "bookmarks", "bookmarked", "upvoted", "downvoted", "selfPost"),
    *("topicOwnerPost", "display_edit_tools", "display_delete_tools", "display_moderator_tools", "display_move_tools"),
    *("display_post_menu", "events", "flagId", "flags", "ip", "announces", "attachments", "uploads", "sourceContent"),
    *("url", "handle", "replier"),
)
FIRST_TOPICS = 20  # a new source begins with the newest page of these topics; further back is a backfill
TOPIC_PAGES_MAX = 50  # of one topic in one visit: about 1,000 posts


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a visit ends. since_ms: nothing older is wanted; until_ms: nor newer, 0 for open; fresh: a first visit."""

    since_ms: int
    until_ms: int
    fresh: bool

    def has(self, post: Table) -> bool:
        """An edit of an old post counts as its moment."""
        at_ms = published(post)
        newest = max(at_ms, moment(post, "edited"))
        return newest >= self.since_ms and at_ms < (self.until_ms or 1 << 62)


class NodebbConnector:
    def describe(self) -> Description:
        return Description(
            name="nodebb", options=OPTIONS, rhythm_seconds=1_800, backfill=True, edits=True, deletions=True,
            tested="own requests", networks=("nodebb",),
        )  # fmt: skip

    def validate(self, config: Config) -> Config:
        return settle(OPTIONS, config)

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        """One page a topic; the cursor moves on after each page of topics, and a walk that was cut goes on there."""
        site, last = word(config, "url"), 0 if window.since_ms else number(cursor, "last") or 0
        reach = Reach(window.since_ms or last, window.until_ms, not (window.since_ms or last))
        top, step = number(cursor, "top") or last, number(cursor, "page") or 1
        while step:
            found, pages, requests = listed(site, step, means)
            top = max([top, *(moment(one, "lastposttime") for one in found)])
            now = {"last": last, "top": top, "page": step}
            for one in wanted(found, reach):
                yield topic_page(site, one, reach, means, now)
            oldest = min((moment(one, "lastposttime") for one in found), default=0)
            on = bool(found) and step < pages and not reach.fresh and oldest >= reach.since_ms
            step = step + 1 if on else 0
            yield Page((), {**now, "page": step} if on else {"last": top}, requests)

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return map_item(item)

    def sender(self) -> NodebbSender:
        return NodebbSender()

    def canary(self, config: Config) -> Config:
        return {"url": urls.CANARY}

    def sweep(self, config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone]:
        """Which of these posts are no longer public: one request each, two where a forum is old."""
        site = word(config, "url")
        for uri in uris:
            place = urls.POST.search(uri)
            if place and uri.startswith(site) and has_gone(site, place[1], means):
                yield Gone(uri, means.clock.now_ms())


def listed(site: str, step: int, means: Means) -> tuple[list[Table], int, int]:
    """(topics of a page, how many pages there are, requests it took). FetchError where visitors see nothing."""
    answer = means.net.get(urls.recent(site), params={"page": step} if step > 1 else {}, robots=False)
    if answer.status in (401, 403, 404):
        raise closed(site, answer.status)
    found = answer.check().json()
    if not isinstance(found, Mapping) or not isinstance(found.get("topics"), list):
        raise FetchError("connector_nodebb.errors.answer")
    return tables(found, "topics"), number(found, "pagination", "pageCount") or 1, answer.requests


def closed(site: str, status: int) -> FetchError:
    error = FetchError("connector_nodebb.errors.closed", url=site, status=status)
    error.permanent = True
    return error


def wanted(topics: list[Table], reach: Reach) -> list[Table]:
    """Topics in which something was said since."""
    fresh = [one for one in topics if ident(one, "tid") and moment(one, "lastposttime") >= reach.since_ms]
    return fresh[:FIRST_TOPICS] if reach.fresh else fresh


def topic_page(site: str, topic: Table, reach: Reach, means: Means, cursor: Cursor) -> Page:
    """The wanted posts of a topic, from its last page down; a topic that vanished meanwhile has none."""
    first, requests = topic_part(site, topic, 1, means)
    parts, last = [first], number(first, "pagination", "pageCount") or 1
    for step in range(last, max(1, last - TOPIC_PAGES_MAX), -1):
        part, more = topic_part(site, topic, step, means)
        parts, requests = [*parts, part], requests + more
        posts = tables(part, "posts")
        if reach.fresh or (posts and min(map(published, posts)) < reach.since_ms):
            break
    posts = [post for part in parts for post in tables(part, "posts")]
    items = tuple(raw(whole(post, {**topic, **first}), site=site) for post in posts if reach.has(post))
    return Page(items, cursor, requests, drift=drift(posts, FIELDS, KNOWN))


def topic_part(site: str, topic: Table, step: int, means: Means) -> tuple[Table, int]:
    """(a topic with a page of its posts, requests); {} when visitors do not see it any more."""
    url = urls.topic(site, ident(topic, "tid"))
    answer = means.net.get(url, params={"page": step} if step > 1 else {}, robots=False)
    if answer.status in (401, 403, 404, 410):
        return {}, answer.requests
    return table({"a": answer.check().json()}, "a"), answer.requests


def has_gone(site: str, pid: str, means: Means) -> bool:
    """Deleted, or not shown to visitors. A forum before 1.15 knows no v3: it is asked where the post is."""
    answer = means.net.get(urls.by_id(site, pid), robots=False)
    found = table({"a": answer.json()}, "a", "response") if answer.ok else {}
    if ident(found, "pid"):
        return is_taken_back(found)
    return means.net.get(urls.place(site, pid), robots=False).status in (403, 404, 410)
