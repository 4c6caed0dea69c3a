"""The wires: frames of Jetstream (v1, v2, compressed or not) and of the repository firehose, as plain objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import libipld
import zstandard

from palabre.collect.bluesky import urls
from palabre.collect.payload import Table, loads, table, tables, text
from palabre.errors import FetchError, ItemError

FRAME_BYTES_MAX = 8 << 20
CID_BYTES = 36  # version, codec, hash kind, length, SHA-256
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x37\xa4\x30\xec"


class Inflater:
    """Frames of a compressed stream. dictionary: the blob both ends share, b"" for none."""

    def __init__(self, dictionary: bytes = b"") -> None:
        shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self.engine = zstandard.ZstdDecompressor(dict_data=shared) if shared else zstandard.ZstdDecompressor()

    def __call__(self, frame: str | bytes) -> bytes:
        """The text of a frame. Raises ItemError where it cannot be inflated."""
        body = frame.encode() if isinstance(frame, str) else frame
        if not body.startswith(ZSTD_MAGIC):
            return body
        try:
            with self.engine.stream_reader(body) as reader:
                return reader.read(FRAME_BYTES_MAX)
        except zstandard.ZstdError as error:
            raise ItemError("connector_bluesky.errors.not_zstd") from error


def dictionary_id(blob: bytes) -> int:
    """The id in a dictionary's header (RFC 8878 §5); 0 when it is no dictionary."""
    return int.from_bytes(blob[4:8], "little") if blob.startswith(DICTIONARY_MAGIC) and len(blob) > 8 else 0


def refuse_error_frame(value: object) -> object:
    """The object of a v2 frame. FetchError when the server says why it hangs up."""
    if isinstance(value, Mapping) and value.get("$type") == "error":
        raise FetchError("payload.refused", reason=f"{text(value, 'error')} {text(value, 'message')}".strip())
    return value


def firehose_events(frame: bytes) -> tuple[int, list[dict[str, object]]]:
    """(sequence number, events in Jetstream's shape) of one frame of subscribeRepos.

    Raises ItemError when it is not a frame, FetchError when it is the server's refusal.
    """
    header, body = header_and_body(frame)
    if header.get("op") == -1:
        raise FetchError("payload.refused", reason=f"{text(body, 'error')} {text(body, 'message')}".strip())
    seq = body.get("seq")
    number = seq if isinstance(seq, int) else 0
    match header.get("t"):
        case "#commit":
            return number, list(commit_events(body))
        case "#account":
            account = {"active": body.get("active"), "status": body.get("status")}
            return number, [{"did": body.get("did"), "kind": "account", "time": body.get("time"), "account": account}]
    return number, []


def header_and_body(frame: bytes) -> tuple[Table, Table]:
    """The two DAG-CBOR objects of a frame."""
    try:
        parts = libipld.decode_dag_cbor_multi(frame)
    except Exception as error:  # the library raises its own kinds, and ValueError
        raise ItemError("connector_bluesky.errors.not_a_frame") from error
    if len(parts) != 2 or not all(isinstance(part, Mapping) for part in parts):
        raise ItemError("connector_bluesky.errors.not_a_frame")
    return parts[0], parts[1]


def commit_events(body: Table) -> Iterator[dict[str, object]]:
    """One event for each operation on posts and reposts; the records come out of the CAR that travels along."""
    wanted = [op for op in tables(body, "ops") if text(op, "path").startswith((urls.POSTS + "/", urls.REPOSTS + "/"))]
    if not wanted:
        return
    blocks = car_blocks(body.get("blocks"))
    for op in wanted:
        collection, _, rkey = text(op, "path").partition("/")
        cid = op.get("cid")
        commit: dict[str, object] = {"operation": text(op, "action"), "collection": collection, "rkey": rkey}
        if isinstance(cid, bytes) and cid in blocks:
            commit |= {"record": plain(blocks[cid]), "cid": libipld.encode_cid(cid)}
        yield {"did": body.get("repo"), "time": body.get("time"), "kind": "commit", "commit": commit}


def car_blocks(body: object) -> Mapping[bytes, Any]:
    """Blocks of a CAR by content identifier; {} where there is none. Raises ItemError."""
    if not isinstance(body, bytes) or not body:
        return {}
    try:
        _, blocks = libipld.decode_car(body)
    except Exception as error:  # the library raises its own kinds, and ValueError
        raise ItemError("connector_bluesky.errors.not_a_car") from error
    return blocks


def plain(value: object) -> object:
    """A DAG-CBOR value as the protocol writes it in JSON: {"$link": cid}, {"$bytes": base64}."""
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, bytes):
        return link_or_bytes(value)
    return value


def link_or_bytes(value: bytes) -> dict[str, str]:
    from base64 import b64encode

    if len(value) == CID_BYTES and value[:1] == b"\x01":
        return {"$link": str(libipld.encode_cid(value))}
    return {"$bytes": b64encode(value).decode()}


def car_records(body: bytes) -> Iterator[dict[str, object]]:
    """Post records of an exported repository, with their address. Raises ItemError."""
    blocks = car_blocks(body)
    commit = next(
        (block for block in blocks.values() if isinstance(block, Mapping) and "did" in block and "rev" in block), {}
    )
    paths = dict(tree_paths(blocks))
    for cid, block in blocks.items():
        if isinstance(block, Mapping) and block.get("$type") in (urls.POSTS, urls.REPOSTS) and cid in paths:
            yield {"uri": f"at://{commit.get('did', '')}/{paths[cid]}", "value": plain(block)}


def tree_paths(blocks: Mapping[bytes, Any]) -> Iterator[tuple[bytes, str]]:
    """(content identifier, path) of every leaf of the repository's tree; keys share prefixes within a node."""
    for block in blocks.values():
        path = b""
        for leaf in tables(table({"node": block}, "node"), "e"):
            suffix, shared, cid = leaf.get("k"), leaf.get("p"), leaf.get("v")
            if isinstance(suffix, bytes) and isinstance(shared, int) and isinstance(cid, bytes):
                path = path[:shared] + suffix
                yield cid, path.decode("utf-8", "replace")


def frame_object(body: bytes) -> object:
    """The JSON of a text frame. Raises ItemError."""
    return loads(body)
