"""Who speaks: influence on this theme, roles, communities, the two scales and the pyramid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from palabre.archive import Archive
from palabre.insight.parties import our_accounts
from palabre.insight.scope import Scope, table
from palabre.model import Evidence, Figure
from palabre.understand.circles import Circles
from palabre.understand.circles import circles as circles_of
from palabre.understand.communities import Communities, communities
from palabre.understand.gexf import write_gexf, write_graphml
from palabre.understand.graph import Graph, interactions
from palabre.understand.influence import Influence, influence
from palabre.understand.pyramid import Pyramid, pyramid
from palabre.understand.roles import Adviser, Change, Role, changes, loyal_advisers, roles
from palabre.understand.scales import Standing, standings
from palabre.understand.signs import signs
from palabre.understand.tabular import Ints, author_array, places

COLUMNS = ("post_id", "uri", "sort_ms", "title", "text", "watch_ids", "tone", "intents", "axis", "story", "voice",
           "account_uri", "account_handle", "account_name", "network", "parent", "root", "reshare_of", "quote_of",
           "mentions", "followers", "likes", "replies", "reshares", "views", "folded", "verified", "links", "tags",
           "url")  # fmt: skip
GRAPHS = {"gexf": write_gexf, "graphml": write_graphml}
IDS_MAX = 2_000  # posts that an evidence names, the newest


@dataclass(frozen=True, slots=True)
class Actors:
    """influence: the first of this theme; roles: of the busiest; advisers: who helps week after week; standings: the
    two scales, never added up; pyramid: from follower to engaged citizen; graph: who turns to whom, for its file."""

    influence: tuple[Influence, ...]
    roles: tuple[Role, ...]
    advisers: tuple[Adviser, ...]
    standings: tuple[Standing, ...]
    communities: Communities
    pyramid: Pyramid
    graph: Graph
    posts: int


class Behind:
    """The posts that speak for an account: those by which others turn to it, and its own."""

    def __init__(self, graph: Graph, posts: pa.Table) -> None:
        self._ids, self._graph = posts["post_id"].to_numpy(), graph
        self._author = places(author_array(posts), graph.accounts)

    def influence(self, one: Influence) -> Influence:
        """The same, resting on the posts that turn to the account."""
        rows = self._turned(self._place(one.account))
        figure, rank, uptake = (self._resting(part, rows) for part in (one.figure, one.rank, one.uptake))
        return replace(one, figure=figure, rank=rank, uptake=uptake)

    def standing(self, one: Standing) -> Standing:
        """The same, resting on its own posts and on those that turn to it."""
        place = self._place(one.account)
        rows = np.union1d(self._turned(place), np.flatnonzero(self._author == place))
        known, trusted = (
            replace(scale, figure=self._resting(scale.figure, rows)) for scale in (one.notoriety, one.legitimacy)
        )
        return replace(one, notoriety=known, legitimacy=trusted)

    def _place(self, account: str) -> int:
        return int(places(pa.array([account]), self._graph.accounts)[0])

    def _turned(self, place: int) -> Ints:
        return np.unique(self._graph.row[self._graph.target == place])

    def _resting(self, figure: Figure, rows: Ints) -> Figure:
        ids = tuple(self._ids[rows[-IDS_MAX:]].tolist())
        return replace(figure, n=len(ids), evidence=Evidence(post_ids=ids or (0,)))


def actors(archive: Archive, workspace_id: int, scope: Scope, most: int = 50) -> Actors:
    """Accounts of the scope and of the conversations around it."""
    posts = table(archive, workspace_id, scope, COLUMNS)
    own, found, evidence = our_accounts(archive, workspace_id), signs(posts), scope.evidence
    graph = interactions(posts)
    n = posts.num_rows
    behind = Behind(graph, posts)
    credible, certified = trusted(archive, workspace_id)
    placed = standings(posts, evidence, credible=credible, certified=certified, found=found, most=most)
    return Actors(
        tuple(behind.influence(one) for one in influence(posts, scope=evidence, top=most)),
        roles(posts, evidence, found)[:most],
        loyal_advisers(posts, evidence, found, own),
        tuple(behind.standing(one) for one in placed),
        communities_on(communities(graph, posts, evidence), n, evidence),
        pyramid_on(pyramid(posts, own, evidence, found), n, evidence),
        graph,
        n,
    )


def trusted(archive: Archive, workspace_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """(accounts found credible, those of them that the workspace vouches for)."""
    verified, certified = (
        frozenset(archive.marks.named(workspace_id, "account", mark)) for mark in ("verified", "certified")
    )
    return verified | certified, certified


def on(figure: Figure, n: int, evidence: Evidence) -> Figure:
    """The same, said to rest on all posts of the scope: the stream can list these, not the acts between accounts."""
    return replace(figure, n=n, evidence=evidence)


def communities_on(found: Communities, n: int, evidence: Evidence) -> Communities:
    each = tuple(
        replace(one, size=on(one.size, n, evidence), inside=on(one.inside, n, evidence)) for one in found.communities
    )
    return replace(found, communities=each, modularity=on(found.modularity, n, evidence))


def pyramid_on(found: Pyramid, n: int, evidence: Evidence) -> Pyramid:
    steps = [
        replace(one, figure=on(one.figure, n, evidence), at_least=on(one.at_least, n, evidence)) for one in found.steps
    ]
    return replace(found, steps=tuple(steps))


def circles(archive: Archive, workspace_id: int, scope: Scope, account: str) -> Circles:
    """The circles of one account."""
    posts = table(archive, workspace_id, scope, COLUMNS)
    return circles_of(interactions(posts), posts, account, scope.evidence)


def role_changes(archive: Archive, workspace_id: int, scope: Scope) -> tuple[Change, ...]:
    """How the parts of accounts changed from the first half of the period to the second."""
    middle = (scope.since_ms + (scope.until_ms or archive.clock.now_ms())) // 2
    before, after = scope.within(scope.since_ms, middle), scope.within(middle, scope.until_ms)
    posts: list[pa.Table] = [table(archive, workspace_id, one, COLUMNS) for one in (before, after)]
    return changes(posts[0], posts[1], before.evidence, after.evidence)


def write_actors(found: Actors, stream: BinaryIO, kind: str) -> None:
    """Who turns to whom, as a file of one of GRAPHS, for Gephi and its like."""
    GRAPHS[kind](found.graph, stream, attributes(found))


def attributes(found: Actors) -> Mapping[str, Sequence[Any]]:
    """Community, influence and part of each account of the graph; None where not known."""
    keys = found.graph.accounts.to_pylist()
    group = {key: one.name for one in found.communities.communities for key in one.members}
    scores = {one.account: one.figure.value for one in found.influence}
    part = {one.account: one.role or None for one in found.roles}
    return {name: [known.get(key) for key in keys]
            for name, known in (("community", group), ("influence", scores), ("role", part))}  # fmt: skip
