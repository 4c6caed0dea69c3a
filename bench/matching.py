"""Posts a CPU second of one core against 1,000 to 100,000 live watches, beside other engines in the same run.

    ./run bench matching                         1,000 and 10,000 watches, posts as they are and joined, peers
    ./run bench matching --watches 100000 --no-peers

CPU time, so that other work on the machine counts less (it still takes cache and memory bandwidth: run it on a quiet
one). The median of the passes is the figure, the best one stands beside. All is warm; "cold" is the first pass.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

import pyarrow as pa

from bench.matching_load import Generator, Load, corpus
from bench.matching_lucene import PASSES
from bench.matching_peers import Run, Skipped, hyperscan_combination, matches, panel_of, plain_of, python_engine
from bench.matching_postgresql import ANCHORED_WAYS
from palabre.match.ast import And, Node, Or, Term
from palabre.match.panel import Panel

BATCHES = (4096, 512, 1)
Peer = Callable[[Load, Sequence[Node]], Run]
PEERS: dict[str, Peer] = {
    "our pure-Python engine": python_engine,
    **PASSES,
    **ANCHORED_WAYS,
    "hyperscan COMBINATION": hyperscan_combination,
}


def main() -> None:
    arguments = read_arguments()
    for kind in arguments.corpus.split(","):
        load = corpus(kind)
        print(f"\n{load.name}: {len(load.posts):,} posts, {load.bytes_a_post:.0f} bytes each")
        for count in map(int, arguments.watches.split(",")):
            measure(load, Generator(load).queries(count), arguments.passes, arguments.peers)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--watches", default="1000,10000", help="how many, several with commas")
    parser.add_argument("--corpus", default="short,long", help="short, long")
    parser.add_argument("--passes", type=int, default=7)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    return parser.parse_args()


def measure(load: Load, queries: Sequence[Node], passes: int, peers: bool) -> None:
    """One table: the panel by batch size, a live add, the peers."""
    start = time.process_time()
    panel = panel_of(queries)
    added = (time.process_time() - start) / len(queries)
    print(f"\n{len(queries):,} watches ({panel.engine.name} engine); compiled and added in {added * 1e6:.0f} µs each")
    row("cold, batches of 4,096", len(load.posts) / match_pass(panel, load.posts, 4096)[0])
    ours = 0.0
    for size in BATCHES:
        posts = load.posts.slice(0, len(load.posts) if size > 1 else 2000)
        taken = [match_pass(panel, posts, size) for _ in range(passes)]
        speeds = [len(posts) / seconds for seconds, _ in taken]
        ours = max(ours, statistics.median(speeds))
        found = taken[0][1] / len(posts)
        row(f"batches of {size:,}", statistics.median(speeds), f"best {max(speeds):,.0f}; {found:.2f} mentions a post")
    print(f"  a new watch, live          {live_add(panel) * 1e6:12,.0f} µs (median of 200)")
    if peers:
        compare(load, queries, ours)


def match_pass(panel: Panel, posts: pa.RecordBatch, size: int) -> tuple[float, int]:
    """(CPU seconds, mentions) of all posts, so many at a time."""
    batches = [posts.slice(at, size) for at in range(0, len(posts), size)]
    start = time.process_time()
    found = sum(len(panel.match(batch)) for batch in batches)
    return time.process_time() - start, found


def live_add(panel: Panel) -> float:
    """Seconds to put one more watch in: three new words, two known ones."""
    taken = []
    for n in range(200):
        names = Or(tuple(Term(f"nouveau{n}{letter}") for letter in "abc"))
        start = time.process_time()
        panel.add(10_000_000 + n, And((names, Or((Term("france"), Term("news"))))))
        taken.append(time.process_time() - start)
    for n in range(200):
        panel.remove(10_000_000 + n)
    return statistics.median(taken)


def compare(load: Load, queries: Sequence[Node], ours: float) -> None:
    """Every peer: its speed, how many times ours is that, and whether it finds the same."""
    plain = plain_of(queries)
    panel = panel_of(plain)
    on_plain = len(load.posts) / statistics.median([match_pass(panel, load.posts, 4096)[0] for _ in range(4)][1:])
    print(
        f"  {len(plain):,} queries are plain: words with AND, OR, NOT; on these alone ours makes {on_plain:,.0f} posts/s"
    )
    for name, peer in PEERS.items():
        try:
            run = peer(load, queries)
        except Skipped as reason:
            print(f"  {name:26} skipped: {reason}")
        else:
            row(name, run.speed, said(run, load, on_plain if run.only_plain else ours))


def said(run: Run, load: Load, ours: float) -> str:
    """The note of a peer. Agreement: on those of its queries that it can say exactly, and on the first 2,000 posts."""
    note = f"ours is {ours / run.speed:,.0f} x; {run.note}"
    if not run.among:
        return note
    expected = matches(load, run.among)
    agreed = "found by both" if run.found == expected else f"found by us, {run.found:,} BY IT"
    return f"{note}; {expected:,} matches of {len(run.among):,} queries {agreed}"


def row(name: str, speed: float, note: str = "") -> None:
    print(f"  {name:26} {speed:12,.0f} posts/s  {note}", flush=True)
