"""Reddit's things as posts: t3 (submission) and t1 (comment). Pure. Also the bare objects of public dumps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from palabre.collect.payload import Table, decode, epoch_ms, ident, need, number, table, tables, text, truth
from palabre.collect.reddit import urls
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_to_text

KINDS = ("t1", "t3")
WIPED = ("[deleted]", "[removed]", "[ Removed by Reddit ]", "[deleted by user]")
HREF = re.compile(r"""<a\s[^>]{0,2000}?href\s*=\s*["']([^"']{1,4000})""", re.I)
REQUIRED = ("id", "name", "author", "created_utc", "subreddit", "permalink")
PRIVATE = ("private", "employees_only", "gold_only")


def things(value: object, depth: int = 24) -> Iterator[Table]:
    """Every submission and comment of an answer of any shape as {kind, data}, parents before replies."""
    if isinstance(value, list):
        for entry in value:
            yield from things(entry, depth)
    if not isinstance(value, Mapping) or depth <= 0:
        return
    thing = thing_of(value)
    if thing is None:
        for entry in value.values():
            yield from things(entry, depth - 1)
        return
    data = table(thing, "data")
    yield {"kind": thing["kind"], "data": {name: part for name, part in data.items() if name != "replies"}}
    yield from things(data.get("crosspost_parent_list"), depth - 1)
    yield from things(data.get("replies"), depth)


def thing_of(value: Table) -> Table | None:
    """{kind, data} when this is a submission or a comment, wrapped or bare; else None."""
    if isinstance(value.get("kind"), str) and isinstance(value.get("data"), Mapping):
        return value if value["kind"] in KINDS else None
    if "subreddit" not in value or "id" not in value:
        return None
    if "body" in value and "link_id" in value:
        return {"kind": "t1", "data": value}
    return {"kind": "t3", "data": value} if "title" in value and "selftext" in value else None


def tokens(value: object) -> list[Table]:
    """The "more" tokens of a forest that stand for something."""
    if isinstance(value, list):
        return [token for entry in value for token in tokens(entry)]
    if not isinstance(value, Mapping):
        return []
    if value.get("kind") == "more":
        return [table(value, "data")] if table(value, "data").get("children") else []
    inner = value.get("data") if value.get("kind") in (*KINDS, "Listing") else value
    return [token for entry in table({"in": inner}, "in").values() for token in tokens(entry)]


def events(item: RawItem) -> Iterator[Event]:
    """What one thing says: a post, or that it was taken back. Raises ItemError."""
    thing = decode(item)
    kind, data = text(thing, "kind"), table(thing, "data")
    if kind not in KINDS:
        raise ItemError("connector_reddit.errors.not_a_thing")
    uri = uri_of(kind, data)
    if taken_back(kind, data):
        yield Gone(uri)
    else:
        yield Heard(submission(uri, data) if kind == "t3" else comment(uri, data))


def uri_of(kind: str, data: Table) -> str:
    """A permanent address made of ids alone: titles and names play no part in it."""
    own = need(ident(data, "id") or ident(data, "name").partition("_")[2], "id")
    return urls.submission_uri(own) if kind == "t3" else urls.comment_uri(bare_id(data, "link_id"), own)


def bare_id(data: Table, name: str) -> str:
    """``abc`` of ``t3_abc``; "_" where it is missing, which Reddit's own addresses accept."""
    return ident(data, name).partition("_")[2] or "_"


def taken_back(kind: str, data: Table) -> bool:
    """Whether the author deleted it or the moderators removed it: the words are gone."""
    words = text(data, "body" if kind == "t1" else "selftext").strip()
    if kind == "t1":
        return words in WIPED
    return words in WIPED or text(data, "title") in WIPED or bool(text(data, "removed_by_category"))


def public(thing: Table) -> bool:
    return text(thing, "data", "subreddit_type") not in PRIVATE


def submission(uri: str, data: Table) -> Post:
    crossposted = text(data, "crosspost_parent").partition("_")[2]
    html = unescape(text(data, "selftext_html"))
    link = unescape(text(data, "url_overridden_by_dest") or text(data, "url"))
    outside = link.startswith("http") and not truth(data, "is_self") and "/comments/" not in link
    links = (*hrefs(html), link) if outside else hrefs(html)
    return Post(
        uri=uri,
        network="reddit",
        kind=PostKind.RESHARE if crossposted else PostKind.NOTE,
        title=unescape(text(data, "title")),
        text=words_of(html, text(data, "selftext")),
        html=html,
        url=page_of(data),
        published_ms=epoch_ms(data, "created_utc"),
        edited_ms=edited_ms(data),
        account=account_of(data),
        root=uri,
        reshare_of=urls.submission_uri(crossposted) if crossposted else "",
        links=tuple(dict.fromkeys(links)),
        tags=tags_of(data),
        sensitive=truth(data, "over_18"),
        media=media_of(data, link),
        metrics=Metrics(
            likes=number(data, "score"), replies=number(data, "num_comments"), reshares=number(data, "num_crossposts")
        ),
    )


def comment(uri: str, data: Table) -> Post:
    html = unescape(text(data, "body_html"))
    link, above = bare_id(data, "link_id"), ident(data, "parent_id")
    to_submission = above.startswith("t3_") or not above
    return Post(
        uri=uri,
        network="reddit",
        kind=PostKind.COMMENT if to_submission else PostKind.REPLY,
        text=words_of(html, text(data, "body")),
        html=html,
        url=page_of(data),
        published_ms=epoch_ms(data, "created_utc"),
        edited_ms=edited_ms(data),
        account=account_of(data),
        parent=urls.submission_uri(link) if to_submission else urls.comment_uri(link, bare_id(data, "parent_id")),
        root=urls.submission_uri(link),
        links=hrefs(html),
        tags=tags_of(data),
        sensitive=truth(data, "over_18"),
        metrics=Metrics(likes=None if truth(data, "score_hidden") else number(data, "score")),
    )


def words_of(html: str, markdown: str) -> str:
    """Plain text: of the HTML that Reddit made where there is one, else the Markdown with its entities resolved."""
    return html_to_text(html) if html else unescape(markdown)


def edited_ms(data: Table) -> int:
    """``edited`` is false or a moment; old edits are only ``true``, without one."""
    return epoch_ms(data, "edited")


def account_of(data: Table) -> Account | None:
    """The author; None for one who left."""
    name = text(data, "author")
    if not name or name in WIPED:
        return None
    return Account(urls.profile(name), name, name, urls.profile(name))


def page_of(data: Table) -> str:
    path = text(data, "permalink") or text(data, "context").partition("?")[0]
    return urls.SITE + path if path.startswith("/") else path


def tags_of(data: Table) -> tuple[str, ...]:
    """The community, and the flair its members chose for the submission."""
    tags = (f"r/{text(data, 'subreddit')}" if text(data, "subreddit") else "", unescape(text(data, "link_flair_text")))
    return tuple(tag for tag in tags if tag)


def hrefs(html: str) -> tuple[str, ...]:
    found = (unescape(match[1]) for match in HREF.finditer(html))
    return tuple(dict.fromkeys(url for url in found if url.startswith(("http://", "https://"))))


def media_of(data: Table, link: str) -> tuple[str, ...]:
    """Images and videos: the link itself where it is one, those of a gallery in its order."""
    gallery = [ident(entry, "media_id") for entry in tables(data, "gallery_data", "items")]
    shown = [unescape(text(data, "media_metadata", name, "s", "u")) for name in gallery]
    video = text(data, "media", "reddit_video", "fallback_url")
    direct = link if text(data, "post_hint") == "image" else ""
    return tuple(url for url in (direct, video, *shown) if url)
