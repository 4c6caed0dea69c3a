"""Rank and communities on a graph of a million interactions, beside networkit where it is installed. CPU seconds, one thread.

    python -m bench graph [--accounts 200000] [--edges 1000000] [--json FILE]

The graph is planted: accounts in groups of a hundred, eight in ten interactions stay inside. Peers: `pip install networkit`.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse
from sknetwork.clustering import Leiden
from sknetwork.ranking import PageRank

from palabre.understand.communities import communities, grouped, modularity, undirected
from palabre.understand.gexf import write_gexf
from palabre.understand.graph import interactions, pagerank

GROUP, INSIDE = 100, 0.8


def planted(accounts: int, edges: int, seed: int = 7) -> pa.Table:
    """A post an account, then replies: the columns that the graph reads."""
    rng = np.random.default_rng(seed)
    source = rng.integers(0, accounts, edges)
    near = source // GROUP * GROUP + rng.integers(0, GROUP, edges)
    target = np.minimum(np.where(rng.random(edges) < INSIDE, near, rng.integers(0, accounts, edges)), accounts - 1)
    author = np.concatenate([np.arange(accounts), source])
    uris = pa.array(np.arange(accounts + edges).astype(str))
    parent = pa.array(np.concatenate([np.full(accounts, ""), target.astype(str)]))
    rows = accounts + edges
    return pa.table(
        {
            "uri": uris,
            "parent": parent,
            "account_uri": pa.array(np.char.add("https://a.example/@", author.astype(str))),
            "text": pa.array([f"group{one // GROUP} speaks" for one in author.tolist()]),
            "published_ms": pa.array(np.arange(rows) * 1000),
        }
    )


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    found = what()
    return time.process_time() - start, found


def peers(matrix: sparse.csr_matrix) -> dict[str, float]:
    """CPU seconds of networkit for the same two questions; nothing where it is not installed."""
    try:
        import networkit as nk
    except ImportError:
        return {}
    nk.setNumberOfThreads(1)
    graph, flat = (network(nk, one, one is matrix) for one in (matrix, sparse.triu(undirected(matrix), 1)))
    rank = timed(lambda: nk.centrality.PageRank(graph, damp=0.85, tol=1e-9).run())[0]
    cut, found = timed(lambda: nk.community.ParallelLeiden(flat).run())
    quality = nk.community.Modularity().getQuality(found.getPartition(), flat)
    return {"networkit_pagerank_s": rank, "networkit_leiden_s": cut, "networkit_modularity": quality}


def network(nk: Any, matrix: Any, directed: bool) -> Any:
    """A networkit graph of a matrix, edge by edge (its loaders of arrays crash on some of ours)."""
    edges, made = matrix.tocoo(), nk.Graph(matrix.shape[0], weighted=True, directed=directed)
    for one, two, weight in zip(edges.row.tolist(), edges.col.tolist(), edges.data.tolist(), strict=True):
        made.addEdge(one, two, weight)
    return made


def measures(accounts: int, edges: int) -> dict[str, float]:
    posts = planted(accounts, edges)
    found: dict[str, float] = {}
    found["graph_s"], graph = timed(lambda: interactions(posts))
    found["pagerank_s"], _ = timed(lambda: pagerank(graph.matrix, np.ones(graph.n)))
    both = undirected(graph.matrix)
    found["communities_s"], labels = timed(lambda: grouped(both, 1.0, 7))
    found["modularity"] = modularity(both, labels)
    found["edges"] = float(graph.matrix.nnz)
    found["named_communities_s"], _ = timed(lambda: communities(graph, posts))
    found["gexf_s"], _ = timed(lambda: write_gexf(graph, io.BytesIO(), edges_max=100_000))
    found["scikit_network_pagerank_s"], _ = timed(lambda: PageRank(tol=1e-9).fit_predict(graph.matrix))
    found["scikit_network_leiden_s"], _ = timed(lambda: Leiden(random_state=7).fit_predict(both))
    return found | peers(graph.matrix)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--json", default="")
    asked = parser.parse_args()
    found = measures(asked.accounts, asked.edges)
    for name, value in found.items():
        print(f"{name:28} {value:12.3f}")
    print(f"{'rank and communities':28} {found['pagerank_s'] + found['communities_s']:12.3f} CPU s (asked: about 3)")
    if "networkit_leiden_s" in found:
        for ours, theirs in (("pagerank_s", "networkit_pagerank_s"), ("communities_s", "networkit_leiden_s")):
            print(f"{ours + ' ÷ networkit':28} {found[ours] / found[theirs]:12.2f}")
    else:
        print("networkit is not installed: no ratio")
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as stream:
            json.dump(found, stream, indent=1)
