"""The same expressions and the same matching function on a Spark cluster of two workers, with equal results."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from palabre.archive.lake import View, over
from palabre.archive.segments import SEGMENT, UNDERSTOOD, write_segment
from palabre.model import watch_set
from palabre.sample import play
from palabre.understand import series

pyspark = pytest.importorskip("pyspark", reason="the extra palabre[spark] is not installed")
if not shutil.which("java"):
    pytest.skip("Spark needs a Java runtime (Debian: openjdk-17-jre-headless)", allow_module_level=True)
pytestmark = pytest.mark.timeout(300)
END_MS = 1_790_000_000_000
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # half a dozen machines that live for a minute
UNDERSTOOD_NAMES = {entry.name for entry in UNDERSTOOD}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master and two workers from the wheel, all on loopback; the url of the master."""
    home, work, port = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("spark"), free_port()
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_WORKER_DIR": str(work),
        "JDK_JAVA_OPTIONS": QUICK_START,
    }
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "JDK_JAVA_OPTIONS": QUICK_START}
    url = f"spark://127.0.0.1:{port}"

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        log = (work / f"{len(list(work.iterdir()))}.log").open("wb")
        return subprocess.Popen(
            [str(home / "bin" / "spark-class"), *arguments], env=environment, stdout=log, stderr=log
        )

    master = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = [
        "org.apache.spark.deploy.worker.Worker",
        "--host",
        "127.0.0.1",
        "-c",
        "1",
        "-m",
        "700m",
        "--webui-port",
        "0",
    ]
    running = [start(*master)]
    wait_for(port)
    running += [start(*worker, url), start(*worker, url)]
    yield url
    for process in running:
        process.terminate()
        process.wait(20)


def wait_for(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on {port}")


@pytest.fixture(scope="module")
def session(cluster: str) -> Iterator[Any]:
    from palabre.spark import connect

    made = connect(
        cluster, spark__executor__memory="600m", spark__ui__enabled="false", spark__sql__shuffle__partitions="4"
    )
    yield made
    made.stop()


def table_of(lines: list[Any]) -> pa.Table:
    """Posts of the sample as segment rows; every third is a mention of watch 1, every fifth of watch 2."""
    rows = []
    for number, line in enumerate(lines):
        post = line.post
        watches = [watch for watch, step in ((1, 3), (2, 5)) if number % step == 0]
        row = {name: getattr(post, name, "") for name in SEGMENT.names if name not in UNDERSTOOD_NAMES}
        row |= {
            "post_id": number,
            "workspace_id": 1,
            "source_id": None,
            "heard_ms": post.published_ms,
            "sort_ms": post.published_ms,
            "watch_ids": watches,
            "watch_set": watch_set(watches),
            "account_uri": post.account.uri,
            "account_handle": post.account.handle,
            "account_name": post.account.name,
            "account_url": post.account.url,
            "followers": post.account.followers,
            "verified": post.account.verified,
            "rating": None,
            "likes": post.metrics.likes,
            "replies": post.metrics.replies,
            "reshares": post.metrics.reshares,
            "views": post.metrics.views,
            "kind": str(post.kind),
        }
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=SEGMENT)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """Two segments, with posts that were erased and others that changed since they were sealed."""
    table, folder = table_of(play(END_MS)[:6_000]), tmp_path_factory.mktemp("lake")
    paths = tuple(str(write_segment(folder, part)) for part in (table.slice(0, 3_000), table.slice(3_000, 2_500)))
    hidden = pa.array([*range(100, 150), *range(5_500, 6_000)], pa.int64())
    fresh = pa.concat_tables([table.slice(120, 30), table.slice(5_500)])
    return View(paths, hidden, fresh)


EXPRESSIONS = {
    "hourly volume by network": lambda posts: series.volume(posts, series.HOUR_SECONDS, "network"),
    "daily volume of one month": lambda posts: series.volume(series.within(posts, END_MS - 80 * 86_400_000)),
    "share of voice": lambda posts: series.share_of_voice(posts, [1, 2]),
    "top accounts": lambda posts: series.top_accounts(posts, 50),
    "distinct accounts": lambda posts: series.distinct_accounts(posts),
    "engagement": lambda posts: series.engagement(posts),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_question_has_the_same_answer_on_duckdb_and_on_spark(name: str, session: Any, view: View) -> None:
    import ibis

    from palabre.spark import engine

    here, there = ibis.duckdb.connect(), engine(session)
    question = EXPRESSIONS[name]
    mine = here.to_pyarrow(question(over(view, here))).to_pylist()
    theirs = there.to_pyarrow(question(over(view, there))).to_pylist()
    assert len(mine) > 5
    assert mine == theirs


def test_history_is_matched_on_the_cluster_as_it_is_here(session: Any, view: View) -> None:
    from palabre.spark import matcher, rematch

    queries = {7: "Cyclovent AND (batterie OR battery)", 9: '"siège enfant" OR "child seat"', 11: "lang:fr AND merci"}
    there = rematch(session, view, queries)
    import ibis

    every = ibis.duckdb.connect()
    rows = every.to_pyarrow(over(view, every)).cast(SEGMENT)
    here = pa.Table.from_batches(list(matcher(queries)(rows.combine_chunks().to_batches())))
    order = [("post_id", "ascending"), ("watch_id", "ascending")]
    assert there.num_rows > 50
    assert there.to_pylist() == here.sort_by(order).to_pylist()
