"""Mail: messages in every encoding, mbox files, a mailbox over IMAP, what nobody promised."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from palabre.clock import FixedClock
from palabre.collect.contract import Means, Window
from palabre.collect.mail.box import HEAD_BYTES, MESSAGE_BYTES_MAX
from palabre.collect.mail.connector import MailConnector
from palabre.collect.mail.format import MboxFormat
from palabre.collect.mail.mapping import events
from palabre.collect.testing_formats import Outcome, cuts, head, read, read_folder, take
from palabre.errors import FetchError
from palabre.model import Gone, Post, RawItem
from palabre.net import Net


def message(body: bytes = b"Bonjour", **fields: str) -> bytes:
    known = {"From": "Lea <lea@e.example>", "Date": "Fri, 20 Nov 2026 11:00:00 +0100", "Subject": "Salut"}
    known |= {"Message-ID": "<m1@e.example>"}
    named = known | {name.replace("_", "-"): value for name, value in fields.items()}
    head_ = b"".join(f"{name}: {value}\n".encode("utf-8", "surrogateescape") for name, value in named.items() if value)
    return head_ + b"\n" + body + b"\n"


def post_of(body: bytes) -> Post:
    found = Outcome()
    take(found, RawItem(body, "message/rfc822"), events)
    assert found.faults == []
    return found.posts[0]


def test_a_message_is_a_post_of_its_author() -> None:
    post = post_of(
        message(b"Voir https://e.example/a\n-- \nLea", To="Sav <sav@brand.example>", List_Id="Liste <l.e.example>")
    )
    assert (post.uri, post.title, post.kind, post.network) == ("mid:m1@e.example", "Salut", "message", "mail")
    assert post.published_ms == 1_795_168_800_000
    assert post.account is not None
    assert (post.account.uri, post.account.handle, post.account.name) == (
        "mailto:lea@e.example",
        "lea@e.example",
        "Lea",
    )
    assert (post.mentions, post.tags, post.links) == (
        ("sav@brand.example",),
        ("l.e.example",),
        ("https://e.example/a",),
    )
    assert post.text.endswith("-- \nLea")


def test_threads_follow_the_references() -> None:
    post = post_of(message(In_Reply_To="<m0@e.example>", References="<r@e.example> <m0@e.example>"))
    assert (post.parent, post.root) == ("mid:m0@e.example", "mid:r@e.example")
    assert post_of(message(References="<r@e.example> <x@e.example>")).parent == "mid:x@e.example"


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", "été".encode()),
        ("iso-8859-1", "été".encode("latin-1")),
        ("windows-1252", "été".encode("cp1252")),
        ("unknown-8bit", "été".encode("cp1252")),
        ("no-such-charset", "été".encode()),
        ("us-ascii", "été".encode()),
        ("utf-8", "été".encode("latin-1")),
        ("", "été".encode("cp1252")),
    ],
)
def test_bodies_are_read_whatever_they_say_of_themselves(charset: str, body: bytes) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    assert post_of(message(body, Content_Type=kind)).text.strip() == "été"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("=?utf-8?q?=C3=A9t=C3=A9?=", "été"),
        ("=?iso-8859-1?b?6XTp?= =?utf-8?q?_chaud?=", "été chaud"),
        ("=?nonsense?q?abc?=", "abc"),
        ("été", "été"),
        (b"\xe9t\xe9".decode("utf-8", "surrogateescape"), "été"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("a\n  b", "a b"),
    ],
)
def test_subjects_are_decoded_or_left_as_they_are(subject: str, title: str) -> None:
    assert post_of(message(Subject=subject)).title == title


@pytest.mark.parametrize("author", ["lea at e.example (Lea)", "Lea <lea at e.example>"])
def test_obfuscated_addresses_of_list_archives_are_understood(author: str) -> None:
    account = post_of(message(From=author)).account
    assert account is not None
    assert (account.handle, account.name) == ("lea@e.example", "Lea")


def multipart(*parts: bytes, kind: str = "mixed") -> bytes:
    return b"--B\n" + b"\n--B\n".join(parts) + b"\n--B--\n"


def test_attachments_are_named_remote_images_dropped_and_the_plain_part_preferred() -> None:
    html = b'Content-Type: text/html\n\n<p>Riche</p><img src="https://spy.example/1.gif">'
    plain = b"Content-Type: text/plain\n\nSimple"
    named = b'Content-Disposition: attachment; filename="=?utf-8?q?re=C3=A7u=2Epdf?="'
    file = b"Content-Type: application/pdf\n" + named + b"\n\nAAAA"
    post = post_of(message(multipart(html, plain, file), Content_Type='multipart/mixed; boundary="B"'))
    assert (post.text, post.html, post.media) == ("Simple", "<p>Riche</p>", ("attachment:reçu.pdf",))
    assert "Riche" in post_of(message(html.partition(b"\n\n")[2], Content_Type="text/html")).text


def test_a_message_without_id_is_named_by_its_content_and_without_date_by_its_envelope() -> None:
    bare = message(Message_ID="", Date="")
    first, again = post_of(bare), post_of(bare.replace(b"\n", b"\r\n"))
    assert first.uri == again.uri
    assert first.uri.startswith("ni:///sha-256;")
    body = b"From lea@e.example Fri Nov 20 10:00:00 2026\n" + bare
    assert read(MboxFormat(), body).posts[0].published_ms == 1_795_168_800_000


def mbox(*bodies: bytes) -> bytes:
    return b"\n".join(b"From lea@e.example Fri Nov 20 10:00:00 2026\n" + body for body in bodies)


def test_an_mbox_is_cut_at_envelopes_only() -> None:
    tricky = message(b">From here on\n\nFrom the start, I said", Message_ID="<m2@e.example>")
    found = read(MboxFormat(), mbox(message(), tricky, message(Message_ID="<m3@e.example>")))
    assert [post.uri for post in found.posts] == ["mid:m1@e.example", "mid:m2@e.example", "mid:m3@e.example"]
    assert found.posts[1].text.startswith("From here on")
    assert "From the start" in found.posts[1].text


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        (mbox(message()), True),
        (message(), True),
        (b"From: a\nbut this is a letter\n", False),
        (b"name,date\na,b\n", False),
        (b'{"from": 1}', False),
        (b"", False),
    ],
)
def test_mail_is_recognised(body: bytes, ours: bool) -> None:
    assert (MboxFormat().sniff(head(body)) > 0.5) == ours


def test_a_zipped_mbox_is_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("messages.mbox", mbox(message(), message(Message_ID="<m2@e.example>")))
    assert MboxFormat().sniff(head(packed.getvalue())) > 0.5
    assert len(read(MboxFormat(), packed.getvalue()).posts) == 2


def test_of_html_with_scripts_and_trackers_the_words_are_kept() -> None:
    html = b"""<html><head><style>p{color:red}</style><script>fetch('https://spy.example')</script></head><body>
    <p>Mon v&eacute;lo siffle.</p><img src="https://spy.example/p.gif" width=1 height=1 alt="">
    <p onclick="x()">Merci <b>beaucoup</b></p></body></html>"""
    post = post_of(message(html, Content_Type="text/html; charset=utf-8"))
    assert post.text.split() == ["Mon", "vélo", "siffle.", "Merci", "beaucoup"]
    assert "spy.example/p.gif" not in post.html
    assert post.media == ()
    assert not any("spy" in link for link in post.links)


# ── a mailbox ──


@dataclass
class Box:
    """The part of imap-tools that we use, over messages in memory."""

    messages: dict[str, bytes]
    validity: int = 1
    asked: list[str] = field(default_factory=list)
    seen: list[bool] = field(default_factory=list)
    password: str = "p"

    def login(self, user: str, password: str, initial_folder: str = "INBOX") -> None:
        if password != self.password:
            raise RuntimeError("no")

    @property
    def folder(self) -> Any:
        return SimpleNamespace(status=lambda name: {"UIDVALIDITY": self.validity})

    @property
    def client(self) -> Any:
        return SimpleNamespace(uid=self.command)

    def command(self, name: str, uids: str, what: str) -> tuple[str, list[Any]]:
        """FETCH of sizes, or of the beginning of one message."""
        if "SIZE" in what:
            return "OK", [f"1 (UID {uid} RFC822.SIZE {len(self.messages[uid])})".encode() for uid in uids.split(",")]
        self.asked.append(what)
        return "OK", [(b"1 (UID 1 BODY[]<0> {1}", self.messages[uids][:HEAD_BYTES]), b")"]

    def uids(self, criteria: str) -> list[str]:
        self.asked.append(criteria)
        return list(self.messages)

    def fetch(self, criteria: str, mark_seen: bool, bulk: bool) -> Iterator[Any]:
        self.seen.append(mark_seen)
        for uid in criteria.removeprefix("UID ").split(","):
            yield SimpleNamespace(uid=uid, obj=message_from_bytes(self.messages[uid]))

    @contextmanager
    def session(self) -> Iterator[Box]:
        yield self

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *exc: object) -> None:
        return None


def means_with(box: Box, password: str = "p") -> Means:
    net = SimpleNamespace(imap=lambda host, port, tls: box)
    return Means(cast(Net, net), FixedClock(), {"password": password})


CONFIG = {"host": "imap.example", "user": "lea"}


def test_new_messages_come_fifty_a_page_and_nothing_is_marked_as_read() -> None:
    box = Box({str(n): message(Message_ID=f"<m{n}@e.example>") for n in range(1, 61)})
    pages = list(MailConnector().pages(CONFIG, {}, means_with(box), Window()))
    assert [len(page.items) for page in pages] == [50, 10, 0]
    assert (pages[-1].cursor["uid"], pages[-1].cursor["validity"]) == (60, 1)
    assert box.seen == [False, False]
    again = list(MailConnector().pages(CONFIG, pages[-1].cursor, means_with(box), Window()))
    assert [len(page.items) for page in again] == [0]
    assert "UID 61:*" in box.asked


def test_of_a_message_that_is_too_large_the_words_are_kept_and_it_is_said() -> None:
    large = message(b"Bonjour\n" + b"x" * MESSAGE_BYTES_MAX, Message_ID="<big@e.example>")
    box = Box({"1": message(), "2": large})
    page = next(MailConnector().pages(CONFIG, {}, means_with(box), Window()))
    assert [len(item.body) <= HEAD_BYTES for item in page.items] == [True, True]
    assert page.drift == {"cut: message too large": 1}
    assert post_of(page.items[1].body).text.startswith("Bonjour")


def test_what_is_deleted_there_is_gone_here_and_a_new_folder_is_read_anew() -> None:
    box = Box({"1": message(), "2": message(Message_ID="<m2@e.example>")})
    cursor = list(MailConnector().pages(CONFIG, {}, means_with(box), Window()))[-1].cursor
    del box.messages["1"]
    page = list(MailConnector().pages(CONFIG, cursor, means_with(box), Window()))[-1]
    assert list(MailConnector().map(page.items[0], CONFIG)) == [Gone("mid:m1@e.example")]
    box.validity = 2
    assert len(next(MailConnector().pages(CONFIG, page.cursor, means_with(box), Window())).items) == 1


def test_a_window_is_asked_in_days_and_a_refused_password_is_said() -> None:
    box = Box({"1": message()})
    window = Window(since_ms=1_795_168_800_000, until_ms=1_795_255_200_000)
    list(MailConnector().pages(CONFIG, {}, means_with(box), window))
    assert box.asked == ["SINCE 19-Nov-2026 BEFORE 22-Nov-2026"]
    with pytest.raises(FetchError) as caught:
        next(MailConnector().pages(CONFIG, {}, means_with(box, "wrong"), Window()))
    assert caught.value.permanent


# ── what nobody promised ──

HOSTILE = [
    b"Subject: x\nContent-Type: text/plain; charset*=utf-8''%ff%fe\nFrom: a\n\nbody",
    b"From: =?utf-8?b?////?=\nSubject: \xff\xfe\n\n\xff\xfe\xfd",
    b"From: a@b\nDate: Mon, 99 Foo 99999 99:99:99 +9999\n\nx",
    b"From: a@b\nContent-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n",
    b"From: a@b\nContent-Transfer-Encoding: base64\n\n!!!not base64",
    b"From: a@b\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#86)C\nend",
    b"From: a@b\n" + b"Received: x\n" * 5000 + b"\nx",
    b"From: " + b"<a@b>," * 5000 + b"\n\nx",
    b"From: a@b\nMessage-ID: <" + b"\xe9" * 300 + b">\n\nx",
    b"Content-Type: message/rfc822\nFrom: a@b\n\n" * 50 + b"x",
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_messages_are_posts_or_quarantined(body: bytes) -> None:
    found = Outcome()
    take(found, RawItem(body, "message/rfc822"), events)
    assert len(found.posts) + len(found.faults) == 1


def test_bytes_that_are_no_message_and_cut_files_never_crash() -> None:
    found = Outcome()
    take(found, RawItem(b"\x00\x01", "message/rfc822"), events)
    assert found.faults == ["connector_mail.errors.not_a_message"]
    body = mbox(message(multipart(b"Content-Type: text/plain\n\nSimple"), Content_Type='multipart/mixed; boundary="B"'))
    for part in cuts(body):
        MboxFormat().sniff(head(part))
        read(MboxFormat(), part)


@pytest.mark.parametrize(
    ("folder", "pattern", "least"),
    [
        ("perceval_mbox", "*.mbox", 4),
        ("perceval_pipermail", "*.mbox", 1),
        ("perceval_hyperkitty", "*.mbox", 4),
        ("perceval_nntp", "*.txt", 2),
        ("perceval_groupsio", "messages.zip", 49),
    ],
)
def test_the_recorded_mail_is_all_read(shared: Path, folder: str, pattern: str, least: int) -> None:
    found, sure = read_folder(MboxFormat(), shared / "data/payloads" / folder, pattern)
    assert min(sure.values()) > 0.5
    assert len(found.posts) >= least
    assert found.faults == []
    assert all(post.published_ms and post.text and post.account for post in found.posts)
