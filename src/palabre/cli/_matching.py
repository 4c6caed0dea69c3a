"""Lines of NDJSON as watches and as batches of POSTS, for `palabre match`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import orjson
import pyarrow as pa

from palabre.errors import InputError, PalabreError, QueryError
from palabre.match.columns import SOURCES
from palabre.match.limits import Limits
from palabre.match.panel import Panel
from palabre.match.parser import parse
from palabre.messages import say
from palabre.model import POSTS
from palabre.text.dates import parse_date

BATCH = 4096
SURROGATES = re.compile("[\ud800-\udfff]")
ALIASES: Mapping[str, tuple[str, ...]] = {
    "lang": ("language",),
    "account_handle": ("author", "username", "handle"),
    "account_name": ("author_name",),
    "account_uri": ("author_id",),
    "published_ms": ("published", "created_at", "date", "published_at"),
    "network": ("source", "platform"),
    "kind": ("type",),
    "tags": ("hashtags",),
    "links": ("urls",),
    "likes": ("like_count",),
    "replies": ("reply_count",),
    "reshares": ("retweet_count", "repost_count"),
    "views": ("view_count",),
    "followers": ("followers_count",),
}
Report = Callable[[int, str], None]  # line, sentence
Row = dict[str, object]


@dataclass(slots=True)
class Watches:
    """The panel of a file of watches; names by watch id."""

    panel: Panel
    names: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)


def read_watches(path: str, lines: Iterable[bytes], panel: Panel, limits: Limits) -> Watches:
    """Raises InputError with the place of the first line that cannot be used."""
    watches = Watches(panel)
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                add_watch(watches, loads(line), limits)
            except QueryError as error:
                raise located(path, number, watches.names[-1], error) from error
            except InputError as error:
                raise InputError("match.watch_line", path=path, line=number, reason=sentence(error)) from error
    if not watches.names:
        raise InputError("match.no_watches", path=path)
    return watches


def add_watch(watches: Watches, entry: object, limits: Limits) -> None:
    if not isinstance(entry, dict):
        raise InputError("match.not_object")
    name, query = entry.get("name"), entry.get("query")
    if not isinstance(name, str) or not name.strip():
        raise InputError("match.watch_name")
    if not isinstance(query, str):
        raise InputError("match.watch_query", name=name)
    if name in watches.known:
        raise InputError("match.watch_twice", name=name)
    watches.names.append(name)
    watches.known.add(name)
    watches.panel.add(len(watches.names) - 1, parse(query, limits=limits))


def located(path: str, line: int, name: str, error: QueryError) -> InputError:
    """A fault of a query with its file, line and characters."""
    reason = sentence(error)
    if error.suggestion:
        reason = say("match.query_suggestion", None, reason=reason, suggestion=error.suggestion)
    where = {"path": path, "line": line, "name": name, "start": error.start, "end": error.end}
    return InputError("match.query_place", retry_after=None, reason=reason, **where)


def sentence(error: PalabreError) -> str:
    """In the user's language."""
    return say(error.key, None, **error.params)


def loads(line: bytes) -> object:
    """One JSON value; lone surrogates become U+FFFD. Raises InputError."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(line, object_hook=whole, parse_constant=no_number)
        except (ValueError, RecursionError):
            raise InputError("match.bad_json", reason=str(error)) from error


def no_number(name: str) -> object:
    raise ValueError(name)


def whole(entry: Row) -> Row:
    """Text without lone surrogates."""
    return {key: SURROGATES.sub("\ufffd", value) if isinstance(value, str) else value for key, value in entry.items()}


def asked_columns(panel: Panel) -> tuple[str, ...]:
    """The columns that the watches look at, title and text aside."""
    fields = {column for name in panel.book.lookups for column, _ in SOURCES[name]}
    ranges = {"published_ms" if fact[0] == "published" else fact[0] for fact in panel.book.numbers if len(fact) == 3}
    return tuple(sorted((fields | ranges) - {"title", "text"}))


@dataclass(frozen=True, slots=True)
class Batch:
    """Posts and their ids as given."""

    ids: list[object]
    posts: pa.RecordBatch


def batches(lines: Iterable[bytes], columns: Sequence[str], report: Report) -> Iterator[Batch]:
    """Posts by the thousand; a line that cannot be used is reported and left out."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if not line.isspace())
    while chunk := list(islice(numbered, BATCH)):
        rows = [(number, row) for number, line in chunk if (row := read_post(number, line, report)) is not None]
        if rows:
            yield batch_of(rows, columns, report)


def read_post(number: int, line: bytes, report: Report) -> Row | None:
    """The object of a line, if it has an id and a text."""
    try:
        row = loads(line)
    except InputError as error:
        report(number, sentence(error))
        return None
    fault = fault_of(row)
    if fault:
        report(number, say(fault, None))
        return None
    return row  # type: ignore[return-value]  # fault_of has seen that it is an object


def fault_of(row: object) -> str:
    """What is missing, as a message key; "" if nothing is."""
    if not isinstance(row, dict):
        return "match.not_object"
    if not isinstance(row.get("text"), str):
        return "match.no_text"
    found = row.get("id")
    return "" if isinstance(found, str | int | float) and not isinstance(found, bool) else "match.no_id"


def batch_of(rows: list[tuple[int, Row]], columns: Sequence[str], report: Report) -> Batch:
    """Rows as POSTS with the columns that matter; one that does not fit its column is reported and left out."""
    names = ("title", "text", *columns)
    try:
        return arrays([row for _, row in rows], names)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        fitting = [(number, row) for number, row in rows if fits_columns(number, row, names, report)]
        return arrays([row for _, row in fitting], names)


def fits_columns(number: int, row: Row, names: Sequence[str], report: Report) -> bool:
    for name in names:
        try:
            column([row], name)
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            report(number, say("match.bad_field", None, name=name, value=str(value_of(row, name))[:80]))
            return False
    return True


def arrays(rows: list[Row], names: Sequence[str]) -> Batch:
    made = [column(rows, name) for name in names]
    return Batch([row["id"] for row in rows], pa.RecordBatch.from_arrays(made, list(names)))


def column(rows: list[Row], name: str) -> pa.Array:
    """One column of POSTS. Raises ArrowException, ValueError or TypeError."""
    kind = POSTS.field(name).type
    values = [value_of(row, name) for row in rows]
    if name.endswith("_ms"):
        return pa.array([moment(value) for value in values], kind)
    if pa.types.is_string(kind):
        return pa.array(["" if value is None else value for value in values], kind)
    if pa.types.is_list(kind):
        return pa.array([[] if value is None else value for value in values], kind)
    if pa.types.is_boolean(kind):
        return pa.array([bool(value) for value in values], kind)
    return pa.array(values, kind)


def value_of(row: Row, name: str) -> object:
    """What the post says under the name of a column or one of its aliases."""
    if name in row:
        return row[name]
    return next((row[alias] for alias in ALIASES.get(name, ()) if alias in row), None)


def moment(value: object) -> int:
    """Epoch milliseconds of a number or of a date as text; 0 when not known. Raises ValueError."""
    if value is None or value == "":
        return 0
    if isinstance(value, int | float):
        return int(value)
    found = parse_date(str(value))
    if found is None:
        raise ValueError(value)
    return found
