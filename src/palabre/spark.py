"""Leaving one machine: the same questions and the same matching function on an existing Spark cluster (an extra).

    pip install 'palabre[spark]'
    session = connect("spark://head:7077")
    lake.posts(workspace_id, engine(session))          # the same Ibis expressions
    rematch(session, view, {1: "vélo OR bike"})        # the same matching engine, through mapInArrow

Palabre writes no cluster of its own: it hands Arrow batches to one that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive.lake import View
from palabre.model import POSTS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Batches = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]
PAIRS = "post_id long, watch_id long"


def connect(master: str, **options: str) -> SparkSession:
    """A session on a cluster, or ``local[2]``. options: Spark settings, with ``__`` for the dots of their names."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("palabre").config("spark.sql.session.timeZone", "UTC")
    for name, value in options.items():
        builder = builder.config(name.replace("__", "."), value)
    session: SparkSession = builder.getOrCreate()
    return session


def engine(session: SparkSession) -> Any:
    """The Ibis connection of a session."""
    import ibis

    return ibis.pyspark.connect(session)


def matcher(queries: Mapping[int, str]) -> Batches:
    """A function of segment batches to (post_id, watch_id) pairs; the panel is built where it runs."""

    def match(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from palabre.match import Panel, parse

        panel = Panel()
        for watch_id, query in queries.items():
            panel.add(watch_id, parse(query))
        for batch in batches:
            yield pairs(batch, panel.match(as_posts(batch)))

    return match


def as_posts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of segment rows in the shape the engine takes; the HTML is not in segments and not matched."""
    empty = pa.array([""] * batch.num_rows, pa.string())
    columns = [empty if entry.name == "html" else batch[entry.name].cast(entry.type) for entry in POSTS]
    return pa.RecordBatch.from_arrays(columns, schema=POSTS)


def pairs(batch: pa.RecordBatch, found: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of a batch as the ids of their posts."""
    ids = batch["post_id"].take(found["post"])
    return pa.RecordBatch.from_arrays([ids, found["watch"].cast(pa.int64())], names=["post_id", "watch_id"])


def rematch(session: SparkSession, view: View, queries: Mapping[int, str]) -> pa.Table:
    """History against watches, on the cluster: columns post_id, watch_id. Dirty posts are matched as they are now."""
    run = matcher(queries)
    found: list[pa.Table] = []
    if view.paths:
        rows = session.read.parquet(*view.paths).mapInArrow(run, PAIRS)
        sealed = rows.toArrow()
        found.append(sealed.filter(pc.invert(pc.is_in(sealed["post_id"], view.hidden))))
    found += [pa.Table.from_batches([batch]) for batch in run(view.fresh.to_batches())]
    return pa.concat_tables(found).sort_by([("post_id", "ascending"), ("watch_id", "ascending")])
