"""From the text of a query to its tree: recursive descent; every error has its place and, if possible, a remedy.

Binding, tightest first: NOT, then NEAR and SENTENCE, then AND (and plain juxtaposition), then OR.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

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
    Sentence,
    Term,
    Window,
)
from palabre.match.fields import FieldSpec, Shape, find_field, nearest_field
from palabre.match.lexer import Kind, Lexeme, lex
from palabre.match.limits import NEAR_WORDS_MAX, Limits
from palabre.match.lists import Lists
from palabre.match.nearness import check_operand, combine, width
from palabre.match.query import Lint, Query, children, matches_nothing, weight
from palabre.match.terms import read_terms
from palabre.match.values import fault, read_value

OR, AND, NEAR = 1, 2, 3
RANKS = {Kind.OR: OR, Kind.AND: AND, Kind.NEAR: NEAR, Kind.SENTENCE: NEAR}
NEAR_WORDS_DEFAULT = 4
VALUES = (Kind.VALUE, Kind.RANGE, Kind.COMPARE)


def parse(text: str, *, lists: Mapping[str, str] | None = None, limits: Limits | None = None) -> Query:
    """The query of a text. lists: named lists it may use, name to text.

    Raises QueryError (keys ``query.*``) with the characters at fault.
    """
    limits = limits or Limits()
    if len(text) > limits.chars:
        raise QueryError("query.too_long", start=limits.chars, end=len(text), n=len(text), most=limits.chars)
    parser = Parser(text, Lists(lists or {}, limits), limits)
    try:
        root = parser.whole()
    except RecursionError:
        raise QueryError("query.too_deep", start=0, end=len(text), most=limits.depth) from None
    if matches_nothing(root):
        raise QueryError("query.only_negative", start=0, end=len(text))
    return Query(text, root, tuple(parser.places), tuple(parser.notes))


class Parser:
    """One text, one pass over its lexemes. places and notes gather what the linter needs."""

    def __init__(self, text: str, lists: Lists, limits: Limits) -> None:
        self.text = text
        self.lists = lists
        self.limits = limits
        self.lexemes = lex(text)
        self.at = 0
        self.depth = 0
        self.spent = 0
        self.part: str | None = None
        self.field_spec: FieldSpec | None = None
        self.places: list[tuple[Node, Place]] = []
        self.spots: dict[int, Place] = {}
        self.heights: dict[int, int] = {}
        self.bracketed: set[int] = set()
        self.notes: list[Lint] = []

    # The lexemes.

    @property
    def next(self) -> Lexeme:
        """The next lexeme; boosts are noted and passed over."""
        while self.lexemes[self.at].kind is Kind.BOOST:
            self.note("W112", self.lexemes[self.at], suggestion="")
            self.at += 1
        return self.lexemes[self.at]

    def advance(self) -> Lexeme:
        lexeme = self.next
        self.at += 1
        return lexeme

    def note(self, code: str, spot: Lexeme | Place, *, suggestion: str | None = None, **params: object) -> None:
        self.notes.append(Lint(code, spot.start, spot.end, suggestion, params))

    # The tree.

    def node(self, node: Node, start: int, end: int) -> Node:
        """The node, counted, measured and with its place. Raises QueryError past the limits."""
        self.spent += weight(node)
        if self.spent > self.limits.nodes:
            raise QueryError("query.too_many_nodes", start=start, end=end, most=self.limits.nodes)
        return self.placed(node, start, end)

    def placed(self, node: Node, start: int, end: int) -> Node:
        """The node with its place and height. Raises QueryError where it stands too deep."""
        height = 1 + max((self.heights.get(id(child), 1) for child in children(node)), default=0)
        if height > self.limits.depth:
            raise QueryError("query.too_deep", start=start, end=end, most=self.limits.depth)
        place = Place(start, end)
        self.places.append((node, place))
        self.spots[id(node)] = place
        self.heights[id(node)] = height
        return node

    def spot(self, node: Node) -> Place:
        return self.spots[id(node)]

    def around(self, nodes: list[Node]) -> tuple[int, int]:
        return self.spot(nodes[0]).start, self.spot(nodes[-1]).end

    # The grammar.

    def whole(self) -> Node:
        """The whole text as one query."""
        if self.next.kind is Kind.END:
            raise QueryError("query.empty", start=0, end=len(self.text))
        root = self.expression(OR)
        if self.next.kind is Kind.CLOSE:
            raise fault("query.bracket_close", self.next)
        return root

    def rank(self) -> int:
        """How tightly what comes next binds to what was read; 0 where an expression ends."""
        kind = self.next.kind
        return 0 if kind in (Kind.CLOSE, Kind.END) else RANKS.get(kind, AND)

    def expression(self, floor: int) -> Node:
        left = self.operand()
        while (rank := self.rank()) >= floor:
            left = self.near(left) if rank == NEAR else self.join(left, rank)
        return left

    def join(self, left: Node, rank: int) -> Node:
        """A row of AND or of OR, as one node."""
        nodes = [left]
        while self.rank() == rank:
            if self.next.kind in RANKS:
                self.advance()
            nodes.append(self.expression(rank + 1))
        self.notice_binding(nodes, rank)
        made = Or(tuple(nodes)) if rank == OR else And(tuple(nodes))
        return self.node(made, *self.around(nodes))

    def notice_binding(self, nodes: list[Node], rank: int) -> None:
        """Rows without brackets that people read in two ways."""
        loose = [node for node in nodes if id(node) not in self.bracketed]
        for node in loose:
            place = self.spot(node)
            if rank == OR and isinstance(node, Not):
                self.note("W113", place)
            elif rank == OR and isinstance(node, And):
                self.note("W104", place, suggestion=f"({self.text[place.start : place.end]})")
            elif rank == AND and isinstance(node, Near | Sentence):
                self.note("W116", place, suggestion=f"({self.text[place.start : place.end]})")

    def near(self, left: Node) -> Node:
        """left NEAR/n right; AND and OR of operands are spread, so that every Near holds positions only."""
        sign = self.advance()
        right = self.operand()
        words = NEAR_WORDS_DEFAULT if sign.number is None else sign.number
        if words > NEAR_WORDS_MAX:
            raise fault("query.near_words", sign, suggestion="AND", n=words, most=NEAR_WORDS_MAX)
        for side in (left, right):
            check_operand(side, self.spot, sign.text)
        if sign.number is not None and words > 30:
            self.note("W105", sign, suggestion="SENTENCE" if not sign.ordered else "OSENTENCE", n=words)
        return self.spread(left, right, sign, words)

    def spread(self, left: Node, right: Node, sign: Lexeme, words: int) -> Node:
        start, end = self.around([left, right])
        ways = width(left) * width(right)
        if self.spent + 2 * ways > max(self.limits.nodes, self.spent + 2):
            raise QueryError("query.too_many_nodes", start=start, end=end, most=self.limits.nodes)

        def make(one: Node, other: Node) -> Node:
            near = Near(one, other, words, sign.ordered)
            made = near if sign.kind is Kind.NEAR else Sentence(one, other, sign.ordered)
            return self.node(made, start, end)

        return combine(left, right, make, lambda node: self.node(node, start, end))

    def operand(self) -> Node:
        read = OPERANDS.get(self.next.kind)
        if read is None:
            raise self.missing()
        return read(self, self.advance())

    def missing(self) -> QueryError:
        """The error of an operator, a bracket or an end where a word was expected."""
        found, before = self.next, self.lexemes[self.at - 1] if self.at else None
        if before is None or (before.kind is Kind.OPEN and found.kind in RANKS):
            return fault("query.missing_before", found, text=found.text) if found.text else fault("query.empty", found)
        if before.kind is Kind.OPEN:
            return QueryError("query.bracket_empty", start=before.start, end=found.end)
        if before.kind is Kind.FIELD:
            return fault("query.field_value", before, name=before.text)
        if found.kind in RANKS:
            return QueryError(
                "query.two_operators", start=before.start, end=found.end, first=before.text, second=found.text
            )
        return fault("query.missing_after", before, text=before.text)

    # The operands.

    def word(self, lexeme: Lexeme) -> Node:
        return self.terms(lexeme, read_terms(lexeme.text, lexeme.start))

    def phrase(self, lexeme: Lexeme) -> Node:
        if not lexeme.text.strip():
            raise fault("query.quote_empty", lexeme)
        terms = read_terms(lexeme.text, lexeme.start + 1)
        if lexeme.number is None or len(terms) == 1:
            return self.terms(lexeme, terms)
        if lexeme.number > NEAR_WORDS_MAX:
            raise fault("query.near_words", lexeme, n=lexeme.number, most=NEAR_WORDS_MAX)
        return self.node(Window(terms, lexeme.number), lexeme.start, lexeme.end)

    def case(self, lexeme: Lexeme) -> Node:
        if not lexeme.text.strip():
            raise fault("query.brace_empty", lexeme)
        return self.terms(lexeme, read_terms(lexeme.text, lexeme.start + 1, exact=True))

    def terms(self, lexeme: Lexeme, terms: tuple[Term, ...]) -> Node:
        return self.node(terms[0] if len(terms) == 1 else Phrase(terms), lexeme.start, lexeme.end)

    def literal(self, lexeme: Lexeme) -> Node:
        text = unicodedata.normalize("NFC", lexeme.text).strip()
        if not text:
            raise fault("query.quote_empty", lexeme)
        return self.node(Literal(text), lexeme.start, lexeme.end)

    def negation(self, lexeme: Lexeme) -> Node:
        node = self.operand()
        return self.node(Not(node), lexeme.start, self.spot(node).end)

    def group(self, lexeme: Lexeme) -> Node:
        """( … ). Raises QueryError where it is empty, not closed or too deep."""
        self.depth += 1
        if self.depth > self.limits.depth:
            raise fault("query.too_deep", lexeme, most=self.limits.depth)
        node = self.expression(OR)
        if self.next.kind is not Kind.CLOSE:
            closed = f"{self.text[lexeme.start :].rstrip()})"
            raise QueryError("query.bracket_open", start=lexeme.start, end=len(self.text), suggestion=closed)
        close = self.advance()
        self.depth -= 1
        self.bracketed.add(id(node))
        self.spots[id(node)] = Place(lexeme.start, close.end)
        return node

    def at_least(self, lexeme: Lexeme) -> Node:
        """ATLEAST/k(a OR b OR …)."""
        if self.next.kind is not Kind.OPEN:
            raise fault("query.atleast_form", lexeme, text=lexeme.text)
        inside = self.group(self.advance())
        nodes = inside.nodes if isinstance(inside, Or) else (inside,)
        place = self.spot(inside)
        count = lexeme.number or 0
        if not 1 <= count <= len(nodes):
            raise QueryError("query.atleast_count", start=lexeme.start, end=place.end, n=count, most=len(nodes))
        return self.node(AtLeast(count, nodes), lexeme.start, place.end)

    def named_list(self, lexeme: Lexeme) -> Node:
        """``list:name``: the tree of that list, at the place of its name."""
        root, height = self.lists.tree(lexeme, self.sub_parser)
        copy = self.placed(replace(root), lexeme.start, lexeme.end)
        self.heights[id(copy)] = height
        return copy

    def sub_parser(self, text: str) -> Parser:
        """For an entry of a list: the same depth, the width of lists."""
        return Parser(text, self.lists, replace(self.limits, nodes=self.limits.list_nodes))

    # The fields.

    def field(self, lexeme: Lexeme) -> Node:
        spec = find_field(lexeme.text)
        if spec is None:
            meant = nearest_field(lexeme.text)
            hint = f"{meant}:" if meant else None
            raise fault("query.unknown_field", lexeme, suggestion=hint, name=lexeme.text)
        return self.in_part(spec, lexeme) if spec.shape is Shape.PART else self.fact(spec, lexeme)

    def in_part(self, spec: FieldSpec, lexeme: Lexeme) -> Node:
        """``title:…`` and ``body:…``."""
        if self.part:
            raise fault("query.field_nested", lexeme, name=lexeme.text, outer=self.part)
        self.part = lexeme.text
        node = self.operand()
        self.part = None
        return self.node(InField(spec.columns[0], node), lexeme.start, self.spot(node).end)

    def fact(self, spec: FieldSpec, lexeme: Lexeme) -> Node:
        """A field of facts with its value or its values in brackets."""
        if self.next.kind not in (*VALUES, Kind.OPEN):
            raise fault("query.field_value", lexeme, name=lexeme.text)
        outer, self.field_spec = self.field_spec, spec
        node = self.operand()
        self.field_spec = outer
        end = self.spot(node).end
        merged = merge(node)
        return self.node(merged, lexeme.start, end) if merged is not node else self.moved(node, lexeme.start, end)

    def moved(self, node: Node, start: int, end: int) -> Node:
        """The same node at a wider place: the name of its field belongs to it."""
        self.spots[id(node)] = Place(start, end)
        at = next(at for at in range(len(self.places) - 1, -1, -1) if self.places[at][0] is node)
        self.places[at] = (node, self.spots[id(node)])
        return node

    def value(self, lexeme: Lexeme) -> Node:
        spec = self.field_spec
        if spec is None:
            raise fault("query.missing_before", lexeme, text=lexeme.text)
        if lexeme.kind is Kind.VALUE and lexeme.text.startswith("@") and not lexeme.quoted and len(lexeme.text) > 1:
            return self.listed_values(spec, lexeme)
        return self.node(read_value(spec, lexeme), lexeme.start, lexeme.end)

    def listed_values(self, spec: FieldSpec, lexeme: Lexeme) -> Node:
        """``author:@name``: the values of that list; of a handle where no list has this name."""
        name = lexeme.text[1:]
        if not self.lists.knows(name):
            if spec.name not in ("author", "mention"):
                raise self.lists.unknown(lexeme, name)
            self.note("W117", lexeme, suggestion=name, name=name)
            return self.node(read_value(spec, lexeme), lexeme.start, lexeme.end)
        found = [read_value(spec, one) for one in self.lists.values(lexeme, name)]
        merged = merge(Or(tuple(found))) if len(found) > 1 else found[0]
        return self.placed(merged, lexeme.start, lexeme.end)


def merge(node: Node) -> Node:
    """``site:(a OR b)`` as one Field with two values."""
    if not isinstance(node, Or) or not all(isinstance(one, Field) for one in node.nodes):
        return node
    fields = [one for one in node.nodes if isinstance(one, Field)]
    if len({one.name for one in fields}) != 1:
        return node
    return Field(fields[0].name, tuple(dict.fromkeys(value for one in fields for value in one.values)))


# Of the class and not of each parser: bound methods in a parser would keep it alive until the collector comes by.
OPERANDS: Mapping[Kind, Callable[[Parser, Lexeme], Node]] = {
    Kind.WORD: Parser.word,
    Kind.PHRASE: Parser.phrase,
    Kind.CASE: Parser.case,
    Kind.LITERAL: Parser.literal,
    Kind.LIST: Parser.named_list,
    Kind.OPEN: Parser.group,
    Kind.NOT: Parser.negation,
    Kind.FIELD: Parser.field,
    Kind.ATLEAST: Parser.at_least,
    **dict.fromkeys(VALUES, Parser.value),
}
