"""A mailbox over IMAP: what is new since the last UID, what was deleted, and (live) what arrives while we wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from itertools import islice
from typing import TYPE_CHECKING

from palabre.clock import to_datetime
from palabre.collect.config import amount, settle, word
from palabre.collect.contract import Config, Cursor, Description, Means, Option, Page, Window
from palabre.collect.mail import mapping
from palabre.collect.mail.box import MESSAGE_BYTES_MAX, batches, head, signed_in, sizes
from palabre.collect.mail.sending import MailSender
from palabre.collect.mail.writing import bare_address
from palabre.collect.payload import number, table
from palabre.errors import ConfigError
from palabre.model import Event, RawItem

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

PAGE = 50
IDLE_SECONDS = 240  # a server hangs up after 30 minutes at the earliest (RFC 2177); we look again much sooner
FOLLOWED = 500  # the newest messages whose deletion is noticed
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

OPTIONS = (
    Option("host", required=True),
    Option("port", "number", default=993),
    Option("security", "choice", default="tls", choices=("tls", "starttls", "none")),
    Option("user", required=True),
    Option("password", "secret", required=True),
    Option("folder", default="INBOX"),
    Option("smtp_host", answering=True),
    Option("smtp_port", "number", answering=True),
    Option("smtp_security", "choice", default="tls", choices=("tls", "starttls", "none"), answering=True),
    Option("smtp_user", answering=True),
    Option("smtp_password", "secret", answering=True),
    Option("address", answering=True),
    Option("from_name", answering=True),
    Option("sent_folder", answering=True),
    Option("live", "flag", default=False),
    Option("follow_deletions", "flag", default=True),
)


class MailConnector:
    def describe(self) -> Description:
        return Description(
            name="mail",
            options=OPTIONS,
            rhythm_seconds=300,
            backfill=True,
            deletions=True,
            tested="server",
            networks=("mail",),
        )

    def validate(self, config: Config) -> Config:
        whole = settle(OPTIONS, config)
        if not 0 < int(amount(whole, "port", 0)) < 65536:
            raise ConfigError("payload.bad_option", option="port", value=str(whole["port"]), expected="1 … 65535")
        if whole["address"] and not bare_address(str(whole["address"])):
            raise ConfigError(
                "payload.bad_option", option="address", value=str(whole["address"])[:200], expected="name@example.org"
            )
        return whole

    def pages(self, config: Config, cursor: Cursor, means: Means, window: Window) -> Iterator[Page]:
        whole = self.validate(config)
        box = means.net.imap(word(whole, "host"), int(amount(whole, "port", 993)), tls=word(whole, "security"))
        with signed_in(box, whole, means):
            visit = Visit(whole, box, window)
            while True:
                for page in visit.pages(cursor):
                    cursor = page.cursor
                    yield page
                if not whole["live"] or window.since_ms or window.until_ms:
                    return
                box.idle.wait(timeout=IDLE_SECONDS)

    def map(self, item: RawItem, config: Config) -> Iterable[Event]:
        return mapping.events(item)

    def sender(self) -> MailSender:
        return MailSender()

    def canary(self, config: Config) -> Config:
        """The same mailbox: whether it can be opened is what can be told."""
        return {**config, "live": False}


@dataclass
class Visit:
    """One run on one folder. known: uid → uri of the newest messages, to notice those that were deleted; cut: how many
    of the last page were too large to be taken whole."""

    config: Config
    box: BaseMailBox
    window: Window
    known: dict[str, str] = field(default_factory=dict)
    cut: int = 0

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """New messages, fifty a page, oldest first. A folder made anew (another UIDVALIDITY) is read from the start."""
        status = self.box.folder.status(word(self.config, "folder"))
        validity = int(status.get("UIDVALIDITY", 0))
        same = number(cursor, "validity") == validity
        last = number(cursor, "uid") or 0 if same else 0
        self.known = {uid: uri for uid, uri in table(cursor, "known").items() if isinstance(uri, str)} if same else {}
        uids = [uid for uid in self.box.uids(self.criteria(last)) if int(uid) > last]
        for start in range(0, len(uids), PAGE):
            batch = uids[start : start + PAGE]
            items = tuple(self.items(batch))
            cut = {"cut: message too large": self.cut} if self.cut else {}
            yield Page(items, self.state(validity, int(batch[-1])), drift=cut)
            last = int(batch[-1])
        if self.config["follow_deletions"] is True and self.known and not self.window.since_ms:
            yield Page(tuple(self.deleted()), self.state(validity, last))

    def criteria(self, last: int) -> str:
        """IMAP search (RFC 9051 §6.4.4): newer than a UID, or received in the window; IMAP knows days, not hours."""
        since, until = self.window.since_ms, self.window.until_ms
        bounds = [f"SINCE {imap_day(since, -1)}"] if since else []
        bounds += [f"BEFORE {imap_day(until, 1)}"] if until else []
        return " ".join(bounds) or (f"UID {last + 1}:*" if last else "ALL")

    def items(self, uids: Sequence[str]) -> Iterator[RawItem]:
        """The messages of these ids as they are on the server; reading them does not mark them as read. Of one that is
        too large its beginning is taken: its words come before its attachments."""
        weights = sizes(self.box, uids)
        for group in batches(weights):
            for message in self.box.fetch("UID " + ",".join(group), mark_seen=False, bulk=True):
                yield self.remembered(str(message.uid or ""), raw_bytes(message.obj))
        large = [(uid, head(self.box, uid)) for uid, weight in weights.items() if weight > MESSAGE_BYTES_MAX]
        self.cut = len(large)
        yield from (self.remembered(uid, body) for uid, body in large if body)

    def remembered(self, uid: str, body: bytes) -> RawItem:
        item = RawItem(body, "message/rfc822", {"uid": uid})
        self.remember(uid, item)
        return item

    def remember(self, uid: str, item: RawItem) -> None:
        self.known[uid] = mapping.uri_of(message_from_bytes(item.body), item.body)
        for old in list(islice(self.known, max(0, len(self.known) - FOLLOWED))):
            del self.known[old]

    def deleted(self) -> Iterator[RawItem]:
        """Messages we had that are no longer in the folder: their owner took them out of what is listened to."""
        present = set(self.box.uids("UID " + ",".join(self.known)))
        for uid in [uid for uid in self.known if uid not in present]:
            yield RawItem(b"", "message/rfc822", {"gone": self.known.pop(uid)})

    def state(self, validity: int, uid: int) -> dict[str, object]:
        known: Mapping[str, str] = dict(self.known)
        return {"validity": validity, "uid": uid, "known": known}


def imap_day(ms: int, days: int) -> str:
    """``21-Nov-2026``, in English whatever the locale; days: how many to add, for servers in other time zones."""
    day = to_datetime(ms) + timedelta(days=days)
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"


def raw_bytes(message: Message) -> bytes:
    """The bytes of a parsed message; a charset that cannot be written again does not stop it."""
    try:
        return message.as_bytes()
    except (UnicodeError, LookupError, ValueError):
        return message.as_string().encode("utf-8", "surrogateescape")
