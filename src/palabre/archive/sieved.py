"""A sieve as a question to the full-text index, in the language of each database. Pure.

Nothing that a user typed is ever part of a statement: the whole question is one bound value, and every key is quoted.
"""

from __future__ import annotations

from collections.abc import Callable

from palabre.archive.index_keys import KEY_CHARS_MAX, SEPARATORS, WHOLE, quoted
from palabre.archive.listed_facts import fact_key
from palabre.model import (
    INDEX_ALIKE,
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


def is_key(key: str) -> bool:
    """Words hold no separator; our own marks hold one, in front."""
    return bool(key) and not SEPARATORS.search(key.removeprefix("\u0002"))


def simplified(node: SieveNode) -> SieveNode | None:
    """Without the parts that let everything through; None: everything gets through, or all but what must not be."""
    left = reduced(node)
    return left if left is not None and grounded(left) else None


def reduced(node: SieveNode) -> SieveNode | None:
    match node:
        case SieveTerm():
            return node if is_key(node.key) else None
        case SievePlaces():
            fit = all(is_key(term.key) for phrase in node.phrases for term in phrase)
            return node if fit else reduced(loose(node))
        case SieveTokens():
            return reduced(node.wider)
        case SieveRow() | SievePair() | SieveWindow():
            return node
        case SieveAny():
            some = tuple(part for part in map(simplified, node.parts) if part is not None)
            return SieveAny(some) if len(some) == len(node.parts) else None
        case SieveAll():
            every = tuple(one for part in node.parts for one in in_all(reduced(part)))
            return SieveAll(every) if every else None
        case SieveNot():
            return node if keys_fit(node.part) else None
    return None


def listed(node: SieveNode, author: Callable[[SieveFact], SieveNode]) -> SieveNode:
    """The same for posting lists, which know tokens, and facts by their keys. author: finds those of an author."""
    match node:
        case SieveTokens():
            return node.asked
        case SievePlaces():
            return standing(node)
        case SieveFact(name="author"):
            return author(node)
        case SieveFact():
            return SieveTerm(fact_key(node.name, node.value), node.prefix)
        case SieveNot():
            return SieveNot(listed(node.part, author))
        case SieveAny():
            return SieveAny(tuple(listed(part, author) for part in node.parts))
        case SieveAll():
            return SieveAll(tuple(listed(part, author) for part in node.parts))
    return node


def standing(node: SievePlaces) -> SieveNode:
    """Places as posting lists are asked for them."""
    rows = [SieveRow(tuple(map(folded_token, phrase))) for phrase in node.phrases]
    if len(rows) == 1:
        return rows[0]
    if len(rows) == 2:
        return SievePair((rows[0],), (rows[1],), node.words)
    return SieveWindow(tuple(token for row in rows for token in row.tokens), node.words)


def folded_token(term: SieveTerm) -> SieveToken:
    return SieveToken(term.key, f"{term.key}*", wild=True) if term.prefix else SieveToken(term.key, term.key)


def asks_lists(node: SieveNode) -> bool:
    """Whether it asks what posting lists alone know."""
    return asks(node, SieveFact) or asks(node, SieveTokens)


def in_all(part: SieveNode | None) -> tuple[SieveNode, ...]:
    """What a part adds to a SieveAll: one within another is the same as one."""
    if part is None:
        return ()
    return part.parts if isinstance(part, SieveAll) else (part,)


def loose(node: SieveNode) -> SieveNode:
    """A wider condition that asks no places."""
    match node:
        case SievePlaces():
            return SieveAll(tuple(term for phrase in node.phrases for term in phrase))
        case SieveAny():
            return SieveAny(tuple(map(loose, node.parts)))
        case SieveAll():
            return SieveAll(tuple(map(loose, node.parts)))
        case SieveTokens():
            return loose(node.wider)
        case SieveNot() if asks_places(node.part):
            return SieveEverything()
    return node


def asks_places(node: SieveNode) -> bool:
    return asks(node, SievePlaces)


def asks(node: SieveNode, kind: type) -> bool:
    """Whether a condition of that kind is in it."""
    if isinstance(node, SieveAll | SieveAny):
        return any(asks(part, kind) for part in node.parts)
    return asks(node.part, kind) if isinstance(node, SieveNot) else isinstance(node, kind)


def is_open(node: SieveNode) -> bool:
    """Some word is asked for by its beginning alone: the index merges the lists of all words that begin so."""
    match node:
        case SieveTerm():
            return node.prefix
        case SievePlaces():
            return any(is_open(term) for phrase in node.phrases for term in phrase)
        case SieveTokens():
            return is_open(node.wider)
        case SieveNot():
            return is_open(node.part)
        case SieveAny() | SieveAll():
            return any(map(is_open, node.parts))
    return False


def keys_fit(node: SieveNode) -> bool:
    """No key of the sieve had to be cut or left out, nor is one as long as a longer key of a post that was cut."""
    match node:
        case SieveFact() | SieveTokens():
            return False
        case SieveRow() | SieveWindow():
            return all(len(token.key) < KEY_CHARS_MAX for token in node.tokens)
        case SievePair():
            return all(map(keys_fit, (*node.left, *node.right)))
        case SieveTerm():
            return is_key(node.key) and len(node.key) < KEY_CHARS_MAX + node.prefix
        case SievePlaces():
            return all(keys_fit(term) for phrase in node.phrases for term in phrase)
        case SieveNot():
            return keys_fit(node.part)
        case SieveAny() | SieveAll():
            return all(map(keys_fit, node.parts))
    return True


def doubtful(words: SieveNode | None) -> SieveNode:
    """Posts whose keys do not tell all: those too long to be indexed, and where places are asked of the index, those
    with look-alike spellings, whose second keys have no place. words: what is asked of it."""
    if words is None or not asks_places(words):
        return SieveTerm(WHOLE)
    wider, alike = simplified(loose(words)), SieveTerm(INDEX_ALIKE)
    return SieveAny((SieveTerm(WHOLE), alike if wider is None else SieveAll((alike, wider))))


# the languages


def expression(node: SieveNode, workspace_id: int, sqlite: bool) -> str:
    """A simplified sieve in the language of the index."""
    match node:
        case SieveTerm():
            return term_text(node, workspace_id, sqlite)
        case SievePlaces() if sqlite:
            return places_text(node, workspace_id)
        case SieveAny() if node.parts:
            return joint(node.parts, " OR " if sqlite else " | ", workspace_id, sqlite)
        case SieveAll() if node.parts:
            return all_text(node, workspace_id, sqlite)
        case SieveAny() | SieveAll():
            return term_text(SieveTerm("\u0002"), workspace_id, sqlite)  # an empty choice: no post holds this key
    raise ValueError("simplify the sieve first")


def joint(parts: tuple[SieveNode, ...], sign: str, workspace_id: int, sqlite: bool) -> str:
    return "(" + sign.join(expression(part, workspace_id, sqlite) for part in parts) + ")"


def all_text(node: SieveAll, workspace_id: int, sqlite: bool) -> str:
    """What must be there, without what must not."""
    there = tuple(part for part in node.parts if not isinstance(part, SieveNot))
    wanted = joint(there, " AND " if sqlite else " & ", workspace_id, sqlite)
    barred = tuple(part.part for part in node.parts if isinstance(part, SieveNot))
    if not barred:
        return wanted
    return f"({wanted} {'NOT' if sqlite else '& !'} {joint(barred, ' OR ' if sqlite else ' | ', workspace_id, sqlite)})"


def term_text(term: SieveTerm, workspace_id: int, sqlite: bool) -> str:
    key = f"{workspace_id}:{term.key[:KEY_CHARS_MAX]}"
    if sqlite:
        return '"' + key.replace('"', '""') + '"' + (" *" if term.prefix else "")
    return quoted(key) + (":*" if term.prefix else "")


def places_text(node: SievePlaces, workspace_id: int) -> str:
    """Phrases near each other, in the language of FTS5, which looks within one column at a time."""
    phrases = [" + ".join(term_text(term, workspace_id, sqlite=True) for term in phrase) for phrase in node.phrases]
    near = phrases[0] if len(phrases) == 1 else f"NEAR({' '.join(phrases)}, {node.words})"
    return f"({{keys title}} : {near})"
