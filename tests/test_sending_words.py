"""What becomes of the words of a message on their way: links, marks, and answers that say neither yes nor no."""

from __future__ import annotations

import re
from email import message_from_bytes
from html.parser import HTMLParser
from typing import Any

import pytest

from palabre.clock import FixedClock
from palabre.collect import sending
from palabre.collect.bluesky.sending import Desk, facet
from palabre.collect.bluesky.session import Session
from palabre.collect.contract import Means
from palabre.collect.mail.writing import Envelope, composed
from palabre.collect.mastodon.sending import MastodonSender
from palabre.collect.matrix import sending as matrix
from palabre.collect.matrix.sending import body_of
from palabre.collect.sending import Outgoing
from palabre.collect.speaking import Line, alike, outcome
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.x.oauth import Keys
from palabre.collect.x.sending import XSender, expanded
from palabre.errors import FetchError, RefusedError, UnknownOutcomeError
from palabre.net import Net
from palabre.net.addresses import parse_target
from palabre.net.transport import Call
from palabre.settings import Settings
from palabre.text.links import linked

NOW = 1_795_219_200_000


class Links(HTMLParser):
    """The addresses a reader of a page could follow, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> Links:
    page = Links()
    page.feed(html)
    return page


@pytest.mark.parametrize(
    ("words", "links"),
    [
        ("voyez <https://ex.org/a?b=1&c=2>.", ["https://ex.org/a?b=1&c=2"]),
        ('voyez "https://ex.org/c", merci', ["https://ex.org/c"]),
        ("voyez l'adresse 'https://ex.org/c'", ["https://ex.org/c"]),
        ("www.ex.org/x et http://b.example/?q=<script>", ["https://www.ex.org/x", "http://b.example/?q="]),
        ("javascript:alert(1) <b>gras</b> & fin", []),
    ],
)
def test_a_link_leads_where_it_was_written_to(words: str, links: list[str]) -> None:
    page = read(linked(words))
    assert page.links == links
    assert page.words == words


def test_letters_and_rooms_get_the_same_links() -> None:
    words = "Tout est là : <https://ex.org/a?b=1&c=2>\nÀ bientôt"
    mail = composed(Outgoing(words, "k", made_ms=NOW), Envelope("m@e.example", "", "z@e.example", "Re:"), NOW)
    html = message_from_bytes(mail).get_payload()[1].get_payload(decode=True).decode()  # type: ignore[index, union-attr]
    assert read(html).links == ["https://ex.org/a?b=1&c=2"]
    assert read(str(body_of(words)["formatted_body"])).links == ["https://ex.org/a?b=1&c=2"]


def test_nobody_is_called_by_an_address_that_holds_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def did_of(self: Desk, handle: str) -> str:
        asked.append(handle)
        return "did:plc:x"

    monkeypatch.setattr(Desk, "did_of", did_of)
    desk = Desk(None, "h", None, "did:plc:us")  # type: ignore[arg-type]
    words = "Lisez https://m.example/@zoe.example/#velo puis #vélo et @lea.example"
    found = list(desk.facets(words))
    assert asked == ["lea.example"]
    kinds = [re.sub(r".*#", "", str(one["features"][0]["$type"])) for one in found]  # type: ignore[index]
    assert kinds == ["link", "tag", "mention"]
    assert found[2] == facet(words, (words.index("@lea"), len(words)), found[2]["features"][0])  # type: ignore[index]


def test_a_message_said_twice_on_x_is_refused_alone() -> None:
    """A 403 that speaks of the account breaks the channel; this one speaks of the message."""
    detail = {"detail": "You are not allowed to create a Tweet with duplicate content.", "title": "Forbidden"}
    net = FakeNet().answer("https://api.x.com/2/tweets", method="POST", status=403, json=detail)
    secrets = {name: name for name in ("api_key", "api_secret", "access_token", "access_secret")}
    with pytest.raises(RefusedError) as raised:
        XSender().send(Outgoing("Bonjour", "k", made_ms=NOW), {}, fake_means(net, ms=NOW, **secrets))
    assert raised.value.key == sending.SAID


def test_what_was_held_up_before_it_left_does_not_leave(web: Any) -> None:
    """Its turn at the host came too late: it stays, and may be sent again."""
    web.routes["/post"] = (200, {}, b'{"id": 1}')
    clock = FixedClock(NOW)
    with Net(Settings(allowed_hosts_private=web.netloc), clock) as net:
        line = Line(Means(net, clock, {}, NOW + 30_000), web.netloc, {})
        assert line.write("POST", f"{web.url}/post", {"text": "à temps"}) == {"id": 1}
        clock.sleep(31)
        with pytest.raises(RefusedError) as raised:
            line.write("POST", f"{web.url}/post", {"text": "trop tard"})
    assert raised.value.key == sending.WAIT
    assert len(web.paths()) == 1


def test_a_message_with_signs_that_x_escapes_is_known_again() -> None:
    """Else it would be offered again, and be there twice."""
    words = "R&D : 3 < 4, voir https://ex.org/a?b=1&c=2"
    post = {"text": "@zoe R&amp;D : 3 &lt; 4, voir https://t.co/x",
            "entities": {"urls": [{"url": "https://t.co/x", "expanded_url": "https://ex.org/a?b=1&c=2"}]}}  # fmt: skip
    assert alike(words, expanded(post))


def test_a_break_in_tls_after_the_message_left_is_not_held_to_have_kept_it() -> None:
    kinds = [type(outcome(FetchError("net.tls", host="h", step=step))) for step in ("connect", "answer")]
    assert kinds == [RefusedError, UnknownOutcomeError]


def test_a_server_that_does_not_tell_its_limits_is_not_given_ours() -> None:
    server = "https://silent.example"
    down = FetchError("net.status", host="silent.example", status=500)
    net = FakeNet().answer(f"{server}/api/v2/instance", error=down)
    net.answer(f"{server}/api/v1/statuses", method="POST", json={"id": "1", "uri": f"{server}/1", "url": ""})
    means = fake_means(net, ms=NOW, write_token="t")
    assert (
        MastodonSender().send(Outgoing("mot " * 300, "k", made_ms=NOW), {"server": server}, means).uri == f"{server}/1"
    )


def test_what_opens_an_account_is_in_no_word_said_of_it() -> None:
    """A fault shows the values it met: none of these may hold what opens an account."""
    means = fake_means(FakeNet(), ms=NOW, token="hidden")
    line = Line(means, "h.example", {"Authorization": "Bearer hidden"})
    session = Session(means.net, "https://h.example", "us", "hidden", "hidden", "hidden")
    room = matrix.Desk("https://h.example", "h.example", line, "hidden")
    call = Call("POST", parse_target("https://h.example/"), {"authorization": "hidden"}, b"hidden")
    assert "hidden" not in repr([means, line, session, room, Keys("k", "hidden", "t", "hidden"), call])


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_message_answered_by_a_page_elsewhere_is_not_known_to_be_taken_nor_refused(status: int) -> None:
    net = FakeNet().answer("https://h.example/post", method="POST", status=status, headers={"location": "/login"})
    means: Any = fake_means(net, ms=NOW)
    with pytest.raises(UnknownOutcomeError) as raised:
        Line(means, "h.example", {}).write("POST", "https://h.example/post", {"text": "une fois"})
    assert raised.value.key == sending.CUT
