"""Who turns to whom: the directed graph of replies, reshares, quotes and mentions over a window of time. Pure.

    graph = interactions(posts, since_ms, until_ms)
    graph.matrix[i, j]                # how much account i turned to account j (weights: WEIGHTS)
    graph.accounts[j].as_py()         # its key
    graph.unresolved                  # interactions with a post or a handle that the archive never heard

An edge goes from the one who acts to the one whose words are taken up. A reply that also names the person it answers
is one interaction. Nobody interacts with themselves. Shapes: n accounts, m interactions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy

from palabre.understand.tabular import (
    Floats,
    Ints,
    author_array,
    codes,
    has,
    places,
    text_array,
    times,
    voice_codes,
    within,
)

KINDS = ("reply", "quote", "reshare", "mention")  # the first that holds for a (post, account) counts
# A reply and a quote bring words of one's own; passing on is cheaper; being named may be in passing.
WEIGHTS: Mapping[str, float] = {"reply": 1.0, "quote": 1.0, "reshare": 0.8, "mention": 0.5}
INTERACTIONS_MAX = 10_000_000  # the newest are kept beyond; `dropped` says how many were not


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """accounts: n keys; matrix: n × n, CSR float64; source, target, kind, row, voice: m, one an interaction.

    row: of the table that was read, after the window; voice: of the acting post; posts: rows read.
    """

    accounts: pa.Array
    matrix: scipy.sparse.csr_matrix
    source: Ints
    target: Ints
    kind: Ints
    row: Ints
    voice: Ints
    posts: int
    unresolved: int
    dropped: int

    @property
    def n(self) -> int:
        return len(self.accounts)

    @property
    def weights(self) -> Floats:
        """Weight of each interaction, m."""
        return np.array([WEIGHTS[kind] for kind in KINDS])[self.kind]

    def weighed(self, weights: Floats) -> scipy.sparse.csr_matrix:
        """The matrix with other weights, one an interaction."""
        return scipy.sparse.csr_matrix((weights, (self.source, self.target)), shape=(self.n, self.n))


def interactions(posts: pa.Table, since_ms: int = 0, until_ms: int = 0, most: int = INTERACTIONS_MAX) -> Graph:
    """The graph of these posts. Those of a window see targets within it only."""
    posts = within(posts, since_ms, until_ms)
    author, accounts = codes(author_array(posts))
    row, found, kind = (np.concatenate(part) for part in zip(*pointed(posts), *named(posts, accounts), strict=True))
    target = np.where(kind == KINDS.index("mention"), found, author[found] if len(author) else found)
    nobody = places(pa.array([""]), accounts)[0]
    good = (found >= 0) & (target != author[row]) & (target != nobody) & (author[row] != nobody)
    row, target, kind = row[good], target[good], kind[good]
    one = once(row, target, kind, len(accounts))
    kept = newest(one, times(posts)[row], most)
    source, target, kind, row = author[row[kept]], target[kept], kind[kept], row[kept]
    unresolved, dropped = int((found < 0).sum()), len(one) - len(kept)
    return graph_of(posts, accounts, source, target, kind, row, unresolved, dropped)


def newest(chosen: Ints, when: Ints, most: int) -> Ints:
    """The ``most`` newest of the chosen interactions, in their order. when: time of every interaction."""
    if len(chosen) <= most:
        return chosen
    return np.sort(chosen[np.argsort(when[chosen], kind="stable")[-most:]])


def graph_of(
    posts: pa.Table,
    accounts: pa.Array,
    source: Ints,
    target: Ints,
    kind: Ints,
    row: Ints,
    unresolved: int,
    dropped: int,
) -> Graph:
    """The interactions as a graph of the accounts that occur in the posts."""
    n, voice = len(accounts), voice_codes(posts)
    weights = np.array([WEIGHTS[name] for name in KINDS])[kind]
    matrix = scipy.sparse.csr_matrix((weights, (source, target)), shape=(n, n))
    return Graph(accounts, matrix, source, target, kind, row, voice[row], posts.num_rows, unresolved, dropped)


def pointed(posts: pa.Table) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(row, row of the post it points to or -1, kind) of replies, quotes and reshares."""
    uris = text_array(posts, "uri")
    for name, kind in (("parent", "reply"), ("quote_of", "quote"), ("reshare_of", "reshare")):
        wanted = text_array(posts, name)
        rows = np.flatnonzero(np.asarray(pc.not_equal(wanted, "").to_numpy(zero_copy_only=False), bool))
        found = places(wanted.take(pa.array(rows)), uris)
        yield rows, found, np.full(len(rows), KINDS.index(kind))


def named(posts: pa.Table, accounts: pa.Array) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(row, number of the account or -1, kind) of mentions, by uri, or by handle on the same network."""
    if not has(posts, "mentions") or not posts.num_rows:
        return
    column = posts.column("mentions").combine_chunks()
    rows = np.asarray(pc.list_parent_indices(column).to_numpy(), dtype=np.int64)
    values = pc.fill_null(pc.list_flatten(column), "")
    found = places(values, accounts)
    known_row = places(handle_keys(text_array(posts, "network"), values, rows), handles_of(posts))
    author = codes(author_array(posts))[0]
    found = np.where((found < 0) & (known_row >= 0), author[known_row], found)
    yield rows, found, np.full(len(rows), KINDS.index("mention"))


def handles_of(posts: pa.Table) -> pa.Array:
    """network and handle of each row, in lower case."""
    everything = np.arange(posts.num_rows)
    return handle_keys(text_array(posts, "network"), text_array(posts, "account_handle"), everything)


def handle_keys(network: pa.Array, handles: pa.Array, rows: Ints) -> pa.Array:
    """What makes a handle one account: its network and its letters; a handle that nobody has for an empty one."""
    plain = pc.utf8_lower(pc.utf8_ltrim(handles, "@"))
    plain = pc.if_else(pc.equal(plain, ""), pa.scalar(" "), plain)
    return pc.binary_join_element_wise(network.take(pa.array(rows)), plain, "@")


def once(row: Ints, target: Ints, kind: Ints, n: int) -> Ints:
    """Indices that keep one interaction a (post, account), its first kind, in order of rows."""
    order = np.lexsort((kind, row * max(n, 1) + target))
    key = (row * max(n, 1) + target)[order]
    first = np.ones(len(key), bool)
    first[1:] = key[1:] != key[:-1]
    return np.sort(order[first])


def pagerank(
    matrix: scipy.sparse.csr_matrix,
    restart: Floats,
    damping: float = 0.85,
    tolerance: float = 1e-9,
    rounds_max: int = 100,
) -> Floats:
    """Personalised PageRank (Page et al. 1999; Haveliwala 2002). matrix: n × n, from who turns to whom; restart: n, not
    negative. Returns n shares that sum to 1; no account: empty. Who turns to nobody restarts."""
    total = restart.sum()
    if not len(restart) or total <= 0:
        return np.zeros(len(restart))
    start = restart / total
    out = np.asarray(matrix.sum(axis=1)).ravel()
    idle = out == 0
    step = scipy.sparse.diags(1 / np.where(idle, 1.0, out)) @ matrix
    turned, rank = step.T.tocsr(), start
    for _ in range(rounds_max):
        after = damping * (turned @ rank + rank[idle].sum() * start) + (1 - damping) * start
        moved = np.abs(after - rank).sum()
        rank = after
        if moved < tolerance:
            break
    return np.asarray(rank / rank.sum())
