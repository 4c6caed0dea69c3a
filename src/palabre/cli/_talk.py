"""Posts of an NDJSON file as one table, for questions over all of them: `palabre stories`, `palabre coordination`.

A post needs an ``id``. Known besides, with the aliases of `palabre match`: ``text``, ``title``, ``time`` (epoch
seconds, epoch milliseconds or a date), ``account``, ``url``, ``links``, ``tags``, ``media``, ``reshare_of``,
``quote_of``, ``parent`` and ``object``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from types import NoneType
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from palabre.cli._matching import ALIASES, Row, loads, moment, sentence
from palabre.errors import InputError
from palabre.messages import say

WORDS = ("text", "title", "account_uri", "account_handle", "network", "reshare_of", "quote_of", "parent")
LISTS = ("links", "tags", "media", "objects")
COLUMNS = ("published_ms", *WORDS, *LISTS)
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


TIME_MAX = 1 << 50
ROWS_AT_ONCE = 20_000
Numbered = list[tuple[int, Row]]


@dataclass(slots=True)
class Talk:
    """ids as given, in input order; posts: the columns of POSTS that are known, and objects; bad: lines left out."""

    ids: list[object]
    posts: pa.Table
    bad: int


def read_talk(lines: Iterable[bytes], *, texts: bool) -> Talk:
    """All posts; a line that cannot be used is reported on stderr and left out. texts: a post must have one."""
    ids: list[object] = []
    tables: list[pa.Table] = []
    bad: list[int] = []

    def report(number: int, error: InputError) -> None:
        bad.append(number)
        sys.stderr.buffer.write(orjson.dumps({"line": number, "error": sentence(error)}) + b"\n")
        sys.stderr.flush()

    numbered = ((number, line) for number, line in enumerate(lines, 1) if not line.isspace())
    while chunk := list(islice(numbered, ROWS_AT_ONCE)):
        rows = list(objects(chunk, texts, report))
        try:
            tables.append(table_of([row for _, row in rows]))
        except InputError:
            rows = [one for one in rows if fits(*one, report)]
            tables.append(table_of([row for _, row in rows]))
        ids += [row["id"] for _, row in rows]
    whole = pa.concat_tables(tables, promote_options="default") if tables else table_of([])
    return Talk(ids, filled(whole.combine_chunks()), len(bad))


def objects(
    chunk: Iterable[tuple[int, bytes]], texts: bool, report: Callable[[int, InputError], None]
) -> Iterator[tuple[int, Row]]:
    """The posts of some lines, those that have an id, and a text where one is needed."""
    for number, line in chunk:
        try:
            row = loads(line)
            if not isinstance(row, dict):
                raise InputError("match.not_object")
            if type(row.get("id")) not in (str, int, float):
                raise InputError("match.no_id")
            if texts and not isinstance(row.get("text"), str):
                raise InputError("match.no_text")
        except InputError as error:
            report(number, error)
        else:
            yield number, row


def fits(number: int, row: Row, report: Callable[[int, InputError], None]) -> bool:
    try:
        table_of([row])
    except InputError as error:
        report(number, error)
        return False
    return True


def table_of(rows: list[Row]) -> pa.Table:
    """Posts as a table of the columns that they fill. Raises InputError where a value is not of its column."""
    present = set().union(*rows)
    made = {"uri": pa.array([str(row["id"]) for row in rows], pa.large_string())}
    for column in COLUMNS:
        names = [name for name in NAMES.get(column, (column,)) if name in present]
        if names:
            made[column] = column_of(column, names[0], given(rows, names))
    return pa.table(made)


def given(rows: list[Row], names: Sequence[str]) -> list[Any]:
    """What each post says under the first of these names that it uses; None for nothing."""
    values = [row.get(names[0]) for row in rows]
    for name in names[1:]:
        values = [row.get(name) if value is None else value for row, value in zip(rows, values, strict=True)]
    return values


def column_of(column: str, name: str, values: list[Any]) -> pa.Array:
    """Values as a column. Raises InputError for one that cannot be."""
    kinds = set(map(type, values)) - {NoneType}
    if column == "published_ms":
        return times_of(name, values, kinds)
    if column in LISTS:
        alone = kinds == {str}
        made = [[value] if value else [] for value in values] if alone else [list_of(name, value) for value in values]
        return pa.array(made, pa.list_(pa.string()))
    words = values if kinds <= {str} else [word_of(name, value) for value in values]
    try:
        return pa.array(words, pa.large_string())
    except UnicodeEncodeError as error:  # half a character, which JSON can write and nothing can read
        raise InputError("match.bad_field", name=name, value="\\ud800") from error


def times_of(name: str, values: list[Any], kinds: set[type]) -> pa.Array:
    """Epoch milliseconds; null where a post does not say."""
    if kinds == {str}:
        for kind in (pa.timestamp("ms", "UTC"), pa.timestamp("ms")):
            with suppress(pa.ArrowInvalid):
                return pa.array(values, pa.string()).cast(kind).cast(pa.int64())
    if kinds <= {int}:
        with suppress(OverflowError, pa.ArrowInvalid):
            return scaled(name, pa.array(values, pa.int64()))
    return pa.array([time_of(name, value) for value in values], pa.int64())


def scaled(name: str, numbers: pa.Array) -> pa.Array:
    """Epoch numbers as milliseconds. Raises ArrowInvalid for one that is no time."""
    small = pc.and_(pc.less(pc.abs_checked(numbers), SECONDS_MAX), name != "published_ms")
    made = pc.if_else(small, pc.multiply(numbers, 1000), numbers)
    if pc.any(pc.greater_equal(pc.abs_checked(made), TIME_MAX)).as_py():
        raise pa.ArrowInvalid("not a time")
    return made


def time_of(name: str, value: Any) -> int | None:
    """One time. Raises InputError."""
    if isinstance(value, str) and len(value) > 8 and value.strip().replace(".", "", 1).isdecimal():
        value = float(value)
    try:
        if isinstance(value, int | float) and name != "published_ms" and abs(value) < SECONDS_MAX:
            value = value * 1000
        found = moment(value)
        if abs(found) < TIME_MAX:
            return found or None
    except (ValueError, TypeError, OverflowError):
        pass
    raise InputError("match.bad_field", name=name, value=str(value)[:80])


def word_of(name: str, value: Any) -> str:
    """One value as text; "" for nothing. Raises InputError."""
    if isinstance(value, dict):
        value = value.get("uri") or value.get("id") or value.get("handle") or value.get("username")
    if value is None:
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError("match.bad_field", name=name, value=str(value)[:80])


def list_of(name: str, value: Any) -> list[str]:
    """Several values, or one. Raises InputError."""
    values = value if isinstance(value, list) else [] if value is None or value == "" else [value]
    if all(isinstance(one, str | int | float) for one in values):
        return [str(one) for one in values]
    raise InputError("match.bad_field", name=name, value=str(value)[:80])


def filled(posts: pa.Table) -> pa.Table:
    """Without nulls: "", [] and 0 are what is not known."""
    for place, field in enumerate(posts.schema):
        if posts.column(place).null_count:
            empty: Any = [] if pa.types.is_list(field.type) else 0 if pa.types.is_integer(field.type) else ""
            values = pc.fill_null(posts.column(place), pa.scalar(empty, field.type))
            posts = posts.set_column(place, field, values)
    return posts


def summary(counts: Mapping[str, int], area: str, as_json: bool) -> None:
    """On stderr: stdout holds the answer and nothing else."""
    if as_json:
        print(orjson.dumps(counts).decode(), file=sys.stderr)
    else:
        print(" · ".join(say(f"{area}.summary.{name}", None, n=n) for name, n in counts.items()), file=sys.stderr)
