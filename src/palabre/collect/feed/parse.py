"""Bytes of a feed → plain entries. RSS 0.9 to 2.0, RDF, Atom, CDF by feedparser; a fast road; JSON Feed by us.

fastfeedparser is some forty times faster, but loses characters when the charset is not what is declared, when an HTML
entity stands in a title or when a control character is inside: it is used only where none of that, and nothing relative
or XHTML, is in the bytes. Everything else goes to feedparser, which was written for such feeds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from palabre.collect.feed import guard
from palabre.errors import ItemError

Entry = dict[str, Any]

# What in the bytes keeps a feed off the fast road: what the fast parser reads otherwise than feedparser, found by
# comparing the two on a thousand feeds.
_SLOW = re.compile(
    rb"<!DOCTYPE|xml:base|xml:lang|xhtml|application/xml|base64|\bmode=|<uri>|<itunes:|media:category|<content:items"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    rb"|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)"
    rb"|&#(?:0*(?:[12]?\d|3[01]|12[89]|1[345]\d)|x0*(?:[01]?[0-9A-Fa-f]|[89][0-9A-Fa-f]));"
    rb"|(?:href|src)\s*=\s*(?:[\"']|&quot;|&apos;|&#39;|&#34;)(?!\s*(?:https?:|mailto:|tel:|data:|javascript:|#|//))"
)
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_FAST_ROOT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<\?xml-stylesheet[^>]*\?>\s*)*(?:<!--(?:(?!-->).)*-->\s*)*"
    rb"<(?:rss\b[^>]*version=[\"']2\.0|feed\b[^>]*xmlns=[\"']http://www\.w3\.org/2005/Atom)",
    re.DOTALL,
)
_FAST_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1"}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed read whole.

    parser: feedparser, fastfeedparser or json; head: title, link, language, id, ttl, hub, self …;
    gone: (id, when) of tombstones; flaw: what feedparser found wrong and read all the same, or "".
    """

    parser: str
    head: Mapping[str, Any]
    entries: tuple[Entry, ...]
    gone: tuple[tuple[str, str], ...] = ()
    flaw: str = ""
    drift: Mapping[str, int] = field(default_factory=dict)


def parse_feed(body: bytes, headers: Mapping[str, str] | None = None, *, cap_bytes: int = 5_000_000) -> Feed:
    """A feed from its bytes and its HTTP headers (lower-case names). ItemError says why it cannot be read."""
    guard.check(body, cap_bytes)
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise ItemError("connector_feed.errors.empty")
    if looks_json(body):
        return parse_json(body)
    if is_fast(body):
        feed = parse_fast(body)
        if feed is not None:
            return feed
    return parse_tolerant(body, headers or {})


def looks_json(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def is_fast(body: bytes) -> bool:
    """The fast parser reads these bytes as feedparser would."""
    declared = _DECLARATION.match(body.removeprefix(b"\xef\xbb\xbf"))
    encoding = _FAST_ENCODINGS.get(declared[1].decode("ascii").lower()) if declared else "utf-8"
    if encoding is None or not _FAST_ROOT.match(body[:4096]) or _SLOW.search(body):
        return False
    if encoding == "latin-1":  # any byte is latin-1: only plain ASCII is sure
        return body.isascii()
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def parse_fast(body: bytes) -> Feed | None:
    """The fast parser's answer, or None: let the other one try."""
    import fastfeedparser

    if b"deleted-entry" in body:
        return None
    try:
        found = fastfeedparser.parse(body)
    except Exception:  # whatever it stumbled on, feedparser decides
        return None
    entries = tuple(dict(entry) for entry in found.get("entries") or ())
    head = found.get("feed") or {}
    if not entries or is_lossy(entries, body, 1 if head.get("updated") else 0):
        return None
    return Feed("fastfeedparser", head_of(head, body), entries)


# What both parsers read surely: ISO 8601, and RFC 822 with English names. In "ven., 20 nov. 2026" they see another day.
STANDARD_DATE = re.compile(
    r"\s*(?:\d{4}-?\d\d|(?:(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s*)?\d{1,2}[\s-]+"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s-]+\d{2,4}\b)",
    re.IGNORECASE,
)
_DATES = re.compile(rb"<(?:pubDate|published|updated|dc:date)>\s*([^<]{1,80})")


def is_lossy(entries: Sequence[Entry], body: bytes, dated_head: int) -> bool:
    """The fast parser left out an item, a date, a title or a link that the bytes seem to hold.

    dated_head: 1 if the feed itself has <updated>.
    """
    if len(entries) != len(re.findall(rb"<(?:item|entry)[\s>/]", body)):
        return True
    if not all(STANDARD_DATE.match(said.decode("latin-1")) for said in _DATES.findall(body)):
        return True
    undated = not all(entry.get("published") for entry in entries)
    if undated and re.search(rb"<(?:pubDate|published|issued|dc:date|dcterms:)", body):
        return True
    if sum(bool(entry.get("updated")) for entry in entries) + dated_head < body.count(b"<updated"):
        return True
    if any(
        not (entry.get("link") and (entry.get("title") or entry.get("content") or entry.get("description")))
        for entry in entries
    ):
        return True
    if any(
        entry.get("links") and not any(link.get("rel") == "alternate" for link in entry["links"]) for entry in entries
    ):
        return True
    return not all(entry.get("title") for entry in entries) and body.count(b"<title") >= len(entries)


def is_usual(entry: Entry) -> bool:
    """An entry with a link to read it, and words."""
    links = entry.get("links") or ()
    read = not links or any(link.get("rel") == "alternate" for link in links)
    return bool(read and entry.get("link") and (entry.get("title") or entry.get("content") or entry.get("description")))


def parse_tolerant(body: bytes, headers: Mapping[str, str]) -> Feed:
    """feedparser's answer. It raises on some inputs instead of saying bozo: that is an ItemError here."""
    found = call_feedparser(body, headers)
    flaw = found.get("bozo_exception")
    if not found.get("version") and not found.get("entries") and not is_feed_like(found, body):
        reason = type(flaw).__name__ if flaw else "no feed element"
        raise ItemError("connector_feed.errors.not_a_feed", reason=reason)
    return Feed(
        parser="feedparser",
        head=head_of(found.get("feed") or {}, body),
        entries=tuple(dict(entry) for entry in found.get("entries") or ()),
        gone=tuple(tombstones(body)) if b"deleted-entry" in body else (),
        flaw=type(flaw).__name__ if flaw else "",
    )


def call_feedparser(body: bytes, headers: Mapping[str, str]) -> Any:
    """feedparser.parse on bytes, never on a path or a URL; its exceptions become ItemError."""
    import io

    import feedparser

    # Inside texts too: there it goes through each three times. The write door sanitises in any case.
    light = body.count(b"<") + body.count(b"&lt;") < HEAVY_TAGS
    try:
        stream = io.BytesIO(recoded(body, headers))
        return feedparser.parse(
            stream, response_headers=dict(headers), sanitize_html=light, resolve_relative_uris=light
        )
    except Exception as error:
        raise ItemError("connector_feed.errors.unreadable", reason=type(error).__name__) from error


HEAVY_TAGS = 50_000
_EAST_ASIAN = {"big5", "big5hkscs", "gb18030", "gb2312", "gbk", "euc_jp", "euc_kr", "cp949", "shift_jis", "cp932"}
_GUESS_BYTES = 65_536


def recoded(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The same bytes, or UTF-8 where no charset is declared and they look East Asian: feedparser reads cp1252."""
    if "charset" in headers.get("content-type", "") or b"\x00" in body[:64] or _DECLARATION.match(body):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return guessed(body)
    return body


def guessed(body: bytes) -> bytes:
    """UTF-8 when one East Asian charset reads everything; else the same bytes."""
    from charset_normalizer import from_bytes

    found = from_bytes(body[:_GUESS_BYTES]).best()
    if found is None or found.encoding not in _EAST_ASIAN:
        return body
    try:
        return body.decode(found.encoding).encode("utf-8")
    except UnicodeDecodeError:
        return body


def is_feed_like(found: Mapping[str, Any], body: bytes) -> bool:
    """A channel without entries and without a version that feedparser knows is still a feed when its root says so."""
    return bool(root_name(guard.glance(body[:65_536])) in FEED_ROOTS)


FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_SKIP = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\ufeff|\x00", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


def root_name(text: str) -> str:
    """The first element's local name in lower case, after declarations and comments; "" if there is none."""
    at = 0
    while match := _SKIP.match(text, at):
        at = match.end()
    root = _ROOT.match(text, at)
    return root[1].lower() if root else ""


_TOMBSTONE = re.compile(r"<(?:\w+:)?deleted-entry\b([^>]*)>")
_ATTRIBUTE = re.compile(r"\b(ref|when)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def tombstones(body: bytes) -> list[tuple[str, str]]:
    """(atom:id, when) of RFC 6721 deleted entries, which feedparser does not show."""
    from html import unescape

    found = []
    for match in _TOMBSTONE.finditer(guard.glance(body)):
        values = {m[1]: unescape(m[2] if m[2] is not None else m[3]) for m in _ATTRIBUTE.finditer(match[1])}
        if values.get("ref"):
            found.append((values["ref"], values.get("when", "")))
    return found


_RHYTHM = {"ttl": "ttl", "sy_updateperiod": "period", "sy_updatefrequency": "frequency"}


def head_of(feed: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """What the feed says of itself: title, link, id, language, ttl, period, frequency, skip_hours, hub, self."""
    links = [link for link in feed.get("links") or () if isinstance(link, Mapping)]
    head: dict[str, Any] = {name: str(feed.get(name) or "") for name in ("title", "link", "id", "language", "author")}
    head |= {ours: str(feed.get(theirs) or "") for theirs, ours in _RHYTHM.items()}
    head["hub"] = [str(link.get("href")) for link in links if link.get("rel") == "hub" and link.get("href")]
    head["self"] = next((str(link.get("href")) for link in links if link.get("rel") == "self"), "")
    return head | rhythm_from_bytes(body, head)


_ELEMENT = re.compile(
    r"<(?:\w+:)?(ttl|updatePeriod|updateFrequency|hour|language)>"
    r"\s*(?:<!\[CDATA\[)?\s*([\w -]{1,20}?)\s*(?:\]\]>)?\s*</",
    re.IGNORECASE,
)
_ATOM_LINK = re.compile(
    r"<(?:\w+:)?link\b([^<>]*\brel\s*=\s*[\"'](?:hub|self|next|prev-archive)[\"'][^<>]*)>", re.IGNORECASE
)
_LINK_PART = re.compile(r"\b(rel|href)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)


def rhythm_from_bytes(body: bytes, head: Mapping[str, Any]) -> dict[str, Any]:
    """ttl, period, skip hours, hub, self … read from the start of the feed, where a parser leaves them out."""
    from html import unescape

    text = guard.glance(body[:32_768])
    said: dict[str, list[str]] = {}
    for match in _ELEMENT.finditer(text):
        said.setdefault(match[1].lower(), []).append(match[2])
    links = [{m[1].lower(): unescape(m[2]) for m in _LINK_PART.finditer(link[1])} for link in _ATOM_LINK.finditer(text)]
    hubs = [link["href"] for link in links if link.get("rel", "").lower() == "hub" and link.get("href")]
    own = [link["href"] for link in links if link.get("rel", "").lower() == "self" and link.get("href")]
    return {
        "ttl": head["ttl"] or (said.get("ttl") or [""])[0],
        "period": head["period"] or (said.get("updateperiod") or [""])[0],
        "frequency": head["frequency"] or (said.get("updatefrequency") or [""])[0],
        "language": head["language"] or (said.get("language") or [""])[0],
        "skip_hours": [int(hour) for hour in said.get("hour", ()) if hour.isdigit() and int(hour) < 25],
        "hub": head["hub"] or hubs,
        "self": head["self"] or (own or [""])[0],
        "pages": [(link["rel"].lower(), link["href"]) for link in links if is_page_link(link)],
    }


def is_page_link(link: Mapping[str, str]) -> bool:
    """A link to another part of the same feed (RFC 5005)."""
    return link.get("rel", "").lower() in ("next", "prev-archive") and bool(link.get("href"))


def parse_json(body: bytes) -> Feed:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). ItemError if it is other JSON."""
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ItemError("connector_feed.errors.json", line=error.lineno, column=error.colno) from error
    if not isinstance(found, dict) or "jsonfeed.org" not in str(found.get("version")):
        raise ItemError("connector_feed.errors.not_a_feed", reason="JSON")
    items = found.get("items")
    if not isinstance(items, list):
        raise ItemError("connector_feed.errors.not_a_feed", reason="items")
    hubs = [hub["url"] for hub in found.get("hubs") or () if isinstance(hub, dict) and isinstance(hub.get("url"), str)]
    names = {"title": "title", "link": "home_page_url", "id": "feed_url", "self": "feed_url", "language": "language"}
    head: dict[str, Any] = {ours: text_of(found.get(theirs)) for ours, theirs in names.items()}
    head |= {"author": authors_of(found)[0], "hub": hubs}
    next_url = text_of(found.get("next_url"))
    head["pages"] = [("next", next_url)] if next_url else []
    return Feed("json", head, tuple(json_entry(item) for item in items))


def text_of(value: object) -> str:
    """A JSON string or number as text; anything else is nothing."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def authors_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """(name, url) of the first author: ``authors`` of 1.1, ``author`` of 1.0."""
    listed = item.get("authors")
    first = listed[0] if isinstance(listed, list) and listed else item.get("author")
    return (text_of(first.get("name")), text_of(first.get("url"))) if isinstance(first, dict) else ("", "")


def json_entry(item: object) -> Entry:
    """One item of a JSON Feed with the names feedparser gives; what is no object is left to the mapping to refuse."""
    if not isinstance(item, dict):
        return {"broken": type(item).__name__}
    html, said = text_of(item.get("content_html")), text_of(item.get("content_text"))
    name, url = authors_of(item)
    plain = {"type": "text/plain"}
    external, image = text_of(item.get("external_url")), text_of(item.get("image"))
    attached = [text_of(one.get("url")) for one in item.get("attachments") or () if isinstance(one, dict)]
    entry: Entry = {ours: text_of(item.get(theirs)) for ours, theirs in JSON_NAMES.items()}
    return entry | {
        "title_detail": plain,
        "summary_detail": plain,
        "content": [{"value": html or said, "type": "text/html" if html else "text/plain"}] if html or said else [],
        "author": name,
        "author_detail": {"name": name, "href": url},
        "tags": [{"term": tag} for tag in item.get("tags") or () if isinstance(tag, str)],
        "links": [{"rel": "related", "href": external}] if external else [],
        "enclosures": [{"href": href} for href in (*attached, image) if href],
    }


JSON_NAMES = {
    "id": "id",
    "link": "url",
    "title": "title",
    "summary": "summary",
    "published": "date_published",
    "updated": "date_modified",
    "language": "language",
}
