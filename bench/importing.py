"""`palabre import` of 300,000 real posts with 10,000 watches: posts a second, processor time, memory of all processes.

    ./run bench importing --rounds 3
    ./run bench importing --dense

Each round is one command as a user types it, with a new archive (SQLite), from its start to its end: every batch is one
durable transaction, and searchable when it is acknowledged. Watches: one to three rare words of these posts with AND, OR,
NOT, a phrase or a distance, some 1.5 mentions a post; dense: those of the matching benchmark, ten words each, six. Memory is PSS (pages that processes share are counted once), summed over the
command and its children (Linux). Without the data folder the posts are invented, and the first line says so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.matching_load import DATA, NAMES, Generator, described, zipf_rows
from palabre.match.show import show

POSTS, WATCHES = 300_000, 10_000
FOLDER = DATA / "ira_troll_tweets"
FILES = ("bulk_2015Q3.parquet", "event_windows.parquet")
SEED = 20_261_123
WORD = re.compile(r"[^\W\d_]{4,}")
SHAPES = ("{0}", "{0} OR {1}", "{0} AND NOT {1}", '"{0} {1}" OR {2}', "{0} NEAR/5 {1}", "({0} OR {1}) AND NOT {2}")
PAUSE_S = 0.5  # between two looks at the memory


def posts() -> pa.Table:
    """The file to import: its columns are found out by the import itself."""
    if FOLDER.is_dir():
        tables = [pq.read_table(FOLDER / name) for name in FILES]
        kept = [name for name in tables[0].schema.names if name in tables[1].schema.names]
        return pa.concat_tables([table.select(kept) for table in tables]).slice(0, POSTS)
    rows = [row for _ in range(POSTS // 60_000) for row in zipf_rows()]
    texts = [f"{text} {number}" for number, (text, _, _) in enumerate(rows)]
    return pa.table({"id": list(map(str, range(len(texts)))), "content": texts})


def texts_of(table: pa.Table) -> pa.Array:
    return table["content"].slice(0, 60_000).combine_chunks().cast(pa.string()).fill_null("")


def sparse(table: pa.Table) -> Iterator[str]:
    """Queries of one to three words that 3 to 60 of the first 60,000 posts hold."""
    counts: Counter[str] = Counter()
    for text in texts_of(table).to_pylist():
        counts.update(set(WORD.findall(text.lower())))
    rng = random.Random(SEED)
    words = sorted(word for word, n in counts.items() if 3 <= n <= 60)
    for _ in range(WATCHES):
        one, two, three = rng.sample(words, 3)
        yield rng.choice(SHAPES).format(one, two, three)


def dense(table: pa.Table) -> Iterator[str]:
    """Queries as analysts write them."""
    texts = texts_of(table)
    none = pa.array([""] * len(texts))
    load = described("import", pa.RecordBatch.from_arrays([texts, none, none], NAMES))
    return map(show, Generator(load).queries(WATCHES))


@dataclass(frozen=True, slots=True)
class Round:
    """What one import took. memory_mb: of all its processes together, at its highest."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    summary: dict[str, Any]


def imported(folder: Path) -> Round:
    """One import into a new archive."""
    with tempfile.TemporaryDirectory() as home:
        environ = os.environ | {"PALABRE_HOME": home, "PALABRE_LANG": "en"}
        command = str(Path(sys.executable).with_name("palabre"))
        words = ["import", "--json", "--watches", str(folder / "watches.ndjson"), str(folder / "posts.parquet")]
        start, spent = time.perf_counter(), spent_by_children()
        process = subprocess.Popen([command, *words], env=environ, stdout=subprocess.PIPE, text=True)
        highest = watched(process)
        wall, cpu = time.perf_counter() - start, spent_by_children() - spent
        assert process.stdout is not None
        return Round(wall, cpu, highest, json.loads(process.stdout.read().splitlines()[-1]))


def spent_by_children() -> float:
    """CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watched(process: subprocess.Popen[str]) -> float:
    """MB that a process and its children take together, at the highest, until it ends."""
    highest = 0.0
    while process.poll() is None:
        highest = max(highest, sum(map(proportional_mb, family(process.pid))))
        time.sleep(PAUSE_S)
    return highest


def family(pid: int) -> Iterator[int]:
    """A process and what it has started."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def proportional_mb(pid: int) -> float:
    """PSS of a process; 0 when it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--dense", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, table = Path(name), posts()
        pq.write_table(table, folder / "posts.parquet")
        queries = enumerate((dense if chosen.dense else sparse)(table))
        lines = (json.dumps({"name": f"w{number}", "query": query}) + "\n" for number, query in queries)
        (folder / "watches.ndjson").write_text("".join(lines))
        print(f"{table.num_rows:,} {'real' if FOLDER.is_dir() else 'invented'} posts, {WATCHES:,} watches, "
              f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
        del table
        for _ in range(chosen.rounds):
            shown(imported(folder))


def shown(one: Round) -> None:
    told = one.summary
    print(f"{told['offered'] / one.wall_s:>8,.0f} posts/s ({one.wall_s:.1f} s)   {one.cpu_s:5.1f} CPU s   "
          f"{one.memory_mb:4.0f} MB at most   {told['mentions']:,} mentions   offered {told['offered']:,} = stored {told['stored']:,} "
          f"+ unchanged {told['unchanged']:,} + quarantined {told['quarantined']:,}", flush=True)  # fmt: skip
