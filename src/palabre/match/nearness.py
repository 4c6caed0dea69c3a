"""What may stand beside NEAR and SENTENCE, and how AND and OR are spread over them.

``(a AND b) NEAR c`` is ``(a NEAR c) AND (b NEAR c)``: after spreading, every Near holds words and phrases, alternatives
of them, and other Nears: things that have a position.
"""

from __future__ import annotations

from collections.abc import Callable

from palabre.errors import QueryError
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
    Place,
    Range,
    Sentence,
    Term,
    Window,
)
from palabre.match.query import children, walk

POSITIONED = (Term, Phrase, Window, Near, Sentence, Or, And)
# What to call a node that has no position: the last part of the message key.
NAMES = {Literal: "raw", InField: "field", Field: "field", Range: "field", AtLeast: "atleast"}


def check_operand(node: Node, spot: Callable[[Node], Place], sign: str) -> None:
    """Raises QueryError, at its place, for a node below NEAR that has no position in the post."""
    for below in walk(node):
        if isinstance(below, Not):
            raise near_error("query.near_not", below, node, spot, sign)
        if not isinstance(below, POSITIONED):
            raise near_error(f"query.near_{NAMES[type(below)]}", below, node, spot, sign)


def near_error(key: str, below: Node, node: Node, spot: Callable[[Node], Place], sign: str) -> QueryError:
    """The error at the place of the node, or of the operand where the node comes from a list."""
    try:
        place = spot(below)
    except KeyError:
        place = spot(node)
    return QueryError(key, start=place.start, end=place.end, text=sign)


def holds_and(node: Node) -> bool:
    """Whether a conjunction hides among the alternatives of an operand."""
    return isinstance(node, And) or (isinstance(node, Or) and any(map(holds_and, node.nodes)))


def width(node: Node) -> int:
    """How many operands a node is spread into."""
    return sum(map(width, children(node))) if holds_and(node) else 1


def combine(left: Node, right: Node, make: Callable[[Node, Node], Node], keep: Callable[[Node], Node]) -> Node:
    """left NEAR right with conjunctions moved outside. make: one Near; keep: takes note of a spread And or Or."""
    for side, other, pair in ((left, right, make), (right, left, lambda one, two: make(two, one))):
        if holds_and(side):
            kind = type(side)
            spread = tuple(combine(one, other, pair, keep) for one in children(side))
            return keep(kind(spread))  # type: ignore[call-arg, arg-type]  # And or Or
    return make(left, right)
