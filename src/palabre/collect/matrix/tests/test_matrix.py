"""Matrix: messages, edits, redactions, threads; sync with gaps, backfill; what nobody promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Window
from palabre.collect.matrix import urls
from palabre.collect.matrix.connector import MatrixConnector, Visit
from palabre.collect.matrix.format import MatrixFormat
from palabre.collect.testing import Asked, FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, cuts, head, read, spoilt
from palabre.errors import ConfigError, FetchError
from palabre.model import Gone, Heard
from palabre.net.response import Headers, Response

SERVER, ROOM = "https://matrix.example", "!abc:matrix.example"


def event(ident: str = "$m1", body: str = "Bonjour", ms: int = 1_795_168_800_000, **more: object) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": "m.text", "body": body}
    base = {"type": "m.room.message", "event_id": ident, "sender": "@lea:matrix.example", "origin_server_ts": ms}
    return base | {"content": content} | more


def related(ident: str, body: str, relation: dict[str, Any], **content: object) -> dict[str, Any]:
    return event(ident, content={"msgtype": "m.text", "body": body, "m.relates_to": relation} | content)


def edit(ident: str, of: str, body: str) -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": of}
    return related(ident, f"* {body}", relation, **{"m.new_content": {"msgtype": "m.text", "body": body}})


def joined(*events: object, **timeline: object) -> dict[str, Any]:
    member = {"type": "m.room.member", "event_id": "$j", "sender": "@lea:matrix.example", "origin_server_ts": 1,
              "state_key": "@lea:matrix.example", "content": {"displayname": "Léa", "membership": "join"}}  # fmt: skip
    part = {"state": {"events": [member]}, "timeline": {"events": list(events)} | timeline}
    return {"next_batch": "s2", "rooms": {"join": {ROOM: part}}}


def heard(value: object) -> Outcome:
    return read(MatrixFormat(), json.dumps(value).encode())


def test_a_message_is_a_post_with_its_author_and_place() -> None:
    post = heard(joined(event(body="Voir https://e.example/a."))).posts[0]
    assert post.uri == "matrix:roomid/abc:matrix.example/e/m1"
    assert post.account is not None
    assert (post.account.handle, post.account.name) == ("lea:matrix.example", "Léa")
    assert post.url == f"https://matrix.to/#/{ROOM}/$m1"
    assert (post.kind, post.network, post.published_ms) == ("message", "matrix", 1_795_168_800_000)


def test_an_edit_replaces_the_words_and_keeps_the_address() -> None:
    found = heard(joined(event(), edit("$e1", "$m1", "Bonsoir")))
    assert [(post.uri[-3:], post.text) for post in found.posts] == [("/m1", "Bonsoir")]
    assert found.posts[0].edited_ms
    alone = heard(joined(edit("$e1", "$m1", "Bonsoir"))).posts[0]
    assert (alone.uri[-3:], alone.text, alone.published_ms) == ("/m1", "Bonsoir", 0)


def test_replies_and_threads_know_where_they_belong() -> None:
    reply = related("$m2", "> <@bob> avant\n\nOui", {"m.in_reply_to": {"event_id": "$m1"}})
    thread = related("$m3", "Encore", {"rel_type": "m.thread", "event_id": "$m1", "m.in_reply_to": {"event_id": "$m2"}})
    found = heard(joined(event(), reply, thread))
    assert (found.by_uri("/m2").text, found.by_uri("/m2").parent[-3:]) == ("Oui", "/m1")
    assert (found.by_uri("/m3").root[-3:], found.by_uri("/m3").parent[-3:]) == ("/m1", "/m2")


def test_redactions_take_back() -> None:
    redaction = event("$r", type="m.room.redaction", redacts="$m1", content={})
    newer = event("$r2", type="m.room.redaction", content={"redacts": "$m2"})
    wiped = event("$m3", content={}, unsigned={"redacted_because": {"origin_server_ts": 5}})
    assert [one[-3:] for one in heard(joined(redaction, newer, wiped)).gone] == ["/m1", "/m2", "/m3"]


@pytest.mark.parametrize(
    "value",
    [joined(event()), {"chunk": [event()], "start": "a"}, {"room_name": "Salon", "messages": [event()]}, event()],
    ids=["sync", "messages", "export", "line"],
)
def test_every_kind_of_file_is_recognised(value: object) -> None:
    assert MatrixFormat().sniff(head(json.dumps(value).encode())) > 0.9
    assert len(heard(value).posts) == 1


# ── the connector ──


def serve(answers: dict[str, Any]) -> FakeNet:
    """A network that answers by path, whatever the query."""

    class Server(FakeNet):
        def request(self, method: str, url: str, **options: Any) -> Response:
            asked = Asked(method, url, options.get("headers") or {}, options.get("params") or {})
            self.asked.append(asked)
            found = answers[url.partition("?")[0]]
            value = found.pop(0) if isinstance(found, list) else found
            status = 403 if "errcode" in value else 200
            return Response(status, url, Headers(), json.dumps(value).encode())

    return Server()


def config(**more: object) -> dict[str, object]:
    return {"server": SERVER, "rooms": ROOM, **more}


def test_a_gap_in_the_timeline_is_filled_and_an_edit_brings_its_message() -> None:
    gap = joined(edit("$e9", "$old", "Nouveau"), limited=True, prev_batch="p1")
    original = event("$old", "Ancien", unsigned={"m.relations": {"m.replace": edit("$e9", "$old", "Nouveau")}})
    net = serve(
        {
            urls.sync(SERVER): [gap, {"next_batch": "s3"}],
            urls.messages(SERVER, ROOM): [{"chunk": [event("$m2"), event("$m1")], "end": ""}],
            urls.event(SERVER, ROOM, "$old"): original,
        }
    )
    connector = MatrixConnector()
    pages = list(connector.pages(config(), {"since": "s1"}, fake_means(net, token="t"), Window()))
    events = [one for item in pages[0].items for one in connector.map(item, {})]
    posts = [one.post for one in events if isinstance(one, Heard)]
    assert [(post.uri[-3:], post.text) for post in posts] == [
        ("old", "Nouveau"),
        ("/m1", "Bonjour"),
        ("/m2", "Bonjour"),
    ]
    assert posts[0].published_ms == 1_795_168_800_000
    assert pages[0].cursor["since"] == "s2"
    assert pages[0].requests == 2
    assert net.asked[0].headers["Authorization"] == "Bearer t"


def test_encrypted_messages_are_counted_not_guessed() -> None:
    net = serve({urls.sync(SERVER): joined(event(type="m.room.encrypted"))})
    page = next(MatrixConnector().pages(config(), {}, fake_means(net, token="t"), Window()))
    assert (page.items, page.drift["skipped: encrypted"]) == ((), 1)


def test_the_past_is_read_back_to_the_window() -> None:
    chunks = [{"chunk": [event("$m3"), event("$m2")], "end": "t2"}, {"chunk": [event("$m1", ms=5)], "end": "t3"}]
    net = serve({urls.messages(SERVER, ROOM): chunks})
    window = Window(since_ms=1_795_000_000_000)
    pages = list(MatrixConnector().pages(config(), {}, fake_means(net, token="t"), window))
    assert [len(page.items) for page in pages] == [2, 0, 0]
    assert pages[-1].cursor["done"] == [ROOM]


def test_an_alias_is_looked_up_and_nothing_is_joined_unasked() -> None:
    net = serve({urls.alias(SERVER, "#salon:matrix.example"): {"room_id": ROOM}, urls.sync(SERVER): joined()})
    page = next(
        MatrixConnector().pages(config(rooms="#salon:matrix.example"), {}, fake_means(net, token="t"), Window())
    )
    assert page.cursor["rooms"] == [ROOM]
    assert {call.method for call in net.asked} == {"GET"}


def test_a_refusal_and_a_wrong_room_are_said_plainly() -> None:
    net = serve({urls.sync(SERVER): {"errcode": "M_UNKNOWN_TOKEN"}})
    with pytest.raises(FetchError, match="M_UNKNOWN_TOKEN"):
        next(MatrixConnector().pages(config(), {}, fake_means(net, token="t"), Window()))
    with pytest.raises(ConfigError):
        MatrixConnector().validate(config(rooms="salon"))


def test_the_filter_asks_only_for_what_we_read() -> None:
    asked = json.loads(Visit(MatrixConnector().validate(config()), fake_means(), [ROOM]).filter())
    assert asked["room"]["rooms"] == [ROOM]
    assert asked["presence"] == {"types": []}


# ── what nobody promised ──


def test_no_spoilt_answer_is_more_than_a_quarantined_item() -> None:
    value = joined(event(), edit("$e1", "$m1", "x"), event("$r", type="m.room.redaction", redacts="$m1"))
    for twisted in spoilt(value):
        heard(twisted)
    for part in cuts(json.dumps(value).encode()):
        MatrixFormat().sniff(head(part))
        read(MatrixFormat(), part)


def test_a_redaction_names_the_room_it_happened_in() -> None:
    item = next(iter(MatrixFormat().found(event("$r", type="m.room.redaction", redacts="$m1", room_id=ROOM), "")))
    assert list(MatrixConnector().map(item, {})) == [Gone("matrix:roomid/abc:matrix.example/e/m1", 1_795_168_800_000)]


def test_other_recorded_chats_are_not_taken_for_matrix(shared: Path) -> None:
    for name in ("perceval_gitter", "perceval_mattermost", "perceval_rocketchat", "perceval_slack"):
        for path in (shared / "data/payloads" / name).iterdir():
            assert MatrixFormat().sniff(head(path.read_bytes())) == 0
