"""Answering e-mail: SMTP to send, the same mailbox over IMAP to keep the thread, to keep a copy and to look again.

The Message-ID is made of our key. A copy in the folder of sent messages, or an answer to that id, proves that it left;
without either nobody can tell: a mail server forgets what it took.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import unquote

from palabre.clock import to_datetime
from palabre.collect.config import amount, word
from palabre.collect.contract import Config, Means
from palabre.collect.mail import headers, urls
from palabre.collect.mail.box import head, signed_in
from palabre.collect.mail.writing import Envelope, answered, bare_address, composed, message_id
from palabre.collect.sending import CUT, FORBIDDEN, LENGTH, SAID, TOKEN, WAIT, Abilities, Outgoing, Sent
from palabre.collect.speaking import in_time, outcome, settling, unreached, write_secret
from palabre.errors import FetchError, PalabreError, RefusedError, UnknownOutcomeError

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

    from palabre.net.smtp import Post

USUAL_NAMES = ("Sent", "INBOX.Sent", "Sent Items", "Sent Messages", "Éléments envoyés", "Envoyés")
PORTS = {"tls": 465, "starttls": 587, "none": 25}
TOO_LARGE = (523, 552)
AGAIN_SECONDS = 300.0  # after a 4xx: greylisting asks for five minutes


class MailSender:
    def abilities(self, config: Config, means: Means | None = None) -> Abilities:
        return Abilities(publishes=False, private=True)

    def account(self, config: Config, means: Means) -> str:
        """Signs in to both servers; nothing is sent."""
        desk = Desk.of(config, means)
        with desk.mailbox(), desk.post():
            return desk.sender

    def length(self, text: str) -> int:
        return len(text)

    def send(self, message: Outgoing, config: Config, means: Means) -> Sent:
        desk = Desk.of(config, means)
        with desk.mailbox() as box:
            if desk.copied(box, message):
                return desk.sent(message)
            envelope = desk.envelope(message, desk.original(box, message))
        mail = desk.composed(message, envelope)
        with desk.post() as post:
            in_time(means, desk.host)
            post.send(desk.sender, [envelope.recipient], mail)
        desk.keep(message, mail)
        return desk.sent(message)

    @settling
    def find(self, message: Outgoing, config: Config, means: Means) -> Sent | None:
        """A mail server forgets what it took: where no trace is found, nobody can tell."""
        desk = Desk.of(config, means)
        with desk.mailbox() as box:
            if desk.copied(box, message) or desk.replied(box, message):
                return desk.sent(message)
        raise UnknownOutcomeError(CUT, host=desk.host)

    def edit(self, uri: str, message: Outgoing, config: Config, means: Means) -> Sent:
        raise RefusedError("sending.no_edit", host=word(config, "host"))

    def delete(self, uri: str, config: Config, means: Means) -> None:
        raise RefusedError("sending.no_delete", host=word(config, "host"))


@dataclass(frozen=True)
class Desk:
    """One mailbox and the server that sends for it. host: of that server."""

    config: Config
    means: Means
    host: str
    sender: str

    @classmethod
    def of(cls, config: Config, means: Means) -> Desk:
        """RefusedError ``sending.forbidden`` where no server to send by, or no address, was given."""
        host = word(config, "smtp_host")
        sender = bare_address(word(config, "address") or word(config, "user"))
        if not host or not sender:
            raise RefusedError(FORBIDDEN, host=host or word(config, "host"))
        return cls(config, means, host, sender)

    @contextmanager
    def mailbox(self) -> Iterator[BaseMailBox]:
        """Signed in, its folder open. RefusedError: nothing was sent."""
        name, port = word(self.config, "host"), int(amount(self.config, "port", 993))
        write_secret(self.means, name, "password")
        try:
            box = signed_in(self.means.net.imap(name, port, tls=word(self.config, "security")), self.config, self.means)
        except FetchError as error:
            signed_out = error.key == "connector_mail.errors.sign_in"
            raise (RefusedError(TOKEN, host=name) if signed_out else unreached(error, name)) from error
        try:
            yield box
        except PalabreError:
            raise
        except Exception as error:  # imaplib, imap-tools and ssl each raise their own kinds
            raise unreached(FetchError("net.broken_answer", host=name), name) from error
        finally:
            with suppress(Exception):
                box.logout()

    @contextmanager
    def post(self) -> Iterator[Post]:
        """Signed in to the server that sends. RefusedError: it took nothing; UnknownOutcomeError: nobody can tell."""
        kind = word(self.config, "smtp_security") or "tls"
        port = int(amount(self.config, "smtp_port", 0)) or PORTS[kind]
        try:
            with self.means.net.smtp(self.host, port, kind) as post:
                user = word(self.config, "smtp_user") or word(self.config, "user")
                post.login(user, write_secret(self.means, self.host, "smtp_password", "password"))
                yield post
        except FetchError as error:
            raise refusal(error) from error

    def composed(self, message: Outgoing, envelope: Envelope) -> bytes:
        try:
            return composed(message, envelope, self.means.clock.now_ms())
        except (ValueError, UnicodeError, IndexError) as error:
            raise RefusedError(SAID, host=self.host, said=envelope.recipient[:100]) from error

    def original(self, box: BaseMailBox, message: Outgoing) -> Message | None:
        """The message answered, as far as its fields; None when it is no longer in the folder."""
        own = id_of(message.answers)
        found = search(box, "Message-ID", own) if own else []
        return message_from_bytes(head(box, found[0])) if found else None

    def envelope(self, message: Outgoing, original: Message | None) -> Envelope:
        """RFC 5322 §3.6.4: the references of the message answered, then its own id."""
        recipient = self.recipient(message, original)
        if not recipient:
            raise RefusedError("sending.no_place", host=self.host)
        subject = message.subject
        if original is not None and not subject:
            subject = headers.field(original, "Subject")
        if message.answers:
            subject = answered(subject)
        return Envelope(self.sender, word(self.config, "from_name"), recipient, subject, lineage(message, original))

    def recipient(self, message: Outgoing, original: Message | None) -> str:
        """Who is answered. Reply-To is obeyed (a form writes for others), but not that of a list: it means everyone."""
        if original is not None and not headers.field(original, "List-Id"):
            asked = headers.addresses(original, "Reply-To")
            if asked and bare_address(asked[0][1]):
                return asked[0][1]
        found = headers.addresses(original, "From") if original is not None else []
        return bare_address(message.to) or (bare_address(found[0][1]) if found else "")

    def copied(self, box: BaseMailBox, message: Outgoing) -> bool:
        """Whether the folder of sent messages holds it; the folder listened to is open again afterwards."""
        folder = self.sent_folder(box)
        if not folder:
            return False
        box.folder.set(folder, readonly=True)
        found = search(box, "Message-ID", message_id(message.key, self.sender))
        box.folder.set(word(self.config, "folder") or "INBOX")
        return bool(found)

    def replied(self, box: BaseMailBox, message: Outgoing) -> bool:
        """Whether somebody answered it, or it came back to us."""
        own = message_id(message.key, self.sender)
        return any(search(box, name, own) for name in ("In-Reply-To", "References", "Message-ID"))

    def sent_folder(self, box: BaseMailBox) -> str:
        r"""The one that was named, that the server flags ``\Sent`` (RFC 6154), or that bears a usual name; else ""."""
        named = word(self.config, "sent_folder")
        folders = box.folder.list()
        names = [folder.name for folder in folders]
        flagged = [folder.name for folder in folders if "\\Sent" in folder.flags]
        wanted = [named] if named else [*flagged, *USUAL_NAMES]
        return next((name for name in wanted if name in names), "")

    def keep(self, message: Outgoing, mail: bytes) -> None:
        """A copy among the sent messages, unless the server put one there itself. The message has left: what goes wrong
        here must not say otherwise."""
        with suppress(Exception), self.mailbox() as box:
            if self.copied(box, message):
                return
            folder = self.sent_folder(box)
            if not folder:
                folder = word(self.config, "sent_folder") or USUAL_NAMES[0]
                box.folder.create(folder)
            box.append(mail, folder, dt=to_datetime(self.means.clock.now_ms()), flag_set=["\\Seen"])

    def sent(self, message: Outgoing) -> Sent:
        uri = urls.message_uri(message_id(message.key, self.sender))
        return Sent(uri, "", message.made_ms or self.means.clock.now_ms())


def id_of(uri: str) -> str:
    """The Message-ID of a ``mid:`` uri; "" for a message that never had one."""
    return unquote(uri.removeprefix("mid:")) if uri.startswith("mid:") else ""


def lineage(message: Outgoing, original: Message | None) -> tuple[str, ...]:
    """Message-IDs of the thread, oldest first; of a message that is no longer there, the first and itself."""
    known = headers.idents(original, "References") or headers.idents(original, "In-Reply-To") if original else []
    known = known or [one for one in (id_of(message.root),) if one]
    return tuple(dict.fromkeys([*known, *(one for one in (id_of(message.answers),) if one)]))


def search(box: BaseMailBox, name: str, ident: str) -> list[str]:
    """UIDs of the messages whose field holds this id."""
    if not ident.isascii() or '"' in ident:
        return []
    return list(box.uids(f'HEADER {name} "{ident}"'))


def refusal(error: FetchError) -> PalabreError:
    """What an SMTP failure says of the message."""
    host, code = str(error.params.get("host", "")), error.params.get("code", 0)
    if not error.key.startswith("net.smtp_"):
        return outcome(error, host)
    said = f"{code} {error.params.get('said', '')}".strip()
    if not error.permanent:
        return RefusedError(WAIT, retry_after=AGAIN_SECONDS, host=host, said=said)
    key = TOKEN if error.key == "net.smtp_login" or code == 530 else LENGTH if code in TOO_LARGE else SAID
    return RefusedError(key, host=host, said=said)
