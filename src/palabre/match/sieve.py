"""What a full-text index of folded keys can answer of a query: a condition that every matching post fulfils.

The index holds, for each post, the folded keys of its words, hashtags, handles and emoji, the second key of a
look-alike spelling and the whole of a handle with its server. Links and signs are not in it, nor is any position: what
rests on them must be looked at.
"""

from __future__ import annotations

import re
from dataclasses import replace

from palabre.match import ast
from palabre.match.ast import And, AtLeast, InField, Level, Near, Node, Or, Phrase, Sentence, Term, TermKind, Window
from palabre.match.fields import BY_NAME
from palabre.match.query import Query, walk
from palabre.model import POSTS, Sieve, SieveAll, SieveAny, SieveEverything, SieveTerm
from palabre.text.keys import emoji_keys, whole_keys

EVERYTHING = Sieve(SieveEverything())


def sieve(query: Query | Node) -> Sieve:
    """The condition of a query, and what else of a post must be looked at."""
    node = query.root if isinstance(query, Query) else query
    return replace(condition(node), columns=columns_of(node))


def columns_of(node: Node) -> tuple[str, ...]:
    """The columns of POSTS that decide about a query: title, text, and those of the facts it asks for."""
    asked = {one.name for one in walk(node) if isinstance(one, ast.Field | ast.Range)}
    theirs = [BY_NAME[name].columns for name in asked]
    if not all(theirs):  # "is:" and "has:" look all over the post
        return tuple(POSTS.names)
    wanted = {"title", "text"}.union(*theirs)
    return tuple(name for name in POSTS.names if name in wanted)


def condition(node: Node) -> Sieve:
    """exact only where words alone decide, joined by AND and OR."""
    match node:
        case Term():
            return sieve_term(node)
        case Phrase() | Window():
            return loosened(every([sieve_term(term) for term in node.terms]))
        case Near() | Sentence():
            return loosened(every([condition(node.left), condition(node.right)]))
        case And():
            return every([condition(one) for one in node.nodes])
        case Or():
            return either([condition(one) for one in node.nodes])
        case AtLeast():
            return sieve_count(node)
        case InField():
            return loosened(condition(node.node))
        case _:
            return EVERYTHING


def loosened(found: Sieve) -> Sieve:
    """The same condition, which is no longer the whole answer."""
    return Sieve(found.root)


def every(found: list[Sieve]) -> Sieve:
    """All conditions; what the index cannot answer is left out and must be verified."""
    parts = tuple(one.root for one in found if not isinstance(one.root, SieveEverything))
    exact = all(one.exact for one in found)
    if not parts:
        return Sieve(SieveEverything(), exact and not found)
    return Sieve(parts[0] if len(parts) == 1 else SieveAll(parts), exact)


def either(found: list[Sieve]) -> Sieve:
    """One condition at least; nothing is known if one of them is unknown."""
    if not found or any(isinstance(one.root, SieveEverything) for one in found):
        return EVERYTHING
    roots = tuple(one.root for one in found)
    return Sieve(roots[0] if len(roots) == 1 else SieveAny(roots), all(one.exact for one in found))


def sieve_count(node: AtLeast) -> Sieve:
    found = [condition(one) for one in node.nodes]
    if node.count <= 0:
        return EVERYTHING
    return every(found) if node.count == len(found) else loosened(either(found))


def sieve_term(term: Term) -> Sieve:
    """The folded key that every token found by the term has, or begins with."""
    stem = re.split(r"[*?]", term.key, maxsplit=1)[0]
    key = emoji_keys(stem).folded[0] if term.kind is TermKind.EMOJI else whole_keys(stem)[0]
    if term.edits or not key:
        return EVERYTHING
    return Sieve(SieveTerm(key, prefix=stem != term.key), exact=decides(term))


def decides(term: Term) -> bool:
    """Whether a post that has the key, or one that begins so, has the term: nothing else could have put it there."""
    if term.level is not Level.FOLDED or (term.wild and not re.fullmatch(r"[^*?]+\*", term.key)):
        return False
    # A tag or a bare handle has the key of a word; a handle with its server is a key of its own.
    own = term.kind is TermKind.HANDLE and not term.wild and re.search(r"[.@]", term.key)
    return term.kind in (TermKind.WORD, TermKind.EMOJI) or bool(own)
