"""The law: does a post match, and which characters say so. Brute force, written to be believed, not to be fast.

The engines are tested against it. It rests on the tokeniser alone. A hit is a run of neighbouring tokens of one part of
the post (title or text) with the tokens that prove it; a node with a position has all its hits listed.

* The title and the text are never neighbours: no phrase, distance or sentence reaches from one into the other.
* Every token counts as a word of distance, emoji and links included.
* What has no position (NOT, fields, raw, ATLEAST …) has no hits, so below NEAR or SENTENCE it finds nothing.
* AND below NEAR is spread: ``(a AND b) NEAR c`` is ``a NEAR c AND b NEAR c``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

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
from palabre.match.facts import fits, holds, within
from palabre.match.nearness import combine, holds_and
from palabre.model import Post, Span
from palabre.text.tokens import Kind, Token, tokenize
from palabre.text.unicode_table import Is, table

KINDS = {
    TermKind.WORD: {Kind.WORD, Kind.HASHTAG, Kind.HANDLE},
    TermKind.HASHTAG: {Kind.HASHTAG},
    TermKind.HANDLE: {Kind.HANDLE},
    TermKind.EMOJI: {Kind.EMOJI},
}
LEVELS = {Level.FOLDED: 0, Level.ACCENTED: 1, Level.EXACT: 2}


@dataclass(frozen=True)
class OraclePost:
    """row: the columns of POSTS; parts: the tokens of title and text."""

    row: Mapping[str, object]
    parts: Mapping[str, tuple[Token, ...]]

    def only(self, part: str) -> OraclePost:
        """The same post with the tokens of one part."""
        return OraclePost(self.row, {part: self.parts.get(part, ())})


@dataclass(frozen=True)
class Hit:
    """Tokens first to last of a part; proof: (first, last) of each word or phrase that takes part."""

    part: str
    first: int
    last: int
    proof: frozenset[tuple[int, int]]


def post_of(row: Mapping[str, object]) -> OraclePost:
    """A row of POSTS; absent columns are empty."""
    return OraclePost(row, {part: tuple(tokenize(str(row.get(part) or ""))) for part in ("title", "text")})


def post_from(post: Post) -> OraclePost:
    """A post as the vocabulary has it."""
    account, metrics = post.account, post.metrics
    columns = {name: getattr(post, name) for name in post.__slots__ if name not in ("account", "metrics")}
    counted = {name: getattr(metrics, name) for name in metrics.__slots__}
    who = {f"account_{name}": getattr(account, name) for name in ("uri", "handle", "name", "url")} if account else {}
    known = {"followers": account.followers, "verified": account.verified} if account else {}
    return post_of({**columns, **counted, **who, **known})


def matches(node: Node, post: OraclePost) -> bool:
    """Whether the post fulfils the query."""
    match node:
        case And():
            return all(matches(one, post) for one in node.nodes)
        case Or():
            return any(matches(one, post) for one in node.nodes)
        case AtLeast():
            return sum(matches(one, post) for one in node.nodes) >= node.count
        case Not():
            return not matches(node.node, post)
        case InField():
            return matches(node.node, post.only(node.part))
        case Field():
            return holds(node, post.row)
        case Range():
            return within(node, post.row)
        case Literal():
            return any(True for _ in literal_spans(node, post))
        case Near() | Sentence() if holds_and(node.left) or holds_and(node.right):
            return matches(spread(node), post)
        case _:
            return any(True for _ in hits(node, post))


def spread(node: Near | Sentence) -> Node:
    """The same with AND moved out of its operands."""

    def make(left: Node, right: Node) -> Node:
        if isinstance(node, Near):
            return Near(left, right, node.words, node.ordered)
        return Sentence(left, right, node.ordered)

    return combine(node.left, node.right, make, lambda one: one)


# Positions.


def hits(node: Node, post: OraclePost) -> Iterator[Hit]:
    """All places of a node that has a position; nothing for the others. May repeat itself."""
    match node:
        case Term():
            yield from phrase_hits((node,), post)
        case Phrase():
            yield from phrase_hits(node.terms, post)
        case Window():
            yield from window_hits(node, post)
        case Or():
            for one in node.nodes:
                yield from hits(one, post)
        case Near() | Sentence():
            yield from pair_hits(node, post)


def finds(term: Term, token: Token) -> bool:
    """One term, one token."""
    if token.kind not in KINDS[term.kind]:
        return False
    level = LEVELS[term.level]
    keys = token.folded if term.level is Level.FOLDED else ((token.accented, token.exact)[level - 1],)
    if term.kind is TermKind.HANDLE and token.whole[level]:
        keys = (*keys, token.whole[level])
    if term.wild:
        return any(fits(term.key, key) for key in keys)
    return any(near_enough(term.key, key, term.edits) for key in keys)


def near_enough(one: str, other: str, edits: int) -> bool:
    """At most so many characters inserted, left out or replaced (Levenshtein)."""
    if edits == 0 or abs(len(one) - len(other)) > edits:
        return one == other
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, sign in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (char != sign))
    return row[-1] <= edits


def phrase_hits(terms: tuple[Term, ...], post: OraclePost) -> Iterator[Hit]:
    for part, tokens in post.parts.items():
        for first in range(len(tokens) - len(terms) + 1):
            if all(finds(term, tokens[first + at]) for at, term in enumerate(terms)):
                last = first + len(terms) - 1
                yield Hit(part, first, last, frozenset({(first, last)}))


def window_hits(node: Window, post: OraclePost) -> Iterator[Hit]:
    """Every way to put each term on a token of its own with few enough words between, by its first and last token.

    Some way uses certain tokens if all terms find tokens of their own, and these tokens find terms of their own: the
    two matchings can be joined into one (Mendelsohn and Dulmage, 1958). So no way is ever listed.
    """
    for part, places, found in windows(node, post):
        for last in places:
            inside = [at for at in places if at <= last]
            ends = {places[0], last}
            if matched(ends, found) and covers(node, inside, found):
                proof = frozenset((at, at) for at in inside if matched({*ends, at}, found))
                yield Hit(part, places[0], last, proof)


Finders = Mapping[int, set[int]]  # of a token: the terms that find it


def windows(node: Window, post: OraclePost) -> Iterator[tuple[str, list[int], Finders]]:
    """(part, places, finders) of each stretch that begins with a token found, is not too long and holds all terms."""
    for part, tokens in post.parts.items():
        found = {at: {n for n, term in enumerate(node.terms) if finds(term, token)} for at, token in enumerate(tokens)}
        places = [at for at, terms in found.items() if terms]
        for number, first in enumerate(places):
            end = bisect_left(places, first + len(node.terms) + node.words)
            if covers(node, places[number:end], found):
                yield part, places[number:end], found


def covers(node: Window, places: list[int], found: Finders) -> bool:
    """Whether each term can have a token of its own among these."""
    finders = [{at for at in places if term in found[at]} for term in range(len(node.terms))]
    return matched(range(len(finders)), finders)


def matched(seekers: Iterable[int], offers: Mapping[int, set[int]] | list[set[int]]) -> bool:
    """Whether each seeker can have one of its offers for itself (Kuhn's augmenting paths)."""
    owner: dict[int, int] = {}

    def placed(seeker: int, tried: set[int]) -> bool:
        for offer in offers[seeker] - tried:
            tried.add(offer)
            if offer not in owner or placed(owner[offer], tried):
                owner[offer] = seeker
                return True
        return False

    return all(placed(seeker, set()) for seeker in seekers)


def pair_hits(node: Near | Sentence, post: OraclePost) -> Iterator[Hit]:
    """Every pair of a hit on the left and one on the right that stand as asked."""
    rights = Ranked(hits(node.right, post))
    for left in set(hits(node.left, post)):
        for right in rights.beside(node, left, post):
            if stands(node, left, right, post):
                first, last = min(left.first, right.first), max(left.last, right.last)
                yield Hit(left.part, first, last, left.proof | right.proof)


def paired(node: Near | Sentence, post: OraclePost) -> Iterator[Hit]:
    """The hits on either side that have a partner."""
    lefts, rights = Ranked(hits(node.left, post)), Ranked(hits(node.right, post))
    for left in lefts.by_first:
        if any(stands(node, left, right, post) for right in rights.beside(node, left, post)):
            yield left
    for right in rights.by_first:
        if any(stands(node, left, right, post) for left in lefts.beside(node, right, post)):
            yield right


class Ranked:
    """Hits in order, so that those too far away need not be looked at."""

    def __init__(self, found: Iterable[Hit]) -> None:
        whole = set(found)
        self.by_first = sorted(whole, key=attrgetter("part", "first"))
        self.by_last = sorted(whole, key=attrgetter("part", "last"))

    def beside(self, node: Near | Sentence, hit: Hit, post: OraclePost) -> Iterator[Hit]:
        """Those that begin behind the hit or end before it, within its room."""
        low, high = room(node, hit, post.parts[hit.part])
        yield from between(self.by_first, "first", hit.part, hit.last + 1, high)
        yield from between(self.by_last, "last", hit.part, low, hit.first - 1)


def between(ordered: list[Hit], name: str, part: str, low: int, high: int) -> Iterator[Hit]:
    """Those of the part whose first (or last) token is one of low to high."""
    key = attrgetter("part", name)
    start, end = bisect_left(ordered, (part, low), key=key), bisect_right(ordered, (part, high), key=key)
    return (ordered[at] for at in range(start, end))


def room(node: Near | Sentence, hit: Hit, tokens: tuple[Token, ...]) -> tuple[int, int]:
    """The lowest token on which the other side may end, and the highest on which it may begin."""
    if isinstance(node, Near):
        return hit.first - 1 - node.words, hit.last + 1 + node.words
    sentence = attrgetter("sentence")
    return (
        bisect_left(tokens, tokens[hit.first].sentence, key=sentence),
        bisect_right(tokens, tokens[hit.last].sentence, key=sentence) - 1,
    )


def stands(node: Near | Sentence, left: Hit, right: Hit, post: OraclePost) -> bool:
    """Apart, in order if asked, and near enough or within one sentence."""
    before, after = (left, right) if left.last < right.first else (right, left)
    if before.last >= after.first or (node.ordered and before is not left):
        return False
    if isinstance(node, Near):
        return after.first - before.last - 1 <= node.words
    tokens = post.parts[left.part]
    return tokens[before.first].sentence == tokens[after.last].sentence


# raw:"…"


def literal_spans(node: Literal, post: OraclePost) -> Iterator[Span]:
    """Each place of these very characters, not inside a longer word."""
    for part in post.parts:
        text = str(post.row.get(part) or "")
        at = text.find(node.text) if node.text else -1
        while at >= 0:
            end = at + len(node.text)
            before, behind = range(at - 1, -1, -1), range(end, len(text))
            if not glued(text, node.text[0], before) and not glued(text, node.text[-1], behind):
                yield Span(at, end, part)
            at = text.find(node.text, at + 1)


def glued(text: str, edge: str, beyond: Iterable[int]) -> bool:
    """A word goes on across an edge: the character there and the next visible one beyond it are both of a word."""
    return in_word(edge) and in_word(next((text[at] for at in beyond if not table()[text[at]].flags & Is.IGNORE), " "))


def in_word(char: str) -> bool:
    return bool(table()[char].flags & (Is.WORD | Is.MARK))


# Why.


def spans(node: Node, post: OraclePost) -> tuple[Span, ...]:
    """The characters that prove the match, title first; none if it does not match or rests on facts alone."""
    return tuple(merged(sorted(proofs(node, post), key=order))) if matches(node, post) else ()


def order(span: Span) -> tuple[bool, int, int]:
    return span.where == "text", span.start, span.end


def proofs(node: Node, post: OraclePost) -> Iterator[Span]:
    """The spans of a node that matches. Alternatives that do not hold, and what is under NOT, prove nothing."""
    match node:
        case And() | Or() | AtLeast():
            for one in node.nodes:
                if matches(one, post):
                    yield from proofs(one, post)
        case InField():
            yield from proofs(node.node, post.only(node.part))
        case Literal():
            yield from literal_spans(node, post)
        case Near() | Sentence() if holds_and(node.left) or holds_and(node.right):
            yield from proofs(spread(node), post)
        case Near() | Sentence():
            yield from (span for hit in paired(node, post) for span in hit_spans(hit, post))
        case Window():
            for part, places, _ in windows(node, post):
                yield from (Span(post.parts[part][at].start, post.parts[part][at].end, part) for at in places)
        case _:
            yield from (span for hit in hits(node, post) for span in hit_spans(hit, post))


def hit_spans(hit: Hit, post: OraclePost) -> Iterator[Span]:
    tokens = post.parts[hit.part]
    return (Span(tokens[first].start, tokens[last].end, hit.part) for first, last in hit.proof)


def merged(ordered: list[Span]) -> Iterator[Span]:
    """Spans in order, those that overlap as one."""
    if not ordered:
        return
    current = ordered[0]
    for _, span in pairwise(ordered):
        if span.where == current.where and span.start < current.end:
            current = Span(current.start, max(current.end, span.end), span.where)
        else:
            yield current
            current = span
    yield current
