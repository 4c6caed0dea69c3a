"""What a query means: the tree the parser makes, the engines evaluate and the printer writes back.

The rules (docs/query-language.md says the same to users, and `match/oracle.py` is the law in code):

* A post is a row of tokens: title first, then text, with a gap between them that no phrase crosses.
* A token has keys at three levels: *folded* (case and accents gone), *accented* (case gone), *exact* (as written).
* A word without accents is compared on the folded level, one with accents on the accented level: ``ete`` finds
  « été » and « ete », ``été`` finds « été » alone. ``{BT}`` is compared on the exact level.
* A bare word also finds the hashtag and the handle of that name; ``#tag`` and ``@user`` find nothing else.
* Distance is counted in words standing between: ``a NEAR/0 b`` are neighbours, in any order.
* NOT binds tighter than NEAR, NEAR than AND, AND than OR; two terms side by side are joined by AND.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """On which key a term is compared."""

    FOLDED = "folded"
    ACCENTED = "accented"
    EXACT = "exact"


class TermKind(StrEnum):
    WORD = "word"  # finds words, hashtags and handles
    HASHTAG = "hashtag"
    HANDLE = "handle"
    EMOJI = "emoji"


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of the query text this node came from (start, end); never part of its meaning."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """One token. key: normalised at its level; wild: key holds ``*`` or ``?``; edits: 0 to 2 (``word~1``)."""

    key: str
    level: Level = Level.FOLDED
    kind: TermKind = TermKind.WORD
    wild: bool = False
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms on consecutive positions."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """``"a b c"~n``: all terms, each on a token of its own, any order, at most n other words between first and last."""

    terms: tuple[Term, ...]
    words: int


@dataclass(frozen=True, slots=True)
class Near:
    """left NEAR/n right. words: at most so many between them; ordered: left first. Operands do not overlap."""

    left: Node
    right: Node
    words: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """left SENTENCE right: both in one sentence; ordered: left first. Operands do not overlap."""

    left: Node
    right: Node
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Literal:
    """``raw:"Google+"``: these very characters (case, accents, signs), not inside a longer word."""

    text: str


@dataclass(frozen=True, slots=True)
class InField:
    """``title:(…)`` or ``body:(…)``: the node, looked for in one part of the post only. part: title or text."""

    part: str
    node: Node


@dataclass(frozen=True, slots=True)
class Field:
    """A fact beside the text: name is a column of POSTS or a derived one; values are alternatives, already folded."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """``followers:[a TO b]``: numbers, or epoch milliseconds for published; None is open; both ends belong to it."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class And:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    node: Node


@dataclass(frozen=True, slots=True)
class AtLeast:
    """ATLEAST/k(a OR b OR …): k of the nodes hold."""

    count: int
    nodes: tuple[Node, ...]


Node = Term | Phrase | Window | Near | Sentence | Literal | InField | Field | Range | And | Or | Not | AtLeast
