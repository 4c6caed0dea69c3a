"""Somebody writes on a real server; Palabre hears it, keeps it, finds it again, and says which words made it match."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from servers.atproto import atproto
from servers.imap import imap
from servers.snac import snac
from servers.synapse import synapse
from servers.wordpress import wordpress

if TYPE_CHECKING:
    from conftest import Ear

TEXT = "L'été arrive et mon Cyclovent siffle encore, quelqu'un sait pourquoi ?"


def test_mastodon_api_a_post_is_heard_once(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with snac(tmp_path) as server:
        here = ear(server.port)
        source = here.listen(
            "mastodon", {"server": server.url, "timeline": "account", "value": "alice", "respect_noindex": False},
            {"token": server.tokens["alice"]},
        )  # fmt: skip
        status = server.post(TEXT)
        here.heard(source)
        [(row, words)] = here.found("ete AND cyclovent")
        assert row.post.uri == status["uri"]
        assert row.post.network == "mastodon"
        assert sorted(words) == ["Cyclovent", "été"]
        assert here.heard(source).receipt.stored == 0


def test_wordpress_posts_and_comments_are_heard_with_their_threads(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        here = ear(site.port)
        source = here.listen("wordpress", {"url": site.url})
        article = site.publish("Le Cyclovent à l'essai", f"<p>{TEXT}</p><p>Été comme hiver.</p>")
        first = site.comment(int(article["id"]), "Le mien siffle aussi, c'est la mise à jour.", "Zoe")
        site.comment(int(article["id"]), "Merci Zoé pour le conseil !", "Hugo", int(first["id"]))
        here.heard(source)
        articles = here.found("title:cyclovent")
        assert [words for _, words in articles] == [["Cyclovent"]]
        assert "Été comme hiver." in articles[0][0].post.text
        [(comment, _)] = here.found('"siffle aussi"')
        [(answer, words)] = here.found("conseil")
        assert words == ["conseil"]
        assert answer.post.parent == comment.post.uri
        thread = here.archive.thread(1, answer.post_id)
        assert [row.post.uri for row in thread][-2:] == [comment.post.uri, answer.post.uri]


def test_a_wordpress_feed_costs_a_304_when_nothing_is_new(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        here = ear(site.port)
        source = here.listen("feed", {"url": f"{site.url}/feed/", "websub": False})
        site.publish("Été", f"<p>{TEXT}</p>")
        here.heard(source)
        assert len(here.found("siffle")) == 1
        before = here.archive.sources.health(1)[0]
        here.heard(source)
        after = here.archive.sources.health(1)[0]
        assert after.requests > before.requests
        assert after.not_modified_share is not None
        assert after.not_modified_share > 0


def message(subject: str, body: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Chloé Lefèvre <chloe@example.org>", "marque@example.org", subject
    mail["Date"] = "Sat, 21 Nov 2026 10:00:00 +0100"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


def test_mail_is_heard_with_accents_and_threads(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with imap(tmp_path) as box:
        here = ear(box.port)
        source = here.listen(
            "mail", {"host": "127.0.0.1", "port": box.port, "security": "none", "user": box.user},
            {"password": box.password},
        )  # fmt: skip
        box.deliver(message("Été et sifflement", TEXT, Message_ID="<1@example.org>"))
        here.heard(source)
        box.deliver(
            message("Re: Été", "Réponse : merci !", Message_ID="<2@example.org>", In_Reply_To="<1@example.org>")
        )
        assert here.heard(source).receipt.stored == 1
        [(first, words)] = here.found("siffle")
        assert words == ["siffle"]
        [(second, _)] = here.found("reponse AND merci")
        assert second.post.parent == first.post.uri


def test_matrix_messages_edits_and_redactions_are_honoured(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with synapse(tmp_path) as server:
        here = ear(server.port)
        room = server.room("Salon des cyclistes")
        source = here.listen("matrix", {"server": server.url, "rooms": [room]}, {"token": server.tokens["marque"]})
        event = server.send(room, {"msgtype": "m.text", "body": TEXT})
        gone = server.send(room, {"msgtype": "m.text", "body": "À effacer : motrare"})
        here.heard(source)
        assert here.texts("siffle") == [TEXT]
        assert len(here.texts("motrare")) == 1
        edit = {"msgtype": "m.text", "body": "Il ne siffle plus, merci Cyclovent"}
        relation = {"rel_type": "m.replace", "event_id": event}
        server.send(
            room, {"msgtype": "m.text", "body": "* " + edit["body"], "m.new_content": edit, "m.relates_to": relation}
        )
        server.redact(room, gone)
        here.heard(source)
        assert here.texts("siffle") == [edit["body"]]
        assert here.texts("motrare") == []


def test_the_repository_firehose_of_a_data_server_is_heard_and_deletions_are_honoured(
    ear: Callable[..., Ear], tmp_path: Path
) -> None:
    with atproto(tmp_path) as server:
        here = ear(server.port)
        source = here.listen("bluesky_firehose", {"host": server.url.replace("http", "ws")})
        here.heard_live(source, lambda: server.post(TEXT, langs=["fr"]), lambda: len(here.found("siffle")) == 1)
        [(row, words)] = here.found("ete")
        assert row.post.uri.startswith(f"at://{server.did}/app.bsky.feed.post/")
        assert row.post.lang == "fr"
        assert words == ["été"]
        here.heard_live(source, lambda: server.delete(row.post.uri), lambda: not here.found("siffle"))
        assert here.found("siffle") == []


def test_two_posts_within_a_second_are_both_heard(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with snac(tmp_path) as server:
        here = ear(server.port)
        source = here.listen(
            "mastodon", {"server": server.url, "timeline": "account", "value": "alice", "respect_noindex": False},
            {"token": server.tokens["alice"]},
        )  # fmt: skip
        server.post("Premier Cyclovent")
        here.heard(source)
        time.sleep(1.1)
        server.post("Deuxième Cyclovent")
        server.post("Troisième Cyclovent")
        here.heard(source)
        assert len(here.found("cyclovent")) == 3
