"""A thread as a tree in reading order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from palabre.archive import PostRow

DEPTH_MAX = 6
PAGE = 150


@dataclass(slots=True)
class Branch:
    """One post of a thread. depth: from 0, as it is, also beyond what is indented; below: how many posts answer it,
    directly or not; orphan: it answers a post that was not heard; branches: its answers on this page."""

    row: PostRow
    depth: int
    below: int
    orphan: bool
    branches: list[Branch] = field(default_factory=list)


def arranged(rows: Sequence[PostRow]) -> list[tuple[PostRow, int, bool]]:
    """(post, depth, orphan) in reading order: each post is followed by its answers, the oldest first.

    rows: oldest first. orphan: it answers a post that was not heard. A circle of answers is cut where it is met.
    """
    children, roots = families(rows)
    out: list[tuple[PostRow, int, bool]] = []
    seen: set[int] = set()
    for start in [*roots, *rows]:  # what hangs in a circle has no root: it comes last
        waiting = [(start, 0)]
        while waiting:
            row, depth = waiting.pop()
            if row.post_id in seen:
                continue
            seen.add(row.post_id)
            out.append((row, depth, depth == 0 and bool(row.post.parent)))
            waiting += [(child, depth + 1) for child in reversed(children.get(row.post.uri, ()))]
    return out


def families(rows: Sequence[PostRow]) -> tuple[Mapping[str, list[PostRow]], list[PostRow]]:
    """(answers by the uri of what they answer; posts that answer nothing that is here)."""
    here = {row.post.uri for row in rows}
    children: dict[str, list[PostRow]] = {}
    roots = []
    for row in rows:
        if row.post.parent in here:
            children.setdefault(row.post.parent, []).append(row)
        else:
            roots.append(row)
    return children, roots


def flat(rows: Sequence[PostRow]) -> list[Branch]:
    """The whole thread in reading order, not yet hung together."""
    order = arranged(rows)
    depths = [depth for _, depth, _ in order]
    return [Branch(row, depth, below(depths, i), orphan) for i, (row, depth, orphan) in enumerate(order)]


def below(depths: Sequence[int], i: int) -> int:
    """How many that follow are deeper."""
    end = next((j for j in range(i + 1, len(depths)) if depths[j] <= depths[i]), len(depths))
    return end - i - 1


def nested(page: Sequence[Branch]) -> list[Branch]:
    """A page hung together, at most DEPTH_MAX levels; what is deeper stays beside its parent, in reading order."""
    tops: list[Branch] = []
    path: list[Branch] = []
    for branch in page:
        while path and path[-1].depth >= min(branch.depth, DEPTH_MAX):
            path.pop()
        (path[-1].branches if path else tops).append(branch)
        path.append(branch)
    return tops


def page_of(order: Sequence[Branch], current_id: int, skip: int | None) -> tuple[Sequence[Branch], int]:
    """(the posts of one page, where it begins): the page of the current post when none is asked for."""
    at = next((i for i, branch in enumerate(order) if branch.row.post_id == current_id), 0)
    start = skip if skip is not None else at // PAGE * PAGE
    start = max(0, min(start, (len(order) - 1) // PAGE * PAGE))
    return order[start : start + PAGE], start
