"""Which rows of posting lists fulfil a condition: keys alone, and tokens by their places (`token_where`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from palabre.archive.index_keys import KEY_CHARS_MAX
from palabre.archive.postings import Mask, Part, stretch
from palabre.archive.token_where import holding
from palabre.model import SieveAll, SieveAny, SieveEverything, SieveNode, SieveNot, SievePair, SieveRow, SieveTerm


def fulfilling(part: Part, node: SieveNode, within: Mask | None = None) -> Mask:
    """Of each row, whether it fulfils a condition. within: rows of which it is wanted; others may be said not to.
    Raises UndecidedError."""
    match node:
        case SieveTerm():
            mask = np.zeros(part.rows, bool)
            mask[stretch(part, node.key[:KEY_CHARS_MAX], node.prefix).rows()] = True
            return mask
        case SieveRow() | SievePair():
            return holding(part, node, within)
        case SieveEverything():
            return np.ones(part.rows, bool)
        case SieveNot():
            return ~fulfilling(part, node.part, within)
        case SieveAny():
            found = (fulfilling(part, one, within) for one in node.parts)
            return reduce(np.logical_or, found, np.zeros(part.rows, bool))
        case SieveAll():
            return fulfilling_all(part, node.parts, within)
    raise ValueError("posting lists ask tokens for their places, not the index")


def fulfilling_all(part: Part, nodes: Sequence[SieveNode], within: Mask | None) -> Mask:
    """Keys first: places are looked at in the rows that are left."""
    mask = np.ones(part.rows, bool) if within is None else within.copy()
    for node in sorted(nodes, key=asks_tokens):
        mask &= fulfilling(part, node, mask)
        if not mask.any():
            break
    return mask


def asks_tokens(node: SieveNode) -> bool:
    match node:
        case SieveRow() | SievePair():
            return True
        case SieveNot():
            return asks_tokens(node.part)
        case SieveAny() | SieveAll():
            return any(map(asks_tokens, node.parts))
    return False
