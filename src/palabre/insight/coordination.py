"""Groups of accounts that share the same things at the same time more often than chance explains, and their part of a
push. It says "statistically unusual co-sharing", not who is behind an account nor why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from palabre.archive import Archive
from palabre.insight.scope import Scope, table
from palabre.model import Figure
from palabre.understand import figuring
from palabre.understand.coordination import Coordination, coordinated
from palabre.understand.pushes import Push, coordinated_share, pushes
from palabre.understand.shingles import Ints
from palabre.understand.stories import Stories
from palabre.understand.stories import stories as told_in
from palabre.understand.tabular import author_array, places
from palabre.understand.things import shares_of, things

COLUMNS = ("post_id", "uri", "title", "text", "published_ms", "sort_ms", "reshare_of", "quote_of", "links", "tags",
           "media", "account_uri", "account_handle", "network", "story", "voice")  # fmt: skip
IDS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Group:
    """accounts: from who co-shares most; leads: of each, how often it came first; things: what they shared; n: their
    co-sharing posts; share: of the posts of its largest story that are theirs; p: of the weakest pair."""

    accounts: tuple[str, ...]
    leads: tuple[float, ...]
    things: tuple[str, ...]
    first_ms: int
    last_ms: int
    pairs: int
    p: float
    n: Figure
    share: Figure
    story_id: int
    post_ids: tuple[int, ...]


def coordination(archive: Archive, workspace_id: int, scope: Scope) -> list[Group]:
    """The groups of a scope, the largest first. What is folded is looked at too: a push is often folded as noise."""
    wide = scope if scope.filters.folded else scope.narrowed(folded="any")
    posts = table(archive, workspace_id, wide, COLUMNS)
    if not posts.num_rows:
        return []
    told = told_in(posts)
    shares, accounts, names = shares_of(posts, things(posts, told))
    found = coordinated(shares, len(accounts))
    return [group(one, posts, told, accounts, names, wide) for one in pushes(shares, found)]


def group(one: Push, posts: pa.Table, told: Stories, accounts: pa.Array, names: pa.Array, scope: Scope) -> Group:
    """One group with its evidence: its posts by id."""
    ids = posts["post_id"].to_numpy()
    mine = ids[one.posts].tolist()
    first = np.bincount(told.first[one.posts]).argmax()
    story = np.flatnonzero(told.first == first)
    own = scope.evidence_with(post_ids=tuple(mine[:IDS_MAX]))
    whole = scope.evidence_with(post_ids=tuple(ids[story].tolist()[:IDS_MAX]))
    return Group(
        tuple(accounts.take(pa.array(one.accounts)).to_pylist()),
        one.leads,
        tuple(names.take(pa.array(one.things[:50])).to_pylist()),
        one.first_ms,
        one.last_ms,
        one.pairs,
        one.p,
        figuring.count("coordinated_posts", len(mine[:IDS_MAX]), "methods_insight.coordination", own),
        coordinated_share(story, one.posts, whole),
        int(posts["story"].to_numpy()[first]),
        tuple(mine[:IDS_MAX]),
    )


def groups_of(posts: pa.Table, told: Stories) -> Ints:
    """The coordinated group of each post's account, 0 for none."""
    shares, accounts, _ = shares_of(posts, things(posts, told))
    if not len(accounts):
        return np.zeros(posts.num_rows, np.int64)
    found: Coordination = coordinated(shares, len(accounts))
    place = places(author_array(posts), accounts)
    return np.where(place >= 0, found.group[np.maximum(place, 0)], 0)
