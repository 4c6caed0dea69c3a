"""A stranger writes on a real server; we answer through the sender of its connector; the server says what became of it.

For each: the answer is there, in the right thread; ``find`` finds it and nothing else; an attempt that was cut off
after it had left is settled by reading; what is gone, closed or forbidden is refused before anything is said.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from servers.atproto import Pds, atproto, call
from servers.imap import imap
from servers.smtp import smtp
from servers.snac import snac
from servers.synapse import synapse
from servers.wordpress import wordpress

from palabre import plugins
from palabre.collect import sending
from palabre.collect.contract import Means
from palabre.collect.sending import Outgoing, Sender, Sent
from palabre.errors import FetchError, RefusedError, UnknownOutcomeError
from palabre.net import Net
from palabre.net.smtp import Post

if TYPE_CHECKING:
    from conftest import Ear

ASKED = "Mon Cyclovent siffle, que faire ?"
WORDS = "Bonjour Zoé,\n\nnous revenons vers vous vendredi : https://cyclovent.example/aide. « Merci » <3"


class Mouth:
    """A sender with what it needs. ``made_ms`` of its messages is now."""

    def __init__(self, here: Ear, connector: str, config: dict[str, Any], **secrets: str) -> None:
        found = plugins.sender(connector)
        assert found is not None
        self.sender: Sender = found
        self.config = plugins.connector(connector).validate(config)
        self.means = Means(here.pipeline.net, here.pipeline.clock, secrets)

    def with_secrets(self, **secrets: str) -> Means:
        return replace(self.means, secrets=secrets)

    def send(self, message: Outgoing, means: Means | None = None) -> Sent:
        return self.sender.send(message, self.config, means or self.means)

    def find(self, message: Outgoing) -> Sent | None:
        return self.sender.find(message, self.config, self.means)

    def delete(self, uri: str) -> None:
        self.sender.delete(uri, self.config, self.means)

    def edit(self, uri: str, message: Outgoing) -> Sent:
        return self.sender.edit(uri, message, self.config, self.means)


def message(answers: str, **more: Any) -> Outgoing:
    return Outgoing(WORDS, f"key-{time.time_ns()}", answers=answers, made_ms=round(time.time() * 1000), **more)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as raised:
        act()
    return raised.value.key


@contextmanager
def cut_after_leaving(method: str) -> Iterator[None]:
    """The server takes the message; we never hear that it did."""
    asked = Net.request

    def lost(net: Net, verb: str, url: str, **options: Any) -> Any:
        answer = asked(net, verb, url, **options)
        if verb == method:
            raise FetchError("net.broken_answer", host="h")
        return answer

    with patch.object(Net, "request", lost):
        yield


def cut_off(mouth: Mouth, asked: Outgoing, method: str = "POST") -> None:
    """Sent but unheard of: nobody knows, then the platform does."""
    assert mouth.find(asked) is None
    with cut_after_leaving(method), pytest.raises(UnknownOutcomeError):
        mouth.send(asked)
    assert mouth.find(asked) is not None


def test_a_status_is_answered_in_its_thread(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with snac(tmp_path) as server:
        mouth = Mouth(ear(server.port), "mastodon", {"server": server.url}, token=server.tokens["alice"])
        assert mouth.sender.account(mouth.config, mouth.means) == f"@alice@127.0.0.1:{server.port}"
        can = mouth.sender.abilities(mouth.config, mouth.means)
        assert (can.chars_max, can.keyed) == (100_000, False)
        question = server.post(ASKED, by="bob")
        asked = message(question["uri"], to=f"bob@127.0.0.1:{server.port}", lang="fr")
        assert mouth.find(asked) is None
        sent = mouth.send(asked)
        [answer] = below(server, question["id"])
        assert (answer["uri"], answer["in_reply_to_id"]) == (sent.uri, question["id"])
        assert answer["content"].startswith("@bob")
        assert mouth.find(asked) == sent
        assert mouth.find(replace(asked, text="Autre chose")) is None
        mouth.edit(sent.uri, replace(asked, text="Bonjour, c'est réparé."))
        assert mouth.find(asked) is None
        cut_off(mouth, asked)
        gone = f"{server.url}/bob/p/1.1"
        assert refused(lambda: mouth.send(replace(asked, answers=gone))) == sending.GONE
        assert refused(lambda: mouth.send(asked, mouth.with_secrets(token="old"))) == sending.TOKEN
        assert refused(lambda: mouth.delete(sent.uri)) == sending.SAID  # snac has no deletion in its API


def below(server: Any, status: str) -> list[dict[str, Any]]:
    """The answers that bob sees; the server delivers them in its own time."""
    for _ in range(50):
        found: list[dict[str, Any]] = server.call("GET", f"/api/v1/statuses/{status}/context", "bob")["descendants"]
        if found:
            break
        time.sleep(0.2)
    return found


def test_a_post_of_the_at_protocol_is_answered_once_whatever_happens(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with atproto(tmp_path) as server:
        account = {"handle": "zoe.test", "email": "zoe@example.org", "password": "a-password"}
        made = call(server.url, "com.atproto.server.createAccount", account)
        zoe = Pds(server.url, server.port, made["did"], made["accessJwt"])
        config = {"host": server.url, "server": server.url, "handle": "alice.test"}
        mouth = Mouth(ear(server.port), "bluesky_firehose", config, app_password="a-password")
        root = zoe.post("Premier")
        above = {name: root[name] for name in ("uri", "cid")}
        question = zoe.post(ASKED, reply={"root": above, "parent": above})
        asked = replace(message(question["uri"], lang="fr"), text="Été : https://e.example/a. #vélo @zoe.test 👩‍👩‍👧")
        sent = mouth.send(asked)
        assert mouth.send(asked) == sent  # the same key: the same record
        [record] = records(server)
        assert record["uri"] == sent.uri
        reply = record["value"]["reply"]
        assert (reply["root"], reply["parent"]["uri"]) == (above, question["uri"])
        words = asked.text.encode()
        marked = {
            words[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
            for facet in record["value"]["facets"]
        }
        assert marked == {"https://e.example/a", "#vélo", "@zoe.test"}
        assert mouth.find(asked) == sent
        mouth.delete(sent.uri)
        mouth.delete(sent.uri)
        assert records(server) == []
        cut_off(mouth, replace(asked, key="another"))
        zoe.delete(question["uri"])
        assert refused(lambda: mouth.send(replace(asked, key="third"))) == sending.GONE
        assert refused(lambda: mouth.send(asked, mouth.with_secrets(app_password="old"))) == sending.TOKEN
        assert refused(lambda: mouth.send(replace(asked, text="x" * 301))) == sending.LENGTH


def records(server: Pds) -> list[dict[str, Any]]:
    import json
    import urllib.request

    url = f"{server.url}/xrpc/com.atproto.repo.listRecords?repo={server.did}&collection=app.bsky.feed.post"
    with urllib.request.urlopen(url, timeout=30) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())["records"]
    return found


def test_a_comment_is_answered_under_its_article_and_articles_are_published(
    ear: Callable[..., Ear], tmp_path: Path
) -> None:
    with wordpress(tmp_path) as site:
        config = {"url": site.url, "user": "admin"}
        mouth = Mouth(ear(site.port), "wordpress", config, app_password=site.password)
        article = site.publish("Le Cyclovent à l'essai", "<p>Été comme hiver.</p>")
        question = site.comment(int(article["id"]), ASKED, "Zoe")
        asked = message(question["link"])
        sent = mouth.send(asked)
        answer = site.call("GET", f"comments/{sent.uri.rpartition('-')[2]}")
        assert (answer["parent"], answer["post"]) == (question["id"], article["id"])
        assert "&lt;3" in answer["content"]["rendered"]
        assert mouth.find(asked) == sent
        assert refused(lambda: mouth.send(asked)) == sending.SAID  # the site itself sees the duplicate
        mouth.edit(sent.uri, replace(asked, text="C'est réparé."))
        assert mouth.find(asked) is None
        mouth.delete(sent.uri)
        mouth.delete(sent.uri)
        cut_off(mouth, asked)
        under = message(article["guid"]["rendered"])
        assert site.call("GET", f"comments/{mouth.send(under).uri.rpartition('-')[2]}")["parent"] == 0
        ours = replace(message(""), subject="Ce que nous avons appris")
        published = mouth.send(ours)
        assert mouth.find(ours) == published
        assert site.call("GET", "posts")[0]["title"]["rendered"] == "Ce que nous avons appris"
        site.call("DELETE", f"comments/{question['id']}")
        assert refused(lambda: mouth.send(asked)) == sending.GONE
        site.call("POST", f"posts/{article['id']}", {"comment_status": "closed"})
        assert refused(lambda: mouth.send(replace(under, text="Trop tard"))) == sending.BLOCKED
        assert refused(lambda: mouth.send(asked, mouth.with_secrets(app_password="old"))) in (
            sending.TOKEN,
            sending.GONE,
        )


CROWD = """<?php
define('WP_USE_THEMES', false); $_SERVER['HTTP_HOST'] = '127.0.0.1'; require __DIR__ . '/wp-load.php';
wp_defer_comment_counting(true);
for ($n = 1; $n <= 5000; $n++) wp_insert_comment(['comment_post_ID' => %d, 'comment_author' => "Zoe $n",
  'comment_author_email' => "z$n@example.org", 'comment_content' => "Le mien siffle aussi, numero $n",
  'comment_parent' => %d, 'comment_approved' => 1]);
wp_defer_comment_counting(false);
"""


@pytest.mark.long
def test_one_of_5000_comments_is_heard_answered_and_found(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        here = ear(site.port)
        config = {"url": site.url, "user": "admin"}
        mouth = Mouth(here, "wordpress", config, app_password=site.password)
        article = site.publish("Le Cyclovent à l'essai", "<p>Été comme hiver.</p>")
        first = site.comment(int(article["id"]), ASKED, "Zoe")
        script = tmp_path / "wp" / "crowd.php"
        script.write_text(CROWD % (article["id"], first["id"]))
        subprocess.run(["php", str(script)], check=True, capture_output=True, timeout=200)
        here.heard(here.listen("wordpress", {"url": site.url}))
        [(asked_for, _)] = here.found('"numero 2500"')
        assert asked_for.post.parent == first["link"]
        sent = mouth.send(message(asked_for.post.uri))
        answer = site.call("GET", f"comments/{sent.uri.rpartition('-')[2]}")
        assert answer["parent"] == int(asked_for.post.uri.rpartition("-")[2])
        above = message(first["link"])
        assert mouth.find(above) is None
        assert mouth.find(replace(above, text="Autre")) is None
        placed = mouth.send(above)
        assert mouth.find(above) == placed


def test_a_room_is_answered_once_in_clear_rooms_only(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with synapse(tmp_path) as server:
        room = server.room("Salon des cyclistes")
        mouth = Mouth(
            ear(server.port), "matrix", {"server": server.url, "rooms": [room]}, token=server.tokens["marque"]
        )
        first = server.send(room, {"msgtype": "m.text", "body": "Premier"})
        thread = {"rel_type": "m.thread", "event_id": first}
        question = server.send(room, {"msgtype": "m.text", "body": ASKED, "m.relates_to": thread})
        asked = message(uri_of(room, question))
        assert mouth.find(asked) is None
        sent = mouth.send(asked)
        assert mouth.send(asked).uri == sent.uri  # the same transaction
        [answer] = [one for one in said_by(server, room) if one["sender"] == "@marque:localhost"]
        relation = answer["content"]["m.relates_to"]
        assert (relation["m.in_reply_to"]["event_id"], relation["event_id"]) == (question, first)
        found = mouth.find(asked)
        assert found is not None
        assert found.uri == sent.uri
        cut_off(mouth, replace(asked, key="another", text="Une autre réponse"), "PUT")
        mouth.edit(sent.uri, replace(asked, text="C'est réparé."))
        mouth.delete(sent.uri)
        mouth.delete(sent.uri)
        server.redact(room, question)
        assert refused(lambda: mouth.send(replace(asked, key="third"))) == sending.GONE
        assert refused(lambda: mouth.send(asked, mouth.with_secrets(token="old"))) == sending.TOKEN
        other = server.room("Salon chiffré")
        path = f"rooms/{quote(other)}/state/m.room.encryption/"
        server.call("PUT", path, "alice", {"algorithm": "m.megolm.v1.aes-sha2"})
        hidden = server.send(other, {"msgtype": "m.text", "body": "?"})
        assert refused(lambda: mouth.send(message(uri_of(other, hidden)))) == "sending.encrypted"
        server.call("POST", f"rooms/{quote(room)}/ban", "alice", {"user_id": "@marque:localhost"})
        assert refused(lambda: mouth.send(replace(asked, answers=uri_of(room, first)))) == sending.BLOCKED


def uri_of(room: str, event: str) -> str:
    from palabre.collect.matrix import urls

    return urls.event_uri(room, event)


def said_by(server: Any, room: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.call("GET", f"rooms/{quote(room)}/messages?dir=b&limit=20", "alice")["chunk"]
    return [one for one in found if one["type"] == "m.room.message"]


def letter(**headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Zoé <zoe@example.org>", "marque@example.org", "Mon vélo siffle"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(ASKED)
    return mail.as_bytes()


def test_an_e_mail_is_answered_in_its_thread_and_a_copy_is_kept(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with imap(tmp_path) as box, smtp() as out:
        mouth = Mouth(ear(box.port, out.port), "mail", mail_config(box.port, out.port), password="secret")
        assert mouth.sender.account(mouth.config, mouth.means) == "marque@example.org"
        box.deliver(letter(Message_ID="<q1@example.org>", References="<r0@example.org>", Reply_To="z@example.org"))
        asked = message("mid:q1@example.org", to="zoe@example.org", lang="fr")
        sent = mouth.send(asked)
        assert mouth.send(asked) == sent  # the copy says that it left
        assert mouth.find(asked) == sent
        [mail] = out.messages
        assert out.envelopes[0].rcpt_tos == ["z@example.org"]
        assert (mail["Subject"], mail["In-Reply-To"]) == ("Re: Mon vélo siffle", "<q1@example.org>")
        assert mail["References"].split() == ["<r0@example.org>", "<q1@example.org>"]
        assert mail["Message-ID"] == f"<{asked.key}@example.org>"
        assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]
        assert "&lt;3" in part_of(mail, "html")
        assert "vendredi" in part_of(mail, "plain")
        out.refuse = "451 4.7.1 come back in five minutes"
        other = replace(asked, key="other")
        assert refused(lambda: mouth.send(other)) == sending.WAIT
        out.refuse = "554 5.7.1 no"
        assert refused(lambda: mouth.send(other)) == sending.SAID
        old = mouth.with_secrets(password="secret", smtp_password="old")
        assert refused(lambda: mouth.send(other, old)) == sending.TOKEN


def test_an_e_mail_cut_off_is_unknown_until_its_addressee_answers(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with imap(tmp_path) as box, smtp() as out:
        mouth = Mouth(ear(box.port, out.port), "mail", mail_config(box.port, out.port), password="secret")
        box.deliver(letter(Message_ID="<q1@example.org>"))
        asked = message("mid:q1@example.org", to="zoe@example.org")
        with patch.object(Post, "command", lost_at_the_last_dot), pytest.raises(UnknownOutcomeError):
            mouth.send(asked)
        assert len(out.messages) == 1
        with pytest.raises(UnknownOutcomeError):
            mouth.find(asked)
        box.deliver(letter(Message_ID="<a1@example.org>", In_Reply_To=f"<{asked.key}@example.org>"))
        assert mouth.find(asked) is not None


def lost_at_the_last_dot(post: Post, code: int, said: bytes, expected: int = 250) -> None:
    if said.startswith(b"taken"):
        raise FetchError("net.broken_answer", host="h", step="answer")


def mail_config(imap_port: int, smtp_port: int) -> dict[str, Any]:
    reading = {"host": "127.0.0.1", "port": imap_port, "security": "none", "user": "marque"}
    return {**reading, "smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_security": "none"} | {
        "address": "marque@example.org",
        "from_name": "Équipe Cyclovent",
    }


def part_of(mail: Any, kind: str) -> str:
    text: str = mail.get_body((kind,)).get_content()
    return text


def test_of_an_e_mail_of_200_megabytes_the_words_are_heard(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with imap(tmp_path) as box:
        here = ear(box.port)
        source = here.listen(
            "mail",
            {"host": "127.0.0.1", "port": box.port, "security": "none", "user": "marque"},
            {"password": "secret"},
        )
        head = b"From: z@example.org\r\nSubject: Photos\r\nMessage-ID: <big@example.org>\r\nMIME-Version: 1.0\r\n"
        head += b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n'
        head += b"Le Cyclovent siffle, voyez la photo\r\n--B\r\nContent-Type: image/png\r\n"
        head += b'Content-Disposition: attachment; filename="photo.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        line = b"QUFB" * 18 + b"\r\n"
        box.deliver(head + line * (200_000_000 // len(line)) + b"--B--\r\n")
        before = memory_mb()
        here.heard(source)
        assert memory_mb() - before < 60
        assert here.archive.sources.health(1)[0].drift == {"cut: message too large": 1}
        [(row, _)] = here.found("siffle")
        assert row.post.media == ("attachment:photo.png",)


def memory_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
