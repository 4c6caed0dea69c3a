"""Posts and comments of WordPress, as the REST API and the export file give them → posts. Pure.

A post's uri is its guid (the same as in the site's feed); a comment's is its permanent address (``…#comment-12``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from palabre.collect.payload import Table, decode, ident, iso_ms, listing, need, number, table, tables, text
from palabre.errors import ItemError
from palabre.model import Account, Event, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_links, html_to_text

POST_FIELDS = (
    "id",
    "guid",
    "link",
    "date_gmt",
    "modified_gmt",
    "title",
    "content",
    "excerpt",
    "author",
    "type",
    "status",
)
COMMENT_FIELDS = ("id", "post", "parent", "author_name", "date_gmt", "content", "link", "type", "status")
KNOWN_POST = (
    *("date", "modified", "slug", "featured_media", "comment_status", "ping_status", "sticky", "template", "format"),
    *(
        "meta",
        "categories",
        "tags",
        "class_list",
        "_links",
        "_embedded",
        "permalink_template",
        "generated_slug",
        "parent",
    ),
)
KNOWN_COMMENT = ("author", "author_url", "date", "author_avatar_urls", "meta", "_links", "_embedded")
_BLOCK = re.compile(r"<!--\s*/?wp:.*?-->", re.DOTALL)
_SRC = re.compile(
    r"<(?:img|video|audio|source)\b[^<>]{0,800}?\bsrc\s*=\s*[\"'](https?://[^\"'<>\s]{1,2000})", re.IGNORECASE
)


def map_item(item: RawItem, lang: str = "") -> Iterable[Event]:
    """One raw item: a post or a comment of the REST API, or one of an export. ItemError: no id, or protected."""
    found = decode(item)
    maps = {"post": rest_post, "comment": rest_comment, "wxr-post": wxr_post, "wxr-comment": wxr_comment}
    make = maps.get(item.note.get("what", ""))
    if make is None:
        make = rest_comment if "author_name" in found else rest_post
    return (Heard(make(found, item.note.get("site", ""), item.note)),)


def rendered(value: object, name: str) -> str:
    """``{"rendered": "…"}`` or the string itself."""
    return text(value, name, "rendered") or text(value, name)


def utc_ms(value: Table, name: str) -> int:
    """A ``*_gmt`` moment; WordPress writes 0000-00-00 for a draft."""
    return iso_ms({name: text(value, name).replace(" ", "T")}, name)


def words(html: str) -> tuple[str, str]:
    """(html without block comments, text)."""
    bare = _BLOCK.sub("", html).strip()
    return (bare, html_to_text(bare)) if "<" in bare or "&" in bare else ("", bare)


def of(found: re.Pattern[str], html: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.findall(html)))[:100]


def rest_post(found: Table, site: str, note: object = None) -> Post:
    link = text(found, "link")
    uri = need(rendered(found, "guid") or link, "guid")
    if found.get("content") and table(found, "content").get("protected") is True:
        raise ItemError("connector_wordpress.errors.protected")
    html, said = words(rendered(found, "content") or rendered(found, "excerpt"))
    published, edited = utc_ms(found, "date_gmt"), utc_ms(found, "modified_gmt")
    terms = [
        text(term, "name") for group in listing(found, "_embedded", "wp:term") for term in tables({"g": group}, "g")
    ]
    return Post(
        uri=uri, network="web", kind=PostKind.ARTICLE, title=html_to_text(rendered(found, "title")), text=said,
        html=html, url=link, published_ms=published, edited_ms=edited if edited > published else 0,
        account=author_of(found, site), tags=tuple(dict.fromkeys(filter(None, terms))), links=html_links(html),
        media=of(_SRC, html),
    )  # fmt: skip


def author_of(found: Table, site: str) -> Account | None:
    """The embedded author; without it, the number alone names them."""
    embedded = next(iter(tables(found, "_embedded", "author")), {})
    number_ = ident(found, "author")
    name = text(embedded, "name")
    if not name and number_ in ("", "0"):
        return None
    url = text(embedded, "link")
    return Account(uri=url or f"{site}/?author={number_}", handle=text(embedded, "slug"), name=name, url=url)


def rest_comment(found: Table, site: str, note: object = None) -> Post:
    link = need(text(found, "link"), "link")
    page = link.partition("#")[0]
    parent = ident(found, "parent")
    root = text(found, "root") or f"{site or origin(link)}/?p={ident(found, 'post')}"
    html, said = words(rendered(found, "content"))
    return Post(
        uri=link, network="web", kind=PostKind.COMMENT, text=said, html=html, url=link,
        published_ms=utc_ms(found, "date_gmt"), account=commenter(found, page), root=root,
        parent=f"{page}#comment-{parent}" if parent not in ("", "0") else root, links=html_links(html),
    )  # fmt: skip


def commenter(found: Table, page: str) -> Account | None:
    """Who commented: a name is theirs on this site only, unless they gave an address."""
    name, url = html_to_text(text(found, "author_name")), text(found, "author_url")
    url = url if url.startswith(("http://", "https://")) else ""
    if not name and not url:
        return None
    return Account(uri=url or f"{origin(page) or page}#commenter:{name.casefold()}", name=name, url=url)


def origin(link: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def wxr_post(found: Table, site: str, note: object = None) -> Post:
    link = text(found, "link")
    guid = text(found, "guid") or link or (f"{site}/?p={ident(found, 'post_id')}" if ident(found, "post_id") else "")
    html, said = words(text(found, "content") or text(found, "excerpt"))
    published = wxr_ms(found, "post_date_gmt") or wxr_ms(found, "post_date")
    edited = wxr_ms(found, "post_modified_gmt")
    login, name = text(found, "creator"), text(found, "author_name")
    account = Account(uri=f"{site}/author/{login}", handle=login, name=name or login) if login else None
    return Post(
        uri=need(guid, "guid"), network="web", kind=PostKind.ARTICLE, title=html_to_text(text(found, "title")),
        text=said, html=html, url=link, published_ms=published, edited_ms=edited if edited > published else 0,
        account=account,
        lang=text(found, "language")[:2].lower(), tags=tuple(str(tag) for tag in listing(found, "tags")),
        links=html_links(html), media=of(_SRC, html), metrics=Metrics(replies=number(found, "comments")),
    )  # fmt: skip


def wxr_ms(found: Table, name: str) -> int:
    """``2024-06-06 10:00:00`` in UTC; zeros are no date."""
    value = text(found, name)
    return 0 if value.startswith("0000") else iso_ms({name: value.replace(" ", "T")}, name)


def wxr_comment(found: Table, site: str, note: object = None) -> Post:
    number_ = need(ident(found, "comment_id"), "comment_id")
    page, root = text(found, "page").partition("#")[0], text(found, "root")
    base = page or root
    parent = ident(found, "comment_parent")
    html, said = words(text(found, "comment_content"))
    renamed = {"author_name": text(found, "comment_author"), "author_url": text(found, "comment_author_url")}
    published = wxr_ms(found, "comment_date_gmt") or wxr_ms(found, "comment_date")
    return Post(
        uri=f"{base}#comment-{number_}", network="web", kind=PostKind.COMMENT, text=said, html=html,
        url=f"{page}#comment-{number_}" if page else "", published_ms=published, account=commenter(renamed, base),
        root=root, parent=f"{base}#comment-{parent}" if parent not in ("", "0") else root, links=html_links(html),
        tags=("pingback",) if text(found, "comment_type") in ("pingback", "trackback") else (),
    )  # fmt: skip
