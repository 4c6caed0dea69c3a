"""Columns of an Arrow table of posts as plain lists and NumPy arrays, whatever is missing. Pure.

    authors = author_keys(posts)              # one key a row, "" where nobody is named
    texts, tone = strings(posts, "text"), strings(posts, "tone")
    followers = numbers(posts, "followers")   # NaN where the platform does not say

A column that is absent reads as empty: a question over posts that no model has read yet still has an answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def has(posts: pa.Table, name: str) -> bool:
    return name in posts.column_names


def text_array(posts: pa.Table, name: str) -> pa.Array:
    """A string column as one array without nulls; "" a row where the table lacks it."""
    if not has(posts, name):
        return pa.array([""] * posts.num_rows, pa.string())
    column = posts.column(name)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pc.fill_null(column.cast(pa.string()), "")


def strings(posts: pa.Table, name: str) -> list[str]:
    return text_array(posts, name).to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def numbers(posts: pa.Table, name: str) -> Floats:
    """A numeric or boolean column as float64; NaN for null and where the table lacks it."""
    if not has(posts, name):
        return np.full(posts.num_rows, np.nan)
    filled = pc.fill_null(posts.column(name).cast(pa.float64()), float("nan"))
    return np.asarray(filled.to_numpy(), dtype=np.float64)


def flags(posts: pa.Table, name: str) -> Bools:
    """A boolean column; False for null and where the table lacks it."""
    return np.nan_to_num(numbers(posts, name), nan=0.0) > 0


def times(posts: pa.Table) -> Ints:
    """When each post was published, epoch ms; ``sort_ms`` (clamped, never 0) where the table has it."""
    name = "sort_ms" if has(posts, "sort_ms") else "published_ms"
    return np.nan_to_num(numbers(posts, name), nan=0.0).astype(np.int64)


def post_ids(posts: pa.Table) -> Ints:
    """The ids of the archive; the number of the row where the table has none."""
    if not has(posts, "post_id"):
        return np.arange(posts.num_rows, dtype=np.int64)
    return numbers(posts, "post_id").astype(np.int64)


def lists(posts: pa.Table, name: str) -> list[list[Any]]:
    """A list column; [] for null and where the table lacks it."""
    if not has(posts, name):
        return [[] for _ in range(posts.num_rows)]
    return [value or [] for value in posts.column(name).to_pylist()]


def author_array(posts: pa.Table) -> pa.Array:
    """One key a row: the account's uri, else network and handle; "" where nobody is named."""
    uri, handle = text_array(posts, "account_uri"), text_array(posts, "account_handle")
    named = pc.binary_join_element_wise(text_array(posts, "network"), handle, ":")
    spare = pc.if_else(pc.equal(handle, ""), pa.scalar(""), named)
    return pc.if_else(pc.equal(uri, ""), spare, uri)


def author_keys(posts: pa.Table) -> list[str]:
    return author_array(posts).to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def codes(values: pa.Array) -> tuple[Ints, pa.Array]:
    """(number of its value a row, the values in order of first sight)."""
    found = pc.dictionary_encode(values)
    return np.asarray(found.indices.to_numpy(zero_copy_only=False), dtype=np.int64), found.dictionary


def places(values: pa.Array, known: pa.Array) -> Ints:
    """Index of each value in ``known`` (the first), -1 where it is not."""
    return np.asarray(pc.fill_null(pc.index_in(values, value_set=known), -1).to_numpy(zero_copy_only=False), np.int64)


def voice_codes(posts: pa.Table) -> Ints:
    """The independent voice that acts in each row, as a number.

    In this order: the coordinated group of its account (column ``group``, "" or 0 for none), the voice of its story
    where it is told by several accounts (``voice``), its author, the row itself. A plain reshare is its author's own
    act, although it has the words of the story.
    """
    author, group, voice = author_array(posts), text_array(posts, "group"), text_array(posts, "voice")
    row = pa.array(map(str, range(posts.num_rows)), pa.string())
    found = pc.if_else(pc.equal(author, ""), keyed("row", row), keyed("author", author))
    told = pc.and_(pc.not_equal(voice, ""), pc.equal(text_array(posts, "reshare_of"), ""))
    together = pc.and_(told, pa.array(shared(codes(voice)[0], codes(author)[0])))
    found = pc.if_else(together, keyed("voice", voice), found)
    return codes(pc.if_else(pc.is_in(group, pa.array(["", "0"])), found, keyed("group", group)))[0]


def shared(what: Ints, who: Ints) -> Bools:
    """Rows whose ``what`` occurs with more than one ``who``."""
    if not len(what):
        return np.zeros(0, bool)
    first = np.full(int(what.max()) + 1, -1, dtype=np.int64)
    first[what[::-1]] = who[::-1]
    several = np.bincount(what, weights=who != first[what]) > 0
    return np.asarray(several[what])


def keyed(kind: str, values: pa.Array) -> pa.Array:
    """Values that cannot be taken for those of another kind."""
    return pc.binary_join_element_wise(kind, values, " ")


def within(posts: pa.Table, since_ms: int = 0, until_ms: int = 0) -> pa.Table:
    """Posts published in [since_ms, until_ms); 0 is open."""
    when = times(posts)
    kept = (when >= since_ms) & ((when < until_ms) | (until_ms == 0))
    return posts if kept.all() else posts.filter(pa.array(kept))
