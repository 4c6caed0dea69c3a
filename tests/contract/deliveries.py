"""Deliveries for tests: posts in, keys made by splitting at spaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from palabre.archive import Archive, Delivery
from palabre.batches import batch_of
from palabre.model import MENTIONS, Fault, Gone, Post, RawItem, Sieve, SieveTerm


def note(number: int, text: str = "bonjour le monde", **more: Any) -> Post:
    return Post(**{"uri": f"https://example.org/p/{number}", "network": "mastodon", "text": text} | more)


def delivery(
    posts: Sequence[Post],
    *,
    workspace_id: int = 1,
    source_id: int | None = None,
    mentions: Iterable[tuple[int, int]] = (),
    gone: Iterable[str] = (),
    faults: Iterable[tuple[RawItem, Fault]] = (),
    keep: str = "all",
    index: pa.Array | None = None,
    cursor: Mapping[str, object] | None = None,
    **more: Any,
) -> Delivery:
    """mentions: (row, watch_id); gone: uris."""
    return Delivery(
        workspace_id,
        source_id,
        batch_of(posts),
        [RawItem(f'{{"uri":"{post.uri}"}}'.encode()) for post in posts],
        index
        if index is not None
        else pa.array([" ".join(f"{post.title} {post.text}".casefold().split()) for post in posts], pa.string()),
        pa.RecordBatch.from_pylist([{"post": row, "watch": watch} for row, watch in mentions], MENTIONS),
        gone=tuple(Gone(uri) for uri in gone),
        faults=tuple(faults),
        cursor=cursor,
        keep=keep,
        **more,
    )


def texts(archive: Archive, key: str = "", workspace_id: int = 1) -> list[str]:
    """Texts of the posts that hold a key, newest first; of all posts without one."""
    asked = {"sieve": Sieve(SieveTerm(key), exact=True)} if key else {}
    return [row.post.text for row in archive.search(workspace_id, **asked)]
