"""A page that mentions one of ours → a post. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from palabre.collect.payload import Table, decode, iso_ms, need, text, texts
from palabre.collect.webmention.microformats import RELATIONS, Entry
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Post, PostKind, RawItem
from palabre.text.dates import parse_date
from palabre.text.html import html_links, html_to_text

KINDS = {"in-reply-to": PostKind.REPLY, "repost-of": PostKind.RESHARE}


def facts(entry: Entry, source: str, target: str, title: str) -> dict[str, object]:
    """What is kept of a verified mention, as JSON. relation: what it does to the target, else "mention"."""
    wanted = target.partition("#")[0].rstrip("/")
    relation = next(
        (
            one
            for one in RELATIONS
            if any(url.partition("#")[0].rstrip("/") == wanted for url in entry.answers.get(one, ()))
        ),
        "mention",
    )
    names = ("html", "text", "url", "published", "updated", "author_name", "author_url")
    made: dict[str, object] = {name: getattr(entry, name) for name in names}
    heading = entry.name if entry.name and entry.name not in entry.text else ""
    return made | {
        "source": source, "target": target, "relation": relation, "title": heading or title, "tags": list(entry.tags)
    }  # fmt: skip


def map_item(item: RawItem) -> Iterable[Event]:
    """A mention with words is a post; without (a like, a bare bookmark) it is nothing; one taken back is gone."""
    found = decode(item)
    source = need(text(found, "source"), "source")
    if text(found, "failed"):
        raise ItemError("connector_webmention.errors.no_answer", host=urlsplit(source).hostname or "?")
    if text(found, "gone"):
        return (Gone(source),)
    html = text(found, "html")
    said = html_to_text(html) if html else text(found, "text")
    relation = text(found, "relation")
    if not said and (relation in ("like-of", "repost-of", "bookmark-of") or not text(found, "title")):
        return ()
    return (Heard(post_of(found, source, said, html, relation)),)


def post_of(found: Table, source: str, said: str, html: str, relation: str) -> Post:
    target = text(found, "target")
    published, edited = moment(found, "published"), moment(found, "updated")
    return Post(
        uri=source, network="web", kind=KINDS.get(relation, PostKind.ARTICLE), title=text(found, "title"), text=said,
        html=html, url=source, published_ms=published, edited_ms=edited if edited > published > 0 else 0,
        account=account_of(found, source), parent=target if relation == "in-reply-to" else "",
        reshare_of=target if relation == "repost-of" else "",
        links=tuple(dict.fromkeys((target, *html_links(html)))), tags=texts(found, "tags"),
    )  # fmt: skip


def moment(found: Table, name: str) -> int:
    return iso_ms(found, name) or parse_date(text(found, name)) or 0


def account_of(found: Table, source: str) -> Account:
    """The author as the page says; else the site speaks."""
    host = urlsplit(source).netloc
    name, url = text(found, "author_name"), text(found, "author_url")
    return Account(uri=url or f"https://{host}#{name}".rstrip("#"), name=name or host, url=url)
