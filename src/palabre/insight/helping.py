"""People who help, defend and advise, with the posts that show it; and when somebody helped.

found = helpers(archive, workspace_id, Scope())
found[0].account, found[0].advice.value, found[0].advice.evidence
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive import Archive
from palabre.insight.actors import COLUMNS
from palabre.insight.parties import our_accounts
from palabre.insight.scope import Scope, table
from palabre.model import Evidence, Figure
from palabre.understand.figuring import LISTED_MAX, count
from palabre.understand.roles import loyal_advisers, roles
from palabre.understand.signs import ADVICE, signs
from palabre.understand.tabular import author_array

HELPS_LEAST = 0.5  # of the sign of advice, for one post
FRIENDS_MAX = 10
HELPED_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Helper:
    """why: "adviser" (helps week after week) or "friend" (defends); advice: posts that help; weeks: in which they did,
    None for a friend; share: of their posts, what they are named for; last_ms: their last post."""

    account: str
    network: str
    why: str
    advice: Figure
    weeks: Figure | None
    share: Figure
    last_ms: int


@dataclass(frozen=True, slots=True)
class Help:
    """A post that helps somebody."""

    post_id: int
    sort_ms: int


def helpers(archive: Archive, workspace_id: int, scope: Scope) -> tuple[Helper, ...]:
    """Loyal advisers first, then friends; never an account of ours, nor one without an address (as in a table that has
    names alone): nobody could write to it."""
    posts, own = table(archive, workspace_id, scope, COLUMNS), our_accounts(archive, workspace_id)
    found = signs(posts)
    seen, helped = last_seen(posts), help_of(posts, found[:, ADVICE])
    advisers = loyal_advisers(posts, scope.evidence, found, own)
    made = [
        Helper(one.account, seen[one.account][0], "adviser", resting(helped.get(one.account, [])), one.weeks,
               one.role.shares["advisor"], seen[one.account][1])
        for one in advisers if one.account in seen
    ]  # fmt: skip
    taken = {one.account for one in made} | own
    friends = [one for one in roles(posts, scope.evidence, found)
               if one.role == "friend" and one.account in seen and one.account not in taken]  # fmt: skip
    made += [
        Helper(one.account, seen[one.account][0], "friend", resting(helped.get(one.account, [])), None,
               one.shares["friend"], seen[one.account][1])
        for one in friends[:FRIENDS_MAX]
    ]  # fmt: skip
    return tuple(made)


def last_seen(posts: pa.Table) -> Mapping[str, tuple[str, int]]:
    """Account → (network, last post)."""
    rows = zip(*(posts[name].to_pylist() for name in ("account_uri", "network", "sort_ms")), strict=True)
    return {account: (network, at) for account, network, at in rows}  # oldest first: the last one stays


def help_of(posts: pa.Table, advice: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Mapping[str, list[Help]]:
    """Account → its posts that help, oldest first."""
    rows = np.flatnonzero(advice >= HELPS_LEAST)
    picked = posts.take(pa.array(rows))
    found: dict[str, list[Help]] = {}
    columns = (author_array(picked), picked["post_id"], picked["sort_ms"])
    for account, post_id, at in zip(*(one.to_pylist() for one in columns), strict=True):
        found.setdefault(account, []).append(Help(post_id, at))
    return found


def resting(helped: list[Help]) -> Figure:
    ids = tuple(one.post_id for one in helped[-LISTED_MAX:])
    return count("contributions", len(helped), "recognition.method.contributions", Evidence(post_ids=ids or (0,)))


def help_by(
    archive: Archive, workspace_id: int, accounts: frozenset[str], since_ms: int, until_ms: int
) -> Mapping[str, list[Help]]:
    """Account → what it did to help in a period, among mentions of our watches only."""
    if not accounts:
        return {}
    posts = table(archive, workspace_id, Scope().within(since_ms, until_ms), COLUMNS)
    posts = posts.filter(pc.is_in(posts["account_uri"], pa.array(sorted(accounts), pa.string())))
    return help_of(posts, signs(posts)[:, ADVICE]) if posts.num_rows else {}


def said_by(
    archive: Archive, workspace_id: int, accounts: frozenset[str], since_ms: int, until_ms: int
) -> list[dict[str, object]]:
    """What these accounts said of us in a period (mentions of our watches only), newest first."""
    if not accounts:
        return []
    columns = ("post_id", "account_uri", "sort_ms", "title", "text", "url", "reshare_of")
    posts = table(archive, workspace_id, Scope().within(since_ms, until_ms), columns)
    posts = posts.filter(pc.is_in(posts["account_uri"], pa.array(sorted(accounts), pa.string())))
    rows: list[dict[str, object]] = posts.to_pylist()
    return [row for row in rows if not row["reshare_of"]][::-1][:HELPED_MAX]
