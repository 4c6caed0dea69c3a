"""Matrix events as posts. Pure. A raw item is {"room": id, "event": …, "name": who, "edit": the edit's event?}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from palabre.collect.matrix import urls
from palabre.collect.payload import Table, decode, listing, need, number, raw, table, text
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Post, PostKind, RawItem
from palabre.text.html import html_to_text
from palabre.text.named import named

MESSAGE, REDACTION, ENCRYPTED = "m.room.message", "m.room.redaction", "m.room.encrypted"
QUOTED_REPLY = re.compile(r"<mx-reply>.*?</mx-reply>", re.S | re.I)
URL = re.compile(r"https?://[^\s<>\"')\]]+")
REQUIRED = ("type", "event_id", "sender", "origin_server_ts", "content")
MS_MAX = 253_402_300_799_999


def is_event(value: Table) -> bool:
    """A room event: typed, sent by somebody, with an id."""
    return text(value, "event_id").startswith("$") and text(value, "sender").startswith("@") and "type" in value


def relation(event: Table) -> str:
    return text(event, "content", "m.relates_to", "rel_type")


def edited_id(event: Table) -> str:
    """The event that this one edits; "" when it is no edit."""
    return text(event, "content", "m.relates_to", "event_id") if relation(event) == "m.replace" else ""


def raws(events: list[Table], room: str, names: Mapping[str, str]) -> Iterator[RawItem]:
    """Raw items of events in time order: each message once, with its last edit where both came together."""
    edits = {edited_id(event): event for event in events if edited_id(event)}
    known = {text(event, "event_id") for event in events}
    for event in events:
        if not wanted(event) or edited_id(event) in known:
            continue
        own = text(event, "event_id")
        item = {"room": text(event, "room_id") or room, "event": event, "name": names.get(text(event, "sender"), "")}
        yield raw(item | ({"edit": edits[own]} if own in edits else {}))


def wanted(event: Table) -> bool:
    """Messages and redactions; the rest of a room is its furniture."""
    return is_event(event) and event.get("type") in (MESSAGE, REDACTION)


def members(events: list[Table]) -> dict[str, str]:
    """Display names by user, from membership events."""
    seen = (event for event in events if event.get("type") == "m.room.member")
    return {text(event, "state_key"): name for event in seen if (name := text(event, "content", "displayname"))}


def events(item: RawItem) -> Iterator[Event]:
    """What one raw item says. Raises ItemError."""
    value = decode(item)
    event, room = table(value, "event"), text(value, "room")
    if event.get("type") == REDACTION:
        gone = text(event, "redacts") or text(event, "content", "redacts")
        yield Gone(urls.event_uri(room, need(gone, "redacts")), sent_ms(event))
    elif event.get("type") != MESSAGE:
        raise ItemError("connector_matrix.errors.not_a_message")
    elif redacted := table(event, "unsigned", "redacted_because"):
        yield Gone(urls.event_uri(room, need(text(event, "event_id"), "event_id")), sent_ms(redacted))
    else:
        yield Heard(post_of(event, room, text(value, "name"), table(value, "edit") or bundled(event)))


def bundled(event: Table) -> Table:
    """The last edit, which servers hand out along with the event."""
    return table(event, "unsigned", "m.relations", "m.replace")


def sent_ms(event: Table) -> int:
    moment = number(event, "origin_server_ts") or 0
    return moment if moment <= MS_MAX else 0


def post_of(event: Table, room: str, name: str, edit: Table) -> Post:
    """A message as a post. An edit whose message did not come along keeps that message's address."""
    replaced = edited_id(event)
    own = replaced or need(text(event, "event_id"), "event_id")
    newest = edit if table(edit, "content", "m.new_content") else event if replaced else {}
    content = table(newest, "content", "m.new_content") or table(event, "content")
    html = QUOTED_REPLY.sub("", text(content, "formatted_body"))
    words = words_of(content, html)
    sender, link = text(event, "sender"), table(event, "content", "m.relates_to")
    return Post(
        uri=urls.event_uri(room, own),
        network="matrix",
        kind=PostKind.MESSAGE,
        text=words,
        html=html,
        url=urls.page(room, own),
        published_ms=0 if replaced else sent_ms(event),
        edited_ms=sent_ms(newest) if newest else 0,
        account=Account(urls.user_uri(sender), sender.removeprefix("@"), name) if sender else None,
        parent=related(room, text(link, "m.in_reply_to", "event_id")),
        root=related(room, text(link, "event_id") if relation(event) == "m.thread" else ""),
        links=tuple(dict.fromkeys(URL.findall(words))),
        tags=named(words, "tags"),
        mentions=mentions_of(content),
        media=tuple(url for url in (text(content, "url"),) if url.startswith("mxc://")),
    )


def related(room: str, ident: str) -> str:
    return urls.event_uri(room, ident) if ident else ""


def words_of(content: Table, html: str) -> str:
    """The plain body without the quotation old clients put before a reply."""
    body = text(content, "body")
    if not body:
        return html_to_text(html)
    lines = body.split("\n")
    if not body.startswith("> ") or not table(content, "m.relates_to", "m.in_reply_to"):
        return body
    after = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[after:]).strip() or body


def mentions_of(content: Table) -> tuple[str, ...]:
    """Who the message is meant for."""
    named = [one for one in listing(content, "m.mentions", "user_ids") if isinstance(one, str)]
    return tuple(dict.fromkeys(one.removeprefix("@") for one in named))
