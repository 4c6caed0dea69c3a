"""`./run bench stories`: near-duplicates against the exact answer and against peers, on real posts.

Quality on 60,000 real English posts against all pairs; speed at ``--size`` posts, CPU time of one core, from texts to
stories, and of the whole command; the bad cases: 200,000 copies, 200,000 small changes of one post.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from bench.stories_load import english, enlarged, exact_pairs, pairs_within, real_posts, sample
from palabre.understand.minhash import jaccard
from palabre.understand.shingles import said, shingled
from palabre.understand.stories import WORDS_MIN, stories
from palabre.understand.voices import voices

LEVELS = (0.6, 0.65, 0.7, 0.8)


def quality(posts: pa.Table) -> None:
    """Recall of pairs, precision of pairs."""
    spoken = said(posts["text"].to_pylist())
    rows = np.flatnonzero(spoken.counts >= WORDS_MIN)
    sets = shingled(spoken, rows)
    left, right, index = exact_pairs(sets, 0.5)
    first = stories(posts).first[rows]
    one, other = pairs_within(first)
    told = jaccard(sets, one, other)
    together = first[left] == first[right]
    print(f"{len(posts):,} posts, {len(left):,} pairs with a Jaccard index of 0.5 or more")
    print("  recall   ", "  ".join(f">={least}: {together[index >= least - 1e-6].mean():.4f}" for least in LEVELS))
    print("  precision", "  ".join(f">={least}: {(told >= least - 1e-6).mean():.4f}" for least in (0.5, 0.55, 0.6)))


def speed(posts: pa.Table) -> None:
    start = time.process_time()
    found = stories(posts)
    took = time.process_time() - start
    start = time.process_time()
    voice = voices(posts, found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(posts):,} posts: {took:.1f} CPU s, {len(posts) / took:,.0f} posts/s, {len(np.unique(found.first)):,} stories;"
        f" voices {time.process_time() - start:.1f} s, {len(np.unique(voice)):,}; peak {peak:.1f} GB"
    )


def bad_cases() -> None:
    words = "the storm took the roof of the old station this morning and nobody was hurt they say"
    changed = [f"{words} number {n}" for n in range(200_000)]
    drifting = [" ".join(f"w{n // 7 + k}" for k in range(14)) for n in range(200_000)]
    for name, texts in (("copies", [words] * 200_000), ("small changes", changed), ("a long drift", drifting)):
        posts = pa.table({"uri": [str(n) for n in range(len(texts))], "text": texts})
        start = time.process_time()
        found = stories(posts)
        sizes = np.bincount(found.first)
        print(f"200,000 of {name}: {time.process_time() - start:.1f} CPU s, largest story {sizes.max():,}")


def datasketch_pairs(texts: Sequence[set[str]]) -> Callable[[], set[tuple[int, int]]]:
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found]  # a peer, optional

    def run() -> set[tuple[int, int]]:
        index: Any = MinHashLSH(params=(16, 4), num_perm=64)
        found = set()
        for row, words in enumerate(texts):
            made = MinHash(num_perm=64)
            made.update_batch([word.encode() for word in words])
            found |= {(other, row) for other in index.query(made)}
            index.insert(row, made)
        return found

    return run


def rensa_pairs(texts: Sequence[set[str]]) -> Callable[[], set[tuple[int, int]]]:
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found]  # a peer, optional

    def run() -> set[tuple[int, int]]:
        index, found = RMinHashLSH(threshold=0.6, num_perm=64, num_bands=16), set()
        for row, words in enumerate(texts):
            made = RMinHash(num_perm=64, seed=1)
            made.update(list(words))
            found |= {(other, row) for other in index.query(made) if other != row}
            index.insert(row, made)
        return found

    return run


def peers(posts: pa.Table) -> None:
    """The same posts to each, from texts on: peers give candidate pairs, which they do not verify; ours gives stories."""
    start = time.process_time()
    stories(posts)
    own = len(posts) / (time.process_time() - start)
    print(f"{len(posts):,} posts. ours, texts to stories, verified: {own:,.0f} posts/s")
    start = time.process_time()
    sets = [shingles_of(text, row) for row, text in enumerate(posts["text"].to_pylist())]
    cut = time.process_time() - start
    for name, make in (("datasketch", datasketch_pairs), ("rensa", rensa_pairs)):
        try:
            run = make(sets)
        except ImportError:
            print(f"  {name}: not installed (pip install {name})")
            continue
        start = time.process_time()
        found = run()
        took = time.process_time() - start
        alone, whole = len(posts) / took, len(posts) / (took + cut)
        print(
            f"  {name}: {whole:,.0f} posts/s from texts, ours {own / whole:.1f} x;"
            f" {alone:,.0f} from ready sets; {len(found):,} pairs"
        )


def shingles_of(text: str, row: int) -> set[str]:
    """What a peer is given; too short a post as something that no other has."""
    words = plain(text)
    return {*words, *map(" ".join, pairwise(words))} if len(words) >= WORDS_MIN else {str(row)}


def plain(text: str) -> list[str]:
    words = [word for word in text.lower().split() if "://" not in word and not word.startswith("@") and word != "rt"]
    return ["".join(sign for sign in word if sign.isalnum()) for word in words]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench stories")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--quality", type=int, default=60_000)
    parser.add_argument("--no-peers", action="store_true")
    asked = parser.parse_args()
    posts = real_posts()
    quality(sample(english(posts), asked.quality))
    quality(english(posts).slice(0, asked.quality))
    if not asked.no_peers:
        peers(sample(english(posts), 20_000))
    bad_cases()
    speed(enlarged(posts, asked.size))
