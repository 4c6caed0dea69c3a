"""Hacker News items, as Firebase gives them, and Algolia's hits → posts. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from palabre.collect.hackernews import urls
from palabre.collect.payload import Table, decode, epoch_ms, ident, need, number, text, texts, truth
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_links, html_to_text

HIT_FIELDS = ("objectID", "author", "created_at_i", "_tags")
KNOWN_HIT = (
    *("title", "url", "story_text", "comment_text", "story_id", "story_title", "story_url", "parent_id", "points"),
    *("num_comments", "created_at", "updated_at", "children", "_highlightResult", "job_text", "parts", "poll_id"),
)
TYPES = ("story", "comment", "job", "poll", "pollopt")


def map_item(item: RawItem) -> Iterable[Event]:
    """An item or a hit; deleted and dead ones are taken back. ItemError: of a kind that nobody publishes."""
    found = decode(item)
    return (map_hit(found),) if "objectID" in found else (map_firebase(found),)


def map_firebase(found: Table) -> Event:
    """``{id, type, by, time, text, title, url, parent, score, descendants, deleted, dead}``."""
    number_ = need(ident(found, "id"), "id")
    if truth(found, "deleted") or truth(found, "dead"):
        return Gone(urls.page(number_))
    kind = text(found, "type")
    if kind not in TYPES:
        raise ItemError("connector_hackernews.errors.kind", kind=kind[:40])
    return Heard(
        post_of(
            number_,
            kind,
            by=text(found, "by"),
            body=text(found, "text"),
            title=text(found, "title"),
            link=text(found, "url"),
            parent=ident(found, "parent"),
            root="",
            published_ms=epoch_ms(found, "time"),
            metrics=Metrics(likes=number(found, "score"), replies=number(found, "descendants")),
        )
    )


def map_hit(found: Table) -> Event:
    """One hit of Algolia's search; its tags say what it is."""
    number_ = need(ident(found, "objectID"), "objectID")
    kind = next(
        (tag for tag in texts(found, "_tags") if tag in TYPES), "comment" if "comment_text" in found else "story"
    )
    body = text(found, "comment_text") or text(found, "story_text") or text(found, "job_text")
    title = text(found, "title") if kind != "comment" else ""
    return Heard(post_of(
        number_, kind, by=text(found, "author"), body=body, title=title, link=text(found, "url"),
        parent=ident(found, "parent_id"), root=ident(found, "story_id"), published_ms=epoch_ms(found, "created_at_i"),
        metrics=Metrics(likes=number(found, "points"), replies=number(found, "num_comments")),
    ))  # fmt: skip


def post_of(
    number_: str, kind: str, *, by: str, body: str, title: str, link: str, parent: str, root: str,
    published_ms: int, metrics: Metrics,
) -> Post:  # fmt: skip
    """The two shapes meet here."""
    account = Account(uri=urls.USER_PAGE + by, handle=by, name=by, url=urls.USER_PAGE + by) if by else None
    outside = (link,) if link.startswith(("http://", "https://")) else ()
    return Post(
        uri=urls.page(number_), network="hackernews", kind=PostKind.COMMENT if kind == "comment" else PostKind.ARTICLE,
        title=html_to_text(title), text=html_to_text(body), html=body, url=urls.page(number_), lang="en",
        published_ms=published_ms, account=account, parent=urls.page(parent) if parent else "",
        root=urls.page(root) if root and root != number_ else "", links=(*outside, *html_links(body))[:100],
        metrics=metrics, tags=("job",) if kind == "job" else (),
    )  # fmt: skip
