"""The house's own letters: the list of the day, reports, alerts. Never an answer to a customer, which is a channel's.

if post.ready():
    post.send("ada@example.org", "Lundi 23 novembre", "En texte", "<p>En HTML</p>", stop="https://…/stop/…")
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from django.conf import settings

from palabre.clock import to_datetime
from palabre.desk import engine
from palabre.desk.clock import now_ms
from palabre.errors import FetchError, InputError, PalabreError

UNKNOWN = ("net.timeout", "net.broken_answer")  # with the step "answer", nobody can tell
Attached = tuple[str, str, bytes]  # file name, media type, content


def ready() -> bool:
    """Whether a server and an address to write from are set."""
    return bool(settings.PALABRE.smtp_host and sender())


def sender() -> str:
    return settings.PALABRE.smtp_from or settings.PALABRE.smtp_user


def letter(
    to: str, subject: str, text: str, html: str = "", *, stop: str = "", attached: tuple[Attached, ...] = ()
) -> EmailMessage:
    """A message as it is sent. stop: the address that ends these letters in one click (RFC 2369, RFC 8058)."""
    made = EmailMessage(policy=SMTP)
    made["From"] = Address("Palabre", addr_spec=sender())
    made["To"] = to
    made["Subject"] = " ".join(subject.split())
    made["Date"] = to_datetime(now_ms())
    made["Message-ID"] = make_msgid(domain=sender().rpartition("@")[2] or "localhost")
    made["Auto-Submitted"] = "auto-generated"
    if stop:
        made["List-Unsubscribe"] = f"<{stop}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for name, media, content in attached:
        kind, _, part = media.partition("/")
        made.add_attachment(content, maintype=kind, subtype=part, filename=name)
    return made


def send(
    to: str, subject: str, text: str, html: str = "", *, stop: str = "", attached: tuple[Attached, ...] = ()
) -> None:
    """One letter, one attempt. Raises PalabreError; `certain` says whether it surely did not leave."""
    if not ready():
        raise InputError("desk.post.not_ready")
    values = settings.PALABRE
    try:
        made = letter(to, subject, text, html, stop=stop, attached=attached)
    except ValueError as error:
        raise InputError("desk.post.bad_address", address=to) from error
    with engine.net().smtp(values.smtp_host, values.smtp_port, values.smtp_tls) as server:
        if values.smtp_user:
            server.login(values.smtp_user, values.smtp_password)
        server.send(sender(), [to], made.as_bytes())


def certain(error: PalabreError) -> bool:
    """Whether a letter that failed so is surely not with its reader: then it may be sent again."""
    return not (isinstance(error, FetchError) and error.key in UNKNOWN and error.params.get("step") == "answer")
