"""A feed's entry → a post. Pure: names of feedparser in, the vocabulary of the house out."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, urljoin, urlsplit

import orjson

from palabre.collect.feed.parse import STANDARD_DATE, Entry, Feed
from palabre.collect.payload import table, tables
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.dates import parse_date
from palabre.text.html import html_to_text

MEDIA_TYPE = "application/vnd.palabre.feed-entry+json"

# What of an entry goes on; the rest (private or unused) stays behind.
CARRIED = (
    *("id", "guid", "guidislink", "link", "links", "title", "title_detail", "summary", "summary_detail", "subtitle"),
    *("description", "content", "published", "published_parsed", "updated", "updated_parsed", "created"),
    *("created_parsed", "author", "author_detail", "authors", "contributors", "publisher", "tags", "enclosures"),
    *("media_content", "media_thumbnail", "media_title", "media_description", "image", "language", "comments"),
    *("slash_comments", "thr_total", "thr_in_reply_to", "thr_in-reply-to", "source", "broken"),
)
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>|&(?:[A-Za-z]\w{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_GLOBAL_ID = re.compile(r"^(?:https?://[^/\s]|tag:|urn:|at://|ni://|mid:|cid:|acct:)", re.IGNORECASE)
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")


def items_of(feed: Feed, base: str) -> Iterator[RawItem]:
    """One raw item an entry, and one a tombstone. base: the address of the feed, or ""."""
    origin = origin_of(feed, base)
    note = {"parser": feed.parser, "feed": origin["key"]} | ({"flaw": feed.flaw} if feed.flaw else {})
    for entry in feed.entries:
        carried = {name: entry[name] for name in sorted(CARRIED) if entry.get(name) not in (None, "", [], {})}
        unread = sorted(name for name in entry if name not in CARRIED and not name.endswith("_parsed"))
        if unread:
            carried["unread"] = unread
        yield RawItem(dump({"entry": carried, "feed": origin}), MEDIA_TYPE, note)
    for ref, when in feed.gone:
        yield RawItem(dump({"gone": {"ref": ref, "when": when}, "feed": origin}), MEDIA_TYPE, note)


def dump(value: object) -> bytes:
    """JSON bytes of parsed things; a lone surrogate, which JSON cannot hold, becomes a question mark."""
    try:
        return orjson.dumps(value, default=list, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return orjson.dumps(scrub(value))


def scrub(value: object) -> object:
    """The same value with nothing that JSON refuses."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {str(scrub(str(name))): scrub(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(inner) for inner in value]
    return value if value is None or isinstance(value, bool | float) else str(value)[:100]


def origin_of(feed: Feed, base: str) -> dict[str, str]:
    """What entries inherit: base address, title, language, author, and the key under which a local guid is unique."""
    link = absolute(str(feed.head.get("link") or ""), base)
    own = absolute(str(feed.head.get("self") or ""), base)
    title = plain(feed.head.get("title"))
    key = base or own or str(feed.head.get("id") or "") or link or "feed:" + digest(title)
    return {"base": base or own or link, "key": key, "title": title, "language": str(feed.head.get("language") or ""),
            "author": str(feed.head.get("author") or "")}  # fmt: skip


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def map_item(item: RawItem) -> Iterable[Event]:
    """The events of one raw item. ItemError if it says nothing that a post can carry."""
    found = orjson.loads(item.body)
    origin = found["feed"]
    if "gone" in found:
        gone = found["gone"]
        return (Gone(scoped(gone["ref"], origin["key"]), parse_date(gone["when"]) or 0),)
    return (Heard(post_of(found["entry"], origin)),)


def post_of(entry: Entry, origin: Mapping[str, str]) -> Post:
    """An entry as a post. Feeds have entries with next to nothing; only one with nothing at all is an ItemError."""
    if "broken" in entry:
        raise ItemError("connector_feed.errors.not_an_object", kind=entry["broken"])
    if not entry:
        raise ItemError("connector_feed.errors.empty_item")
    title = title_of(entry)
    html, text = body_of(entry)
    url = url_of(entry, origin["base"])
    published, edited = dates_of(entry)
    parent = parent_of(entry)
    return Post(
        uri=uri_of(entry, origin, (url, title, text, str(published or edited))),
        network="web", kind=PostKind.COMMENT if parent else PostKind.ARTICLE,
        title=title, text=text, html=html, url=url, lang=lang_of(entry, origin),
        published_ms=published or edited, edited_ms=edited if edited > published > 0 else 0,
        account=account_of(entry, origin), parent=parent, links=links_of(entry, html, url, origin["base"]),
        tags=tags_of(entry), media=media_of(entry, origin["base"]),
        metrics=Metrics(replies=count_of(entry.get("slash_comments") or entry.get("thr_total"))),
    )  # fmt: skip


def is_markup(value: str) -> bool:
    return bool(_TAG.search(value))


def plain(value: object, kind: str = "") -> str:
    """Text of a value that may be HTML, on one line."""
    text = str(value or "")
    if kind != "text/plain" or is_markup(text):
        text = html_to_text(text) if is_markup(text) else text
    return " ".join(text.split())


def title_of(entry: Entry) -> str:
    """The title as plain text; a podcast or a video may have it under media."""
    detail = table(entry, "title_detail")
    return plain(entry.get("title") or entry.get("media_title"), str(detail.get("type") or ""))


def body_of(entry: Entry) -> tuple[str, str]:
    """(html, text): the longest of the contents, else the summary. A plain one has no html."""
    contents = [str(one.get("value") or "") for one in tables(entry, "content")]
    names = ("summary", "description", "subtitle", "media_description")
    summary = next((str(entry[name]) for name in names if entry.get(name)), "")
    value = max((one for one in contents if one.strip()), key=len, default=summary)
    if is_markup(value):
        return value, html_to_text(value)
    return "", value.strip()


def absolute(link: str, base: str) -> str:
    """An http(s) address, made whole against the feed's; anything else (javascript:, data:, nonsense) is nothing."""
    try:
        whole = urljoin(base, link.strip()) if base else link.strip()
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme.lower() in ("http", "https") and parts.netloc and not re.search(r"\s", whole) else ""


def url_of(entry: Entry, base: str) -> str:
    """Where a person reads it: link, then rel=alternate, then a guid that is an address."""
    rels = [link for link in tables(entry, "links") if link.get("rel", "alternate") == "alternate"]
    alternates = [link.get("href") for link in rels]
    link = entry.get("link")  # feedparser may put an enclosure there
    candidates = [link if link in alternates else None, *alternates, link]
    found = (absolute(str(one), base) for one in candidates if one)
    return next((url for url in found if url), "") or absolute(str(entry.get("id") or ""), "")


def uri_of(entry: Entry, origin: Mapping[str, str], contents: tuple[str, ...]) -> str:
    """guid or atom:id, else the address, else a digest of what it says. A bare number is unique in its feed alone."""
    native = str(entry.get("id") or "").strip()
    if native:
        return scoped(native, origin["key"])
    if contents[0]:
        return contents[0]
    said = contents if any(contents[1:3]) else (dump(entry).decode("utf-8", "replace"),)
    return f"{origin['key']}#sha256:{digest(*said)}"


def scoped(native: str, key: str) -> str:
    """An id that nothing else in the world has."""
    return native if _GLOBAL_ID.match(native) else f"{key}#{quote(native, safe='/:@!$&()*+,;=~-._')}"


def moment(entry: Entry, name: str) -> int:
    """A date of the entry in epoch milliseconds: as feedparser read a standard one, else as we do; 0 if nobody can, or
    if it is before 1970, when nobody wrote feeds (a year cut short is read as one of antiquity)."""
    said = str(entry.get(name) or "")
    parsed = of_parsed(entry.get(f"{name}_parsed"))
    if parsed and STANDARD_DATE.match(said):
        return max(0, parsed)
    # Whole seconds, as feedparser has them: the two parsers must not make two revisions of one entry.
    return max(0, (parse_date(said) or 0) // 1000 * 1000 or parsed)


def of_parsed(parsed: object) -> int:
    """feedparser's UTC tuple as epoch milliseconds; 0 when it is none."""
    if not isinstance(parsed, list | tuple) or len(parsed) < 6:
        return 0
    try:
        return calendar.timegm((*(int(part) for part in parsed[:6]), 0, 0, 0)) * 1000
    except (ValueError, OverflowError, TypeError):
        return 0


def dates_of(entry: Entry) -> tuple[int, int]:
    """(published, edited); created stands in for a missing published."""
    return moment(entry, "published") or moment(entry, "created"), moment(entry, "updated")


_MAIL = r"[^\s()<>@]{1,64}@[^\s()<>@]{1,190}"
_MAIL_THEN_NAME = re.compile(rf"^\s*(?:mailto:)?{_MAIL}\s*\(\s*([^()]{{1,200}}?)\s*\)\s*$")
_NAME_THEN_MAIL = re.compile(rf"^\s*([^()<>]{{1,200}}?)\s*[(<]\s*(?:mailto:)?{_MAIL}\s*[)>]\s*$")


def without_mail(name: str) -> str:
    """RSS authors are "address (name)" by the letter: the name alone, the address is nobody's business."""
    found = _MAIL_THEN_NAME.match(name) or _NAME_THEN_MAIL.match(name)
    return found[1] if found else name


def account_of(entry: Entry, origin: Mapping[str, str]) -> Account | None:
    """The author as named. Without an address of theirs, an author is unique in the feed alone."""
    detail = table(entry, "author_detail")
    listed = [*tables(entry, "authors"), *tables(entry, "contributors")]
    said = (detail.get("name"), entry.get("author"), *(one.get("name") for one in listed), entry.get("publisher"))
    name = without_mail(plain(next(filter(None, said), "")))
    if not name:
        return None
    url = absolute(str(detail.get("href") or ""), origin["base"])
    return Account(uri=url or f"{origin['key']}#author:{quote(name.casefold())}", name=name[:200], url=url)


def tags_of(entry: Entry) -> tuple[str, ...]:
    """Categories: the label where there is one, in order, once each."""
    named = [tag.get("label") or tag.get("term") for tag in tables(entry, "tags")]
    return tuple(dict.fromkeys(plain(tag).lstrip("#") for tag in named if tag and plain(tag)))[:100]


def media_of(entry: Entry, base: str) -> tuple[str, ...]:
    """Addresses of enclosures and media, in order, once each."""
    listed = [one for name in ("enclosures", "media_content", "media_thumbnail") for one in tables(entry, name)]
    listed += [one for one in tables(entry, "links") if one.get("rel") == "enclosure"]
    listed.append(table(entry, "image"))
    urls = [one.get("href") or one.get("url") for one in listed]
    return tuple(dict.fromkeys(url for url in (absolute(str(u), base) for u in urls if u) if url))[:50]


_HREF = re.compile(r"<a\s[^<>]{0,500}?\bhref\s*=\s*(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})')", re.IGNORECASE)


def links_of(entry: Entry, html: str, url: str, base: str) -> tuple[str, ...]:
    """Addresses the post points to: those of its text, and related ones."""
    from html import unescape

    inside = [unescape(match[1] or match[2]) for match in _HREF.finditer(html)]
    related = [one.get("href") for one in tables(entry, "links") if one.get("rel") in ("related", "via")]
    found = (absolute(str(link), url or base) for link in (*inside, *related) if link)
    return tuple(dict.fromkeys(link for link in found if link and link != url))[:200]


def lang_of(entry: Entry, origin: Mapping[str, str]) -> str:
    """ISO 639-1 as declared: by the entry, its content, else the feed."""
    details = [table(entry, "title_detail"), *tables(entry, "content"), table(entry, "summary_detail")]
    said = [entry.get("language"), *(one.get("language") for one in details), origin["language"]]
    good = (str(lang) for lang in said if lang and _LANGUAGE.match(str(lang)))
    return next(good, "").replace("_", "-").split("-")[0].lower()[:2]


def parent_of(entry: Entry) -> str:
    """thr:in-reply-to (RFC 4685): the id of the post that is answered."""
    for name in ("thr_in-reply-to", "thr_in_reply_to"):
        said = entry.get(name)
        if isinstance(said, dict):
            return str(said.get("ref") or said.get("href") or "")
    return ""


def count_of(value: object) -> int | None:
    """A number the feed gave, or None."""
    text = str(value or "").strip()
    return int(text) if text.isdigit() and len(text) < 10 else None
