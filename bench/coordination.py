"""`./run bench coordination`: planted groups among organic shares: precision, recall, CPU time, memory."""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from bench.coordination_load import Planted, planted, quality
from palabre.understand.coordination import USUAL, background, components, passing
from palabre.understand.coshares import in_order, pairs
from palabre.understand.shingles import Ints


def measure(size: int) -> None:
    load = planted(size)
    window_ms = USUAL.window_seconds * 1000
    clock = [time.process_time()]
    ordered = in_order(load.shares, window_ms)
    clock.append(time.process_time())
    found = pairs(ordered, load.accounts, window_ms, USUAL.times_min)
    clock.append(time.process_time())
    edges = passing(found, background(ordered, load.accounts), USUAL)
    groups = components(edges, load.accounts, USUAL.accounts_min)
    clock.append(time.process_time())
    order, join, test = np.diff(clock)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(load.shares):,} shares of {load.accounts:,} accounts: {found.total:,} pairs, {found.each} partners a share"
    )
    print(
        f"  CPU s: order {order:.1f}, join {join:.1f}, test and groups {test:.2f}; peak {peak:.1f} GB with the generator"
    )
    naive = np.isin(np.arange(load.accounts), np.concatenate([found.left, found.right])).astype(np.int64)
    report("3 co-shares or more, no test", naive, load)
    report(f"tested ({groups.max()} groups for {load.group.max()})", groups, load)


def report(name: str, found: Ints, load: Planted) -> None:
    precision, recall = quality(found, load.group)
    print(f"  {name}: precision {precision:.4f}, recall {recall:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench coordination")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    for size in parser.parse_args().sizes:
        measure(size)
