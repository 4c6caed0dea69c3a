"""A fetched page → the article as a post, and its comments as posts that answer it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urljoin

from palabre.collect.webpage.article import Article, read
from palabre.collect.webpage.comments import Comment, find
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.net.response import decode
from palabre.text.dates import parse_date
from palabre.text.html import html_links, html_to_text
from palabre.text.urls import canonical, host

GONE = "application/vnd.palabre.gone"


def map_item(item: RawItem, *, with_comments: bool = True) -> Iterator[Event]:
    """Article first, then comments. ItemError: nothing to read in the page. note: url, content_type."""
    url = item.note.get("url", "")
    if item.media_type == GONE:
        yield Gone(canonical(url))
        return
    html = decode(item.body, item.note.get("content_type", ""))
    article = read(html, url)
    comments = find(html) if with_comments else []
    uri = article.url or f"file:{hashlib.sha256(item.body).hexdigest()[:32]}"
    yield Heard(post_of(article, uri, len(comments) or None, html))
    if with_comments:
        yield from (Heard(post) for post in comments_of(article, uri, comments))


def post_of(article: Article, uri: str, replies: int | None, html: str) -> Post:
    return Post(
        uri=uri, network="web", kind=PostKind.ARTICLE, title=article.title, text=article.text, url=article.url,
        lang=article.lang, published_ms=article.published_ms, account=account_of(article.author, "", uri),
        tags=article.tags, media=(article.image,) if article.image.startswith(("http://", "https://")) else (),
        metrics=Metrics(replies=replies),
    )  # fmt: skip


def account_of(name: str, url: str, page: str) -> Account | None:
    """An author; without an address of theirs, unique on this site."""
    if not name and not url:
        return None
    known = url if url.startswith(("http://", "https://")) else ""
    return Account(
        uri=known or f"https://{host(page) or 'unknown'}#author:{name.casefold()}", name=name[:200], url=known
    )


def comments_of(article: Article, uri: str, comments: list[Comment]) -> Iterator[Post]:
    """Comments one by one; where the page does not tell them apart, what looks like comments as one post."""
    if not comments and len(article.comments) > 20:
        yield Post(uri=f"{uri}#comments", network="web", kind=PostKind.COMMENT, text=article.comments, url=article.url,
                   parent=uri, root=uri, lang=article.lang)  # fmt: skip
    for comment in comments:
        yield comment_of(comment, uri, article)


def comment_of(comment: Comment, page: str, article: Article) -> Post:
    html = comment.get("html", "")
    text = html_to_text(html) if html else html_to_text(comment["text"]) if "<" in comment["text"] else comment["text"]
    author, parent = comment.get("author", "").rstrip(" ,:"), comment.get("parent", "")
    own = comment.get("url") or comment.get("id") or f"#{digest(author, comment['text'])}"
    return Post(
        uri=place(own, page), network="web", kind=PostKind.COMMENT, text=text, html=html, url=place(own, page),
        lang=article.lang, published_ms=parse_date(comment.get("published", "")) or 0,
        account=account_of(author, comment.get("author_url", ""), page),
        parent=place(parent, page) if parent else page, root=page, links=html_links(html),
    )  # fmt: skip


def place(own: str, page: str) -> str:
    """An address of its own, or a fragment of the page."""
    if own.startswith(("http://", "https://")):
        return own
    return urljoin(page, own) if own.startswith("/") else f"{page}#{own.lstrip('#')}"


def digest(*parts: str) -> str:
    return "c" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def words_of(item: RawItem) -> str:
    """What two visits compare: the words of article and comments, not the advertising around; "" if none."""
    html = decode(item.body, item.note.get("content_type", ""))
    try:
        article = read(html, item.note.get("url", ""))
    except ItemError:
        return ""
    said = [article.title, article.text, *(comment["text"] for comment in find(html))]
    return digest(*said)
