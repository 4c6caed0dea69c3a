"""Communities: accounts that turn to one another more than to the rest, named by their own words and main accounts.

    found = communities(graph, posts)
    found.clear                        # False: "no clear communities", and none is named
    found.modularity.value             # how much denser inside than chance; found.chance: the same on a rewired graph
    found.communities[0].name, found.communities[0].main

Louvain on the undirected graph (Blondel et al. 2008; scikit-network), resolution 1, seeded. Clear (rule 1) when
modularity (Newman 2006) is at least 0.30 and at least 0.10 above that of the same degrees wired at random: sparse
random graphs have a high modularity of their own (Guimerà et al. 2004). Interval of modularity: least and most over
three seeds, where the graph is small enough to be cut three times. A community keeps its name when most of it stays
(Jaccard ≥ 0.3, Greene et al. 2010). Where its words set it apart from no other, it is named by its main accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import scipy

from palabre.model import Evidence, Figure
from palabre.understand.figuring import NOTHING, count, few, narrowed, share
from palabre.understand.graph import Graph
from palabre.understand.own_words import counts, own_words
from palabre.understand.tabular import Ints, author_array, places, strings

METHOD, VERSION = "methods_actors.modularity", 1
CLEAR_LEAST, ABOVE_CHANCE_LEAST = 0.30, 0.10
MEMBERS_LEAST = 5  # smaller groups are not named
ACCOUNTS_LEAST = 20  # of the graph
SHOWN_MAX, MAIN_MAX, WORDS_MAX = 50, 5, 5
TEXTS_MAX = 2_000  # read to name one community
EDGES_AGAIN_MAX = 200_000  # larger graphs are cut once, and compared with chance on a part
SAME_LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Community:
    """members: keys of its accounts; main: those most turned to from inside; words: its own; size: accounts; inside:
    share of what its members do that stays among them."""

    name: str
    words: tuple[str, ...]
    main: tuple[str, ...]
    members: frozenset[str]
    size: Figure
    inside: Figure


@dataclass(frozen=True, slots=True)
class Communities:
    """clear: whether there are any to speak of; chance: modularity of the same degrees wired at random."""

    communities: tuple[Community, ...]
    modularity: Figure
    chance: float
    clear: bool


def communities(
    graph: Graph,
    posts: pa.Table,
    scope: Evidence = NOTHING,
    before: tuple[Community, ...] = (),
    *,
    resolution: float = 1.0,
    seed: int = 7,
) -> Communities:
    """The communities of a graph made of these posts. before: those of the last time, whose names are kept."""
    both = undirected(graph.matrix)
    linked = np.flatnonzero(np.diff(both.indptr))
    if len(linked) < ACCOUNTS_LEAST:
        return Communities((), few("modularity", len(graph.row), METHOD, scope, version=VERSION), 0.0, False)
    core = both[linked][:, linked]
    labels, figure, chance = cut(core, len(graph.row), scope, resolution, seed)
    clear = (figure.value or 0) >= CLEAR_LEAST and (figure.value or 0) - chance >= ABOVE_CHANCE_LEAST
    if not clear:
        return Communities((), figure, chance, False)
    whole = np.full(graph.n, -1, dtype=np.int64)
    whole[linked] = labels
    return Communities(keep_names(described(graph, whole, posts, scope), before), figure, chance, True)


def undirected(matrix: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    """Both directions added up."""
    return scipy.sparse.csr_matrix(matrix + matrix.T)


def cut(
    both: scipy.sparse.csr_matrix, n: int, scope: Evidence, resolution: float, seed: int
) -> tuple[Ints, Figure, float]:
    """(label a node, largest community first; modularity; modularity of chance)."""
    small = both.nnz <= EDGES_AGAIN_MAX
    tries = [grouped(both, resolution, seed + number) for number in range(3 if small else 1)]
    values = [modularity(both, labels) for labels in tries]
    best = int(np.argmax(values))
    low, high = min(values), max(values)
    figure = Figure("modularity", values[best], n, low, high, "modularity", METHOD, VERSION, scope)
    wired = rewired(both if small else sample(both, seed), seed)
    return tries[best], figure, modularity(wired, grouped(wired, resolution, seed)) if wired.nnz else 0.0


def grouped(both: scipy.sparse.csr_matrix, resolution: float, seed: int) -> Ints:
    """A label a node, the largest community 0, the same for the same graph and seed."""
    from sknetwork.clustering import Louvain  # its Leiden draws from the C library's rand, which has no seed here

    return np.asarray(Louvain(resolution, random_state=seed).fit_predict(both), dtype=np.int64)


def modularity(both: scipy.sparse.csr_matrix, labels: Ints) -> float:
    """Newman's modularity of an undirected weighted graph (each edge held in both directions)."""
    total = both.sum()
    if total <= 0:
        return 0.0
    edges = both.tocoo()
    inside = edges.data[labels[edges.row] == labels[edges.col]].sum() / total
    degree = np.asarray(both.sum(axis=1)).ravel() / total
    shares = np.bincount(labels, weights=degree)
    return float(inside - (shares**2).sum())


def rewired(both: scipy.sparse.csr_matrix, seed: int) -> scipy.sparse.csr_matrix:
    """The same degrees with partners drawn anew (configuration model: ends of edges are shuffled)."""
    edges = scipy.sparse.triu(both, 1).tocoo()
    other = np.random.default_rng(seed).permutation(edges.col)
    kept = edges.row != other
    drawn = scipy.sparse.csr_matrix((edges.data[kept], (edges.row[kept], other[kept])), shape=both.shape)
    return undirected(drawn)


def sample(both: scipy.sparse.csr_matrix, seed: int) -> scipy.sparse.csr_matrix:
    """The part of a large graph among accounts drawn at random, so that chance costs little."""
    n = both.shape[0]
    share = (EDGES_AGAIN_MAX / both.nnz) ** 0.5
    kept = np.sort(np.random.default_rng(seed).choice(n, max(2, int(n * share)), replace=False))
    return scipy.sparse.csr_matrix(both[kept][:, kept])


def described(graph: Graph, labels: Ints, posts: pa.Table, scope: Evidence) -> tuple[Community, ...]:
    """The communities large enough to be named, the largest first."""
    sizes = np.bincount(labels[labels >= 0])
    chosen = [int(one) for one in np.argsort(-sizes, kind="stable")[:SHOWN_MAX] if sizes[one] >= MEMBERS_LEAST]
    texts = texts_by_label(posts, graph.accounts, labels, chosen)
    read = {label: counts(texts[label]) for label in chosen}
    everything = sum(read.values(), start=counts([]))
    own = {label: own_words(read[label], everything - read[label], WORDS_MAX) for label in chosen}
    return tuple(describe(graph, labels, label, own[label], scope) for label in chosen)


def texts_by_label(posts: pa.Table, accounts: pa.Array, labels: Ints, chosen: list[int]) -> Mapping[int, list[str]]:
    """Own words of the members of each chosen community (no reshares), at most TEXTS_MAX, spread over time."""
    account = places(author_array(posts), accounts)
    label = np.where(account >= 0, labels[account], -1) if len(labels) else account
    label = np.where(np.array(strings(posts, "reshare_of"), dtype=object) == "", label, -1)
    text = strings(posts, "text")
    found: dict[int, list[str]] = {}
    for one in chosen:
        rows = np.flatnonzero(label == one)
        found[one] = [text[row] for row in rows[:: max(1, len(rows) // TEXTS_MAX)]]
    return found


def describe(graph: Graph, labels: Ints, label: int, own: list[str], scope: Evidence) -> Community:
    """One community, with its figures."""
    members = np.flatnonzero(labels == label)
    within = (labels[graph.source] == label) & (labels[graph.target] == label)
    drawn = np.bincount(graph.target[within], minlength=graph.n)[members]
    main = [graph.accounts[int(members[i])].as_py() for i in np.argsort(-drawn, kind="stable")[:MAIN_MAX] if drawn[i]]
    keys = graph.accounts.take(pa.array(members)).to_pylist()
    name = " · ".join(own[:3]) or " · ".join(short(one) for one in (main or keys)[:2])
    acts = int((labels[graph.source] == label).sum())
    evidence = narrowed(scope, community=name)
    return Community(
        name,
        tuple(own),
        tuple(main),
        frozenset(keys),
        count("members", len(members), "methods_actors.members", evidence, unit="accounts", n=acts),
        share("inside", int(within.sum()), acts, "methods_actors.inside", evidence),
    )


def short(account: str) -> str:
    """An account's key as people can read it."""
    return account.rstrip("/").rpartition("/")[2] or account


def keep_names(found: tuple[Community, ...], before: tuple[Community, ...]) -> tuple[Community, ...]:
    """Names of the last time go to the communities that are most alike, best pair first, each once."""
    pairs = sorted(
        ((jaccard(new.members, old.members), i, j) for i, new in enumerate(found) for j, old in enumerate(before)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    names: dict[int, str] = {}
    taken: set[int] = set()
    for alike, i, j in pairs:
        if alike >= SAME_LEAST and i not in names and j not in taken:
            names[i] = before[j].name
            taken.add(j)
    return tuple(replace(one, name=names.get(i, one.name)) for i, one in enumerate(found))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
