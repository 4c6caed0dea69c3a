"""The lake: a disposable column copy of the posts, for questions over many of them. The ledger stays the truth.

    posts = (segments − dirty ids) ∪ rows of the dirty ids, fresh from the ledger        ← the seam

`seal` moves new posts into a segment, `compact` rewrites segments that hold changed or erased posts and joins small
ones, `sweep` unlinks replaced files after a grace time. Each writes its file first, then swaps rows in one transaction;
a crash between the two leaves an orphan file, which `sweep` removes. Nobody is locked out while a file is written.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Row, delete, func, select, true, update

from palabre.archive.bulk import among, insert_missing, insert_rows
from palabre.archive.lake_rows import by_workspace, rows_of
from palabre.archive.lakeside import files_of
from palabre.archive.ledger import Ledger
from palabre.archive.postings import are_ours
from palabre.archive.segments import SEGMENT, lists_beside, write_segment
from palabre.archive.tables import dead, dirty, post, segment
from palabre.archive.types import LakeStatus
from palabre.clock import Clock

if TYPE_CHECKING:
    import ibis

SEAL_ROWS = 20_000
SMALL_ROWS = 125_000  # a segment with fewer rows is joined with its like
FULL_ROWS = 250_000
GRACE_MS = 120_000
FRESH_ROWS_MAX = 20_000  # more posts than that are sealed before a question is asked of them
NULLABLE = pa.schema([entry.with_nullable(True) for entry in SEGMENT])  # engines read files so; a union wants equals
Reader = Callable[[Any, tuple[str, ...]], "ibis.Table"]


@dataclass(frozen=True, slots=True)
class View:
    """One state of the posts of a workspace: segment files, ids that they have wrong, and those ids' present rows."""

    paths: tuple[str, ...]
    hidden: pa.Array
    fresh: pa.Table


class Lake:
    """Questions on the posts of one ledger. engine: an Ibis DuckDB connection is made when the first is asked."""

    def __init__(self, ledger: Ledger, root: Path, clock: Clock) -> None:
        self.ledger = ledger
        self.root = root
        self.clock = clock
        self._engines = threading.local()

    # asking

    def view(self, workspace_id: int) -> View:
        """A consistent state, in one read transaction. What is missing, or too new, is first put right."""
        self.mend()
        if self.waiting() > FRESH_ROWS_MAX:
            self.seal_all()
        with self.ledger.read() as connection:
            mine = segment.c.workspace_id == workspace_id
            names = connection.execute(select(segment.c.path).where(mine).order_by(segment.c.path)).scalars()
            ids = list(
                connection.execute(select(dirty.c.post_id).where(dirty.c.workspace_id == workspace_id)).scalars()
            )
            fresh = rows_of(connection, ids)
            return View(tuple(str(self.root / name) for name in names), pa.array(ids, pa.int64()), fresh)

    def engine(self) -> Any:
        """The Ibis connection of this thread to DuckDB inside this process: Ibis drops its views while another thread
        asks of them, so threads share none."""
        if getattr(self._engines, "duckdb", None) is None:
            import ibis

            self._engines.duckdb = ibis.duckdb.connect(threads=2, memory_limit="1GB")
        return self._engines.duckdb

    def posts(self, workspace_id: int, engine: Any = None) -> ibis.Table:
        """The posts of a workspace as one Ibis table (columns: SEGMENT), on DuckDB or on the given Ibis connection."""
        view = self.view(workspace_id)
        return over(view, engine) if engine else over(view, self.engine(), self.read_once)

    def read_once(self, engine: Any, paths: tuple[str, ...]) -> ibis.Table:
        """The segments that this thread asked last are read already: DuckDB takes 20 ms to look at their columns."""
        if getattr(self._engines, "paths", None) != paths:
            self._engines.paths, self._engines.sealed = paths, read_segments(engine, paths)
        return self._engines.sealed

    def ask(self, expression: ibis.Expr) -> pa.Table:
        """The answer to an expression over posts()."""
        answer: pa.Table = self.engine().to_pyarrow(expression)
        return answer

    # keeping

    def status(self) -> LakeStatus:
        """How much is in it, and how much waits."""
        with self.ledger.read() as connection:
            sizes = (
                func.count(),
                func.coalesce(func.sum(segment.c.rows), 0),
                func.coalesce(func.sum(segment.c.bytes), 0),
            )
            files, rows, size = connection.execute(select(*sizes)).one()
            small = select(func.count()).select_from(segment).where(segment.c.rows < SMALL_ROWS)
            dirt = select(dirty.c.is_new, func.count()).group_by(dirty.c.is_new)
            waiting = {bool(new): n for new, n in connection.execute(dirt)}
            small_files = connection.execute(small).scalar_one()
            names = connection.execute(select(segment.c.path)).scalars().all()
        unlisted = sum(not are_ours(lists_beside(self.root / name)) for name in names)
        return LakeStatus(files, rows, int(size), small_files, unlisted, waiting.get(True, 0), waiting.get(False, 0))

    def waiting(self) -> int:
        """New posts that are in no segment yet, counted up to a little over FRESH_ROWS_MAX."""
        some = select(dirty.c.post_id).where(dirty.c.is_new).limit(FRESH_ROWS_MAX + 1).subquery()
        with self.ledger.read() as connection:
            return int(connection.execute(select(func.count()).select_from(some)).scalar_one())

    def mend(self) -> bool:
        """Forgets all segments when a file of one is gone (a deleted folder, a restored ledger); whether it had to."""
        with self.ledger.read() as connection:
            names = connection.execute(select(segment.c.path)).scalars().all()
        if all((self.root / name).exists() for name in names):
            return False
        with self.ledger.read() as connection:  # another process may have replaced it between the two looks
            now = set(connection.execute(select(segment.c.path)).scalars())
        if any(not (self.root / name).exists() for name in now):
            self.forget()
            return True
        return False

    def seal(self, limit: int = SEAL_ROWS) -> int:
        """Moves up to ``limit`` new posts into segments, one a workspace. Returns how many."""
        with self.ledger.read() as connection:
            waiting = connection.execute(
                select(dirty).where(dirty.c.is_new).order_by(dirty.c.post_id).limit(limit)
            ).all()
            table = rows_of(connection, [row.post_id for row in waiting])
        if not waiting:
            return 0
        made = [self.write(part) for part in by_workspace(table)]
        with self.ledger.write() as connection:
            for segment_row in made:
                insert_rows(connection, segment, list(segment_row), [tuple(segment_row.values())])
            settle(connection, waiting)
        return len(waiting)

    def seal_all(self) -> int:
        """Seals until nothing new is left."""
        total = 0
        while sealed := self.seal():
            total += sealed
        return total

    def compact(self) -> int:
        """Rewrites what is wrong or too small, workspace by workspace. Returns how many segments were replaced."""
        with self.ledger.read() as connection:
            workspaces = connection.execute(select(segment.c.workspace_id).distinct()).scalars().all()
        return sum(self.compact_workspace(workspace_id) for workspace_id in workspaces)

    def compact_workspace(self, workspace_id: int, *, join: bool = True) -> int:
        """One rewrite: the segments that hold changed posts and, with join, the small ones become full ones."""
        with self.ledger.read() as connection:
            stale = (dirty.c.workspace_id == workspace_id) & ~dirty.c.is_new
            changed = connection.execute(select(dirty).where(stale)).all()
            mine = segment.c.workspace_id == workspace_id
            every = connection.execute(select(segment).where(mine).order_by(segment.c.day, segment.c.segment_id)).all()
            current = rows_of(connection, [row.post_id for row in changed])
        ids = pa.array([row.post_id for row in changed], pa.int64())
        old = [row for row in every if self.is_wrong(row, ids)]
        small = [row for row in every if row.rows < SMALL_ROWS and row not in old] if join else []
        old += small if len(small) > 1 or old else []
        if not old and not changed:
            return 0
        made = [self.write(part) for part in self.rewritten(old, ids, current)]
        return self.swap(old, made, changed)

    def is_wrong(self, row: Row[Any], ids: pa.Array) -> bool:
        """Whether a segment holds one of these posts."""
        within = ids.filter(pc.and_(pc.greater_equal(ids, row.low_id), pc.less_equal(ids, row.high_id)))
        if len(within) == 0:
            return False
        held = pq.read_table(self.root / row.path, columns=["post_id"])["post_id"]
        return bool(pc.any(pc.is_in(within, held.combine_chunks())).as_py())

    def rewritten(self, old: Sequence[Row[Any]], ids: pa.Array, current: pa.Table) -> Iterator[pa.Table]:
        """The rows of old segments without ``ids``, with their present rows instead, in tables of FULL_ROWS."""
        kept: list[pa.Table] = [current]
        for row in old:
            table = pq.read_table(self.root / row.path, schema=SEGMENT)
            kept.append(table.filter(pc.invert(pc.is_in(table["post_id"], ids))))
            if sum(part.num_rows for part in kept) >= FULL_ROWS:
                yield pa.concat_tables(kept)
                kept = []
        if any(part.num_rows for part in kept):
            yield pa.concat_tables(kept)

    def swap(self, old: Sequence[Row[Any]], made: Sequence[dict[str, Any]], changed: Sequence[Row[Any]]) -> int:
        """New segments in the place of old ones; gives up (the new files become orphans) if another swapped first."""
        ids = [row.segment_id for row in old]
        with self.ledger.write() as connection:
            there = among(connection, segment.c.segment_id, ids)
            if connection.execute(select(func.count()).select_from(segment).where(there)).scalar_one() != len(ids):
                return 0
            connection.execute(delete(segment).where(there))
            now = self.clock.now_ms()
            insert_missing(connection, dead, ("path", "at_ms"), [(row.path, now) for row in old])
            for segment_row in made:
                insert_rows(connection, segment, list(segment_row), [tuple(segment_row.values())])
            settle(connection, changed)
        return len(old)

    def write(self, table: pa.Table) -> dict[str, Any]:
        """One workspace's rows as a new file; the row of the table `segment` that will name it."""
        ordered = table.sort_by([("sort_ms", "ascending"), ("post_id", "ascending")])
        workspace_id = ordered["workspace_id"][0].as_py()
        path = write_segment(self.root / str(workspace_id), ordered)
        bounds = pc.min_max(ordered["post_id"]).as_py()
        return {
            "path": str(path.relative_to(self.root)),
            "workspace_id": workspace_id,
            "day": str(ordered["sort_ms"][0].as_py() // 86_400_000),
            "low_id": bounds["min"],
            "high_id": bounds["max"],
            "rows": ordered.num_rows,
            "bytes": path.stat().st_size,
            "sealed_ms": self.clock.now_ms(),
        }

    def sweep(self, grace_ms: int = GRACE_MS, orphan_ms: int | None = None) -> int:
        """Unlinks replaced files after the grace time, and orphans older than orphan_ms (None: the same). How many."""
        now = self.clock.now_ms()
        orphan_limit_ms = now - (grace_ms if orphan_ms is None else orphan_ms)
        with self.ledger.read() as connection:
            named = set(connection.execute(select(segment.c.path)).scalars())
            resting = {row.path: row.at_ms > now - grace_ms for row in connection.execute(select(dead))}
        gone = 0
        for path in [*files_of(self.root), *self.root.rglob(".*.half")]:
            name = str(path.with_suffix(".parquet").relative_to(self.root))  # lists live as long as their segment
            rests = resting.get(name, path.stat().st_mtime * 1000 > orphan_limit_ms)
            if name not in named and not rests:
                path.unlink(missing_ok=True)
                gone += 1
        with self.ledger.write() as connection:
            connection.execute(delete(dead).where(dead.c.at_ms <= now - grace_ms))
        return gone

    def purge(self) -> None:
        """After an erasure: rewrites the segments that hold what changed, and unlinks the old files at once."""
        with self.ledger.read() as connection:
            workspaces = connection.execute(select(segment.c.workspace_id).distinct()).scalars().all()
        for workspace_id in workspaces:
            self.compact_workspace(workspace_id, join=False)
        if workspaces:
            self.sweep(0, GRACE_MS)  # a file without a row may be one that another process is about to name

    def rebuild(self) -> int:
        """The lake, made again from the ledger. Returns the number of posts."""
        self.forget()
        return self.seal_all()

    def forget(self) -> None:
        """Forgets every segment and marks all posts as new."""
        with self.ledger.write() as connection:
            now = self.clock.now_ms()
            paths = connection.execute(select(segment.c.path)).scalars().all()
            insert_missing(connection, dead, ("path", "at_ms"), [(path, now) for path in paths])
            connection.execute(delete(segment))
            connection.execute(delete(dirty))
            every = select(post.c.post_id, post.c.workspace_id, true().label("is_new"))
            connection.execute(dirty.insert().from_select(["post_id", "workspace_id", "is_new"], every))


def read_segments(engine: Any, paths: Sequence[str]) -> ibis.Table:
    """Segment files as one table. Ibis reads one path at a time on Spark, so there Spark itself is asked."""
    if engine.name != "pyspark":
        return engine.read_parquet(list(paths))
    return spark_view(engine, engine._session.read.parquet(*paths))


def over(view: View, engine: Any, read: Reader = read_segments) -> ibis.Table:
    """The seam as one Ibis table on any engine that reads Parquet."""
    fresh = in_memory(engine, view.fresh.cast(NULLABLE))
    if not view.paths:
        return fresh
    sealed = read(engine, view.paths)
    if len(view.hidden) == 0:
        return sealed
    hidden = in_memory(engine, pa.table({"post_id": view.hidden}))
    return sealed.anti_join(hidden, "post_id").select(*SEGMENT.names).union(fresh.select(*SEGMENT.names))


def in_memory(engine: Any, table: pa.Table) -> ibis.Table:
    """An Arrow table as a table of the engine. Ibis hands it to Spark through pickle, which knows no lists."""
    import ibis

    return (
        ibis.memtable(table) if engine.name != "pyspark" else spark_view(engine, engine._session.createDataFrame(table))
    )


def spark_view(engine: Any, frame: Any) -> ibis.Table:
    """A Spark frame under a name of its own."""
    name = f"palabre_{uuid.uuid4().hex}"
    frame.createOrReplaceTempView(name)
    return engine.table(name)


def settle(connection: Connection, sealed: Sequence[Row[Any]]) -> None:
    """Clears what was sealed. What changed meanwhile stays dirty; what was erased becomes dirty, and so hidden."""
    ids = [row.post_id for row in sealed]
    now = {
        row.post_id: row.stamp
        for row in connection.execute(select(dirty).where(among(connection, dirty.c.post_id, ids)))
    }
    clean = [row.post_id for row in sealed if now.get(row.post_id) == row.stamp]
    touched = [row.post_id for row in sealed if row.post_id in now and now[row.post_id] != row.stamp]
    vanished = [(row.post_id, row.workspace_id, False) for row in sealed if row.post_id not in now]
    connection.execute(delete(dirty).where(among(connection, dirty.c.post_id, clean)))
    connection.execute(update(dirty).where(among(connection, dirty.c.post_id, touched)).values(is_new=False))
    insert_missing(connection, dirty, ("post_id", "workspace_id", "is_new"), vanished)
