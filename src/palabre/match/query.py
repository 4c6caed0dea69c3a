"""A query that was read: its text, its tree, where each node came from, and what was noticed while reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from palabre.errors import PalabreError
from palabre.match.ast import And, AtLeast, Field, InField, Near, Node, Not, Or, Phrase, Place, Sentence, Window
from palabre.messages import say


@dataclass(frozen=True, slots=True)
class Lint:
    """Allowed and probably not meant. start, end: characters of the query; suggestion: what to write there."""

    code: str
    start: int
    end: int
    suggestion: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"query.lint.{self.code}"

    def say(self, lang: str | None = None) -> str:
        """The sentence, in the reader's language; an error among the values is said in it too."""
        spoken = {
            name: say(value.key, lang, **value.params) if isinstance(value, PalabreError) else value
            for name, value in self.params.items()
        }
        return say(self.key, lang, **spoken)


@dataclass(frozen=True, slots=True)
class Query:
    """places: nodes by identity, in reading order; nodes of a named list have the place of its name."""

    text: str
    root: Node
    places: tuple[tuple[Node, Place], ...] = field(default=(), compare=False, repr=False)
    notes: tuple[Lint, ...] = field(default=(), compare=False, repr=False)

    def place(self, node: Node) -> Place:
        """Where this very node stands in the text; the whole text if it is not one of ours."""
        return next((place for known, place in self.places if known is node), Place(0, len(self.text)))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    match node:
        case And() | Or() | AtLeast():
            return node.nodes
        case Not() | InField():
            return (node.node,)
        case Near() | Sentence():
            return (node.left, node.right)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in reading order."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def weight(node: Node) -> int:
    """How many nodes a single node counts for: its terms and values are nodes too."""
    match node:
        case Phrase() | Window():
            return 1 + len(node.terms)
        case Field():
            return len(node.values)
        case _:
            return 1


def matches_nothing(node: Node) -> bool:
    """Whether the query would accept a post that has none of its words and none of its facts."""
    match node:
        case And():
            return all(map(matches_nothing, node.nodes))
        case Or():
            return any(map(matches_nothing, node.nodes))
        case AtLeast():
            return sum(map(matches_nothing, node.nodes)) >= node.count
        case Not():
            return not matches_nothing(node.node)
        case InField():
            return matches_nothing(node.node)
        case _:
            return False
