"""Posts of a NodeBB forum → posts. Pure.

A post's uri is ``<site>/post/<pid>``: it stays when a moderator moves the post to another topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin

from palabre.collect.nodebb import urls
from palabre.collect.payload import Table, at, decode, epoch_ms, ident, iso_ms, need, number, tables, text
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_to_text

FIELDS = ("pid", "uid", "tid", "content", "timestamp")
_HREF = re.compile(r"<a\b[^<>]{0,500}?\bhref\s*=\s*\"([^\"<>\s]{1,2000})\"", re.IGNORECASE)
_SRC = re.compile(r"<img\b[^<>]{0,500}?\bsrc\s*=\s*\"([^\"<>\s]{1,2000})\"", re.IGNORECASE)
_MENTION = re.compile(r"class=\"plugin-mentions-(?:user|a)\b[^<>]{0,500}>@?(?:<bdi>)?@?([^<>]{1,60})<")
_MEMBER = re.compile(r"^(?:https?://[^/]+)?(?:/[^/]+)*/(?:uid|user)/")


def map_item(item: RawItem) -> Iterable[Event]:
    """One post, with what its topic says of it (`whole`). ItemError: it has no number."""
    found, site = decode(item), item.note.get("site", "")
    place = urls.post(site, need(ident(found, "pid"), "pid"))
    if is_taken_back(found):
        return (Gone(place, 0),)
    return (Heard(post_of(found, site, place)),)


def is_taken_back(found: object) -> bool:
    """A deleted post stays in its topic, its words replaced; the sign is true or 1."""
    return bool(at(found, "deleted")) or bool(at(found, "topic", "deleted"))


def whole(post: Table, topic: Table) -> dict[str, object]:
    """A post with what only its topic knows."""
    kept = ("tid", "title", "titleRaw", "slug", "mainPid", "tags", "viewcount", "deleted")
    return {**post, "topic": {name: topic[name] for name in kept if name in topic}}


def post_of(found: Table, site: str, place: str) -> Post:
    html, main = text(found, "content"), ident(found, "topic", "mainPid")
    first = bool(main) and ident(found, "pid") == main
    slug = text(found, "topic", "slug")
    return Post(
        uri=place, network="nodebb", kind=PostKind.ARTICLE if first else PostKind.REPLY,
        title=title_of(found) if first else "", text=html_to_text(html), html=html,
        url=urls.topic_page(site, slug) if first and slug else place, published_ms=published(found),
        edited_ms=moment(found, "edited"), account=account_of(found, site),
        parent="" if first else answered(found, site), root="" if first or not main else urls.post(site, main),
        links=addresses(_HREF, html, site), media=addresses(_SRC, html, site),
        mentions=tuple(dict.fromkeys(_MENTION.findall(html))), tags=tags_of(found) if first else (),
        metrics=metrics_of(found, first),
    )  # fmt: skip


def title_of(found: Table) -> str:
    return text(found, "topic", "titleRaw") or unescape(text(found, "topic", "title"))


def published(found: Table) -> int:
    return moment(found, "timestamp") or iso_ms(found, "timestampISO")


def moment(found: Table, *path: str) -> int:
    """Milliseconds; 0 when absent or absurd."""
    value = number(found, *path) or 0
    return value if epoch_ms({"a": value / 1000}, "a") else 0


def answered(found: Table, site: str) -> str:
    """What a post answers: another one where it says so, else the first of its topic."""
    said = ident(found, "toPid")
    to = said if said.strip("0") else ident(found, "topic", "mainPid")
    return urls.post(site, to) if to else ""


def addresses(pattern: re.Pattern[str], html: str, site: str) -> tuple[str, ...]:
    """Absolute addresses in a text, once each; members' pages (mentions) are left out."""
    whole_ones = (urljoin(site + "/", unescape(found)) for found in pattern.findall(html) if not _MEMBER.match(found))
    return tuple(dict.fromkeys(link for link in whole_ones if link.startswith(("http://", "https://"))))[:100]


def account_of(found: Table, site: str) -> Account | None:
    """None for a guest or a former member: number 0 is many people."""
    member, name = ident(found, "uid"), text(found, "user", "username")
    if not name or not member.strip("-0"):
        return None
    shown = text(found, "user", "displayname") or text(found, "user", "fullname") or name
    page = urls.member_page(site, text(found, "user", "userslug") or name)
    return Account(urls.member(site, member), unescape(name), unescape(shown), page)


def tags_of(found: Table) -> tuple[str, ...]:
    return tuple(value for tag in tables(found, "topic", "tags") if (value := text(tag, "value")))


def metrics_of(found: Table, first: bool) -> Metrics:
    views = number(found, "topic", "viewcount") if first else None
    return Metrics(likes=number(found, "upvotes"), replies=number(found, "replies", "count"), views=views)
