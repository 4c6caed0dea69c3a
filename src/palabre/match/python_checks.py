"""One query as conditions over the set of leaves a post has: what the Python engine asks of each post.

What must stand somewhere is left to `oracle.hits`, and only for posts that have the words at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from palabre.match import oracle
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
from palabre.match.compile import Fact
from palabre.match.nearness import holds_and

Leaf = tuple[str, Term | Literal] | Fact  # part ("" for both) and what is looked for there; or a fact


@dataclass(slots=True)
class Seen:
    """One post: the leaves it has, its row, and its tokens once something must be proved."""

    leaves: set[int]
    row: Callable[[], Mapping[str, object]]
    post: oracle.OraclePost | None = None

    def tokens(self) -> oracle.OraclePost:
        if self.post is None:
            self.post = oracle.post_of(self.row())
        return self.post


Check = Callable[[Seen], bool]


def piece(literal: Literal) -> str:
    """The longest chunk of a literal: a post that has the literal has it in a chunk."""
    return max(re.split(r"[\x00-\x20\x7f]+", literal.text), key=len)


@dataclass(slots=True)
class Writer:
    """Makes the check of one query. number: gives a leaf its number; leaves: those the query has."""

    number: Callable[[Leaf], int]
    share: Callable[[int, Term | None], float]
    leaves: set[int] = field(default_factory=set)
    terms: dict[int, Term] = field(default_factory=dict)

    def leaf(self, leaf: Leaf) -> int:
        made = self.number(leaf)
        self.leaves.add(made)
        return made

    def check(self, node: Node, part: str) -> Check:
        """Does a post fulfil the node, looked for in a part ("" is both, "-" is nowhere)?"""
        match node:
            case Term():
                return self.has(self.term(node, part))
            case And():
                return partial(every, [self.check(one, part) for one in node.nodes])
            case Or():
                return partial(some, [self.check(one, part) for one in node.nodes])
            case Not():
                return partial(not_so, self.check(node.node, part))
            case AtLeast():
                return partial(at_least, node.count, [self.check(one, part) for one in node.nodes])
            case InField():
                return self.check(node.node, node.part if part in ("", node.part) else f"-{node.part}")
            case Field():
                return partial(some, [self.has(self.leaf((node.name, value))) for value in node.values])
            case Range():
                return self.has(self.leaf((node.name, node.low, node.high)))
            case Literal():
                return partial(spells, node, part, self.announced(node, part))
            case Near() | Sentence() if holds_and(node.left) or holds_and(node.right):
                return self.check(oracle.spread(node), part)
            case _:
                return partial(proves, node, part, self.needs(node, part))

    def announced(self, node: Literal, part: str) -> int:
        """The leaf of a literal; 0 when no chunk can announce it."""
        return self.leaf((part.lstrip("-"), node)) if piece(node) else 0

    def term(self, term: Term, part: str) -> int:
        return self.leaf((part, term))

    def has(self, leaf: int) -> Check:
        return lambda seen: leaf in seen.leaves

    def needs(self, node: Node, part: str) -> Check:
        """What a post must have at all for a node with a position."""
        match node:
            case Term():
                return self.has(self.term(node, part))
            case Phrase() | Window():
                return partial(every, [self.has(self.term(term, part)) for term in node.terms])
            case Or():
                return partial(some, [self.needs(one, part) for one in node.nodes])
            case Near() | Sentence():
                return partial(every, [self.needs(node.left, part), self.needs(node.right, part)])
            case _:
                return never

    def anchors(self, node: Node, part: str) -> frozenset[int] | None:
        """Leaves of which a matching post has one at least; None if there are none such."""
        match node:
            case Term() | Field() | Range():
                return self.anchors_of_leaf(node, part)
            case Phrase() | Window():
                return self.rarest([self.anchors(term, part) for term in node.terms])
            case Literal():
                return frozenset({leaf}) if (leaf := self.announced(node, part)) else None
            case And():
                return self.rarest([self.anchors(one, part) for one in node.nodes])
            case Or():
                return united([self.anchors(one, part) for one in node.nodes])
            case AtLeast():
                return united([self.anchors(one, part) for one in node.nodes]) if node.count > 0 else None
            case InField():
                return self.anchors(node.node, node.part if part in ("", node.part) else f"-{node.part}")
            case Near() | Sentence():
                return self.rarest([self.anchors(node.left, part), self.anchors(node.right, part)])
            case _:
                return None

    def anchors_of_leaf(self, node: Term | Field | Range, part: str) -> frozenset[int]:
        match node:
            case Term():
                leaf = self.term(node, part)
                self.terms[leaf] = node
                return frozenset({leaf})
            case Field():
                return frozenset(self.leaf((node.name, value)) for value in node.values)
            case Range():
                return frozenset({self.leaf((node.name, node.low, node.high))})

    def rarest(self, choices: Sequence[frozenset[int] | None]) -> frozenset[int] | None:
        """The set that the fewest posts have something of."""
        return min((one for one in choices if one is not None), key=self.weight, default=None)

    def weight(self, leaves: frozenset[int]) -> float:
        return sum(self.share(leaf, self.terms.get(leaf)) for leaf in leaves)


def united(choices: Sequence[frozenset[int] | None]) -> frozenset[int] | None:
    known = [one for one in choices if one is not None]
    return frozenset().union(*known) if len(known) == len(choices) else None


def every(checks: list[Check], seen: Seen) -> bool:
    return all(check(seen) for check in checks)


def some(checks: list[Check], seen: Seen) -> bool:
    return any(check(seen) for check in checks)


def at_least(count: int, checks: list[Check], seen: Seen) -> bool:
    return sum(check(seen) for check in checks) >= count


def not_so(check: Check, seen: Seen) -> bool:
    return not check(seen)


def never(seen: Seen) -> bool:
    return False


def within(seen: Seen, part: str) -> oracle.OraclePost:
    """The post with the tokens of a part."""
    post = seen.tokens()
    if not part:
        return post
    return oracle.OraclePost(post.row, {part[1:]: ()}) if part[0] == "-" else post.only(part)


def spells(node: Literal, part: str, leaf: int, seen: Seen) -> bool:
    return (not leaf or leaf in seen.leaves) and any(True for _ in oracle.literal_spans(node, within(seen, part)))


def proves(node: Node, part: str, needs: Check, seen: Seen) -> bool:
    return needs(seen) and any(True for _ in oracle.hits(node, within(seen, part)))
