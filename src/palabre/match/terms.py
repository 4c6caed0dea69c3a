"""A chunk of query text as terms. The same tokeniser reads posts and queries, so the two cannot disagree on a word.

Wildcards would be separators for the tokeniser: while it works, runes that the chunk does not hold stand for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice

from palabre.errors import QueryError
from palabre.match.ast import Level, Term, TermKind
from palabre.match.limits import EDITS_MAX, WILD_LETTERS_MIN
from palabre.text.tokens import Kind, Token, tokenize
from palabre.text.unicode_table import Is, table

# Letters without case, marks or look-alikes: runes, and more if a chunk should hold them all.
RUNES = "".join(map(chr, [*range(0x16A0, 0x16EB), *range(0x1401, 0x166D)]))
KINDS = {
    Kind.WORD: TermKind.WORD,
    Kind.HASHTAG: TermKind.HASHTAG,
    Kind.HANDLE: TermKind.HANDLE,
    Kind.EMOJI: TermKind.EMOJI,
}
WILD = re.compile(r"\*+(?!\ufe0f?\u20e3)|[?？＊]")  # the keycap *️⃣ holds no wildcard
KEPT_CHARS_MAX = 40  # of a word whose meaning is kept
FUZZY = re.compile(r"(?<=.)~(\d*)$")
BRACES = re.compile(r"\{([^{}]*)\}")


def read_terms(chunk: str, start: int, *, exact: bool = False) -> tuple[Term, ...]:
    """The terms of a word, or of the inside of quotes or braces. start: its place in the query, for errors.

    Raises QueryError: an address, nothing but signs, a wildcard or a fuzzy word that would find nearly everything.
    """
    if not exact and len(chunk) <= KEPT_CHARS_MAX and chunk.isalnum() and (words := plain_words(chunk)):
        return tuple(Term(*one) for one in words)
    pieces = split_cases(chunk) if not exact else [(chunk, 0, True)]
    terms = tuple(
        term for piece, at, cased in pieces for term in read_piece(piece, start + at, exact=cased)
    )  # fmt: skip
    if not terms:
        raise no_word(chunk, start)
    return terms


@lru_cache(maxsize=50_000)  # a panel of thousands of watches says the same words again and again
def plain_words(chunk: str) -> tuple[tuple[str, Level, TermKind], ...]:
    """What letters and digits alone mean: one word, or several signs. The fields, not the terms: the parser tells nodes
    of one query apart by identity. Empty where it cannot be read: whoever knows its place in the query says why."""
    with suppress(QueryError):
        return tuple((term.key, term.level, term.kind) for term in read_chunk(chunk, 0, exact=False))
    return ()


def split_cases(chunk: str) -> list[tuple[str, int, bool]]:
    """``the {BT} group`` as (piece, its place, exact?) triples."""
    pieces, at = [], 0
    for found in BRACES.finditer(chunk):
        pieces += [(chunk[at : found.start()], at, False), (found[1], found.start(1), True)]
        at = found.end()
    return [*pieces, (chunk[at:], at, False)]


def read_piece(piece: str, start: int, *, exact: bool) -> Iterator[Term]:
    """Terms of the blank-separated chunks of a piece."""
    for found in re.finditer(r"\S+", piece):
        yield from read_chunk(found[0], start + found.start(), exact=exact)


def read_chunk(chunk: str, start: int, *, exact: bool) -> list[Term]:
    """Terms of one chunk: several where signs separate (``porte-monnaie``), none where it holds only signs."""
    end = start + len(chunk)
    fuzzy = FUZZY.search(chunk)
    spare = spare_runes(chunk)
    if len(spare) < 2:
        raise no_word(chunk, start)
    star, question = spare[0], spare[1]
    spelled = WILD.sub(lambda hit: star if hit[0][0] in "*＊" else question, chunk[: fuzzy.start()] if fuzzy else chunk)
    terms = [term_of(token, star, question, exact=exact, start=start, end=end) for token in plain_tokens(spelled)]
    if fuzzy:
        return [blur(terms, fuzzy[1], chunk, start)]
    return terms


def plain_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text. A sign such as ㋐ or ㍻ folds to characters that are tokens each: they stand for it."""
    known = table()
    for token in tokenize(text):
        key = token.folded[0] if token.kind is Kind.WORD else ""
        split = not key.isascii() and len(key) > 1 and any(known[sign].flags & Is.CJK for sign in key)
        yield from tokenize(key) if split else (token,)


def spare_runes(chunk: str) -> str:
    """Two letters that the chunk does not hold."""
    return "".join(islice((rune for rune in RUNES if rune not in chunk), 2))


def term_of(token: Token, star: str, question: str, *, exact: bool, start: int, end: int) -> Term:
    """The term that a token of the query means."""
    if token.kind not in KINDS:
        raise QueryError("query.address", start=start, end=end)
    folded, accented, exactly = token.whole if token.whole[0] else (token.folded[0], token.accented, token.exact)
    level, key = (Level.EXACT, exactly) if exact else (Level.FOLDED, folded)
    if not exact and accented != folded:
        level, key = Level.ACCENTED, accented
    if star not in key and question not in key:
        return Term(key, level, KINDS[token.kind])
    wild = re.sub(r"\*+", "*", key.replace(star, "*").replace(question, "?"))
    return guard_wild(Term(wild, level, KINDS[token.kind]), start, end)


def guard_wild(term: Term, start: int, end: int) -> Term:
    """The term with its wildcards. Raises QueryError where too few letters are left."""
    if len(term.key.replace("*", "").replace("?", "")) < WILD_LETTERS_MIN:
        raise QueryError("query.wildcard_short", start=start, end=end, text=term.key, least=WILD_LETTERS_MIN)
    return Term(term.key, term.level, term.kind, wild=True)


def blur(terms: list[Term], digits: str, chunk: str, start: int) -> Term:
    """``word~1``: the term with its edits. Raises QueryError."""
    end = start + len(chunk)
    word = chunk.partition("~")[0]
    if len(terms) != 1 or not 0 < int(digits[:3] or 0) <= EDITS_MAX:
        raise QueryError("query.fuzzy_form", start=start, end=end, suggestion=f"{word}~1", most=EDITS_MAX)
    term, edits = terms[0], int(digits)
    if term.wild:
        raise QueryError("query.fuzzy_wild", start=start, end=end)
    if len(term.key) <= 2 * edits:
        raise QueryError("query.fuzzy_short", start=start, end=end, n=edits, least=2 * edits + 1)
    return Term(term.key, term.level, term.kind, edits=edits)


def no_word(chunk: str, start: int) -> QueryError:
    """The error of a chunk without any letter, digit or emoji; with what was probably meant."""
    sign = chunk.strip()
    meant = {"|": "OR", "||": "OR", "&": "AND", "&&": "AND", "+": "AND"}.get(sign, f'raw:"{sign}"')
    return QueryError("query.no_word", start=start, end=start + len(chunk), suggestion=meant, text=sign)
