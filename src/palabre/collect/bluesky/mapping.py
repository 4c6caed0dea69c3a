"""AT Protocol objects as posts. Pure. `Found` is what Jetstream, records and views have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from palabre.collect.bluesky import urls
from palabre.collect.payload import (
    Table,
    decode,
    epoch_ms,
    ident,
    iso_ms,
    need,
    number,
    table,
    tables,
    text,
    texts,
    walk,
)
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, PostKind, RawItem

V2 = "network.bsky.jetstream.subscribeEvents"
UNAVAILABLE = ("takendown", "suspended", "deleted", "deactivated")
SIGNED_IN_ONLY = "!no-unauthenticated"  # the author wants to be read by signed-in people only
REQUIRED = ("$type", "text", "createdAt")
KNOWN = ("langs", "reply", "embed", "facets", "labels", "tags", "entities", "via")
MICROSECONDS_2001 = 10**15


@dataclass(frozen=True, slots=True)
class Found:
    """A record, where it lives, and what a view adds. at_ms: when it was seen, 0 if not said."""

    uri: str
    record: Table
    did: str = ""
    author: Table = field(default_factory=dict)
    view: Table = field(default_factory=dict)
    edited: bool = False
    at_ms: int = 0


def is_event(value: Table) -> bool:
    """Whether an object is an event of a stream: Jetstream v1, v2 (with or without its frame), or our firehose's."""
    framed = value.get("$type") == "message" and isinstance(value.get("payload"), Mapping)
    v1 = text(value, "did").startswith("did:") and text(value, "kind") in ("commit", "account", "identity")
    return framed or v1 or text(value, "$type").startswith(V2)


def is_view(value: Table) -> bool:
    """Whether an object holds a post or repost record together with its address."""
    return bool(text(value, "uri").startswith("at://") and table(record_of(value)))


def record_of(value: Table) -> Table:
    """The record in a view (``record``) or in a listing (``value``); {} when it is not one of a post."""
    for name in ("record", "value"):
        record = table(value, name)
        if text(record, "$type") in (urls.POSTS, urls.REPOSTS):
            return record
    return {}


def is_bare(value: Table) -> bool:
    """Whether an object is a post record without an address."""
    return value.get("$type") == urls.POSTS and isinstance(value.get("text"), str)


def found_in(value: object) -> list[Table]:
    """Every event, view and bare record of an answer of any shape, each once, outermost first."""
    kept: list[Table] = []
    inner: set[int] = set()
    for entry in walk(value):
        if id(entry) in inner:
            continue
        if is_event(entry):
            inner.update(id(part) for part in walk(entry) if part is not entry)
            kept.append(entry)
        elif is_view(entry):
            inner.update(id(part) for part in walk(record_of(entry)))
            kept.append(entry)
        elif is_bare(entry):
            kept.append(entry)
    return [entry for entry in kept if wanted(entry)]


def wanted(entry: Table) -> bool:
    """Whether an object can become an event: likes, follows and handles are not posts."""
    if not is_event(entry):
        return True
    event = flattened(entry)
    if text(event, "kind") == "account":
        return event_status(event) in UNAVAILABLE
    return text(event, "commit", "collection") in (urls.POSTS, urls.REPOSTS)


def flattened(event: Table) -> Table:
    """An event of either wire in the shape of v1: {did, time_us | time, kind, commit | account}."""
    inner = table(event, "payload") if event.get("$type") == "message" else event
    kind = text(inner, "$type").partition("#")[2]
    if not kind:
        return inner
    names = ("operation", "collection", "rkey", "rev", "cid", "record")
    commit = {name: inner[name] for name in names if name in inner}
    return {**inner, "kind": kind, "commit": commit} if kind == "commit" else {**inner, "kind": kind}


def event_status(event: Table) -> str:
    """Why an account is not available; "" when it is."""
    account = table(event, "account")
    return "" if account.get("active") is not False else text(account, "status") or "deleted"


def event_ms(event: Table) -> int:
    """When an event was witnessed."""
    micro = number(event, "time_us")
    return micro // 1000 if micro and micro >= MICROSECONDS_2001 else iso_ms(event, "time")


def events(item: RawItem, signed_in: bool = False) -> Iterator[Event]:
    """What one raw item says. signed_in: posts for signed-in readers may be kept. Raises ItemError."""
    value = decode(item)
    if is_event(value):
        yield from stream_events(flattened(value), signed_in)
        return
    found = view_found(value) if is_view(value) else bare_found(value) if is_bare(value) else None
    if found is None:
        raise ItemError("connector_bluesky.errors.not_a_record")
    if signed_in or not reserved(found):
        yield Heard(post_of(found))


def stream_events(event: Table, signed_in: bool) -> Iterator[Event]:
    """What an event of a stream says. An account that is gone is ``Gone(did, account=True)``: all its posts."""
    did, commit = need(text(event, "did"), "did"), table(event, "commit")
    if text(event, "kind") == "account":
        if event_status(event) in UNAVAILABLE:
            yield Gone(did, event_ms(event), account=True)
        return
    collection, operation = text(commit, "collection"), text(commit, "operation")
    if text(event, "kind") != "commit" or collection not in (urls.POSTS, urls.REPOSTS):
        return
    uri = f"at://{did}/{collection}/{need(ident(commit, 'rkey'), 'rkey')}"
    if operation == "delete":
        yield Gone(uri, event_ms(event))
        return
    record = table(commit, "record")
    if not record:
        raise ItemError("payload.missing", field="record")
    found = Found(uri, record, did, edited=operation == "update", at_ms=event_ms(event))
    if signed_in or not reserved(found):
        yield Heard(post_of(found))


def view_found(value: Table) -> Found:
    """A post view, a record view of a quote, an entry of listRecords."""
    uri = text(value, "uri")
    author = table(value, "author")
    return Found(
        uri, record_of(value), text(author, "did") or did_of(uri), author, value, at_ms=iso_ms(value, "indexedAt")
    )


def bare_found(record: Table) -> Found:
    """A record alone: nothing says whose it is, its content identifier is its address."""
    return Found(f"cid:{cid_of(record)}", record)


def cid_of(record: Table) -> str:
    """The CIDv1 of a record: DAG-CBOR, SHA-256 (the identifier the network itself would give). Raises ItemError."""
    import hashlib

    import libipld

    try:
        body = libipld.encode_dag_cbor(dict(record))
    except Exception as error:  # the library raises its own kinds, and ValueError, and RecursionError
        raise ItemError("connector_bluesky.errors.not_a_record") from error
    return str(libipld.encode_cid(b"\x01\x71\x12\x20" + hashlib.sha256(body).digest()))


def did_of(uri: str) -> str:
    """``did`` of ``at://did/collection/rkey``."""
    return uri.removeprefix("at://").partition("/")[0] if uri.startswith("at://") else ""


def reserved(found: Found) -> bool:
    """Whether the author asks to be read by signed-in people only."""
    return SIGNED_IN_ONLY in labels_of(found.record) or SIGNED_IN_ONLY in labels_of(found.author)


def labels_of(value: Table) -> set[str]:
    """Labels: a list in views, ``{"values": [...]}`` in records."""
    return {text(label, "val") for label in tables(value, "labels") + tables(value, "labels", "values")}


def post_of(found: Found) -> Post:
    record, repost = found.record, text(found.record, "$type") == urls.REPOSTS
    words, rkey = text(record, "text"), found.uri.rpartition("/")[2]
    embed = table(record, "embed")
    return Post(
        uri=found.uri,
        network="bluesky",
        kind=PostKind.RESHARE if repost else PostKind.REPLY if table(record, "reply") else PostKind.NOTE,
        text="\n\n".join(part for part in (words, *alts_of(embed)) if part),
        url=urls.post_page(found.did, rkey) if found.did and not repost else "",
        lang=lang_of(record),
        published_ms=iso_ms(record, "createdAt") or found.at_ms,
        edited_ms=found.at_ms if found.edited else 0,
        account=account_of(found),
        parent=text(record, "reply", "parent", "uri"),
        root=text(record, "reply", "root", "uri"),
        reshare_of=text(record, "subject", "uri") if repost else "",
        quote_of=quote_of(embed),
        links=links_of(record),
        tags=tags_of(record),
        mentions=mentions_of(record),
        sensitive=any(not label.startswith("!") for label in labels_of(record) | labels_of(found.view)),
        media=media_of(found.did, embed, found.view),
        metrics=metrics_of(found.view),
    )


def account_of(found: Found) -> Account | None:
    if not found.did:
        return None
    author = found.author
    handle = text(author, "handle")
    handle = "" if handle == "handle.invalid" else handle
    return Account(
        found.did,
        handle,
        text(author, "displayName"),
        urls.profile_page(found.did),
        number(author, "followersCount"),
        text(author, "verification", "verifiedStatus") == "valid",
    )


def lang_of(record: Table) -> str:
    """The first declared language, without its region."""
    code = next(iter(texts(record, "langs")), "").partition("-")[0].lower()
    return code if code.isascii() and code.isalpha() and len(code) in (2, 3) and code != "und" else ""


def media_part(embed: Table) -> Table:
    """The media of an embed: its own, or that beside a quote."""
    return table(embed, "media") or embed


def pictures(embed: Table) -> list[Table]:
    """Images, of the old embed or of a gallery."""
    part = media_part(embed)
    return tables(part, "images") + tables(part, "items")


def alts_of(embed: Table) -> list[str]:
    """What the author wrote of images and videos."""
    return [text(part, "alt") for part in (*pictures(embed), media_part(embed))]


def media_of(did: str, embed: Table, view: Table) -> tuple[str, ...]:
    """Addresses of images: as the view gives them, else by their content identifier."""
    shown = [text(part, "fullsize") for part in pictures(table(view, "embed"))]
    if any(shown):
        return tuple(url for url in shown if url)
    cids = [text(part, "image", "ref", "$link") or text(part, "image", "cid") for part in pictures(embed)]
    return tuple(urls.image(did, cid) for cid in cids if cid and did)


def quote_of(embed: Table) -> str:
    """The quoted post: directly, or beside media."""
    uri = text(embed, "record", "uri") or text(embed, "record", "record", "uri")
    return uri if f"/{urls.POSTS}/" in uri else ""


def features(record: Table) -> Iterator[tuple[Table, Table]]:
    """(place, feature) of each annotation of the text; a place is in bytes of its UTF-8."""
    for facet in tables(record, "facets"):
        for feature in tables(facet, "features"):
            yield table(facet, "index"), feature


def links_of(record: Table) -> tuple[str, ...]:
    links = [text(feature, "uri") for _, feature in features(record)]
    links += [text(media_part(table(record, "embed")), "external", "uri")]
    links += [text(entity, "value") for entity in tables(record, "entities") if text(entity, "type") == "link"]
    return tuple(dict.fromkeys(link for link in links if link.startswith(("http://", "https://"))))


def tags_of(record: Table) -> tuple[str, ...]:
    """Hashtags of the text, and those the author put beside it."""
    tags = [text(feature, "tag") for _, feature in features(record)] + list(texts(record, "tags"))
    return tuple(dict.fromkeys(tag.lstrip("#") for tag in tags if tag.strip("# ")))


def mentions_of(record: Table) -> tuple[str, ...]:
    """Who is named: the handle as written, and the account's permanent id."""
    body, named = text(record, "text").encode(), []
    for place, feature in features(record):
        did = text(feature, "did")
        start, end = number(place, "byteStart"), number(place, "byteEnd")
        written = body[start:end].decode("utf-8", "replace") if start is not None and end is not None else ""
        if did:
            named += [written[1:]] if written.startswith("@") and len(written) > 1 else []
            named.append(did)
    return tuple(dict.fromkeys(named))


def metrics_of(view: Table) -> Metrics:
    return Metrics(
        likes=number(view, "likeCount"), replies=number(view, "replyCount"), reshares=number(view, "repostCount")
    )


def seconds_ms(value: object) -> int:
    """Epoch seconds as milliseconds, for a token's expiry."""
    return epoch_ms({"at": value}, "at")
