"""What a full-text index of folded keys can answer of a query: a condition that every matching post fulfils.

The index holds, for each post, the folded keys of its words, hashtags and handles (the second key of a look-alike
spelling too). Links, signs and emoji are not in it, nor is any position: what rests on them must be looked at.
"""

from __future__ import annotations

import re

from palabre.match.ast import And, AtLeast, InField, Level, Near, Node, Or, Phrase, Sentence, Term, TermKind, Window
from palabre.match.query import Query
from palabre.model import Sieve, SieveAll, SieveAny, SieveEverything, SieveNode, SieveTerm
from palabre.text.keys import keys

EVERYTHING = Sieve(SieveEverything())


def sieve(query: Query | Node) -> Sieve:
    """The condition of a query. exact only where words alone decide, joined by AND and OR."""
    node = query.root if isinstance(query, Query) else query
    match node:
        case Term():
            return sieve_term(node)
        case Phrase() | Window():
            return loosened(every([sieve_term(term) for term in node.terms]))
        case Near() | Sentence():
            return loosened(every([sieve(node.left), sieve(node.right)]))
        case And():
            return every([sieve(one) for one in node.nodes])
        case Or():
            return either([sieve(one) for one in node.nodes])
        case AtLeast():
            return sieve_count(node)
        case InField():
            return loosened(sieve(node.node))
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
    found = [sieve(one) for one in node.nodes]
    if node.count <= 0:
        return EVERYTHING
    return every(found) if node.count == len(found) else loosened(either(found))


def sieve_term(term: Term) -> Sieve:
    """The folded key that every token found by the term has, or begins with."""
    label = re.split(r"[.@]", term.key, maxsplit=1)[0] if term.kind is TermKind.HANDLE else term.key
    stem = re.split(r"[*?]", label, maxsplit=1)[0]
    if term.edits or term.kind is TermKind.EMOJI or not stem:
        return EVERYTHING
    cut = stem != label
    node: SieveNode = SieveTerm(folded(stem), prefix=cut)
    plain = term.level is Level.FOLDED and term.kind is TermKind.WORD and not term.wild
    return Sieve(node, exact=plain) if folded(stem) else EVERYTHING


def folded(stem: str) -> str:
    """The folded key; a handle's label may hold hyphens, which stay."""
    return "-".join("".join(keys(part).folded[:1]) for part in stem.split("-"))
