"""A POSTS batch as Python lists ready to be written, the fast way. Pure."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

Columns = dict[str, list[Any]]

# What makes another version of a post. Addresses of media and the HTML around the same text change without an edit.
CONTENT = (
    "kind", "title", "text", "lang", "parent", "root", "reshare_of", "quote_of", "links", "tags", "rating", "sensitive",
)  # fmt: skip
YEAR_1990_MS = 631_152_000_000
NO_URI = "?:"  # before what stands for the uri of an account that has none


def columns_of(batch: pa.RecordBatch) -> Columns:
    """name -> values; lists become JSON text ("" when empty), NUL characters become spaces."""
    return {field.name: values_of(batch.column(i), field.type) for i, field in enumerate(batch.schema)}


def values_of(column: pa.Array, kind: pa.DataType) -> list[Any]:
    """One column as a list."""
    if pa.types.is_list(kind):
        return json_lists(column)
    if pa.types.is_string(kind):
        return texts_of(column)
    if column.null_count == len(column):
        return [None] * len(column)
    if column.null_count:
        return column.to_pylist()  # type: ignore[no-any-return]
    return column.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def texts_of(column: pa.StringArray) -> list[Any]:
    """A column of texts as a list. PostgreSQL takes no NUL character, and SQLite's functions stop at one: a space parts
    words at the same place. Most columns of a batch are empty and hardly any has a NUL: its bytes tell both at once."""
    written = bytes_of(column)
    if not len(written) and not column.null_count:
        return [""] * len(column)
    if not written.all():
        column = pc.replace_substring(column, "\0", " ")
    return column.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def bytes_of(column: pa.StringArray) -> npt.NDArray[np.uint8]:
    """The UTF-8 of all texts of a column, end to end."""
    _, offsets, written = column.buffers()
    if not len(column) or written is None:
        return np.empty(0, np.uint8)
    bounds = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
    return np.frombuffer(written, np.uint8, bounds[-1] - bounds[0], bounds[0])


def json_lists(column: pa.ListArray) -> list[str]:
    """Each list as JSON text; "" when empty."""
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    texts = [""] * len(column)
    for i in np.flatnonzero(lengths).tolist():
        texts[i] = orjson.dumps(column[i].as_py()).decode().replace("\\u0000", " ")
    return texts


def content_hashes(columns: Columns) -> list[bytes]:
    """One digest a row over what makes another version of a post; the HTML counts where there is no text."""
    bodies = [text or html for text, html in zip(columns["text"], columns["html"], strict=True)]
    parts = [bodies if name == "text" else strings(columns[name]) for name in CONTENT]
    return [blake2b("\x1f".join(row).encode(), digest_size=16).digest() for row in zip(*parts, strict=True)]


def strings(values: list[Any]) -> list[str]:
    return values if not values or isinstance(values[0], str) else [str(value) for value in values]


def sort_times(published: list[int], now_ms: int) -> list[int]:
    """Published times clamped to [1990, now]; where none is known, now."""
    times = np.array(published, np.int64)
    return np.where(times == 0, now_ms, np.clip(times, YEAR_1990_MS, now_ms)).tolist()  # type: ignore[no-any-return]


def account_keys(columns: Columns) -> list[str]:
    """What identifies the author of each row: the account's uri, else its handle or its name, marked; "" for none."""
    triples = zip(columns["account_uri"], columns["account_handle"], columns["account_name"], strict=True)
    return [uri or (NO_URI + (handle or name) if handle or name else "") for uri, handle, name in triples]


def too_large(batch: pa.RecordBatch, most_bytes: int) -> list[int]:
    """Rows whose text, title and HTML together exceed the limit."""
    sizes = sum(
        pc.binary_length(batch.column(name)).to_numpy(zero_copy_only=False) for name in ("title", "text", "html")
    )
    return np.flatnonzero(np.asarray(sizes) > most_bytes).tolist()
