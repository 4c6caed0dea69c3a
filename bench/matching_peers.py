"""Other engines on the same posts and queries. Each is optional: what is missing is skipped with the reason.

Peers are given an advantage: they read text that is already folded and cut into keys; the panel reads raw UTF-8.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.matching_load import Load
from palabre.match.ast import And, Near, Node, Not, Or, Phrase, Term
from palabre.match.panel import Panel


class Skipped(Exception):
    """Why a peer cannot run here."""


@dataclass(frozen=True, slots=True)
class Run:
    """posts a CPU second; note: what was measured."""

    speed: float
    note: str


def python_engine(load: Load, queries: Sequence[Node]) -> Run:
    """Our own engine without the kernel, on fewer posts."""
    panel = Panel("python")
    for watch, query in enumerate(queries):
        panel.add(watch, query)
    batch = load.posts.slice(0, 3000)
    panel.match(load.posts.slice(3000, 3000))
    start = time.process_time()
    panel.match(batch)
    return Run(len(batch) / (time.process_time() - start), "3,000 posts in one batch, warm")


def is_plain(node: Node) -> bool:
    """Words, AND, OR, NOT only: what hyperscan's COMBINATION can say."""
    match node:
        case Term():
            return not node.wild and not node.edits
        case And() | Or():
            return all(map(is_plain, node.nodes))
        case Not():
            return is_plain(node.node)
        case _:
            return False


def hyperscan_combination(load: Load, queries: Sequence[Node]) -> Run:
    """hyperscan with the logic inside, on the queries without phrase, NEAR, field or literal."""
    try:
        import hyperscan
    except ImportError:
        raise Skipped("hyperscan is not installed (pip install hyperscan)") from None
    plain = [query for query in queries if is_plain(query)]
    numbers: dict[str, int] = {}
    logic = [combination(Or((query, query)), numbers) for query in plain]  # it wants an operator in each
    words = [rf"(?:^| ){key}(?: |$)".encode() for key in numbers]
    expressions = [*words, *(one.encode() for one in logic)]
    quiet = hyperscan.HS_FLAG_QUIET | hyperscan.HS_FLAG_SINGLEMATCH
    flags = [quiet] * len(words) + [hyperscan.HS_FLAG_COMBINATION | hyperscan.HS_FLAG_SINGLEMATCH] * len(logic)
    database = hyperscan.Database()
    database.compile(expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags)
    texts = [text.encode() for text in Panel().index_texts(load.posts.slice(0, 2000)).to_pylist()]
    start = time.process_time()
    for text in texts:
        database.scan(text, match_event_handler=ignore)
    return Run(
        len(texts) / (time.process_time() - start), f"2,000 posts one by one, {len(plain)} of {len(queries)} queries"
    )


def ignore(*_: object) -> None:
    return None


def combination(node: Node, numbers: dict[str, int]) -> str:
    match node:
        case Term():
            return str(numbers.setdefault(node.key, len(numbers)))
        case And():
            return "(" + " & ".join(combination(one, numbers) for one in node.nodes) + ")"
        case Or():
            return "(" + " | ".join(combination(one, numbers) for one in node.nodes) + ")"
        case Not():
            return "!" + combination(node.node, numbers)
        case _:
            raise TypeError(node)


def tsquery(node: Node) -> str:
    """The query for PostgreSQL; NEAR as AND, a field as nothing."""
    match node:
        case Term():
            return f"'{node.key.rstrip('*')}'" + (":*" if node.wild else "")
        case Phrase():
            return "(" + " <-> ".join(map(tsquery, node.terms)) + ")"
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
            return None if node.wild else [node.key]
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


def postgresql_anchored(load: Load, queries: Sequence[Node]) -> Run:
    """Stored tsquery behind a table of rarest words. The server's CPU is measured as wall time of the statement."""
    address = os.environ.get("PALABRE_BENCH_POSTGRESQL")
    if not address:
        raise Skipped("PALABRE_BENCH_POSTGRESQL does not name a server (postgresql://…)")
    import psycopg

    shares = dict(load.ranked)
    texts = Panel().index_texts(load.posts.slice(0, 2000)).to_pylist()
    with psycopg.connect(address) as base:
        base.execute("CREATE TEMP TABLE watch (id int, query tsquery)")
        base.execute("CREATE TEMP TABLE anchor (word text, id int)")
        base.execute("CREATE TEMP TABLE post (id int, words tsvector)")
        cursor = base.cursor()
        for number, query in enumerate(queries):
            written, words = tsquery(query), rarest(query, shares)
            if written and words:
                cursor.execute("INSERT INTO watch VALUES (%s, %s::tsquery)", (number, written))
                cursor.executemany("INSERT INTO anchor VALUES (%s, %s)", [(word, number) for word in set(words)])
        cursor.executemany(
            "INSERT INTO post VALUES (%s, array_to_tsvector(%s))",
            [(n, sorted({w for w in t.split() if w})) for n, t in enumerate(texts)],
        )
        for statement in ("CREATE INDEX ON anchor (word)", "CREATE INDEX ON watch (id)", "ANALYZE"):
            base.execute(statement)
        start = time.perf_counter()
        base.execute(ANCHORED)
        took = time.perf_counter() - start
    return Run(len(texts) / took, "2,000 posts in one statement; wall time of the server")


ANCHORED = """
SELECT count(*) FROM (SELECT DISTINCT post.id, anchor.id AS watch, post.words FROM post, unnest(post.words) AS w
JOIN anchor ON anchor.word = w.lexeme) AS candidate
JOIN watch ON watch.id = candidate.watch WHERE candidate.words @@ watch.query
"""

PEERS = {
    "our pure-Python engine": python_engine,
    "hyperscan COMBINATION": hyperscan_combination,
    "PostgreSQL, anchors": postgresql_anchored,
}
