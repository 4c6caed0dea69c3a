"""An e-mail of ours as bytes: plain words and the same as harmless HTML, in the thread it answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from palabre.clock import to_datetime
from palabre.collect.sending import Outgoing
from palabre.text.links import linked

BLANK_LINES = re.compile(r"\n\s*\n")
BREAKS = re.compile(r"[\r\n\x00]+")
REPLY = re.compile(r"^\s*(?:re|r[ée]f?|aw|sv|tr)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
REFERENCES_MAX = 30  # the first and the newest ones are kept: a field of a long thread would break mail servers
SUBJECT_CHARS_MAX = 300


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, about what, in which thread. references: Message-IDs without brackets, oldest first, the
    message answered last; all may be empty but sender and recipient."""

    sender: str
    name: str
    recipient: str
    subject: str
    references: Sequence[str] = ()


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a message of ours, without brackets: made of its key, so that two attempts have the same."""
    domain = sender.rpartition("@")[2] or "localhost"
    return f"{re.sub(r'[^A-Za-z0-9._-]', '', key) or 'message'}@{domain}"


def composed(message: Outgoing, envelope: Envelope, now_ms: int) -> bytes:
    """RFC 5322 bytes with CRLF. Raises ValueError for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(one_line(envelope.name), addr_spec=envelope.sender)
    mail["To"] = Address(addr_spec=envelope.recipient)
    mail["Subject"] = one_line(envelope.subject)[:SUBJECT_CHARS_MAX]
    mail["Date"] = format_datetime(to_datetime(message.made_ms or now_ms))
    mail["Message-ID"] = f"<{message_id(message.key, envelope.sender)}>"
    if envelope.references:
        mail["In-Reply-To"] = f"<{envelope.references[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in shortened(envelope.references))
    if message.lang:
        mail["Content-Language"] = message.lang
    mail.set_content(message.text.rstrip() + "\n", charset="utf-8", cte="quoted-printable")
    mail.add_alternative(html_of(message.text, message.lang), subtype="html", charset="utf-8", cte="quoted-printable")
    return mail.as_bytes()


def one_line(value: str) -> str:
    """A header field cannot be broken into two."""
    return BREAKS.sub(" ", value).strip()


def shortened(references: Sequence[str]) -> list[str]:
    if len(references) <= REFERENCES_MAX:
        return list(references)
    return [references[0], *references[-(REFERENCES_MAX - 1) :]]


def answered(subject: str) -> str:
    """``Re: …``, once."""
    return subject if REPLY.match(subject) else f"Re: {subject}".rstrip()


def html_of(words: str, lang: str) -> str:
    """Paragraphs, line ends and links; nothing remote, no style."""
    paragraphs = (part.strip().replace("\n", "<br>\n") for part in BLANK_LINES.split(linked(words.strip())))
    body = "\n".join(f"<p>{part}</p>" for part in paragraphs if part)
    tongue = f' lang="{escape(lang)}"' if lang else ""
    return f"<!DOCTYPE html>\n<html{tongue}><body>\n{body}\n</body></html>\n"


def bare_address(value: str) -> str:
    """``name@host`` of an address however it is written; "" when there is none."""
    found = parseaddr(value.removeprefix("mailto:").strip())[1]
    return found if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", found) else ""
