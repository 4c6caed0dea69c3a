"""Which rows of posting lists fulfil a condition: keys alone, and tokens by their places (`token_where`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from palabre.archive.index_keys import KEY_CHARS_MAX
from palabre.archive.postings import Mask, Part, Stretch, Wanted, all_of, mark, stretch
from palabre.archive.token_where import holding, rows_most
from palabre.model import (
    SieveAll,
    SieveAny,
    SieveEverything,
    SieveNode,
    SieveNot,
    SievePair,
    SieveRow,
    SieveTerm,
    SieveWindow,
)


def fulfilling(part: Part, node: SieveNode, within: Wanted | None = None) -> Mask:
    """Of each row, whether it fulfils a condition. within: rows of which it is wanted; others may be said not to.
    Raises UndecidedError."""
    within = within or all_of(part)
    match node:
        case SieveTerm():
            return keyed(part, [node], within)
        case SieveRow() | SievePair() | SieveWindow():
            return holding(part, node, within)
        case SieveEverything():
            return np.ones(part.rows, bool)
        case SieveNot():
            return ~fulfilling(part, node.part, within)
        case SieveAny():
            terms = keyed(part, [one for one in node.parts if isinstance(one, SieveTerm)], within)
            others = (fulfilling(part, one, within) for one in node.parts if not isinstance(one, SieveTerm))
            return reduce(np.logical_or, others, terms)
        case SieveAll():
            return fulfilling_all(part, node.parts, within)
    raise ValueError("posting lists ask tokens for their places, not the index")


def keyed(part: Part, terms: Sequence[SieveTerm], within: Wanted) -> Mask:
    """Of each row, whether it has one of some keys."""
    mask = np.zeros(part.rows, bool)
    for term in terms:
        mark(mask, term_keys(part, term), within)
    return mask


def term_keys(part: Part, term: SieveTerm) -> Stretch:
    """A key that the index would have cut is one of those that begin so."""
    return stretch(part, term.key[:KEY_CHARS_MAX], term.prefix or len(term.key) >= KEY_CHARS_MAX)


def fulfilling_all(part: Part, nodes: Sequence[SieveNode], within: Wanted) -> Mask:
    """What the fewest rows have first; keys before tokens, whose places are looked at in the rows that are left."""
    for node in sorted(nodes, key=lambda one: rank(part, one)) if len(nodes) > 1 else nodes:
        within = Wanted(fulfilling(part, node, within) & within.mask)
        if not within.n:
            break
    return within.mask


def rank(part: Part, node: SieveNode) -> tuple[bool, int]:
    """Whether places are looked at, and how many rows there are at most."""
    match node:
        case SieveTerm():
            return False, len(term_keys(part, node).rows())
        case SieveRow() | SievePair() | SieveWindow():
            return True, rows_most(part, node)
        case SieveAny():
            ranks = [rank(part, one) for one in node.parts]
            return any(placed for placed, _ in ranks), sum(rows for _, rows in ranks)
        case SieveAll() if node.parts:
            ranks = [rank(part, one) for one in node.parts]
            return any(placed for placed, _ in ranks), min(rows for _, rows in ranks)
    return False, part.rows
