"""YouTube's resources as posts: comments, videos, what points at a video (search result, upload, playlist entry)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import unescape

from palabre.collect.payload import Table, decode, ident, iso_ms, need, number, raw, table, tables, text, texts
from palabre.collect.youtube import urls
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_to_text
from palabre.text.named import named

PREFIX = "youtube#"
VIDEO_KINDS = ("youtube#video", "youtube#searchResult", "youtube#playlistItem", "youtube#activity")
REQUIRED = ("textDisplay", "textOriginal", "authorDisplayName", "publishedAt", "updatedAt")
PRIVATE_TITLES = ("Private video", "Deleted video")


def resources(value: object, depth: int = 8) -> Iterator[Table]:
    """Every resource of an answer that is, or points at, a post; a thread comes out as its comments."""
    if isinstance(value, list):
        for entry in value:
            yield from resources(entry, depth)
    if not isinstance(value, Mapping) or depth <= 0:
        return
    kind = text(value, "kind")
    if kind == "youtube#commentThread":
        yield from thread(value)
    elif kind == "youtube#comment" and table(value, "snippet"):
        yield value
    elif kind in VIDEO_KINDS and table(value, "snippet"):
        if video_id(value):
            yield value
    else:
        for entry in value.values():
            yield from resources(entry, depth - 1)


def thread(value: Table) -> Iterator[Table]:
    """The top-level comment, which carries the number of its replies, then the replies that came along."""
    video = text(value, "snippet", "videoId")
    top = table(value, "snippet", "topLevelComment")
    replies = number(value, "snippet", "totalReplyCount")
    if top:
        yield with_snippet(top, {"videoId": video, "totalReplyCount": replies})
    for reply in tables(value, "replies", "comments"):
        yield with_snippet(reply, {"videoId": video})


def with_snippet(resource: Table, more: Table) -> Table:
    """A resource whose snippet also says what only its thread knew."""
    known = {name: value for name, value in more.items() if value not in ("", None)}
    return {**resource, "snippet": {**known, **table(resource, "snippet")}}


def video_id(resource: Table) -> str:
    """The video a resource is or points at; "" for channels and playlists."""
    match text(resource, "kind"):
        case "youtube#video":
            return ident(resource, "id")
        case "youtube#searchResult":
            return text(resource, "id", "videoId")
        case "youtube#playlistItem":
            return text(resource, "snippet", "resourceId", "videoId") or text(resource, "contentDetails", "videoId")
        case "youtube#activity" if text(resource, "snippet", "type") == "upload":
            return text(resource, "contentDetails", "upload", "videoId")
    return ""


def raws(value: object) -> Iterator[RawItem]:
    return (raw(resource) for resource in resources(value))


def events(item: RawItem) -> Iterator[Event]:
    """What one resource says. Raises ItemError."""
    value = decode(item)
    kind = text(value, "kind")
    if value.get("gone") is True:
        yield Gone(need(text(value, "uri"), "uri"))
    elif kind == "youtube#comment":
        yield Heard(comment(value))
    elif kind in VIDEO_KINDS:
        yield from video_events(value)
    else:
        raise ItemError("connector_youtube.errors.not_a_resource")


def video_events(value: Table) -> Iterator[Event]:
    """A video; a playlist that names a private or deleted one tells that it is gone."""
    uri = urls.video_uri(need(video_id(value), "videoId"))
    pointer = text(value, "kind") == "youtube#playlistItem"
    if pointer and text(value, "snippet", "title") in PRIVATE_TITLES and not text(value, "snippet", "thumbnails"):
        yield Gone(uri)
    else:
        yield Heard(video(uri, value))


def comment(value: Table) -> Post:
    snippet, own = table(value, "snippet"), need(ident(value, "id"), "id")
    video, above = text(snippet, "videoId"), text(snippet, "parentId")
    html = text(snippet, "textDisplay")
    words = text(snippet, "textOriginal") or html_to_text(html)
    published = iso_ms(snippet, "publishedAt")
    updated = iso_ms(snippet, "updatedAt")
    return Post(
        uri=urls.comment_uri(own),
        network="youtube",
        kind=PostKind.REPLY if above else PostKind.COMMENT,
        text=words,
        html=html,
        url=urls.comment_page(video, own),
        published_ms=published,
        edited_ms=updated if updated > published else 0,
        account=commenter(snippet),
        parent=urls.comment_uri(above) if above else urls.video_uri(video) if video else "",
        root=urls.video_uri(video) if video else urls.comment_uri(above) if above else "",
        links=named(words, "links"),
        tags=named(words, "tags"),
        mentions=named(words, "mentions"),
        metrics=Metrics(likes=number(snippet, "likeCount"), replies=number(snippet, "totalReplyCount")),
    )


def commenter(snippet: Table) -> Account | None:
    """The author of a comment. Since 2023 the displayed name is a handle, with its @."""
    channel = text(snippet, "authorChannelId", "value") or text(snippet, "authorChannelId")
    name = text(snippet, "authorDisplayName")
    uri = urls.channel_page(channel) if channel else text(snippet, "authorChannelUrl")
    if not uri and not name:
        return None
    handle = name[1:] if name.startswith("@") else ""
    return Account(uri or f"yt:name:{name}", handle, name, uri)


def video(uri: str, value: Table) -> Post:
    """A video. Search results escape HTML in titles; the other resources do not."""
    snippet, own = table(value, "snippet"), video_id(value)
    escaped = text(value, "kind") == "youtube#searchResult"
    title, words = text(snippet, "title"), text(snippet, "description")
    lang = (text(snippet, "defaultAudioLanguage") or text(snippet, "defaultLanguage")).partition("-")[0].lower()
    return Post(
        uri=uri,
        network="youtube",
        kind=PostKind.VIDEO,
        title=unescape(title) if escaped else title,
        text=unescape(words) if escaped else words,
        url=urls.video_page(own),
        lang=lang if lang.isascii() and lang.isalpha() and len(lang) in (2, 3) else "",
        published_ms=iso_ms(snippet, "publishedAt"),
        account=channel(snippet),
        links=named(words, "links"),
        tags=texts(snippet, "tags"),
        mentions=named(words, "mentions"),
        media=tuple(url for url in (text(snippet, "thumbnails", "high", "url"),) if url),
        metrics=Metrics(
            likes=number(value, "statistics", "likeCount"),
            replies=number(value, "statistics", "commentCount"),
            views=number(value, "statistics", "viewCount"),
        ),
    )


def channel(snippet: Table) -> Account | None:
    """Who published: the owner of the video where a playlist of somebody else names it."""
    own = text(snippet, "videoOwnerChannelId") or text(snippet, "channelId")
    name = text(snippet, "videoOwnerChannelTitle") or text(snippet, "channelTitle")
    return Account(urls.channel_page(own), "", name, urls.channel_page(own)) if own else None
