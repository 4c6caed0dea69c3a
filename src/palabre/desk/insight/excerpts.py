"""Posts quoted on the pages of Understand: who, where, when, and their first words."""

from __future__ import annotations

from collections.abc import Sequence
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
