"""A query as the engines read it: its leaves as bytes, its tree as numbers (native/programs.hpp reads both).

A leaf is a term with the part of the post it is looked for in, a literal, or the number of a fact. The kernel orders
the tree and picks the anchors itself, by what the stream shows.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from palabre.match.ast import (
    And,
    AtLeast,
    Field,
    InField,
    Level,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sentence,
    Term,
    TermKind,
    Window,
)
from palabre.match.nearness import holds_and
from palabre.match.oracle import spread

KINDS = {TermKind.WORD: 0, TermKind.HASHTAG: 1, TermKind.HANDLE: 2, TermKind.EMOJI: 3}
LEVELS = {Level.FOLDED: 0, Level.ACCENTED: 1, Level.EXACT: 2}
LITERAL, FACT = 4, 5
ANYWHERE, TITLE, TEXT = 0, 1, 2
NOWHERE = 3  # added to a part: words are found nowhere in it (title: within body:), literals still are
PARTS = {"title": TITLE, "text": TEXT}
T_LEAF, T_AND, T_OR, T_NOT, T_ATLEAST, T_PHRASE, T_WINDOW, T_NEAR, T_SENTENCE, T_NEVER, T_ALWAYS = range(11)
HEAD = struct.Struct("<BBBBBI")

Fact = tuple[str, str] | tuple[str, float | None, float | None]
Spec = tuple[int, int, int, int, int, str]  # kind, level, part, wild, edits, key


@dataclass(frozen=True, slots=True)
class Compiled:
    """leaves: bytes of the specs; tree: 32-bit numbers; facts: what it asks of the columns, a fact as often as used."""

    leaves: bytes
    tree: array[int]
    facts: tuple[Fact, ...]


@dataclass(slots=True)
class Compiler:
    """Writes one query. number_of: gives a fact its number."""

    number_of: Callable[[Fact], int]
    specs: dict[Spec, int] = field(default_factory=dict)
    tree: list[int] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def ref(self, spec: Spec) -> int:
        return self.specs.setdefault(spec, len(self.specs))

    def term(self, term: Term, part: int) -> int:
        edits = 0 if term.wild else term.edits
        return self.ref((KINDS[term.kind], LEVELS[term.level], part, int(term.wild), edits, term.key))

    def fact(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.tree += (T_LEAF, self.ref((FACT, 0, 0, 0, 0, str(self.number_of(fact)))))

    def several(self, head: int, nodes: Sequence[Node], part: int) -> None:
        self.tree += (head, len(nodes))
        for node in nodes:
            self.write(node, part)

    def terms(self, head: tuple[int, ...], terms: tuple[Term, ...], part: int) -> None:
        if not terms or part >= NOWHERE:
            self.tree.append(T_NEVER)
        elif len(terms) == 1:
            self.tree += (T_LEAF, self.term(terms[0], part))
        else:
            self.tree += (*head, len(terms), *(self.term(term, part) for term in terms))

    def write(self, node: Node, part: int) -> None:
        """One node and what is below it, looked for in a part."""
        match node:
            case Term():
                self.terms((), (node,), part)
            case And():
                self.several(T_AND, node.nodes, part)
            case Or():
                self.several(T_OR, node.nodes, part)
            case Not():
                self.tree.append(T_NOT)
                self.write(node.node, part)
            case AtLeast():
                self.tree.append(T_ATLEAST)
                self.several(node.count, node.nodes, part)
            case InField():
                self.write(node.node, narrowed(part, PARTS[node.part]))
            case Literal() | Field() | Range():
                self.write_fact(node, part)
            case _:
                self.write_placed(node, part)

    def write_fact(self, node: Literal | Field | Range, part: int) -> None:
        """What is asked of the characters or of the columns."""
        match node:
            case Literal(""):
                self.tree.append(T_NEVER)
            case Literal():
                self.tree += (T_LEAF, self.ref((LITERAL, 0, part % NOWHERE, 0, 0, node.text)))
            case Range():
                self.fact((node.name, node.low, node.high))
            case Field():
                self.tree += (T_OR, len(node.values))
                for value in node.values:
                    self.fact((node.name, value))

    def write_placed(self, node: Node, part: int) -> None:
        """A node with a position."""
        match node:
            case Phrase():
                self.terms((T_PHRASE,), node.terms, part)
            case Window():
                self.terms((T_WINDOW, node.words), node.terms, part)
            case Near() | Sentence() if holds_and(node.left) or holds_and(node.right):
                self.write(spread(node), part)
            case Near() | Sentence():
                self.pair(node, part)

    def pair(self, node: Near | Sentence, part: int) -> None:
        """NEAR or SENTENCE. Only the outermost one has AND moved out of it; further in, AND stands nowhere."""
        if isinstance(node, Near):
            self.tree += (T_NEAR, node.words, int(node.ordered))
        else:
            self.tree += (T_SENTENCE, int(node.ordered))
        self.operand(node.left, part)
        self.operand(node.right, part)

    def operand(self, node: Node, part: int) -> None:
        """What stands beside NEAR: words, phrases, alternatives of them, other Nears; anything else is nowhere."""
        match node:
            case Or():
                self.tree += (T_OR, len(node.nodes))
                for one in node.nodes:
                    self.operand(one, part)
            case Near() | Sentence():
                self.pair(node, part)
            case Term() | Phrase() | Window():
                self.write(node, part)
            case _:
                self.tree.append(T_NEVER)


def narrowed(part: int, to: int) -> int:
    """Where to look below title: or body:. No word is in the title and in the text at once."""
    return to if part in (ANYWHERE, to) else NOWHERE + to


def compiled(node: Node, number_of: Callable[[Fact], int]) -> Compiled:
    """A whole query. number_of: the number under which a fact is reported to the engine."""
    compiler = Compiler(number_of)
    compiler.write(node, ANYWHERE)
    return Compiled(spec_bytes(compiler.specs), array("i", compiler.tree), tuple(compiler.facts))


def spec_bytes(specs: Sequence[Spec] | dict[Spec, int]) -> bytes:
    """Leaves as the kernel reads them."""
    return b"".join(_spec(*spec) for spec in specs)


def _spec(kind: int, level: int, part: int, wild: int, edits: int, key: str) -> bytes:
    encoded = key.encode("utf-8", "surrogatepass")
    return HEAD.pack(kind, level, part, wild, edits, len(encoded)) + encoded
