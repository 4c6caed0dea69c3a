"""Posts quoted on the pages of Understand: who, where, when, and their first words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from palabre.archive import PostRow
from palabre.desk.engine import archive
from palabre.desk.workspaces.access import Seat

CHARS = 220


@dataclass(frozen=True, slots=True)
class Excerpt:
    """words: the beginning of the post, in one line; "" where it is gone."""

    post_id: int
    author: str
    network: str
    at_ms: int
    words: str


def excerpts(seat: Seat, post_ids: Sequence[int]) -> dict[int, Excerpt]:
    """By id; posts that are gone are left out."""
    return {row.post_id: excerpt(row) for row in archive().posts.many(seat.workspace.id, list(dict.fromkeys(post_ids)))}


def excerpt(row: PostRow, chars: int = CHARS) -> Excerpt:
    post = row.post
    author = (post.account.name or post.account.handle or post.account.uri) if post.account else ""
    words = " ".join(f"{post.title} {post.text}".split())
    return Excerpt(
        row.post_id, author, post.network, row.sort_ms, words if len(words) <= chars else words[:chars] + "…"
    )


def once(rows: Iterable[PostRow]) -> list[PostRow]:
    """Each wording once, the first who wrote it."""
    kept: dict[str, PostRow] = {}
    for row in rows:
        kept.setdefault(" ".join(row.post.text.split()).lower(), row)
    return list(kept.values())
