"""A Mastodon status as a post. Pure. Also what Pleroma, Akkoma, GoToSocial and snac send: any field may be missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import urlsplit

from palabre.collect.payload import (
    Table,
    decode,
    ident,
    iso_ms,
    loads,
    need,
    number,
    raw,
    table,
    tables,
    text,
    truth,
    walk,
)
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem
from palabre.text.html import html_to_text

OURS = ("public", "unlisted", "local", "")  # "local" is Akkoma's: public on one server; "" where it is not said
REQUIRED = ("id", "uri", "created_at", "account", "content", "visibility")
KNOWN_NAMES = """in_reply_to_id in_reply_to_account_id sensitive spoiler_text language url replies_count reblogs_count
favourites_count edited_at reblog media_attachments mentions tags emojis quote card poll application favourited
reblogged muted bookmarked filtered pinned text quotes_count quote_approval pleroma akkoma emoji_reactions
interaction_policy local_only tagged_collections"""
KNOWN = frozenset(KNOWN_NAMES.split())
ANCHOR = re.compile(r"<a\b[^>]{0,5000}>", re.I)
HREF = re.compile(r"""href\s*=\s*["'](https?://[^"']+)""", re.I)
INNER_LINK = re.compile(r"""class\s*=\s*["'][^"']*\b(?:mention|hashtag)\b""", re.I)


def is_status(value: Table) -> bool:
    """Whether an object is a status: it has an id, a content and the account that wrote it."""
    return "content" in value and "id" in value and isinstance(value.get("account"), Mapping)


def statuses(value: object) -> list[Table]:
    """Every status of an answer of any shape, the reshared and quoted ones included, outermost first."""
    return [entry for entry in walk(value) if is_status(entry)]


def raws(value: object, server: str = "", opt_out: bool = False) -> Iterator[RawItem]:
    """Raw items of an answer, one status each, with what the answer as a whole says of threads.

    opt_out: leave out the accounts that ask not to be indexed (``noindex``).
    """
    found = statuses(value)
    by_id = {ident(status, "id"): status for status in found}
    for status in found:
        if public(status) and not (opt_out and hidden(status)):
            parent, root = lineage(status, by_id)
            yield raw(status, parent=parent, root=root, server=server)


def public(status: Table) -> bool:
    """Whether anyone may read it. Followers-only and direct messages are nobody's but their readers'."""
    return text(status, "visibility") in OURS and text(status, "reblog", "visibility") in OURS


def hidden(status: Table) -> bool:
    """Whether its author asks not to be indexed."""
    return truth(status, "account", "noindex") or truth(status, "reblog", "account", "noindex")


def lineage(status: Table, by_id: Mapping[str, Table]) -> tuple[str, str]:
    """(parent uri, root uri) as far as the same answer tells; "" where it does not."""
    parent = by_id.get(ident(status, "in_reply_to_id"))
    if parent is None:
        return local_parent(status), ""
    root, steps = parent, 0
    while (above := by_id.get(ident(root, "in_reply_to_id"))) is not None and steps < len(by_id):
        root, steps = above, steps + 1
    complete = not ident(root, "in_reply_to_id")
    return uri_of(parent), uri_of(root) if complete else ""


def local_parent(status: Table) -> str:
    """The parent's uri where the server's own pattern gives it (…/users/NAME/statuses/ID) and both are local."""
    uri, own, above = text(status, "uri"), ident(status, "id"), ident(status, "in_reply_to_id")
    if not (own and above and uri.endswith(f"/statuses/{own}")):
        return ""
    if ident(status, "in_reply_to_account_id") == ident(status, "account", "id"):
        return uri.removesuffix(own) + above
    for mention in tables(status, "mentions"):
        name = text(mention, "acct")
        same = ident(mention, "id") == ident(status, "in_reply_to_account_id")
        if same and name and "@" not in name and "/users/" in uri and "/ap/users/" not in uri:
            return f"{uri.partition('/users/')[0]}/users/{name}/statuses/{above}"
    return ""


def uri_of(status: Table) -> str:
    return text(status, "uri") or text(status, "url")


def events(item: RawItem) -> Iterator[Event]:
    """What one raw item says: a status, or a deletion ({"event": "delete", "uri": …}). Raises ItemError."""
    value = decode(item)
    if value.get("event") == "delete":
        yield Gone(need(text(value, "uri"), "uri"), iso_ms(value, "at"))
        return
    if not is_status(value):
        raise ItemError("connector_mastodon.errors.not_a_status")
    if public(value):
        yield Heard(post_of(value, item.note))


def post_of(status: Table, note: Mapping[str, str]) -> Post:
    """A status as a post. A reshare carries the words of the original, so that a watch hears it."""
    original = table(status, "reblog")
    said = original or status
    parent = note.get("parent", "") or local_parent(status)
    return Post(
        uri=need(uri_of(status), "uri"),
        network="mastodon",
        kind=kind_of(status),
        text=words_of(said),
        title=text(said, "spoiler_text"),
        html=text(said, "content"),
        url=text(status, "url") or text(status, "uri"),
        lang=lang_of(text(said, "language")),
        published_ms=iso_ms(status, "created_at"),
        edited_ms=iso_ms(said, "edited_at"),
        account=account_of(table(status, "account"), note.get("server", "")),
        parent=parent,
        root=note.get("root", ""),
        reshare_of=uri_of(original),
        quote_of=quoted(said),
        links=links_of(said),
        tags=tuple(name for tag in tables(said, "tags") if (name := text(tag, "name"))),
        mentions=tuple(name for who in tables(said, "mentions") if (name := text(who, "acct") or text(who, "url"))),
        sensitive=truth(said, "sensitive"),
        media=tuple(url for part in tables(said, "media_attachments") if (url := media_url(part))),
        metrics=metrics_of(said),
    )


def kind_of(status: Table) -> PostKind:
    if table(status, "reblog"):
        return PostKind.RESHARE
    return PostKind.REPLY if ident(status, "in_reply_to_id") else PostKind.NOTE


def words_of(status: Table) -> str:
    """The text, then what the author wrote on images and in a poll: all of it was published."""
    body = html_to_text(text(status, "content")) or text(status, "pleroma", "content", "text/plain")
    images = [text(part, "description") for part in tables(status, "media_attachments")]
    poll = [text(option, "title") for option in tables(status, "poll", "options")]
    return "\n\n".join(part for part in (body, *images, *poll) if part)


def lang_of(code: str) -> str:
    """``zh-TW`` → ``zh``; anything that is not a language code is "not said"."""
    base = re.split(r"[-_]", code)[0].lower()
    return base if base.isascii() and base.isalpha() and len(base) in (2, 3) and base != "und" else ""


def account_of(account: Table, server: str = "") -> Account | None:
    """The author; None when the payload names none."""
    url, acct = text(account, "url"), text(account, "acct") or text(account, "username")
    uri = text(account, "uri") or url or (acct and f"acct:{acct}")
    if not uri:
        return None
    host = host_of(url) or host_of(server)
    handle = acct if "@" in acct or not host else f"{acct}@{host}"
    return Account(uri, handle, text(account, "display_name"), url, number(account, "followers_count"))


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def quoted(status: Table) -> str:
    """The quoted status: Mastodon 4.5 wraps it with a state, Akkoma and Pleroma do not."""
    return uri_of(table(status, "quote", "quoted_status")) or uri_of(table(status, "quote"))


def links_of(status: Table) -> tuple[str, ...]:
    """Links of the text that are neither mentions nor hashtags, and that of the preview card."""
    anchors = (found.group() for found in ANCHOR.finditer(text(status, "content")))
    outer = (HREF.search(anchor) for anchor in anchors if not INNER_LINK.search(anchor))
    links = [unescape(found[1]) for found in outer if found] + [text(status, "card", "url")]
    return tuple(dict.fromkeys(link for link in links if link))


def media_url(part: Table) -> str:
    return text(part, "url") or text(part, "remote_url")


def metrics_of(status: Table) -> Metrics:
    return Metrics(
        likes=number(status, "favourites_count"),
        replies=number(status, "replies_count"),
        reshares=number(status, "reblogs_count"),
    )


def stream_payload(event: Table) -> object:
    """The payload of a streaming event, decoded where it is JSON in a string. Raises ItemError."""
    payload = event.get("payload")
    is_json = isinstance(payload, str) and payload[:1] in "{["
    return loads(payload.encode(errors="surrogatepass")) if is_json and isinstance(payload, str) else payload
