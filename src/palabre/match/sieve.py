"""What a full-text index of folded keys can answer of a query: a condition that every matching post fulfils.

The index holds, for each post, the folded keys of its words, hashtags, handles and emoji, the second key of a
look-alike spelling and the whole of a handle with its server; where it keeps places, those of text and title stand in
the place of their token, and phrases and nearness are asked of it too. It knows some facts by value: network, language
and kind; other facts (`LISTED`) are named, for posting lists that know them. Pieces of links and sentences are in
neither: what rests on them must be looked at. Of a literal (raw:) the index knows the words inside;
the ledger is told its characters besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from math import comb
from types import MappingProxyType

from palabre.match import ast
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
from palabre.match.facts import holds
from palabre.match.fields import BY_NAME
from palabre.match.limits import WILD_LETTERS_MIN
from palabre.match.nearness import holds_and
from palabre.match.oracle import spread
from palabre.match.query import Query, walk
from palabre.model import (
    INDEX_LINK,
    LISTED_SERVED,
    POSTS,
    Between,
    Contains,
    Sieve,
    SieveAll,
    SieveAny,
    SieveEverything,
    SieveFact,
    SieveNode,
    SieveNot,
    SievePair,
    SievePlaces,
    SieveRow,
    SieveTerm,
    SieveToken,
    SieveTokens,
    SieveWindow,
    grounded,
)
from palabre.text.facts import from_end
from palabre.text.keys import emoji_keys, whole_keys
from palabre.text.tokens import Kind, Token, cut
from palabre.text.unicode_table import Is, table

EVERYTHING = Sieve(SieveEverything())
Known = Mapping[str, Mapping[str, str]]  # column -> each value that some post has, and its key in the index
NOTHING_KNOWN: Known = MappingProxyType({})
LINK = SieveToken(INDEX_LINK, INDEX_LINK)
BLANKS = re.compile(r"[\x00-\x20\x7f]+")  # between chunks, as `text.tokens` cuts them
GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")  # an exact key has no iota below a vowel, and a folded one has
VALUES_MAX = 200  # of a fact that fit; PAIRS_MAX: alternatives beside each other under NEAR
PAIRS_MAX = 64
EDITED_LETTERS_MAX = 50
ROWS_MAX = 200  # alternatives beside each other under NEAR or SENTENCE, of which lists are asked
CHOICES_MAX = 64  # of so many alternatives that must hold


def sieve(query: Query | Node, known: Known = NOTHING_KNOWN) -> Sieve:
    """The condition of a query, and what else of a post must be looked at. known: facts that the index can answer."""
    node = query.root if isinstance(query, Query) else query
    words, numbers, contains = parted(node)
    found = condition(words, known)
    if not grounded(found.root) and words != And(()):  # what columns of posts tell alone is the whole answer
        found, numbers, contains = condition(node, known), (), ()
    return replace(found, columns=columns_of(node), numbers=numbers, contains=contains, literals=tuple(literals(node)))


def parted(node: Node) -> tuple[Node, tuple[Between, ...], tuple[Contains, ...]]:
    """A query without the ranges that each of its posts must be in, and the pieces of addresses it must have; and
    those: columns of a post tell them exactly."""
    nodes = node.nodes if isinstance(node, And) else (node,)
    ranges = [one for one in nodes if isinstance(one, Range)]
    pieces = [
        one for one in nodes if isinstance(one, Field) and one.name in PIECES and not any(map(signed, one.values))
    ]
    rest = [one for one in nodes if one not in (*ranges, *pieces)]
    linked = [Field("has", ("link",))] if any(one.name == "link" for one in pieces) else []
    contains = tuple(Contains(PIECES[one.name], one.values) for one in pieces)
    return And((*rest, *linked)), tuple(map(between, ranges)), contains


def signed(value: str) -> bool:
    """Signs before a link are not part of it."""
    return value.startswith(("#", "@"))


def between(span: Range) -> Between:
    """A date of 0 is not known."""
    if span.name == "published":
        return Between("published_ms", max(span.low or 1, 1), span.high)
    return Between(span.name, span.low, span.high)


def literals(node: Node) -> Iterator[str]:
    """The texts of raw: that each post of a query holds somewhere."""
    match node:
        case Literal():
            yield node.text
        case InField():
            yield from literals(node.node)
        case And():
            for one in node.nodes:
                yield from literals(one)


def asks_facts(query: Query | Node) -> bool:
    """Whether `known` would make a difference to the condition of a query."""
    node = query.root if isinstance(query, Query) else query
    return any(isinstance(one, Field) and one.name in FACTS for one in walk(node))


FACTS = ("network", "lang", "kind", "source")
LISTED = ("author", "is", "has", "site", "tag", "mention", "country", "region", "city")
PIECES = {"url": "url", "link": "links"}  # asked for by any piece, and the column
# What a post has that fulfils a field of which no more is known.
IMPLIED = {"link": ("has", "link"), "tag": ("has", "tag"), "mention": ("has", "mention"), "parent": ("is", "reply")}


def columns_of(node: Node) -> tuple[str, ...]:
    """The columns of POSTS that decide about a query: title, text, and those of the facts it asks for."""
    asked = {one.name for one in walk(node) if isinstance(one, ast.Field | ast.Range)}
    theirs = [BY_NAME[name].columns for name in asked]
    if not all(theirs):  # "is:" and "has:" look all over the post
        return tuple(POSTS.names)
    wanted = {"title", "text"}.union(*theirs)
    return tuple(name for name in POSTS.names if name in wanted)


def condition(node: Node, known: Known, part: str = "") -> Sieve:
    """exact only where the index, or lists that know what it does not, alone decide. part: of the post, where words are
    looked for; "" in all."""
    match node:
        case Term():
            return told(sieve_term(node), row_of([node], part), part)
        case Phrase():
            return told(sieve_places([node.terms], 0), row_of(node.terms, part), part)
        case Window():
            words = node.words + len(node.terms) - 2
            return told(sieve_places([(term,) for term in node.terms], words), window_of(node, words, part), part)
        case Near() | Sentence() if holds_and(node.left) or holds_and(node.right):
            return condition(spread(node), known, part)
        case Near():
            return told(sieve_near(node, known), pair_of(node, part), part)
        case Sentence():
            return told(loosened(both_sides(node, known)), pair_of(node, part), part)
        case And():
            return every([condition(one, known, part) for one in node.nodes])
        case Or():
            return either([condition(one, known, part) for one in node.nodes])
        case AtLeast():
            return sieve_count(node, known, part)
        case Literal():
            return sieve_literal(node, part)
        case InField():
            return sieve_part(node, known, part)
        case Field(name="source"):
            return either([condition(replace(node, name=name), known) for name in ("network", "site")])
        case Field():
            return sieve_fact(node, known)
        case Not():
            return negated(condition(node.node, known, part))
        case _:
            return EVERYTHING


def told(found: Sieve, asked: SieveRow | SievePair | SieveWindow | None, part: str) -> Sieve:
    """What the index finds, and what lists are asked where it does not decide."""
    if found.exact and not part:
        return found
    if asked is None:
        return loosened(found)
    return Sieve(SieveTokens(found.root, asked), exact=True)


def loosened(found: Sieve) -> Sieve:
    """The same condition, which is no longer the whole answer. What must not be there says nothing of a part."""
    return Sieve(positive(found.root))


def positive(root: SieveNode) -> SieveNode:
    """The condition without what it excludes."""
    if isinstance(root, SieveNot):
        return SieveEverything()
    if isinstance(root, SieveAll):
        return every([Sieve(positive(part)) for part in root.parts]).root
    return either([Sieve(positive(part)) for part in root.parts]).root if isinstance(root, SieveAny) else root


def every(found: list[Sieve]) -> Sieve:
    """All conditions; what the index cannot answer is left out and must be verified."""
    parts = tuple(one.root for one in found if not isinstance(one.root, SieveEverything))
    exact = all(one.exact for one in found)
    if not parts:
        return Sieve(SieveEverything(), exact and not found)
    return Sieve(parts[0] if len(parts) == 1 else SieveAll(parts), exact)


def either(found: list[Sieve]) -> Sieve:
    """One condition at least; nothing is known if one of them is unknown, or only says what must not be there."""
    if not found or not all(grounded(one.root) for one in found):
        return EVERYTHING
    roots = tuple(one.root for one in found)
    return Sieve(roots[0] if len(roots) == 1 else SieveAny(roots), all(one.exact for one in found))


def negated(found: Sieve) -> Sieve:
    """What an exact condition leaves."""
    return Sieve(SieveNot(found.root), exact=True) if found.exact and grounded(found.root) else EVERYTHING


def sieve_count(node: AtLeast, known: Known, part: str) -> Sieve:
    """So many of them: each choice of so many, where these are not too many choices."""
    found = [condition(one, known, part) for one in node.nodes]
    if node.count <= 0:
        return EVERYTHING
    if comb(len(found), node.count) > CHOICES_MAX:
        return loosened(either(found))
    return either([every(list(some)) for some in combinations(found, node.count)])


def sieve_fact(node: Field, known: Known) -> Sieve:
    """The keys of all values that fulfil a fact. Two values may share a key, then it does not decide."""
    if node.name not in known:
        return either([listed_fact(node.name, value) for value in node.values])
    fitting = {key for value, key in known[node.name].items() if holds(node, {node.name: value})}
    others = {key for value, key in known[node.name].items() if not holds(node, {node.name: value})}
    if len(fitting) > VALUES_MAX:
        return EVERYTHING
    return Sieve(SieveAny(tuple(map(SieveTerm, sorted(fitting)))), exact=fitting.isdisjoint(others))


def listed_fact(name: str, value: str) -> Sieve:
    """A fact of which lists know each value, or what stands before its first wildcard."""
    stem = re.split(r"[*?]", value, maxsplit=1)[0]
    if name not in LISTED or not stem or (name == "site" and stem != value):
        return Sieve(SieveFact(*IMPLIED[name])) if name in IMPLIED else EVERYTHING
    if name == "site":
        return Sieve(SieveFact(name, from_end(value), prefix=True), exact=True)
    return Sieve(SieveFact(name, stem, prefix=stem != value), exact=value in (stem, f"{stem}*"))


def sieve_part(node: InField, known: Known, part: str) -> Sieve:
    """Words of one part; lists know where they stand. A post has the title that some of its words stand in."""
    if part not in ("", node.part):
        return EVERYTHING
    found = condition(node.node, known, node.part)
    if found.exact:
        return found
    words = not any(isinstance(one, Field | Range | Not | AtLeast | Literal) for one in walk(node.node))
    title = [Sieve(SieveFact("has", "title"))] if node.part == "title" and words else []
    return loosened(every([found, *title]))


def sieve_near(node: Near, known: Known) -> Sieve:
    """Each phrase of one side with each of the other. The order of the two is not asked of the index."""
    left, right = alternatives(node.left), alternatives(node.right)
    if not left or not right or len(left) * len(right) > PAIRS_MAX:
        return loosened(both_sides(node, known))
    found = either([sieve_places(pair, node.words) for pair in product(left, right)])
    return loosened(found) if node.ordered else found


def both_sides(node: Near | Sentence, known: Known) -> Sieve:
    return every([condition(node.left, known), condition(node.right, known)])


def alternatives(node: Node) -> list[tuple[Term, ...]]:
    """The phrases one of which a node is; none when it is something else."""
    match node:
        case Term():
            return [(node,)]
        case Phrase():
            return [node.terms]
        case Or():
            found = [alternatives(one) for one in node.nodes]
            return [phrase for part in found for phrase in part] if all(found) else []
        case _:
            return []


def sieve_literal(node: Literal, part: str) -> Sieve:
    """The tokens in a row that a post must have, whatever stands before and behind the literal: those of the chunks
    between blanks, and the word that opens the last chunk. The first one may be the end of a link or a handle."""
    first, *inner, last = BLANKS.split(node.text) if BLANKS.search(node.text) else ("", "")
    if any(table()[char].flags & Is.IGNORE for char in node.text):
        return EVERYTHING
    tokens = [token for chunk in inner for token in cut(chunk).tokens] + opening(last)
    row = tuple(SieveTerm(token.folded[0] if token.folded else INDEX_LINK) for token in tokens)
    if not row:
        return EVERYTHING
    rest = tuple(map(as_written, tokens))
    rows = [SieveRow((one, *rest), part) for one in closing(first)] or [SieveRow(rest, part)]
    return Sieve(SieveTokens(row[0] if len(row) == 1 else SievePlaces((row,)), SieveAny(tuple(rows))))


def as_written(token: Token) -> SieveToken:
    return SieveToken(token.folded[0], token.exact, "exact") if token.folded else LINK


def closing(chunk: str) -> list[SieveToken]:
    """What a chunk that is one word may be, or be the end of; none where it is something else."""
    tokens = cut(chunk).tokens
    if len(tokens) != 1 or not chunk.isalnum() or tokens[0].kind is not Kind.WORD:
        return []
    return [as_written(tokens[0]), LINK, SieveToken(LISTED_SERVED, LISTED_SERVED)]


def opening(chunk: str) -> list[Token]:
    """The word at the start of a chunk that may go on with any sign; none where these signs could make a link of it."""
    first = cut(chunk).tokens[:1]
    return [
        token
        for token in first
        if token.start == 0 and token.kind is Kind.WORD and token.folded[0] not in ("http", "https", "www")
    ]


def sieve_places(phrases: Iterable[tuple[Term, ...]], words: int) -> Sieve:
    """Phrases near each other; only the words they are made of where one of these has no place in the index."""
    given = list(phrases)
    found = [[sieve_term(term) for term in phrase] for phrase in given]
    every_one = [one for phrase in found for one in phrase]
    if not all(map(has_place, (term for phrase in given for term in phrase), every_one)) or any(
        one.root.prefix for phrase in found for one in phrase[:-1] if isinstance(one.root, SieveTerm)
    ):
        return loosened(every(every_one))
    rows = tuple(tuple(one.root for one in phrase if isinstance(one.root, SieveTerm)) for phrase in found)
    apart = not any(may_overlap(*pair) for pair in combinations(rows, 2))
    return Sieve(SievePlaces(rows, words), exact=apart and all(one.exact for one in every_one))


def has_place(term: Term, found: Sieve) -> bool:
    """Whether its key stands in the place of its token: that of a whole handle stands beside."""
    whole = term.kind is TermKind.HANDLE and re.search(r"[.@]", term.key)
    return isinstance(found.root, SieveTerm) and not whole


def may_overlap(one: tuple[SieveTerm, ...], other: tuple[SieveTerm, ...]) -> bool:
    """Whether one token could be part of both phrases: the index would count it twice."""
    return any(same_token(a, b) for a, b in product(one, other))


def same_token(one: SieveTerm, other: SieveTerm) -> bool:
    return (
        one.key == other.key
        or (one.prefix and other.key.startswith(one.key))
        or (other.prefix and one.key.startswith(other.key))
    )


def sieve_term(term: Term) -> Sieve:
    """The folded key that every token found by the term has, or begins with."""
    stem = (
        re.split(r"[*?]", term.key, maxsplit=1)[0] if term.wild else term.key
    )  # the keycap *\ufe0f\u20e3 is no wildcard
    key = emoji_keys(stem).folded[0] if term.kind is TermKind.EMOJI else whole_keys(stem)[0]
    if term.edits or not key or (term.level is Level.EXACT and GREEK.search(term.key)):
        return EVERYTHING
    return Sieve(SieveTerm(key, prefix=stem != term.key), exact=decides(term))


def row_of(terms: Sequence[Term], part: str) -> SieveRow | None:
    """The same for posting lists; None where they do not find a term."""
    tokens = [token for term in terms for token in tokens_of(term)]
    return SieveRow(tuple(tokens), part) if len(tokens) == len(terms) else None


def pair_of(node: Near | Sentence, part: str) -> SievePair | None:
    sides = [[row_of(phrase, part) for phrase in alternatives(side)] for side in (node.left, node.right)]
    left, right = (tuple(row for row in side if row is not None) for side in sides)
    if not left or not right or not sum(map(len, sides)) <= len(left) + len(right) <= ROWS_MAX:
        return None
    return SievePair(left, right, node.words if isinstance(node, Near) else None, node.ordered)


def window_of(node: Window, words: int, part: str) -> SieveWindow | None:
    """None, too, where one token could be two of the terms."""
    row = row_of(node.terms, part)
    keys = [(SieveTerm(token.key, token.open),) for token in row.tokens] if row else []
    apart = bool(row) and not any(may_overlap(*pair) for pair in combinations(keys, 2))
    return SieveWindow(row.tokens, words, part) if row and apart else None


def tokens_of(term: Term) -> Iterator[SieveToken]:
    """None where more may be spelt otherwise than lists look for, or hardly anything is known."""
    found = sieve_term(term).root
    key = found.key if isinstance(found, SieveTerm) else ""
    kind = {TermKind.HASHTAG: "#", TermKind.HANDLE: "@"}.get(term.kind, "")
    letters = len(term.key.replace("*", "").replace("?", "")) if term.wild else len(term.key)
    known = key or ((term.wild or term.edits) and letters >= WILD_LETTERS_MIN + term.edits)
    if known and (not term.edits or (term.edits == 1 and letters <= EDITED_LETTERS_MAX)):
        yield SieveToken(key, term.key, term.level.value, kind, term.wild, term.edits)


def decides(term: Term) -> bool:
    """Whether a post that has the key, or one that begins so, has the term: nothing else could have put it there."""
    if term.level is not Level.FOLDED or (term.wild and not re.fullmatch(r"[^*?]+\*", term.key)):
        return False
    # A tag or a bare handle has the key of a word; a handle with its server is a key of its own.
    own = term.kind is TermKind.HANDLE and not term.wild and re.search(r"[.@]", term.key)
    return term.kind in (TermKind.WORD, TermKind.EMOJI) or bool(own)
