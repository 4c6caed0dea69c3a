"""One account in a scope: whom it turns to, its part in each conversation and how that changes, its two scales.

Public acts on the watched subject alone; nothing is guessed about who somebody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from palabre.archive import Archive
from palabre.insight.actors import COLUMNS, Behind, trusted
from palabre.insight.parties import our_accounts
from palabre.insight.scope import Scope, table
from palabre.understand.circles import Circles, circles
from palabre.understand.graph import interactions
from palabre.understand.pyramid import pyramid, step_of
from palabre.understand.roles import Change, Role, by_conversation, changes, roles
from palabre.understand.scales import Standing, standings
from palabre.understand.signs import signs
from palabre.understand.tabular import author_keys, strings, times

CONVERSATIONS_MAX = 30


@dataclass(frozen=True, slots=True)
class Turn:
    """A conversation that the account took part in, with its part there. post_id: of its first post in it."""

    root: str
    post_id: int
    posts: int
    last_ms: int
    role: Role


@dataclass(frozen=True, slots=True)
class Person:
    """role: over the whole scope, None where it wrote nothing; change: between the two halves, None where either has
    too few signs; standing: None where nobody named it and it wrote nothing; step: of the pyramid, "" where unknown."""

    account: str
    name: str
    network: str
    posts: int
    first_ms: int
    last_ms: int
    circles: Circles
    role: Role | None
    turns: tuple[Turn, ...]
    change: Change | None
    standing: Standing | None
    step: str


def account(archive: Archive, workspace_id: int, scope: Scope, uri: str) -> Person:
    """What the scope says of one account."""
    posts = table(archive, workspace_id, scope, COLUMNS)
    found, evidence, graph = signs(posts), scope.evidence, interactions(posts)
    behind, (credible, certified) = Behind(graph, posts), trusted(archive, workspace_id)
    placed = standings(posts, evidence, credible=credible, certified=certified, found=found, only=uri)
    rows = np.flatnonzero([key == uri for key in author_keys(posts)])
    mine = posts.take(pa.array(rows))
    when = times(mine)
    parts = by_conversation(posts, evidence, found).items()
    names = [one for name in ("account_handle", "account_name") for one in strings(mine, name) if one]
    return Person(
        uri,
        names[-1] if names else "",
        next(iter(strings(mine, "network")), ""),
        len(rows),
        int(when.min()) if len(when) else 0,
        int(when.max(initial=0)),
        circles(graph, posts, uri, evidence, scope.since_ms, scope.until_ms),
        next((one for one in roles(posts, evidence, found) if one.account == uri), None),
        tuple(turns(mine, [(root, one) for (root, who), one in parts if who == uri])),
        changed(posts, scope, uri),
        next(map(behind.standing, placed), None),
        step_of(pyramid(posts, our_accounts(archive, workspace_id), evidence, found), uri),
    )  # fmt: skip


def turns(mine: pa.Table, parts: Sequence[tuple[str, Role]]) -> list[Turn]:
    """The conversations in which it has a part, the newest first."""
    opened = np.array([a or b for a, b in zip(strings(mine, "root"), strings(mine, "uri"), strict=True)], object)
    ids, when, made = mine["post_id"].to_pylist(), times(mine), []
    for root, role in parts:
        rows = np.flatnonzero(opened == root)
        if len(rows):
            first = int(rows[np.argmin(when[rows])])
            made.append(Turn(root, ids[first], len(rows), int(when[rows].max()), role))
    return sorted(made, key=lambda one: (-one.last_ms, one.post_id))[:CONVERSATIONS_MAX]


def changed(posts: pa.Table, scope: Scope, uri: str) -> Change | None:
    """Its part in the first half of the scope beside that in the second."""
    when = times(posts)
    if not len(when):
        return None
    middle = ((scope.since_ms or int(when.min())) + (scope.until_ms or int(when.max()) + 1)) // 2
    halves = posts.filter(pa.array(when < middle)), posts.filter(pa.array(when >= middle))
    before, after = scope.within(scope.since_ms, middle).evidence, scope.within(middle, scope.until_ms).evidence
    return next((one for one in changes(*halves, before, after) if one.account == uri), None)
