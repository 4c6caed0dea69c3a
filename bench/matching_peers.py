"""Other engines on the same posts and queries. Each is optional: what is missing is skipped with the reason
(`./run peers` installs them into var/peers).

Peers are given an advantage: they read text that is already folded and cut into keys; the panel reads raw UTF-8. What
a peer cannot say is made easier for it: a hashtag is its word, a capital its lower case, a fact may be left out. On the
*plain* queries (words with AND, OR, NOT), which all say alike, every peer must find what we find.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.matching_load import Load
from palabre.match.ast import And, Level, Node, Not, Or, Term, TermKind
from palabre.match.panel import Panel

HOME = Path(__file__).resolve().parents[1] / "var" / "peers"
POSTS = 2_000  # for the slow ones, so that a run stays in minutes


class Skipped(Exception):
    """Why a peer cannot run here."""


@dataclass(frozen=True, slots=True)
class Run:
    """posts a CPU second; note: what was measured; found: matches on the first 2,000 posts of some of the queries, those
    that are among; only_plain: it was given the plain queries only."""

    speed: float
    note: str
    found: int = 0
    among: tuple[Node, ...] = ()
    only_plain: bool = False


def keyed(load: Load) -> list[str]:
    """The first posts as keys with spaces between."""
    return list(Panel().index_texts(load.posts.slice(0, POSTS)).to_pylist())


def panel_of(queries: Sequence[Node], engine: str = "auto") -> Panel:
    panel = Panel(engine)
    for watch, query in enumerate(queries):
        panel.add(watch, query)
    return panel


def matches(load: Load, queries: Sequence[Node]) -> int:
    """What we find on the first posts: the number to agree with."""
    return len(panel_of(queries).match(load.posts.slice(0, POSTS)))


def plain_of(queries: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(query for query in queries if is_plain(query))


def python_engine(load: Load, queries: Sequence[Node]) -> Run:
    """Our own engine without the kernel, on fewer posts."""
    panel = panel_of(queries, "python")
    batch = load.posts.slice(0, 3000)
    panel.match(load.posts.slice(3000, 3000))
    start = time.process_time()
    panel.match(batch)
    return Run(len(batch) / (time.process_time() - start), "3,000 posts in one batch, warm")


def is_plain(node: Node) -> bool:
    """Words, AND, OR, NOT only: what every engine here can say exactly."""
    match node:
        case Term():
            return (node.level, node.kind, node.wild, node.edits) == (Level.FOLDED, TermKind.WORD, False, 0)
        case And() | Or():
            return all(map(is_plain, node.nodes))
        case Not():
            return is_plain(node.node)
        case _:
            return False


def hyperscan_combination(load: Load, queries: Sequence[Node]) -> Run:
    """hyperscan with the logic inside, on the plain queries; one post a call.

    It reports "a AND NOT b" as soon as it has read a, though b may follow: those are not counted for agreement.
    """
    sys.path.append(str(HOME / "python"))
    try:
        import hyperscan
    except ImportError:
        raise Skipped("hyperscan is not installed (./run peers)") from None
    plain = plain_of(queries)
    numbers: dict[str, int] = {}
    logic = [combination(Or((query, query)), numbers) for query in plain]  # it wants an operator in each
    words = [re.escape(f" {key} ").encode() for key in numbers]
    expressions = [*words, *(one.encode() for one in logic)]
    quiet = hyperscan.HS_FLAG_QUIET | hyperscan.HS_FLAG_SINGLEMATCH
    flags = [quiet] * len(words) + [hyperscan.HS_FLAG_COMBINATION | hyperscan.HS_FLAG_SINGLEMATCH] * len(logic)
    database = hyperscan.Database()
    database.compile(expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags)
    texts = [f" {text} ".encode() for text in keyed(load)]
    found: list[int] = []
    start = time.process_time()
    for text in texts:
        database.scan(text, match_event_handler=lambda number, *_: found.append(number - len(words)))
    took = time.process_time() - start
    note = f"{len(texts):,} posts one by one, the {len(plain):,} plain queries only"
    sure = {number: query for number, query in enumerate(plain) if not has_not(query)}
    counted = sum(number in sure for number in found)
    return Run(len(texts) / took, note, counted, tuple(sure.values()), only_plain=True)


def has_not(node: Node) -> bool:
    return isinstance(node, Not) or (isinstance(node, And | Or) and any(map(has_not, node.nodes)))


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
