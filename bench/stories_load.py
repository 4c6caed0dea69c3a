"""Posts for `bench stories`, and the truth about them: every pair whose exact Jaccard index reaches a threshold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from palabre.understand.minhash import Shares, jaccard
from palabre.understand.shingles import Ints, Sets, parts, ranges

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ira_troll_tweets"
FILES = ("event_windows", "bulk_2015Q3")
COLUMNS = ["author_id", "publish_date", "content", "language"]
PAIRS_AT_ONCE = 1 << 22


def real_posts() -> pa.Table:
    """Real posts in order of time: uri, text, published_ms, account_uri, lang. SystemExit where the data is not there."""
    if not DATA.is_dir():
        raise SystemExit("the real data (../shared/data/ira_troll_tweets) is not on this machine")
    read = pa.concat_tables([pq.read_table(DATA / f"{name}.parquet", columns=COLUMNS) for name in FILES])
    read = read.sort_by("publish_date")
    when = pc.cast(pc.cast(read["publish_date"], pa.timestamp("ms")), pa.int64())
    uri = pa.array(map(str, range(len(read))), pa.large_string())
    columns = {"uri": uri, "text": read["content"], "published_ms": when, "account_uri": read["author_id"]}
    return pa.table(columns | {"lang": read["language"]})


def english(posts: pa.Table) -> pa.Table:
    return posts.filter(pc.equal(posts["lang"], "English"))


def sample(posts: pa.Table, size: int, seed: int = 1) -> pa.Table:
    """A random part, in order of time."""
    return posts.take(pa.array(np.sort(np.random.default_rng(seed).permutation(len(posts))[:size])))


def enlarged(posts: pa.Table, size: int) -> pa.Table:
    """As many posts as asked: the same ones again in words that no other has, so that likenesses stay as they are."""
    made: list[pa.Table] = []
    for turn in range(-(-size // len(posts))):
        text = (
            pc.replace_substring_regex(posts["text"], r"\b([[:alpha:]]{3,})", rf"\1{'qxzw'[turn]}")
            if turn
            else posts["text"]
        )
        uri = pa.array([f"{name}/{turn}" for name in posts["uri"].to_pylist()], pa.large_string())
        made.append(posts.set_column(1, "text", text).set_column(0, "uri", uri))
    return pa.concat_tables(made, promote_options="permissive").slice(0, size).combine_chunks()


def exact_pairs(sets: Sets, least: float) -> tuple[Ints, Ints, Shares]:
    """(left, right, index) of every pair with an index of ``least`` or more: AllPairs with prefix and size filters
    (Bayardo et al. 2007)."""
    sizes, n = sets.sizes, len(sets)
    owners = np.repeat(np.arange(n), sizes)
    _, word, often = np.unique(sets.values, return_inverse=True, return_counts=True)
    order = np.lexsort((word, often[word], owners))  # rare shingles first
    word, owners = word[order], owners[order]
    prefix = np.arange(len(word)) - sets.starts[owners] < (sizes - np.ceil(least * sizes).astype(np.int64) + 1)[owners]
    word, owners = word[prefix], owners[prefix]
    order = np.lexsort((sizes[owners], word))
    word, owners = word[order], owners[order]
    place = word * (int(sizes.max()) + 1)
    limit = np.minimum(np.floor(sizes[owners] / least).astype(np.int64), int(sizes.max()))
    counts = np.searchsorted(place + sizes[owners], place + limit, side="right") - np.arange(len(word)) - 1
    codes = np.empty(0, np.int64)
    for low, high in parts(counts, PAIRS_AT_ONCE):
        left = np.repeat(owners[low:high], counts[low:high])
        right = owners[ranges(np.arange(low, high) + 1, counts[low:high])]
        codes = np.union1d(codes, np.minimum(left, right) * n + np.maximum(left, right))
    left, right = codes // n, codes % n
    index = jaccard(sets, left, right)
    enough = index >= least - 1e-6
    return left[enough], right[enough], index[enough]


def pairs_within(labels: Ints) -> tuple[Ints, Ints]:
    """Every pair of rows with the same label."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    before = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return order[ranges(np.searchsorted(ordered, ordered), before)], np.repeat(order, before)
