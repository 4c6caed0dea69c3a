"""An e-mail as a post. Pure: standard parser, nothing fetched, attachments named but not kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message

from palabre.collect.mail import headers, urls
from palabre.collect.payload import sound
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Post, PostKind, RawItem
from palabre.text.html import html_to_text

REMOTE_IMAGE = re.compile(r"<img\b[^>]{0,5000}>", re.I)  # a tracking pixel tells the sender who reads: none is kept
URL = re.compile(r"https?://[^\s<>\"')\]]+")
PARTS_MAX = 200
LIST_ID = re.compile(r"<([^<>]+)>")
FIELDS = ("From", "Date", "Subject", "Message-ID", "To", "Received", "Sender", "Return-Path", "Newsgroups")


def events(item: RawItem) -> Iterator[Event]:
    """What one message says. note: "envelope" (the mbox line), "gone" (a uri deleted from the mailbox)."""
    gone = item.note.get("gone", "")
    yield Gone(gone) if gone else Heard(post_of(item.body, item.note))


def post_of(body: bytes, note: Mapping[str, str]) -> Post:
    """Raises ItemError when the bytes hold no message."""
    message = message_from_bytes(body)
    if not any(message.get(name) is not None for name in FIELDS):
        raise ItemError("connector_mail.errors.not_a_message", bytes=len(body))
    plain, html = bodies(message)
    words = plain or html_to_text(html)
    parent, root = lineage(message)
    return Post(
        uri=uri_of(message, body),
        network="mail",
        kind=PostKind.MESSAGE,
        title=headers.field(message, "Subject"),
        text=words,
        html=REMOTE_IMAGE.sub("", html),
        url=archived_at(message),
        lang=lang_of(message),
        published_ms=headers.date_ms(message, envelope_date(note.get("envelope", ""))),
        account=author(message, note.get("envelope", "")),
        parent=parent,
        root=root,
        links=tuple(dict.fromkeys(URL.findall(words)))[:100],
        tags=list_tags(message),
        mentions=tuple(headers.recipients(message, "To", "Cc"))[:100],
        media=tuple(f"attachment:{name}" for name in attachments(message)),
    )


def uri_of(message: Message, body: bytes) -> str:
    """By Message-ID, else by content: the same message in two files is one."""
    own = headers.idents(message, "Message-ID")
    if own:
        return urls.message_uri(own[0])
    return urls.content_uri(hashlib.sha256(b"\n".join(body.split())).hexdigest())


def lineage(message: Message) -> tuple[str, str]:
    """(parent, root): In-Reply-To, else the last reference; the first reference opens the thread (RFC 5322 §3.6.4)."""
    references = headers.idents(message, "References")
    answered = headers.idents(message, "In-Reply-To")
    parent = answered[0] if answered else references[-1] if references else ""
    root = references[0] if references else parent
    return urls.message_uri(parent) if parent else "", urls.message_uri(root) if root else ""


def author(message: Message, envelope: str) -> Account | None:
    """From, else Sender, else who the mbox envelope names."""
    found = headers.addresses(message, "From") or headers.addresses(message, "Sender")
    name, address = found[0] if found else ("", envelope.partition(" ")[0].lower())
    if "@" not in address:
        return Account(f"mail:name:{name or address}", "", name or address) if name or address else None
    return Account(urls.account_uri(address), address, name)


def envelope_date(envelope: str) -> str:
    """The date of ``From somebody Mon Jan  5 10:11:12 2015``, the "From " taken off."""
    return envelope.partition(" ")[2].strip()


def lang_of(message: Message) -> str:
    code = headers.field(message, "Content-Language").partition(",")[0].partition("-")[0].strip().lower()
    return code if code.isascii() and code.isalpha() and len(code) == 2 else ""


def list_tags(message: Message) -> tuple[str, ...]:
    """The mailing list or newsgroups it came through."""
    listed = headers.field(message, "List-Id")
    found = LIST_ID.search(listed)
    groups = headers.field(message, "Newsgroups").split(",")
    return tuple(dict.fromkeys(tag.strip() for tag in (found[1] if found else listed, *groups) if tag.strip()))


def archived_at(message: Message) -> str:
    """Where a list keeps it, when it says so (RFC 5064)."""
    found = URL.search(headers.field(message, "Archived-At"))
    return found.group() if found else ""


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; attached messages stay closed."""
    for count, part in enumerate(message.walk()):
        if count >= PARTS_MAX:
            return
        if not part.is_multipart():
            yield part


def bodies(message: Message) -> tuple[str, str]:
    """(plain text, HTML): the first of each that is not an attachment."""
    found = {"text/plain": "", "text/html": ""}
    for part in leaves(message):
        kind = part.get_content_type()
        if kind in found and not found[kind] and not attached(part):
            found[kind] = text_of(part)
    return found["text/plain"].strip(), found["text/html"]


def attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def text_of(part: Message) -> str:
    """The text of a part, whatever it says of itself; line ends made one kind."""
    try:
        body = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        body = None
    if not isinstance(body, bytes):
        body = str(part.get_payload()).encode("utf-8", "surrogateescape")
    text = headers.decoded(body, charset_of(part))
    return sound(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


def charset_of(part: Message) -> str:
    """The declared charset; "" when none, or when its parameter cannot be read."""
    try:
        return part.get_content_charset("") or ""
    except (ValueError, LookupError):
        return ""


def attachments(message: Message) -> list[str]:
    """Names of the files that travelled along."""
    names = []
    for part in leaves(message):
        try:
            name = part.get_filename() or ""
        except (ValueError, LookupError, TypeError):
            name = ""
        if name or attached(part):
            names.append(headers.clean(headers.words_of(name)) or part.get_content_type())
    return names
