"""The same engine without a compiler: dictionaries and sets, one post at a time. Fallback, and second judge in tests.

Chunks seen before are remembered with the leaves they mean, as in the kernel; a post's leaves pick the queries whose
anchor they are; conditions over the set of leaves decide, and what must stand somewhere is left to `oracle.hits`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

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
from palabre.match.cost import guessed
from palabre.match.nearness import holds_and
from palabre.model import Span
from palabre.text.tokens import CHUNKS, Kind, Token, cut, tokenize

Numbers = npt.NDArray[np.int32]
Leaf = tuple[str, Term | Literal] | Fact  # part ("" for both) and what is looked for there; or a fact
Registered = tuple[str, Any, int]  # part, Term or Literal, number
MEMORY_MAX = 200_000
TUNED_AFTER = 2048  # posts
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
    plain: dict[tuple[TermKind, int, str], list[Registered]] = field(default_factory=dict)
    loose: dict[tuple[TermKind, str], list[Registered]] = field(default_factory=dict)  # by their first two letters
    literals: list[Registered] = field(default_factory=list)
    counts: Counter[int] = field(default_factory=Counter)
    counted: int = 0
    anchored: dict[int, set[int]] = field(default_factory=dict)
    always: set[int] = field(default_factory=set)
    memory: dict[str, tuple[frozenset[int], ...]] = field(default_factory=dict)

    def add(self, watch: int, node: Node) -> None:
        """Puts a query in, in the place of the one the watch had."""
        writer = Writer(self.leaf, self.share)
        check, anchors = writer.check(node, ""), writer.anchors(node, "")
        for leaf in writer.leaves:
            self.uses[leaf] = self.uses.get(leaf, 0) + 1
        self.remove(watch)
        self.watches[watch] = Watched(node, check, writer.leaves, anchors)
        self._anchor(watch, anchors)

    def _anchor(self, watch: int, anchors: frozenset[int] | None) -> None:
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
        """Picks every anchor anew by what the stream has shown. Happens by itself, once, after 2,048 posts."""
        self.always.clear()
        self.anchored.clear()
        for number, watch in self.watches.items():
            watch.anchors = Writer(self.leaf, self.share).anchors(watch.node, "")
            self._anchor(number, watch.anchors)

    def share(self, leaf: int, term: Term | None) -> float:
        """The share of posts that have a leaf: seen, or guessed from the length of the word."""
        if self.counted >= TUNED_AFTER:
            return self.counts[leaf] / self.counted
        return guessed(term) if term else 0.2

    def _count(self, leaves: set[int]) -> None:
        if self.counted < TUNED_AFTER:
            self.counted += 1
            self.counts.update(leaves)
            if self.counted == TUNED_AFTER:
                self.tune()

    def _unused(self, leaf: int) -> bool:
        self.uses[leaf] -= 1
        return not self.uses[leaf]

    def _forget(self, dead: set[int]) -> None:
        for leaf in [leaf for leaf, number in self.numbers.items() if number in dead]:
            number = self.numbers.pop(leaf)
            del self.uses[number]
            if (places := self._places(leaf)) is not None:
                places[:] = [one for one in places if one[2] != number]
                self.memory.clear()

    def leaf(self, leaf: Leaf) -> int:
        """The number of a leaf, given to it now if need be."""
        if leaf not in self.numbers:
            self.fresh += 1
            self.numbers[leaf] = self.fresh
            if (places := self._places(leaf)) is not None:
                places.append((leaf[0], leaf[1], self.fresh))
                self.memory.clear()
        return self.numbers[leaf]

    def _places(self, leaf: Leaf) -> list[Registered] | None:
        """Where a leaf that chunks announce is looked up; None for a fact."""
        match leaf[1]:
            case Literal():
                return self.literals
            case Term() as term if term.wild or term.edits:
                head = re.split(r"[*?]", term.key, maxsplit=1)[0] if term.wild else ""
                return self.loose.setdefault((term.kind, head[:2] if len(head) > 1 else ""), [])
            case Term() as term:
                return self.plain.setdefault((term.kind, oracle.LEVELS[term.level], term.key), [])
        return None

    def match(self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
        """(post, watch) pairs, by post, then by watch."""
        titles, texts = (column_of(batch, name) for name in ("title", "text"))
        by_post = self._facts(facts)
        posts: list[int] = []
        watches: list[int] = []
        for row, (title, text) in enumerate(zip(titles, texts, strict=True)):
            leaves = by_post.get(row, set()) | self.leaves_of(title, "title") | self.leaves_of(text, "text")
            self._count(leaves)
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
        found += [(part, number) for part, literal, number in self.literals if piece(literal) in chunk]
        both = tuple(frozenset(number for part, number in found if part in ("", side)) for side in ("title", "text"))
        if len(self.memory) >= MEMORY_MAX:
            self.memory.clear()
        self.memory[chunk] = both
        return both

    def _of_token(self, token: Token) -> Iterator[tuple[str, int]]:
        for kind in FINDERS[token.kind]:
            heads = {""}
            for level, key in keys_of(token, kind):
                heads.add(key[:2])
                yield from ((part, number) for part, _, number in self.plain.get((kind, level, key), ()))
            loose = (one for head in heads for one in self.loose.get((kind, head), ()))
            yield from ((part, number) for part, term, number in loose if oracle.finds(term, token))

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


def piece(literal: Literal) -> str:
    """The longest chunk of a literal: a post that has the literal has it in a chunk."""
    return max(re.split(r"[\x00-\x20\x7f]+", literal.text), key=len)


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
