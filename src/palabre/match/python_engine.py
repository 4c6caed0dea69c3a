"""The same engine without a compiler: dictionaries and sets, one post at a time. Fallback, and second judge in tests.

Chunks seen before are remembered with the leaves they mean, as in the kernel; a post's leaves pick the queries whose
anchor they are; conditions over the set of leaves decide, and what must stand somewhere is left to `oracle.hits`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.match import oracle
from palabre.match.ast import (
    Literal,
    Node,
    Term,
    TermKind,
)
from palabre.match.columns import FactBook
from palabre.match.cost import guessed
from palabre.match.python_checks import Check, Leaf, Seen, Writer, piece
from palabre.model import INDEX_ALIKE, INDEX_LINK, INDEX_PART, Span
from palabre.text.tokens import CHUNKS, Kind, Token, cut, tokenize

Numbers = npt.NDArray[np.int32]
Registered = tuple[str, Any, int]  # part, Term or chunk of a literal, number
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
                sought = piece(leaf[1]) if isinstance(leaf[1], Literal) else leaf[1]
                places.append((str(leaf[0]), sought, self.fresh))
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
        found += [(part, number) for part, text, number in self.literals if text in chunk]
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
        """The keys of each post, spaces between (layout: `model.INDEX_PART`)."""
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


def index_keys(title: str, text: str) -> list[str]:
    """What a full-text index keeps of a post, in the layout of `model.INDEX_PART`."""
    tokens = [tokenize(text), tokenize(title)]
    shown, named = ([token.folded[0] if token.folded else INDEX_LINK for token in part] for part in tokens)
    beside = [key for token in (*tokens[0], *tokens[1]) for key in (*token.folded[1:], token.whole[0]) if key]
    if any(len(token.folded) > 1 for part in tokens for token in part):
        beside.insert(0, INDEX_ALIKE)
    return shown + ([INDEX_PART, *named] if named or beside else []) + ([INDEX_PART, *beside] if beside else [])
