"""Posts and topics of a Discourse forum → posts. Pure.

A post's uri is its place, ``<site>/t/<topic>/<number>``: replies name the number they answer, never the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from urllib.parse import quote, urljoin

from palabre.collect.discourse import urls
from palabre.collect.jsonfile import says
from palabre.collect.payload import Table, decode, ident, iso_ms, listing, need, number, tables, text, texts, truth
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_to_text

FIELDS = ("id", "username", "created_at", "cooked", "post_number", "topic_id", "updated_at", "post_type")
REGULAR_TYPES = (None, 1, 2)  # 2: a moderator speaks; 3: "closed this topic"; 4: a whisper
LIKE = "2"
SITELESS = "discourse:"  # the site of a file that does not name it
_HREF = re.compile(r"<a\b[^<>]{0,500}?\bhref\s*=\s*\"([^\"<>\s]{1,2000})\"", re.IGNORECASE)
_SRC = re.compile(r"<img\b[^<>]{0,500}?\bsrc\s*=\s*\"([^\"<>\s]{1,2000})\"", re.IGNORECASE)
_MENTION = re.compile(r"class=\"mention\"[^<>]*>@([\w.-]{1,60})<")


def map_item(item: RawItem) -> Iterable[Event]:
    """One post, or one topic of a list. ItemError: no topic or number; an action of the system says nothing."""
    found = decode(item)
    site = item.note.get("site", "") or SITELESS
    if item.note.get("what") == "topic":
        return (Heard(topic_of(found, site)),)
    topic = need(ident(found, "topic_id"), "topic_id")
    place = urls.post(site, topic, need(ident(found, "post_number"), "post_number"))
    if truth(found, "user_deleted") or truth(found, "hidden") or text(found, "deleted_at"):
        return (Gone(place, iso_ms(found, "deleted_at")),)
    if found.get("post_type") not in REGULAR_TYPES:
        raise ItemError("connector_discourse.errors.action", action=text(found, "action_code") or "?")
    return (Heard(post_of(found, site, topic, place, item.note.get("title", ""))),)


def post_of(found: Table, site: str, topic: str, place: str, title: str) -> Post:
    html, first = text(found, "cooked"), ident(found, "post_number") == "1"
    root, answered = urls.post(site, topic, "1"), ident(found, "reply_to_post_number")
    published, edited = iso_ms(found, "created_at"), iso_ms(found, "updated_at")
    slug = text(found, "topic_slug")
    url = f"{site}/t/{slug}/{topic}/{ident(found, 'post_number')}" if slug and site != SITELESS else place
    return Post(
        uri=place, network="discourse", kind=PostKind.ARTICLE if first else PostKind.REPLY,
        title=(text(found, "topic_title") or title) if first else "",
        text=html_to_text(html) or text(found, "raw"), html=html, url=url if url.startswith("http") else "",
        published_ms=published, edited_ms=edited if (number(found, "version") or 1) > 1 and edited > published else 0,
        account=account_of(found, site), parent="" if first else urls.post(site, topic, answered or "1"),
        root="" if first else root, links=addresses(_HREF, html, site), media=addresses(_SRC, html, site),
        mentions=tuple(dict.fromkeys(_MENTION.findall(html))), metrics=metrics_of(found),
    )  # fmt: skip


def addresses(pattern: re.Pattern[str], html: str, site: str) -> tuple[str, ...]:
    """Absolute addresses in a text, once each; members' pages (mentions) are left out."""
    base = site if site.startswith("http") else ""
    whole = (urljoin(base + "/", unescape(found)) for found in pattern.findall(html) if not found.startswith("/u/"))
    return tuple(dict.fromkeys(link for link in whole if link.startswith(("http://", "https://"))))[:100]


def account_of(found: Table, site: str) -> Account | None:
    handle = text(found, "username")
    if not handle:
        return None
    page = urls.user(site, quote(handle))
    return Account(page, handle, text(found, "name") or handle, page if page.startswith("http") else "")


def metrics_of(found: Table) -> Metrics:
    """Likes are one of the actions; an absent one means none was given."""
    likes = next((number(one, "count") for one in tables(found, "actions_summary") if ident(one, "id") == LIKE), None)
    return Metrics(likes=likes, replies=number(found, "reply_count"), views=number(found, "reads"))


def topic_of(found: Table, site: str) -> Post:
    """A topic of a list: its title alone. Its posts, when they come, are posts of their own."""
    topic = need(ident(found, "id"), "id")
    place = f"{site}/t/{topic}"
    return Post(
        uri=place,
        network="discourse",
        title=text(found, "title"),
        text=html_to_text(text(found, "excerpt")),
        url=place if place.startswith("http") else "",
        published_ms=iso_ms(found, "created_at"),
        tags=texts(found, "tags"),
        metrics=Metrics(number(found, "like_count"), number(found, "reply_count"), None, number(found, "views")),
    )


def titled(found: object) -> tuple[str, Sequence[object]]:
    """(title of the topic, posts) of a topic's page, a page of latest posts, a list or a single post."""
    if says(found, "post_stream"):
        return text(found, "title"), listing(found, "post_stream", "posts")
    if says(found, "latest_posts"):
        return "", listing(found, "latest_posts")
    return "", found if isinstance(found, list) else [found]


def is_said(post: object) -> bool:
    """Somebody said it to everyone; the rest is the forum noting what it did, or a whisper among its staff."""
    return not isinstance(post, Mapping) or post.get("post_type") in REGULAR_TYPES
