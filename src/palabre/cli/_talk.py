"""Posts of an NDJSON file as one table, for questions over all of them: `palabre stories`, `palabre coordination`.

A post needs an ``id``. Known besides, with the aliases of `palabre match`: ``text``, ``title``, ``time`` (epoch
seconds, epoch milliseconds or a date), ``account``, ``url``, ``links``, ``tags``, ``media``, ``reshare_of``,
``quote_of``, ``parent`` and ``object``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
import pyarrow as pa

from palabre.cli._matching import ALIASES, Row, loads, moment, sentence
from palabre.errors import InputError
from palabre.messages import say

WORDS = ("text", "title", "account_uri", "account_handle", "network", "reshare_of", "quote_of", "parent")
LISTS = ("links", "tags", "media", "objects")
NAMES: Mapping[str, tuple[str, ...]] = {
    "account_uri": ("account", "account_uri", "account_id", *ALIASES["account_uri"], "user"),
    "account_handle": ("account_handle", *ALIASES["account_handle"]),
    "published_ms": ("time", "published_ms", *ALIASES["published_ms"], "timestamp"),
    "links": ("links", *ALIASES["links"], "url", "link"),
    "tags": ("tags", *ALIASES["tags"]),
    "media": ("media", "image", "images"),
    "objects": ("object", "objects", "object_id"),
}
SECONDS_MAX = 100_000_000_000  # a number below is epoch seconds (to the year 5138), from there on milliseconds


@dataclass(slots=True)
class Talk:
    """ids as given, in input order; posts: the columns of POSTS that are known, and objects; bad: lines left out."""

    ids: list[object]
    posts: pa.Table
    bad: int


def read_talk(lines: Iterable[bytes], *, texts: bool) -> Talk:
    """All posts; a line that cannot be used is reported on stderr and left out. texts: a post must have one."""
    ids: list[object] = []
    columns: dict[str, list[object]] = {name: [] for name in ("published_ms", *WORDS, *LISTS)}
    bad = 0
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            row = loads(line)
            fields = fields_of(row, texts)
        except InputError as error:
            bad += 1
            sys.stderr.buffer.write(orjson.dumps({"line": number, "error": sentence(error)}) + b"\n")
            continue
        ids.append(row["id"])  # type: ignore[index]  # fields_of has seen that it is an object
        for name, value in fields.items():
            columns[name].append(value)
    sys.stderr.flush()
    return Talk(ids, table_of(ids, columns), bad)


def fields_of(row: object, texts: bool) -> Row:
    """The columns of one post. Raises InputError with what is wrong."""
    if not isinstance(row, dict):
        raise InputError("match.not_object")
    name = row.get("id")
    if not isinstance(name, str | int | float) or isinstance(name, bool):
        raise InputError("match.no_id")
    if texts and not isinstance(row.get("text"), str):
        raise InputError("match.no_text")
    fields: Row = {"published_ms": time_of(row)}
    fields |= {column: word_of(row, column) for column in WORDS}
    return fields | {column: list_of(row, column) for column in LISTS}


def given(row: Row, column: str) -> tuple[str, object]:
    """The name under which a post says something, and what it says."""
    return next(
        ((name, row[name]) for name in NAMES.get(column, (column,)) if row.get(name) is not None), (column, None)
    )


def time_of(row: Row) -> int:
    """Epoch milliseconds; 0 where the post does not say. Raises InputError."""
    name, value = given(row, "published_ms")
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdecimal() and len(value.strip()) > 8:
        value = float(value)
    try:
        if isinstance(value, int | float) and name != "published_ms" and abs(value) < SECONDS_MAX:
            value = value * 1000
        found = moment(value)
        if abs(found) < 1 << 50:
            return found
    except (ValueError, TypeError, OverflowError):
        pass
    raise InputError("match.bad_field", name=name, value=str(value)[:80])


def word_of(row: Row, column: str) -> str:
    """One value as text; "" where the post does not say. Raises InputError."""
    name, value = given(row, column)
    if isinstance(value, dict):
        value = value.get("uri") or value.get("id") or value.get("handle") or value.get("username")
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError("match.bad_field", name=name, value=str(value)[:80])


def list_of(row: Row, column: str) -> list[str]:
    """Several values, or one. Raises InputError."""
    name, value = given(row, column)
    values = value if isinstance(value, list) else [] if value is None or value == "" else [value]
    if all(isinstance(one, str | int | float) for one in values):
        return [str(one) for one in values]
    raise InputError("match.bad_field", name=name, value=str(value)[:80])


def table_of(ids: list[object], columns: dict[str, list[object]]) -> pa.Table:
    """The posts as a table; columns that no post fills are left out."""
    made = {"uri": pa.array([str(one) for one in ids], pa.large_string())}
    made["published_ms"] = pa.array(columns["published_ms"], pa.int64())
    made |= {name: pa.array(columns[name], pa.large_string()) for name in WORDS if any(columns[name])}
    made |= {name: pa.array(columns[name], pa.list_(pa.string())) for name in LISTS if any(columns[name])}
    return pa.table(made)


def summary(counts: Mapping[str, int], area: str, as_json: bool) -> None:
    """On stderr: stdout holds the answer and nothing else."""
    if as_json:
        print(orjson.dumps(counts).decode(), file=sys.stderr)
    else:
        print(" · ".join(say(f"{area}.summary.{name}", None, n=n) for name, n in counts.items()), file=sys.stderr)
