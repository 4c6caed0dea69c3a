"""What is allowed in a query and probably not meant: remarks with a code, a place, a sentence and often a remedy.

Three sources: what the parser noticed while reading (binding, boosts), the lexemes (operators in small letters, signs
that are not searched), the tree (repetitions, contradictions, words that are too common).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from palabre.errors import QueryError
from palabre.match.ast import And, Field, Level, Node, Not, Or, Phrase, Place, Range, Term, TermKind, Window
from palabre.match.lexer import Kind, Lexeme, lex
from palabre.match.lint_words import COMMON, HOMONYMS, OPERATOR_WORDS
from palabre.match.query import Lint, Query, walk
from palabre.match.terms import read_terms
from palabre.match.values import VALUED_ONCE
from palabre.text.keys import keys

# Things to know rather than things to mend.
ADVICE = frozenset({"W109", "W110", "W112", "W114", "W117", "W118"})
OPERANDS = {Kind.WORD, Kind.PHRASE, Kind.CASE, Kind.LITERAL, Kind.LIST, Kind.VALUE, Kind.RANGE, Kind.COMPARE}
BEFORE, AFTER = OPERANDS | {Kind.CLOSE}, OPERANDS | {Kind.OPEN, Kind.NOT, Kind.FIELD}
ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’ʼ＇](.+)", re.IGNORECASE)
STEM_LETTERS_MIN = 4


def lint(query: Query) -> list[Lint]:
    """All remarks on a query, in the order of its text."""
    lexemes = lex(query.text)
    found = [*query.notes, *lint_lexemes(lexemes), *lint_nodes(query), *lint_rows(query), *lint_weight(query)]
    unique = {(one.code, one.start, one.end): one for one in found}
    return sorted(unique.values(), key=lambda one: (one.start, one.end, one.code))


def severity(remark: Lint) -> str:
    """``warning`` or ``advice``."""
    return "advice" if remark.code in ADVICE else "warning"


def mend(text: str, remark: Lint) -> str:
    """The text with the remedy of one remark; unchanged if it has none."""
    if remark.suggestion is None:
        return text
    return re.sub(r"  +", " ", text[: remark.start] + remark.suggestion + text[remark.end :]).strip()


# The lexemes.


def lint_lexemes(lexemes: list[Lexeme]) -> Iterator[Lint]:
    for at, lexeme in enumerate(lexemes):
        if lexeme.kind is Kind.WORD:
            yield from lint_operator_word(lexemes, at)
            yield from lint_chunk(lexeme)
        elif lexeme.kind is Kind.PHRASE:
            yield from lint_quotes(lexeme)


def lint_operator_word(lexemes: list[Lexeme], at: int) -> Iterator[Lint]:
    """W101: ``and``, ``ou``, ``near/3`` between two operands are searched as words."""
    lexeme = lexemes[at]
    word = lexeme.text.lower()
    meant = word.upper() if re.fullmatch(r"o?near(/\d+f?)?|o?sentence", word) else OPERATOR_WORDS.get(word)
    between = 0 < at < len(lexemes) - 1 and lexemes[at - 1].kind in BEFORE and lexemes[at + 1].kind in AFTER
    if meant and between:
        yield Lint("W101", lexeme.start, lexeme.end, meant, {"text": lexeme.text, "meant": meant})


def lint_quotes(lexeme: Lexeme) -> Iterator[Lint]:
    """W114: quotes around one plain word change nothing."""
    inside = lexeme.text.strip()
    if re.fullmatch(r"\w+", inside) and not OPERATOR_WORDS.get(inside.lower()) and not inside.isupper():
        yield Lint("W114", lexeme.start, lexeme.end, inside, {"text": inside})


def lint_chunk(lexeme: Lexeme) -> Iterator[Lint]:
    """W110, W118, W119: signs in a word separate, are not searched, or are wildcards."""
    text = lexeme.text
    if re.fullmatch(r"\w+\?", text):
        yield Lint("W119", lexeme.start, lexeme.end, text[:-1], {"text": text})
    elif elided := ELISION.fullmatch(text):
        yield Lint("W110", lexeme.start, lexeme.end, elided[1], {"text": text, "words": words_of(lexeme)})
    elif re.fullmatch(r"\w+(?:[-'’]\w+)+", text):
        glued = re.sub(r"[-'’]", "", text)
        either = f'("{words_of(lexeme)}" OR {glued})'
        yield Lint("W110", lexeme.start, lexeme.end, either, {"text": text, "words": words_of(lexeme)})
    elif re.fullmatch(r"[–—−]\w+", text):
        yield Lint("W118", lexeme.start, lexeme.end, f"-{text[1:]}", {"text": text, "words": words_of(lexeme)})
    elif drops_signs(text):
        yield Lint("W118", lexeme.start, lexeme.end, f'raw:"{text}"', {"text": text, "words": words_of(lexeme)})


def drops_signs(text: str) -> bool:
    """Whether ASCII signs of the word, beyond those of wildcards, edits, tags and handles, say nothing."""
    bare = re.sub(r"~\d$", "", text).lstrip("#@")
    return bool(re.search(r"[^\w\s*?.@,;:'’-]", bare)) and bare.isascii() and "\\" not in bare


def words_of(lexeme: Lexeme) -> str:
    """The words that are really searched."""
    try:
        return " ".join(term.key for term in read_terms(lexeme.text, lexeme.start))
    except QueryError:
        return lexeme.text


# The single nodes.


def lint_nodes(query: Query) -> Iterator[Lint]:
    for node, place in query.places:
        if isinstance(node, Term):
            yield from lint_term(node, place, query.text)
        elif isinstance(node, Phrase | Window):
            yield from (found for term in node.terms for found in lint_wild(term, place))


def lint_term(term: Term, place: Place, text: str) -> Iterator[Lint]:
    yield from lint_wild(term, place)
    typed = text[place.start : place.end]
    if term.level is Level.ACCENTED and not term.wild and typed.isalpha():
        plain = "".join(unaccented(typed))
        yield Lint("W109", place.start, place.end, plain, {"text": typed, "plain": plain})
    if len(term.key) == 1 and term.key.isascii() and term.level is not Level.EXACT and term.kind is TermKind.WORD:
        yield Lint("W111", place.start, place.end, None, {"text": term.key})


def lint_wild(term: Term, place: Place) -> Iterator[Lint]:
    """W102, W103: wildcards that find more than they seem to."""
    if not term.wild:
        return
    stem = re.split(r"[*?]", term.key, maxsplit=1)[0]
    params = {"text": term.key, "n": len(stem), "least": STEM_LETTERS_MIN}
    if not stem:
        yield Lint("W102", place.start, place.end, None, params)
    elif len(stem) < STEM_LETTERS_MIN and "*" in term.key:
        yield Lint("W103", place.start, place.end, None, params)


def unaccented(word: str) -> Iterator[str]:
    """The letters of a word without their accents, capitals kept."""
    for letter in word:
        plain = "".join(keys(letter).folded[:1])
        yield plain.upper() if letter.isupper() else plain


# Rows of AND and OR.


def lint_rows(query: Query) -> Iterator[Lint]:
    places = {id(node): place for node, place in query.places}
    for node, _ in query.places:
        if isinstance(node, And | Or):
            yield from lint_repeats(node, places)
        if isinstance(node, And):
            yield from lint_contradiction(node, places)
            yield from lint_facts(node, places)


def lint_repeats(row: And | Or, places: dict[int, Place]) -> Iterator[Lint]:
    """W106: the same thing twice in a row."""
    seen: set[Node] = set()
    for node in row.nodes:
        place = places.get(id(node))
        if node in seen and place:
            yield Lint("W106", place.start, place.end, None, {})
        seen.add(node)


def lint_contradiction(row: And, places: dict[int, Place]) -> Iterator[Lint]:
    """W107: asked for and excluded at once, so that nothing can match."""
    wanted = {node for node in row.nodes if not isinstance(node, Not)}
    for node in row.nodes:
        for banned in alternatives(node.node) if isinstance(node, Not) else ():
            place = places.get(id(banned))
            if banned in wanted and place:
                yield Lint("W107", place.start, place.end, None, {})


def lint_facts(row: And, places: dict[int, Place]) -> Iterator[Lint]:
    """W120: two values that one post cannot have at once."""
    seen: dict[str, Field] = {}
    for node in row.nodes:
        if not isinstance(node, Field) or node.name not in VALUED_ONCE:
            continue
        place = places.get(id(node))
        if node.name in seen and place and not set(node.values) & set(seen[node.name].values):
            yield Lint("W120", place.start, place.end, None, {"name": node.name})
        seen[node.name] = node


def alternatives(node: Node) -> Iterable[Node]:
    return node.nodes if isinstance(node, Or) else (node,)


# The whole: what the query finds by itself.


def lint_weight(query: Query) -> Iterator[Lint]:
    """W108, W115: a word that stands alone and is common, or is a brand and also an everyday word."""
    places = {id(node): place for node, place in query.places}
    facts = any(isinstance(node, Field | Range) for node in walk(query.root))
    for term in lone_terms(query.root):
        place = places.get(id(term))
        if place is None:
            continue
        typed = query.text[place.start : place.end]
        if term.key in COMMON:
            yield Lint("W108", place.start, place.end, None, {"text": typed})
        elif term.key in HOMONYMS and not facts:
            capital = f"{{{typed[:1].upper()}{typed[1:]}}}"
            yield Lint("W115", place.start, place.end, capital, {"text": typed, "meaning": HOMONYMS[term.key]})


def lone_terms(node: Node) -> Iterator[Term]:
    """The words each of which is enough for a match."""
    match node:
        case Term(kind=TermKind.WORD) if node.level is not Level.EXACT:
            yield node
        case Or():
            for one in node.nodes:
                yield from lone_terms(one)
        case And():
            kept = [one for one in node.nodes if not isinstance(one, Not | Field | Range)]
            if all(isinstance(one, Term) and one.key in COMMON for one in kept):
                yield from (one for one in kept if isinstance(one, Term))
            elif len(kept) == 1:
                yield from lone_terms(kept[0])
