"""A web page → its article: title, text, author, date, canonical address. trafilatura, wrapped and bounded. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from palabre.collect.feed.guard import depth_of
from palabre.errors import ItemError
from palabre.text.dates import parse_date
from palabre.text.html import html_to_text
from palabre.text.urls import canonical

PAGE_CHARS_MAX = 10_000_000
DEPTH_MAX = 5_000
HEAVY_TAGS = 15_000  # beyond, trafilatura's time grows faster than the page: a plainer reading is used
HEAVY_CHARS = 3_000_000
_CANONICAL = re.compile(
    r"<link\b(?=[^<>]*\brel\s*=\s*[\"']?canonical\b)[^<>]*\bhref\s*=\s*[\"']([^\"'<>]+)", re.IGNORECASE
)
_LANG = re.compile(r"<html\b[^<>]*\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]*>(.{0,2000}?)</title", re.DOTALL | re.IGNORECASE)
_META = re.compile(r"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(name|property|content|itemprop)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_MAIN = re.compile(r"<(article|main)\b[^>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_NOISE = re.compile(r"<(script|style|nav|header|footer|aside|form)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says. comments: what trafilatura took for readers' comments, undivided."""

    url: str
    title: str = ""
    text: str = ""
    author: str = ""
    published_ms: int = 0
    lang: str = ""
    image: str = ""
    tags: tuple[str, ...] = ()
    comments: str = ""


def check(html: str) -> int:
    """Tags in the page. ItemError when it may not be read: too large, or nested beyond any real page."""
    if len(html) > PAGE_CHARS_MAX:
        raise ItemError("connector_webpage.errors.too_large", size=len(html), limit=PAGE_CHARS_MAX)
    deepest, tags = depth_of(html)
    if deepest > DEPTH_MAX:
        raise ItemError("connector_webpage.errors.too_deep", depth=deepest, limit=DEPTH_MAX)
    return tags


def read(html: str, url: str) -> Article:
    """The article of a page. ItemError: the page may not be read, or holds none."""
    tags = check(html)
    address = canonical_of(html, url)
    heavy = tags > HEAVY_TAGS or len(html) > HEAVY_CHARS
    found = plainly(html, address) if heavy else extracted(html, address)
    if not found.text and not found.title:
        raise ItemError("connector_webpage.errors.no_text")
    return found


def canonical_of(html: str, url: str) -> str:
    """The page's own canonical address where it can be believed: same host, and not the home page for another page."""
    found = _CANONICAL.search(html[:500_000])
    if not found:
        return canonical(url) if url else ""
    whole = canonical(urljoin(url, unescape(found[1]).strip())) if url else canonical(unescape(found[1]).strip())
    own, said = urlsplit(url), urlsplit(whole)
    if not url:
        return whole if said.scheme in ("http", "https") else ""
    lost = said.path.strip("/") == "" and (own.path.strip("/") != "" or own.query != "")
    return canonical(url) if lost or not same_host(own.hostname, said.hostname) else whole


def same_host(one: str | None, other: str | None) -> bool:
    bare = [(host or "").lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.") for host in (one, other)]
    return bare[0] == bare[1]


@cache
def extractor() -> Callable[..., Any]:
    """trafilatura, silenced: what it writes of a page that it cannot read is the page's words, and nobody asked."""
    import logging

    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate", "courlan", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    extract: Callable[..., Any] = bare_extraction
    return extract


def extracted(html: str, url: str) -> Article:
    """trafilatura's reading; whatever it stumbles on, the plain one stands in."""
    try:
        found: Any = extractor()(html, url=url or None, include_comments=True, with_metadata=True)
    except Exception:  # a parser of others' pages: any of its errors means "not this way"
        return plainly(html, url)
    if found is None:
        return plainly(html, url)
    said = {
        name: str(getattr(found, name, "") or "") for name in ("title", "text", "author", "date", "image", "comments")
    }
    return Article(
        url=url, title=one_line(said["title"]), text=said["text"].strip(), author=one_line(said["author"]),
        published_ms=published_ms(html) or parse_date(said["date"]) or 0, lang=lang_of(html), image=said["image"],
        tags=tuple(one_line(str(tag)) for tag in getattr(found, "tags", None) or ())[:30], comments=said["comments"],
    )  # fmt: skip


def plainly(html: str, url: str) -> Article:
    """The text of <article>, else of <main>, else of all that is not navigation."""
    metas = metas_of(html)
    found = _MAIN.search(html)
    text = html_to_text(_NOISE.sub(" ", found[2] if found else html))
    title = _TITLE.search(html)
    heading = metas.get("og:title") or (html_to_text(title[1]) if title else "")
    return Article(
        url=url, title=one_line(heading), text=text.strip(), author=one_line(metas.get("author", "")),
        published_ms=published_ms(html), lang=lang_of(html), image=metas.get("og:image", ""),
    )  # fmt: skip


def metas_of(html: str) -> dict[str, str]:
    """``<meta>`` values by name or property, the first of each."""
    found: dict[str, str] = {}
    for match in _META.finditer(html[:500_000]):
        said = {m[1].lower(): unescape(m[2] if m[2] is not None else m[3]) for m in _ATTRIBUTE.finditer(match[0])}
        name = said.get("property") or said.get("name") or said.get("itemprop") or ""
        found.setdefault(name.lower(), said.get("content", ""))
    return found


def published_ms(html: str) -> int:
    """The moment the page itself declares, to the second; trafilatura gives the day alone."""
    metas = metas_of(html)
    names = ("article:published_time", "datepublished", "dc.date.issued", "date")
    said = next((metas[name] for name in names if metas.get(name)), "")
    return parse_date(said) or 0 if said else 0


def lang_of(html: str) -> str:
    found = _LANG.search(html[:20_000])
    return found[1].lower()[:2] if found else ""


def one_line(text: str) -> str:
    return " ".join(text.split())
