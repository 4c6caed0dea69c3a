"""The same engine without a compiler: dictionaries and sets, one post at a time. Fallback, and second judge in tests.

Chunks seen before are remembered with the leaves they mean, as in the kernel; a post's leaves pick the queries whose
anchor they are; conditions over the set of leaves decide, and what must stand somewhere is left to `oracle.hits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
    TermKind,
    Window,
)
from palabre.match.columns import FactBook
from palabre.match.compile import Fact
from palabre.match.nearness import holds_and
from palabre.model import Span
from palabre.text.tokens import CHUNKS, Kind, Token, cut, tokenize

Numbers = npt.NDArray[np.int32]
Leaf = tuple[str, Term] | Fact  # part ("" for both) and term; or a fact
MEMORY_MAX = 200_000
FINDERS = {
    Kind.WORD: (TermKind.WORD,),
    Kind.HASHTAG: (TermKind.WORD, TermKind.HASHTAG),
    Kind.HANDLE: (TermKind.WORD, TermKind.HANDLE),
    Kind.EMOJI: (TermKind.EMOJI,),
    Kind.LINK: (),
}


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


@dataclass(slots=True)
class Watched:
    node: Node
    check: Check
    leaves: set[int]
    anchors: frozenset[int] | None  # None: may match without any leaf


@dataclass(slots=True)
class PythonEngine:
    """The live queries. Not for two threads at once while watches come and go."""

    book: FactBook
    name: str = "python"
    watches: dict[int, Watched] = field(default_factory=dict)
    numbers: dict[Leaf, int] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    fresh: int = 0
    plain: dict[tuple[TermKind, int, str], list[tuple[str, int]]] = field(default_factory=dict)
    loose: dict[tuple[TermKind, int], list[tuple[str, Term, int]]] = field(default_factory=dict)
    anchored: dict[int, set[int]] = field(default_factory=dict)
    always: set[int] = field(default_factory=set)
    memory: dict[str, tuple[frozenset[int], ...]] = field(default_factory=dict)

    def add(self, watch: int, node: Node) -> None:
        """Puts a query in, in the place of the one the watch had."""
        writer = Writer(self.leaf)
        check, anchors = writer.check(node, ""), writer.anchors(node, "")
        for leaf in writer.leaves:
            self.uses[leaf] = self.uses.get(leaf, 0) + 1
        self.remove(watch)
        self.watches[watch] = Watched(node, check, writer.leaves, anchors)
        if anchors is None:
            self.always.add(watch)
        for leaf in anchors or ():
            self.anchored.setdefault(leaf, set()).add(watch)

    def remove(self, watch: int) -> None:
        gone = self.watches.pop(watch, None)
        if gone is None:
            return
        self.always.discard(watch)
        for leaf in gone.anchors or ():
            self.anchored[leaf].discard(watch)
        dead = {leaf for leaf in gone.leaves if self._unused(leaf)}
        if dead:
            self._forget(dead)

    def tune(self) -> None:
        """Nothing to order here."""

    def _unused(self, leaf: int) -> bool:
        self.uses[leaf] -= 1
        return not self.uses[leaf]

    def _forget(self, dead: set[int]) -> None:
        for leaf in [leaf for leaf, number in self.numbers.items() if number in dead]:
            number = self.numbers.pop(leaf)
            del self.uses[number]
            if len(leaf) == 2 and isinstance(leaf[1], Term):
                self._unregister(leaf[1], number)

    def _unregister(self, term: Term, number: int) -> None:
        if term.wild or term.edits:
            place = (term.kind, oracle.LEVELS[term.level])
            self.loose[place] = [one for one in self.loose[place] if one[2] != number]
        else:
            key = (term.kind, oracle.LEVELS[term.level], term.key)
            self.plain[key] = [one for one in self.plain[key] if one[1] != number]
        self.memory.clear()

    def leaf(self, leaf: Leaf) -> int:
        """The number of a leaf, given to it now if need be."""
        if leaf not in self.numbers:
            self.fresh += 1
            self.numbers[leaf] = self.fresh
            if len(leaf) == 2 and isinstance(leaf[1], Term):
                self._register(leaf[0], leaf[1], self.fresh)
        return self.numbers[leaf]

    def _register(self, part: str, term: Term, number: int) -> None:
        level = oracle.LEVELS[term.level]
        if term.wild or term.edits:
            self.loose.setdefault((term.kind, level), []).append((part, term, number))
        else:
            self.plain.setdefault((term.kind, level, term.key), []).append((part, number))
        self.memory.clear()

    def match(self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
        """(post, watch) pairs, by post, then by watch."""
        titles, texts = (column_of(batch, name) for name in ("title", "text"))
        by_post = self._facts(facts)
        posts: list[int] = []
        watches: list[int] = []
        for row, (title, text) in enumerate(zip(titles, texts, strict=True)):
            leaves = by_post.get(row, set()) | self.leaves_of(title, "title") | self.leaves_of(text, "text")
            seen = Seen(leaves, partial(row_of, title, text))
            found = sorted(watch for watch in self.touched(leaves) if self.watches[watch].check(seen))
            posts += [row] * len(found)
            watches += found
        return np.array(posts, np.int32), np.array(watches, np.int32)

    def _facts(self, facts: tuple[Numbers, Numbers]) -> dict[int, set[int]]:
        """Leaves of the facts of each post."""
        numbers: Mapping[Leaf, int] = self.book.numbers  # type: ignore[assignment]  # a fact is a leaf
        named = {numbers[leaf]: number for leaf, number in self.numbers.items() if leaf in numbers}
        found: dict[int, set[int]] = {}
        for post, fact in zip(*(numbers.tolist() for numbers in facts), strict=True):
            if fact in named:
                found.setdefault(post, set()).add(named[fact])
        return found

    def touched(self, leaves: set[int]) -> set[int]:
        """Watches that the leaves of a post may fulfil."""
        found = set(self.always)
        for leaf in leaves:
            found |= self.anchored.get(leaf, EMPTY)
        return found

    def leaves_of(self, text: str, part: str) -> set[int]:
        """The leaves of a title or a text."""
        found: set[int] = set()
        side = part == "text"
        for match in CHUNKS.finditer(text):
            chunk = match.group()
            if chunk[0] > " " and chunk[0] != "\x7f":
                known = self.memory.get(chunk)
                found |= (known or self._resolve(chunk))[side]
        return found

    def _resolve(self, chunk: str) -> tuple[frozenset[int], ...]:
        """The leaves of a chunk in a title, and in a text."""
        found = [one for token in cut(chunk).tokens for one in self._of_token(token)]
        both = tuple(frozenset(number for part, number in found if part in ("", side)) for side in ("title", "text"))
        if len(self.memory) >= MEMORY_MAX:
            self.memory.clear()
        self.memory[chunk] = both
        return both

    def _of_token(self, token: Token) -> Iterator[tuple[str, int]]:
        for kind in FINDERS[token.kind]:
            for level, key in keys_of(token, kind):
                yield from self.plain.get((kind, level, key), ())
            for level in (0, 1, 2):
                yield from (
                    (part, n) for part, term, n in self.loose.get((kind, level), ()) if oracle.finds(term, token)
                )

    def explain(
        self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers], post: Numbers, watch: Numbers
    ) -> list[tuple[Span, ...]]:
        """The spans of each (post, watch) pair."""
        pairs = zip(post.tolist(), watch.tolist(), strict=True)
        return [self._spans(batch.slice(row, 1).to_pylist()[0], one) for row, one in pairs]

    def _spans(self, row: Mapping[str, object], watch: int) -> tuple[Span, ...]:
        known = self.watches.get(watch)
        return oracle.spans(known.node, oracle.post_of(row)) if known else ()

    def index_texts(self, batch: pa.RecordBatch) -> pa.Array:
        """The keys of each post, spaces between."""
        parts = zip(*(column_of(batch, name) for name in ("title", "text")), strict=True)
        return pa.array([" ".join(index_keys(title, text)) for title, text in parts], pa.string())


EMPTY: set[int] = set()


def keys_of(token: Token, kind: TermKind) -> Iterator[tuple[int, str]]:
    """(level, key) pairs a term of a kind may have to find the token."""
    yield from ((0, key) for key in token.folded)
    yield 1, token.accented
    yield 2, token.exact
    if kind is TermKind.HANDLE and token.whole[0]:
        yield from enumerate(token.whole)


def column_of(batch: pa.RecordBatch, name: str) -> list[str]:
    if name not in batch.schema.names:
        return [""] * len(batch)
    return [text or "" for text in batch.column(name).to_pylist()]


def row_of(title: str, text: str) -> Mapping[str, object]:
    return {"title": title, "text": text}


def index_keys(title: str, text: str) -> Iterator[str]:
    """The keys that a full-text index keeps of a post."""
    for token in (*tokenize(title), *tokenize(text)):
        if token.kind is not Kind.LINK:
            yield from token.folded
            yield from token.whole[:1] if token.whole[0] else ()


@dataclass(slots=True)
class Writer:
    """Makes the check of one query. number: gives a leaf its number; leaves: those the query has."""

    number: Callable[[Leaf], int]
    leaves: set[int] = field(default_factory=set)

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
                return partial(spells, node, part)
            case Near() | Sentence() if holds_and(node.left) or holds_and(node.right):
                return self.check(oracle.spread(node), part)
            case _:
                return partial(proves, node, part, self.needs(node, part))

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
            case Term() | Field() | Range() | Phrase() | Window():
                return self.anchors_of_leaf(node, part)
            case And():
                return rarest(self.anchors(one, part) for one in node.nodes)
            case Or():
                return united([self.anchors(one, part) for one in node.nodes])
            case AtLeast():
                return united([self.anchors(one, part) for one in node.nodes]) if node.count > 0 else None
            case InField():
                return self.anchors(node.node, node.part if part in ("", node.part) else f"-{node.part}")
            case Near() | Sentence():
                return rarest((self.anchors(node.left, part), self.anchors(node.right, part)))
            case _:
                return None

    def anchors_of_leaf(self, node: Term | Field | Range | Phrase | Window, part: str) -> frozenset[int]:
        match node:
            case Term():
                return frozenset({self.term(node, part)})
            case Phrase() | Window():
                longest = max(node.terms, key=lambda term: len(term.key))
                return frozenset({self.term(longest, part)})
            case Field():
                return frozenset(self.leaf((node.name, value)) for value in node.values)
            case Range():
                return frozenset({self.leaf((node.name, node.low, node.high))})


def rarest(choices: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    """The smallest set: the fewest ways in."""
    return min((one for one in choices if one is not None), key=len, default=None)


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


def spells(node: Literal, part: str, seen: Seen) -> bool:
    return any(True for _ in oracle.literal_spans(node, within(seen, part)))


def proves(node: Node, part: str, needs: Check, seen: Seen) -> bool:
    return needs(seen) and any(True for _ in oracle.hits(node, within(seen, part)))
