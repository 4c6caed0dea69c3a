"""The archive with many posts: writing, searching, and the questions of a dashboard, beside the same questions on SQLite.

    ./run bench archive                  one million posts, in a folder that is removed afterwards
    ./run bench archive --posts 10000000 --home FOLDER --keep

Posts are invented: Zipf words, ninety days, five watches, as many accounts as a tenth of the posts, a tone each. Two posts
in three are mentions, as in an archive that was collected because somebody watches. CPU seconds are of this process (and
its threads); wall seconds depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from palabre.archive import Archive, Delivery, Filters, open_archive
from palabre.archive.lake import Lake
from palabre.clock import FixedClock
from palabre.match import Panel, parse
from palabre.model import POSTS, READINGS, TONES
from palabre.search import ask
from palabre.settings import load
from palabre.understand import series

END_MS = 1_790_000_000_000
DAY_MS = 86_400_000
BATCH = 5_000
WORDS = 60_000
WORDS_ASKED = (
    "m900", "m30 AND m41", "m2 AND m7", "m40 AND NOT m3", "m900 AND lang:fr", "m2517*", '"m12 m5"', '"m2 m7 m4"',
    "m3 NEAR/3 m9", "m25*", "m25* AND lang:fr", '"m12 m5" AND likes:>5',
    "m1 OR m2 OR m4 OR m5 OR m6 OR m7", "m9 AND NOT has:link", "m900 AND has:link", "m900 AND likes:>15", "site:nowhere.fr",
    'raw:"m12 m5 m2"', 'raw:"m4031 m2"', "raw:m4031", 'raw:"m4031+"',
    "m3 SENTENCE m9", "m3 NEAR/3f m9", '"m2 {m7} m4"', "{m900}", "#m900", "title:m900", "m9?1", "*903", "m903~1",
    "ATLEAST/2(m40 OR m41 OR m42)", "author:a17253", "author:a17253*", "author:nobody AND m9", "url:1234",
)  # fmt: skip
OF_A_MONTH = ("m900", "m2 AND m7", '"m12 m5"', "raw:m4031", "m25*", "")
WATCHES = {"alpha": "m4", "beta": "m10 OR m17", "gamma": "m25", "delta": "m40 AND NOT m3", "epsilon": '"m12 m5"'}


def batches(posts: int, seed: int = 7) -> Iterator[pa.RecordBatch]:
    """Batches of invented posts in order of time; word k has frequency about 1/k."""
    rng = np.random.default_rng(seed)
    weights = 1 / (np.arange(WORDS) + 8) ** 1.05
    bounds = np.cumsum(weights / weights.sum())
    names = np.array([f"m{number}" for number in range(WORDS)])
    for start in range(0, posts, BATCH):
        size = min(BATCH, posts - start)
        lengths = rng.integers(8, 42, size)
        drawn = names[np.searchsorted(bounds, rng.random(int(lengths.sum())))]
        texts = [" ".join(part) for part in np.split(drawn, np.cumsum(lengths)[:-1])]
        ids = np.arange(start, start + size)
        yield batch(
            ids, texts, END_MS - 90 * DAY_MS + ids * (90 * DAY_MS // posts), rng.integers(0, posts // 10 + 1, size)
        )


def batch(ids: Any, texts: list[str], times: Any, authors: Any) -> pa.RecordBatch:
    """One POSTS batch; what is not named is empty."""
    size = len(texts)
    columns: dict[str, Any] = {
        "uri": [f"https://bench.example/{number}" for number in ids],
        "network": [("x", "bluesky", "web")[number % 3] for number in ids],
        "kind": ["note"] * size,
        "text": texts,
        "lang": [("fr", "en")[number % 2] for number in ids],
        "published_ms": times,
        "account_uri": [f"https://bench.example/@{number}" for number in authors],
        "account_handle": [f"a{number}" for number in authors],
        "likes": ids % 17,
    }
    return filled(POSTS, columns, size)


def readings(ids: Any) -> pa.RecordBatch:
    """What the models would have said: a language and a tone."""
    columns = {
        "language": [("fr", "en")[number % 2] for number in ids],
        "tone": [TONES[number * 7 % 10 // 4] for number in ids],
    }
    return filled(READINGS, columns, len(ids))


def filled(schema: pa.Schema, columns: dict[str, Any], size: int) -> pa.RecordBatch:
    """A batch of a schema; the columns that are not given are empty."""
    arrays = []
    for field in schema:
        if field.name in columns:
            arrays.append(pa.array(columns[field.name], field.type))
        elif pa.types.is_string(field.type):
            arrays.append(pa.array([""] * size, field.type))
        elif pa.types.is_list(field.type):
            arrays.append(pa.array([[]] * size, field.type))
        elif field.nullable:
            arrays.append(pa.nulls(size, field.type))
        else:
            arrays.append(pa.array([0] * size, pa.int64()).cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def measured(action: Callable[[], Any], rounds: int = 5) -> tuple[float, float, Any]:
    """Median wall and CPU seconds of an action, after one round that is not counted; and its last answer."""
    walls, cpus = [], []
    answer = action()
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = action()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return sorted(walls)[rounds // 2], sorted(cpus)[rounds // 2], answer


def fill(archive: Archive, lake: Lake, posts: int) -> dict[str, int]:
    """Writes the posts with their mentions; seals as the running product does. Returns watch ids by name."""
    panel, ids = Panel(), {}
    for watch in archive.watches.add_many(1, [(name, query, "theme") for name, query in WATCHES.items()]):
        panel.add(watch.watch_id, parse(watch.query))
        ids[watch.name] = watch.watch_id
    version = archive.readings.version(1, "bench")
    wall, cpu, making = time.perf_counter(), time.process_time(), 0.0
    stream = batches(posts)
    for number in range(-(-posts // BATCH)):
        before = time.perf_counter()
        made = next(stream)
        making += time.perf_counter() - before
        nothing = [None] * made.num_rows
        told = readings(range(number * BATCH, number * BATCH + made.num_rows))
        index, mentions = panel.index_texts(made), panel.match(made)
        archive.write(Delivery(1, None, made, nothing, index, mentions, readings=told, reading_version=version))
        if number % 20 == 19:
            lake.seal_all()
    lake.seal_all()
    spent = time.perf_counter() - wall - making
    print(f"written, indexed, sealed   {posts:>12,} posts  {posts / spent:>10,.0f} posts/s wall "
          f"({time.process_time() - cpu - making:,.0f} CPU s without inventing them)", flush=True)  # fmt: skip
    wall = time.perf_counter()
    while lake.compact():
        pass
    lake.sweep(0)
    print(
        f"compacted                  {time.perf_counter() - wall:8.1f} s, {len(lake.view(1).paths)} segments",
        flush=True,
    )
    wall, cpu = time.perf_counter(), time.process_time()
    archive.lake_words.keep_all()
    print(f"posting lists              {time.perf_counter() - wall:8.1f} s, {time.process_time() - cpu:.0f} CPU s")
    return ids


def ask_both(archive: Archive, lake: Lake, ids: dict[str, int]) -> None:
    """The dashboard's questions on the lake, and in SQL on the ledger itself."""
    recent = END_MS - 30 * DAY_MS
    watch = ids["alpha"]
    questions: dict[str, tuple[Callable[[Any], Any], str]] = {
        "hourly volume by network": (
            lambda posts: series.volume(posts, series.HOUR_SECONDS, "network"),
            "SELECT sort_ms / 3600000, network, count(*) FROM post GROUP BY 1, 2",
        ),
        "share of voice, 5 watches": (
            lambda posts: series.share_of_voice(posts, list(ids.values())),
            "SELECT sort_ms / 86400000, watch_id, count(*) FROM mention JOIN post USING (post_id) GROUP BY 1, 2",
        ),
        "engagement by day": (
            series.engagement,
            "SELECT sort_ms / 86400000, sum(coalesce(likes,0)+coalesce(replies,0)+coalesce(reshares,0)), count(*) FROM post GROUP BY 1",
        ),
        "net sentiment by day": (
            series.net_sentiment,
            "SELECT sort_ms / 86400000, sum(tone = 2), sum(tone = 1), sum(tone = 0) FROM post JOIN reading USING (post_id) GROUP BY 1",
        ),
        "one watch, 30 days, hourly": (
            lambda posts: series.volume(series.of_watches(series.within(posts, recent), [watch]), series.HOUR_SECONDS),
            f"SELECT sort_ms / 3600000, count(*) FROM mention JOIN post USING (post_id) WHERE watch_id = {watch} AND sort_ms >= {recent} GROUP BY 1",
        ),
    }
    for name, (question, sql) in questions.items():
        wall, cpu, answer = measured(lambda question=question: lake.ask(question(lake.posts(1))))  # type: ignore[misc]
        with archive.ledger.read() as connection:
            slow, burnt, rows = measured(lambda sql=sql: connection.exec_driver_sql(sql).fetchall(), 1)  # type: ignore[misc]
        print(f"{name:<26} {wall * 1000:8.0f} ms  {cpu:6.2f} CPU s   SQLite {slow * 1000:8.0f} ms {burnt:6.2f} CPU s   "
              f"CPU x{burnt / max(cpu, 1e-6):.1f}   {answer.num_rows}/{len(rows)} rows", flush=True)  # fmt: skip


def ask_words(archive: Archive) -> None:
    """Searching history: the newest 50, how many there are, with which values, and when; then a month of a quarter."""
    month = Filters(since_ms=END_MS - 90 * DAY_MS, until_ms=END_MS - 60 * DAY_MS)
    for query, filters in [*((query, Filters()) for query in WORDS_ASKED), *((query, month) for query in OF_A_MONTH)]:
        asked = ask(archive, 1, query, filters)
        page, _, rows = measured(lambda asked=asked: asked.rows(limit=50), 3)  # type: ignore[misc]
        whole, burnt, count = measured(lambda asked=asked: asked.count(), 3)  # type: ignore[misc]
        beside, _, _ = measured(asked.facets, 1)
        chart, _, _ = measured(lambda asked=asked: asked.volume(DAY_MS), 1)  # type: ignore[misc]
        print(
            f"{query:<22}{' month' if filters.since_ms else '':<6} newest 50 {page * 1000:6.1f} ms, {len(rows):>2} rows   "
            f"count {whole * 1000:6.1f} ms {burnt:6.3f} CPU s, {count.n:>9,}   "
            f"facets {beside * 1000:5.0f} ms   volume {chart * 1000:5.0f} ms",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench archive")
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="palabre-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    try:
        with open_archive(load(home, {}), FixedClock(END_MS)) as archive:
            lake = archive.lake
            there = {watch.name: watch.watch_id for watch in archive.watches.all(1)}
            ids = there or fill(archive, lake, chosen.posts)
            ask_both(archive, lake, ids)
            ask_words(archive)
        used = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"disk {used / 1e6:,.0f} MB, peak memory {peak / 1024:,.0f} MB")
    finally:
        if not chosen.keep:
            shutil.rmtree(home, ignore_errors=True)
