"""Bluesky: both Jetstream wires, the repository firehose, search, files, and what nobody promised."""

from __future__ import annotations

import hashlib
import json
import struct
from itertools import islice
from pathlib import Path
from typing import Any

import libipld
import pytest
import zstandard

from palabre.collect.bluesky import urls
from palabre.collect.bluesky.connector import FirehoseConnector, JetstreamConnector, SearchConnector
from palabre.collect.bluesky.format import BlueskyFormat
from palabre.collect.bluesky.frames import Inflater, dictionary_id
from palabre.collect.bluesky.mapping import cid_of
from palabre.collect.bluesky.session import Session
from palabre.collect.contract import Window
from palabre.collect.testing import Asked, FakeNet, FakeSocket, fake_means
from palabre.collect.testing_formats import Outcome, cuts, head, read, read_folder, spoilt, take
from palabre.errors import ConfigError, FetchError
from palabre.model import Gone, Heard, RawItem
from palabre.net.response import Headers, Response

DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
POST = "app.bsky.feed.post"
RECORD: dict[str, Any] = {
    "$type": POST,
    "text": "Été chez @lea.example : https://e.example/…",
    "createdAt": "2026-11-20T10:00:00.000Z",
    "langs": ["fr-FR"],
    "facets": [
        {"index": {"byteStart": 11, "byteEnd": 23}, "features": [{"$type": "m", "did": "did:plc:lea"}]},
        {"index": {"byteStart": 26, "byteEnd": 45}, "features": [{"$type": "l", "uri": "https://e.example/long"}]},
        {"index": {"byteStart": 0, "byteEnd": 4}, "features": [{"$type": "t", "tag": "été"}]},
    ],
    "reply": {"parent": {"uri": f"at://{DID}/{POST}/p"}, "root": {"uri": f"at://{DID}/{POST}/r"}},
    "embed": {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"record": {"uri": f"at://{DID}/{POST}/q"}},
        "media": {"images": [{"alt": "Une plage", "image": {"ref": {"$link": "bafyimage"}}}]},
    },
}


def v1(operation: str = "create", rkey: str = "k1", record: object = RECORD, **more: object) -> dict[str, Any]:
    commit = {"operation": operation, "collection": POST, "rkey": rkey, "rev": "r", "record": record}
    return {"did": DID, "time_us": 1_795_168_800_000_000, "kind": "commit", "commit": commit | more}


def v2(seq: int = 5, operation: str = "create", **more: object) -> dict[str, Any]:
    payload = {
        "$type": "network.bsky.jetstream.subscribeEvents#commit", "did": DID, "seq": seq, "collection": POST,
        "time": "2026-11-20T10:00:01Z", "rev": "r", "operation": operation, "rkey": "k1", "record": RECORD,
    }  # fmt: skip
    return {"$type": "message", "payload": payload | more}


def view(**more: object) -> dict[str, Any]:
    author = {"did": DID, "handle": "lea.example", "displayName": "Léa"}
    base = {"uri": f"at://{DID}/{POST}/k1", "cid": "b", "author": author, "record": RECORD, "likeCount": 4}
    return base | {"indexedAt": "2026-11-20T10:00:02Z"} | more


def heard(value: object) -> Outcome:
    return read(BlueskyFormat(), json.dumps(value).encode())


@pytest.mark.parametrize("value", [v1(), v2(), v2()["payload"], view(), {"feed": [{"post": view()}]}])
def test_every_wire_and_view_tells_the_same_post(value: object) -> None:
    post = heard(value).posts[0]
    assert post.uri == f"at://{DID}/{POST}/k1"
    assert post.text == RECORD["text"] + "\n\nUne plage"
    assert (post.lang, post.tags, post.links) == ("fr", ("été",), ("https://e.example/long",))
    assert post.mentions == ("lea.example", "did:plc:lea")
    assert (post.parent[-2:], post.root[-2:], post.quote_of[-2:]) == ("/p", "/r", "/q")
    assert post.media == (urls.image(DID, "bafyimage"),)
    assert post.account is not None
    assert post.account.uri == DID


def test_an_update_is_an_edit_and_a_delete_takes_back() -> None:
    assert heard(v1("update")).posts[0].edited_ms == 1_795_168_800_000
    assert heard(v1("delete", record=None)).gone == [f"at://{DID}/{POST}/k1"]


@pytest.mark.parametrize(
    ("account", "gone"),
    [
        ({"active": False, "status": "deleted"}, [DID]),
        ({"active": False, "status": "takendown"}, [DID]),
        ({"active": False}, [DID]),
        ({"active": True}, []),
        ({"active": False, "status": "throttled"}, []),
    ],
)
def test_an_account_that_goes_takes_all_its_posts_along(account: dict[str, object], gone: list[str]) -> None:
    assert heard({"did": DID, "time_us": 1, "kind": "account", "account": account}).gone == gone


def test_a_repost_is_a_reshare_and_likes_are_not_posts() -> None:
    record = {"$type": "app.bsky.feed.repost", "subject": {"uri": "at://x/y/z"}, "createdAt": "2026-11-20T10:00:00Z"}
    repost = heard(v1(collection="app.bsky.feed.repost", record=record)).posts[0]
    assert (repost.kind, repost.reshare_of) == ("reshare", "at://x/y/z")
    assert heard(v1(collection="app.bsky.feed.like")).items == 0


def test_a_record_alone_is_named_by_its_content() -> None:
    post = heard(RECORD).posts[0]
    assert post.uri == f"cid:{cid_of(RECORD)}"
    assert cid_of(RECORD).startswith("bafyrei")


def test_posts_for_signed_in_readers_are_not_taken_from_the_public_stream() -> None:
    labelled = RECORD | {"labels": {"$type": "s", "values": [{"val": "!no-unauthenticated"}]}}
    item = next(iter(BlueskyFormat().found(v1(record=labelled), "")))
    assert list(JetstreamConnector().map(item, {})) == []
    sensitive = RECORD | {"labels": {"values": [{"val": "graphic-media"}]}}
    assert heard(v1(record=sensitive)).posts[0].sensitive


@pytest.mark.parametrize(
    "value",
    [
        {"lexicon": 1, "id": "app.bsky.feed.post", "defs": {}},
        {"did": "did:plc:x"},
        {"did": "did:plc:x", "handle": "a.b"},
        {"uri": "at://did:plc:x/app.bsky.feed.like/1", "value": {"$type": "app.bsky.feed.like"}},
        {"follows": [{"did": "did:plc:x", "handle": "a"}], "subject": {"did": "did:plc:x", "handle": "a"}},
    ],
)
def test_files_of_the_protocol_without_posts_are_recognised_and_empty(value: object) -> None:
    assert BlueskyFormat().sniff(head(json.dumps(value).encode())) > 0.5
    assert heard(value).items == 0


# ── Jetstream ──


def socket_net(address: str, *frames: str | bytes | None) -> FakeNet:
    net = FakeNet()
    net.sockets[address] = FakeSocket(frames)
    return net


def test_jetstream_v1_resumes_five_seconds_earlier_and_keeps_its_place() -> None:
    address = "wss://jet.example/subscribe?cursor=1795168795000000&wantedCollections=app.bsky.feed.post"
    like = v1(collection="app.bsky.feed.like") | {"time_us": 1_795_168_800_000_009}
    net = socket_net(address, json.dumps(v1()), "{broken", json.dumps(like), None)
    config = {"wire": "v1", "host": "https://jet.example", "compress": False}
    connector = JetstreamConnector()
    cursor = {"time_us": 1_795_168_800_000_000}
    pages = list(islice(connector.pages(config, cursor, fake_means(net), Window()), 2))
    assert [len(page.items) for page in pages] == [2, 0]
    assert pages[0].cursor == {"time_us": 1_795_168_800_000_009}
    found = Outcome()
    for item in pages[0].items:
        take(found, item, lambda one: connector.map(one, config))
    assert (len(found.posts), found.faults) == (1, ["payload.not_json"])


def test_a_backfill_starts_at_its_window_and_ends_with_it() -> None:
    address = "wss://jet.example/subscribe?cursor=1795000000000000&wantedCollections=app.bsky.feed.post"
    net = socket_net(address, json.dumps(v1()), None, json.dumps(v1()))
    config = {"wire": "v1", "host": "wss://jet.example", "compress": False}
    window = Window(since_ms=1_795_000_000_000, until_ms=1_795_168_800_000)
    assert len(list(JetstreamConnector().pages(config, {}, fake_means(net), window))) == 1


def trained() -> bytes:
    samples: list[bytes | bytearray | memoryview] = [json.dumps(v1(rkey=f"k{n}")).encode() * 2 for n in range(300)]
    return zstandard.train_dictionary(4096, samples).as_bytes()


def test_jetstream_v2_fetches_the_dictionary_and_reads_compressed_frames() -> None:
    blob = trained()
    known = dictionary_id(blob)
    shared = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(blob))
    packed = shared.compress(json.dumps(v2(8)).encode())
    address = (
        "wss://jet.example/xrpc/network.bsky.jetstream.subscribeEvents?collections=app.bsky.feed.post&cursor=7"
        f"&kinds=account&kinds=commit&zstdDictionary={known}"
    )
    net = socket_net(address, packed, json.dumps({"$type": "error", "error": "ConsumerTooSlow"}))
    net.answer("https://jet.example/xrpc/network.bsky.jetstream.getZstdDictionary", body=blob)
    pages = JetstreamConnector().pages({"host": "wss://jet.example"}, {"seq": 7}, fake_means(net), Window())
    with pytest.raises(FetchError, match="ConsumerTooSlow"):
        list(pages)
    net.sockets[address] = FakeSocket([packed, None])
    page = next(JetstreamConnector().pages({"host": "wss://jet.example"}, {"seq": 7}, fake_means(net), Window()))
    assert page.cursor == {"seq": 8}
    assert len(page.items) == 1


def test_frames_inflate_with_or_without_a_dictionary_and_never_beyond_the_cap() -> None:
    assert Inflater()(zstandard.compress(b"{}")) == b"{}"
    assert Inflater()("{}") == b"{}"
    assert len(Inflater()(zstandard.compress(b"a" * 50_000_000))) == 8 << 20
    assert dictionary_id(b"not one") == 0
    assert dictionary_id(struct.pack("<II", 0xEC30A437, 77) + b"x") == 77


def test_accounts_are_named_by_their_permanent_id() -> None:
    with pytest.raises(ConfigError):
        JetstreamConnector().validate({"accounts": "lea.example"})


# ── the repository firehose ──


def cid_bytes(block: bytes) -> bytes:
    return b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def tagged_cid(raw: bytes) -> bytes:
    """A content identifier in DAG-CBOR: tag 42, bytes with a leading zero."""
    return b"\xd8\x2a\x58\x25\x00" + raw


def car(blocks: dict[bytes, bytes], root: bytes) -> bytes:
    header = b"\xa2eroots\x81" + tagged_cid(root) + b"gversion\x01"
    sections = (varint(len(key) + len(body)) + key + body for key, body in blocks.items())
    return varint(len(header)) + header + b"".join(sections)


def frame(operation: str = "create", seq: int = 12) -> bytes:
    """A frame of subscribeRepos as a relay writes it, made by hand: {op: 1, t: "#commit"} + body."""
    block = libipld.encode_dag_cbor({name: value for name, value in RECORD.items() if name != "embed"})
    own = cid_bytes(block)
    op = b"\xa3ccid" + (tagged_cid(own) if operation != "delete" else b"\xf6")
    op += b"dpath" + libipld.encode_dag_cbor(f"{POST}/k1") + b"faction" + libipld.encode_dag_cbor(operation)
    blocks = libipld.encode_dag_cbor(car({own: block}, own))
    body = b"\xa5cops\x81" + op + b"cseq" + libipld.encode_dag_cbor(seq) + b"drepo" + libipld.encode_dag_cbor(DID)
    body += b"dtime" + libipld.encode_dag_cbor("2026-11-20T10:00:01Z") + b"fblocks" + blocks
    return libipld.encode_dag_cbor({"op": 1, "t": "#commit"}) + body


def test_the_firehose_brings_records_out_of_its_blocks_and_deletions() -> None:
    address = "wss://relay.example/xrpc/com.atproto.sync.subscribeRepos?cursor=11"
    account = libipld.encode_dag_cbor({"op": 1, "t": "#account"}) + libipld.encode_dag_cbor(
        {"seq": 14, "did": DID, "active": False, "status": "deleted", "time": "2026-11-20T10:00:01Z"}
    )
    net = socket_net(address, frame(), b"\xff\x00junk", frame("delete", 13), account, None)
    connector = FirehoseConnector()
    pages = connector.pages({"host": "relay.example"}, {"seq": 11}, fake_means(net), Window())
    found = Outcome()
    page = next(pages)
    for item in page.items:
        take(found, item, lambda one: connector.map(one, {}))
    assert found.posts[0].text == RECORD["text"]
    assert found.gone == [f"at://{DID}/{POST}/k1", DID]
    assert found.faults == ["payload.not_json"]
    assert page.cursor == {"seq": 14}


def test_a_refusal_of_the_relay_is_an_error_and_an_exported_repository_is_read() -> None:
    refusal = libipld.encode_dag_cbor({"op": -1}) + libipld.encode_dag_cbor({"error": "FutureCursor", "message": "m"})
    net = socket_net("wss://relay.example/xrpc/com.atproto.sync.subscribeRepos", refusal)
    with pytest.raises(FetchError, match="FutureCursor"):
        next(FirehoseConnector().pages({"host": "wss://relay.example"}, {}, fake_means(net), Window()))
    block = libipld.encode_dag_cbor({"$type": POST, "text": "salut", "createdAt": "2026-11-20T10:00:00Z"})
    own = cid_bytes(block)
    node = b"\xa2ae\x81\xa4ak" + libipld.encode_dag_cbor(f"{POST}/k1".encode()) + b"ap\x00at\xf6av" + tagged_cid(own)
    node += b"al\xf6"
    commit = libipld.encode_dag_cbor({"did": DID, "rev": "r"})
    body = car({own: block, cid_bytes(node): node, cid_bytes(commit): commit}, cid_bytes(commit))
    assert BlueskyFormat().sniff(head(body)) == 1.0
    assert read(BlueskyFormat(), body).uris == {f"at://{DID}/{POST}/k1"}


# ── search ──


def test_search_signs_in_once_and_renews_its_token() -> None:
    Session.kept.clear()
    net = FakeNet()
    tokens = {"accessJwt": "a1", "refreshJwt": "r1"}
    net.answer(urls.create_session("https://pds.example"), method="POST", json=tokens)
    net.answer(urls.refresh_session("https://pds.example"), method="POST", json={"accessJwt": "a2", "refreshJwt": "r2"})
    place = f"{urls.search_posts('https://pds.example')}?limit=100&q=bio&sort=latest"

    def answer(asked: Asked) -> Response:
        fresh = asked.headers["Authorization"] == "Bearer a2"
        body = json.dumps({"posts": [view()], "cursor": "25"} if fresh else {"error": "ExpiredToken"}).encode()
        return Response(200 if fresh else 400, asked.url, Headers(), body)

    net.answer(place, call=answer)
    config = {"query": "bio", "server": "https://pds.example", "handle": "@me.example"}
    for _ in range(2):
        page = next(SearchConnector().pages(config, {}, fake_means(net, app_password="p"), Window()))
        assert len(page.items) == 1
    assert [call.method for call in net.asked].count("POST") == 2


def test_what_search_found_is_asked_again_for_deletions() -> None:
    Session.kept.clear()
    there, away = view()["uri"], f"at://{DID}/{POST}/away"
    net = FakeNet()
    net.answer(urls.create_session("https://pds.example"), method="POST", json={"accessJwt": "a", "refreshJwt": "r"})
    net.answer(urls.several("https://pds.example", [there, away]), json={"posts": [view()]})
    config = {"query": "bio", "server": "https://pds.example", "handle": "me.example"}
    uris = ["https://elsewhere.example/1", there, away]
    found = list(SearchConnector().sweep(config, uris, fake_means(net, app_password="p")))
    assert [one.uri for one in found if isinstance(one, Gone)] == [away]
    events = [event for one in found if isinstance(one, RawItem) for event in SearchConnector().map(one, config)]
    assert [event.post.uri for event in events if isinstance(event, Heard)] == [there]


def test_a_refused_password_is_said_plainly() -> None:
    Session.kept.clear()
    net = FakeNet().answer(urls.create_session("https://pds.example"), method="POST", status=401, json={})
    config = {"query": "bio", "server": "https://pds.example", "handle": "me.example"}
    with pytest.raises(FetchError) as caught:
        next(SearchConnector().pages(config, {}, fake_means(net, app_password="p"), Window()))
    assert caught.value.permanent


# ── what nobody promised ──


@pytest.mark.parametrize("value", [v1(), v2(), view(), RECORD])
def test_no_spoilt_payload_is_more_than_a_quarantined_item(value: object) -> None:
    for twisted in spoilt(value, 120):
        heard(twisted)


def test_cut_files_and_frames_never_crash() -> None:
    for part in cuts(json.dumps({"posts": [view(), view()]}).encode()):
        BlueskyFormat().sniff(head(part))
        read(BlueskyFormat(), part)
    address = "wss://relay.example/xrpc/com.atproto.sync.subscribeRepos"
    net = socket_net(address, *cuts(frame()), None)
    assert next(FirehoseConnector().pages({"host": "relay.example"}, {}, fake_means(net), Window())).items


def test_the_recorded_payloads_are_all_recognised(shared: Path) -> None:
    found, sure = read_folder(BlueskyFormat(), shared / "data/payloads/bluesky", "*.json")
    assert min(sure.values()) > 0.5
    assert len(found.posts) >= 2
    stream, _ = read_folder(BlueskyFormat(), shared / "data/payloads/bluesky_jetstream")
    assert len(stream.posts) == 1
    _, lexicons = read_folder(BlueskyFormat(), shared / "data/payloads/bluesky/lexicons")
    assert min(lexicons.values()) > 0.5
