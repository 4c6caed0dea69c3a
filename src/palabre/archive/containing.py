"""Which texts of a column hold a piece: folded as queries fold them (`text.facts`), a whole segment at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive.postings import Mask
from palabre.text.facts import fold_value

SURROGATE = re.compile("[\ud800-\udfff]")


def containing(values: pa.ChunkedArray, pieces: Sequence[str]) -> Mask:
    """Of each value, a text or a list of texts, whether it, or one of them, holds a piece."""
    if not pa.types.is_list(values.type):
        return texts_containing(values, pieces)
    mask = np.zeros(len(values), bool)
    whole = values.combine_chunks()
    mask[pc.list_parent_indices(whole).to_numpy()[texts_containing(pc.list_flatten(whole), pieces)]] = True
    return mask


def texts_containing(values: pa.Array | pa.ChunkedArray, pieces: Sequence[str]) -> Mask:
    folded = pc.ascii_lower(values.fill_null(""))
    mask = np.zeros(len(folded), bool)
    for piece in pieces:
        if not SURROGATE.search(piece):  # which no text of a post has
            mask |= pc.match_substring(folded, piece).to_numpy(zero_copy_only=False)
    odd = pc.and_not(pc.not_equal(folded, ""), pc.ascii_is_printable(folded))
    for at in np.flatnonzero(odd.to_numpy(zero_copy_only=False)).tolist():
        text = fold_value(values[at].as_py())
        mask[at] = any(piece in text for piece in pieces)
    return mask
