"""What a query costs, estimated and shown instead of arbitrary caps.

Two figures: microseconds of one core per 1,000 posts of the stream, and seconds of one core to look through a million
posts of the archive. They follow from how often the query is looked at (the rarest words it cannot do without, by the
share of posts that have them: seen in the stream, or guessed from their length) and from what looking takes (measured,
docs/figures/matching.md). An order of magnitude, good enough to compare queries and to notice the dear ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from palabre.match.ast import (
    And,
    AtLeast,
    Field,
    InField,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sentence,
    Term,
    Window,
)
from palabre.match.compile import KINDS, LEVELS, Spec
from palabre.match.query import walk

BATCH = 512  # posts looked at together
ROW_NS = 6.0  # one leaf for a batch
VISIT_NS = 25.0  # one query for a batch
PROOF_NS = 450.0  # where words stand, in one post
TOKEN_NS = 1500.0  # cutting a post into tokens: the archive has to; the stream does it once for all watches
GUESSED_PATTERN_NS = 40.0  # a wildcard in the middle or a fuzzy word, per new word of the stream
NEW_WORDS = 0.3  # new words a post

SeenBy = Callable[[Sequence[Spec]], list[float]]


@dataclass(frozen=True, slots=True)
class Cost:
    """us_per_1000_posts: of the stream; scan_seconds: to look through a million posts of the archive.

    share: of posts for which the query must be looked at; anchored: there are words it cannot do without; known: the
    share rests on what the stream has shown, for every word.
    """

    us_per_1000_posts: float
    scan_seconds: float
    share: float
    anchored: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """How often terms are met."""

    seen: dict[Term, float]

    def of(self, term: Term) -> float:
        known = self.seen.get(term, -1.0)
        return known if known >= 0 else guessed(term)


def guessed(term: Term) -> float:
    """The share of posts a word is expected in: short words are frequent ones."""
    letters = len(term.key) - (2 if term.wild else 0)
    return min(0.5, 0.6 * math.exp(-0.75 * letters) + 0.0002)


def estimate(node: Node, seen: SeenBy | None = None) -> Cost:
    """The cost of a query. seen: tells the share of posts that had a term, -1 where it does not know."""
    terms = tuple(dict.fromkeys(terms_of(node)))
    shown = seen([spec_of(term) for term in terms]) if seen and terms else [-1.0] * len(terms)
    shares = Shares(dict(zip(terms, shown, strict=True)))
    needed = weight(node, shares)
    share = 1.0 if needed is None else min(1.0, needed)
    touched = -math.expm1(BATCH * math.log1p(-min(share, 1 - 1e-12)))
    proofs = PROOF_NS * min(share, likely(node, shares)) if is_placed(node) else 0.0
    stream = touched * (VISIT_NS + ROW_NS * len(terms)) / BATCH + proofs + loose_ns(terms)
    archive = share * (TOKEN_NS + proofs) + (0.0 if needed is not None else TOKEN_NS)
    known = all(value >= 0 for value in shown)
    return Cost(round(stream, 3), round(archive / 1000, 4), share, needed is not None, known)


def spec_of(term: Term) -> Spec:
    return KINDS[term.kind], LEVELS[term.level], 0, int(term.wild), 0 if term.wild else term.edits, term.key


def terms_of(node: Node) -> tuple[Term, ...]:
    """Every term of a query, those of phrases too."""
    found: list[Term] = []
    for one in walk(node):
        match one:
            case Term():
                found.append(one)
            case Phrase() | Window():
                found += one.terms
    return tuple(found)


def weight(node: Node, shares: Shares) -> float | None:
    """Share of posts that have a word the query cannot do without; None if there is no such word."""
    match node:
        case Term():
            return shares.of(node)
        case Phrase() | Window():
            return least([shares.of(term) for term in node.terms])
        case And():
            return least([weight(one, shares) for one in node.nodes])
        case Or():
            return total([weight(one, shares) for one in node.nodes])
        case AtLeast():
            return total([weight(one, shares) for one in node.nodes]) if node.count > 0 else None
        case Near() | Sentence():
            return least([weight(node.left, shares), weight(node.right, shares)])
        case InField():
            return weight(node.node, shares)
        case Field() | Range():
            return 0.2
        case Literal():
            return guessed(Term(node.text))
        case _:
            return None


def least(choices: Sequence[float | None]) -> float | None:
    return min((one for one in choices if one is not None), default=None)


def total(choices: Sequence[float | None]) -> float | None:
    return sum(one or 0.0 for one in choices) if all(one is not None for one in choices) else None


def likely(node: Node, shares: Shares) -> float:
    """Share of posts that have all the words, wherever they stand."""
    match node:
        case And():
            return math.prod(likely(one, shares) for one in node.nodes)
        case Phrase() | Window():
            return math.prod(shares.of(term) for term in node.terms)
        case Near() | Sentence():
            return likely(node.left, shares) * likely(node.right, shares)
        case Or() | AtLeast():
            return min(1.0, sum(likely(one, shares) for one in node.nodes))
        case Not():
            return 1.0
        case _:
            found = weight(node, shares)
            return 1.0 if found is None else min(1.0, found)


def is_placed(node: Node) -> bool:
    return any(isinstance(one, Phrase | Window | Near | Sentence | Literal) for one in walk(node))


def loose_ns(terms: Sequence[Term]) -> float:
    """Patterns that every new word has to be compared with."""
    dear = [term for term in terms if term.edits or (term.wild and term.key[0] in "*?" and term.key[-1] in "*?")]
    return GUESSED_PATTERN_NS * NEW_WORDS * len(dear)
