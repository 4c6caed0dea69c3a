"""PostgreSQL as a matching engine: each query a stored tsquery, found by an anchor (a word of which every matching
post has one, the rarest), then proved with ``@@``. On a cluster of its own, made for the run and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.matching_load import Load
from bench.matching_peers import POSTS, Run, Skipped, is_plain, keyed, plain_of
from palabre.match.ast import And, Literal, Near, Node, Not, Or, Phrase, Term

BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/nowhere")]
ANCHORED = """
SELECT count(*), count(*) FILTER (WHERE watch.plain) FROM
  (SELECT DISTINCT post.id, anchor.id AS watch, post.words FROM post, unnest(post.words) AS w
   JOIN anchor ON anchor.word = w.lexeme) AS candidate
JOIN watch ON watch.id = candidate.watch WHERE candidate.words @@ watch.query
"""
MADE = "(SELECT id, words FROM post{}) AS post,"  # vectors that lie ready, as no post brings them
# What our engine starts from.
FROM_TEXT = "(SELECT id, to_tsvector('simple', text) AS words FROM post{} OFFSET 0) AS post,"


@dataclass(frozen=True, slots=True)
class Way:
    """each: one post a statement, as posts come in. from_text: the vectors are made in it, as our engine cuts its own."""

    each: bool = False
    from_text: bool = False

    @property
    def statement(self) -> str:
        source = (FROM_TEXT if self.from_text else MADE).format(" WHERE id = %s" if self.each else "")
        return ANCHORED.replace("post,", source, 1)

    @property
    def told(self) -> str:
        many = "one post a statement" if self.each else f"{POSTS:,} posts in one statement"
        return f"{many}, {'from text' if self.from_text else 'vectors ready'}"


CPU_SECONDS_MIN = 1.0
SETTINGS = ("max_parallel_workers_per_gather = 0", "jit = off", "work_mem = '256MB'")


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a server of our own. Raises Skipped."""
    if not (BIN[-1] / "initdb").exists():
        raise Skipped("PostgreSQL is not installed (apt install postgresql)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="palabre-bench-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        server("initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8")
        server("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        server("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def server(tool: str, *words: object, check: bool = True) -> None:
    """One of its own tools; as its own user where we are root, which it refuses to run as."""
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    subprocess.run([*user, str(BIN[-1] / tool), *map(str, words)], check=check, capture_output=True, cwd="/")


def cpu_seconds(process: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quoted(key: str) -> str:
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"


def tsquery(node: Node) -> str:
    """The query for PostgreSQL; NEAR as AND, a field as nothing."""
    match node:
        case Term():
            return quoted(node.key.rstrip("*").lower()) + (":*" if node.wild else "")
        case Literal():
            return quoted(node.text.lower())
        case Phrase():
            return "(" + " & ".join(map(tsquery, node.terms)) + ")"
        case And() | Or():
            sign = " & " if isinstance(node, And) else " | "
            parts = [part for one in node.nodes if (part := tsquery(one))]
            return "(" + sign.join(parts) + ")" if parts else ""
        case Near():
            return f"({tsquery(node.left)} & {tsquery(node.right)})"
        case Not():
            inside = tsquery(node.node)
            return f"!{inside}" if inside else ""
        case _:
            return ""


def rarest(node: Node, shares: dict[str, float]) -> list[str] | None:
    """Words of which a matching post has one."""
    match node:
        case Term():
            return None if node.wild else [node.key.lower()]
        case Literal():
            return [node.text.lower()]
        case Phrase():
            return [min((term.key for term in node.terms), key=lambda key: shares.get(key, 0.0))]
        case Or():
            parts = [rarest(one, shares) for one in node.nodes]
            return None if None in parts else [key for part in parts for key in part or ()]
        case And():
            known = [part for one in node.nodes if (part := rarest(one, shares)) is not None]
            return min(known, key=lambda part: sum(shares.get(key, 0.0) for key in part), default=None)
        case Near():
            return rarest(And((node.left, node.right)), shares)
        case _:
            return None


def filled(base: Any, load: Load, queries: Sequence[Node]) -> int:
    """The three tables; how many queries have no anchor and are left out."""
    base.execute("CREATE TABLE watch (id int, plain bool, query tsquery)")
    base.execute("CREATE TABLE anchor (word text, id int)")
    base.execute("CREATE TABLE post (id int, words tsvector, text text)")
    cursor, shares, left_out = base.cursor(), dict(load.ranked), 0
    watches, anchors = [], []
    for number, query in enumerate(queries):
        written, words = tsquery(query), rarest(query, shares)
        if not written or not words:
            left_out += 1
            continue
        watches.append((number, is_plain(query), written))
        anchors += [(word, number) for word in set(words)]
    cursor.executemany("INSERT INTO watch VALUES (%s, %s, %s::tsquery)", watches)
    cursor.executemany("INSERT INTO anchor VALUES (%s, %s)", anchors)
    posts = [(n, sorted({word for word in text.split() if word}), text) for n, text in enumerate(keyed(load))]
    cursor.executemany("INSERT INTO post VALUES (%s, array_to_tsvector(%s), %s)", posts)
    indexes = [f"CREATE INDEX ON {column}" for column in ("anchor (word)", "watch (id)", "post (id)")]
    for statement in (*indexes, "ANALYZE"):
        base.execute(statement)
    return left_out


def postgresql(way: Way, load: Load, queries: Sequence[Node]) -> Run:
    """CPU time of the server's process, which the system counts in hundredths."""
    import psycopg

    with cluster() as address, psycopg.connect(address) as base:
        left_out = filled(base, load, queries)
        for setting in SETTINGS:
            base.execute(f"SET {setting}")
        plain = base.execute(Way(from_text=way.from_text).statement).fetchone()[1]
        start, posts, took = cpu_seconds(base.info.backend_pid), 0, 0.0
        while took < CPU_SECONDS_MIN:
            asked(base, way)
            posts += POSTS
            took = cpu_seconds(base.info.backend_pid) - start
    note = f"{way.told}, warm, {len(queries) - left_out:,} of {len(queries):,} queries"
    return Run(posts / took, note, plain, plain_of(queries))


def asked(base: Any, way: Way) -> None:
    """All posts, once."""
    if not way.each:
        base.execute(way.statement)
        return
    for number in range(POSTS):
        base.execute(way.statement, [number], prepare=True)


WAYS = {
    "PostgreSQL, one by one": Way(each=True),
    "PostgreSQL, one by one, from text": Way(each=True, from_text=True),
    "PostgreSQL, anchors": Way(),
    "PostgreSQL, anchors, from text": Way(from_text=True),
}
ANCHORED_WAYS = {name: partial(postgresql, way) for name, way in WAYS.items()}
