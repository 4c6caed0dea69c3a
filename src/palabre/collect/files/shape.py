"""A table's columns → a POSTS batch, column by column; the rows that do not fit come back with the reason."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from palabre.collect.files import naming
from palabre.collect.files.columns import Mapped
from palabre.collect.files.values import any_date, count_of, flag_of, items_of, kind_of, language_of, number_of
from palabre.errors import ItemError
from palabre.model import POSTS, PostKind
from palabre.text.clean import clean, clean_text
from palabre.text.html import html_to_text
from palabre.text.named import named

Column = Any  # a Sequence[object], or a pa.Array
UNCLEAN = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}]|\p{M}{31}"  # what text.clean would change, but for NFC
ENTITIES = r"&(amp|lt|gt|quot|#39|#x27);"
HANDLE = re.compile(r"@?[A-Za-z_][\w.\-]{0,30}")
HOUR = re.compile(r"\d[:h]\d\d")  # in a date
NO_POST = {"0", "0.0", "-1"}  # what some exports write for "answers nothing"
LISTS = {"links": "", "tags": "#", "mentions": "@", "media": ""}  # what opens each of their words
HINTS = {"links": "://|www[.]", "tags": "#", "mentions": "@"}  # what a text holds that names one
HASHED = ("network", "account_uri", "published_ms", "text", "title", "url")
NO_LIMIT = 1 << 40  # a long post is refused with its length, not cut
ESCAPING = {"x"}  # networks whose export gives &amp; for &


@dataclass(frozen=True, slots=True)
class Shaped:
    """posts: the rows that fit, in order; bad: row number in the table → why it does not."""

    posts: pa.RecordBatch
    bad: Mapping[int, ItemError] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """A table being shaped: its columns by field, and the rows found bad so far."""

    columns: Mapping[str, Column]
    mapped: Mapped
    count: int
    seen: Counter[str] = field(default_factory=Counter)
    bad: dict[int, ItemError] = field(default_factory=dict)

    def of(self, name: str) -> Column | None:
        column = self.mapped.columns.get(name)
        return None if column is None else self.columns.get(column)

    def fail(self, row: int, key: str, **params: object) -> None:
        self.bad.setdefault(row, ItemError(key, retry_after=None, **params))


def as_text(value: object) -> str:
    """Any cell as text."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping | list):
        return clean_text(orjson.dumps(value, default=str).decode())
    return str(value)


def text_array(column: Column) -> pa.StringArray:
    """A column as clean text without nulls; Arrow does the work where the values already are text."""
    if isinstance(column, pa.Array):
        found = arrow_text(column)
    else:
        try:
            found = pa.array(column, pa.string())
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError):
            found = pa.array([as_text(value) for value in column], pa.string())
    return tidy(pc.fill_null(found, ""))


def arrow_text(column: pa.Array) -> pa.StringArray:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type):
        return column.cast(pa.string())
    return pa.array([as_text(value) for value in column.to_pylist()], pa.string())


def tidy(texts: pa.StringArray) -> pa.StringArray:
    """Control characters out and NFC, touching only the rows that need it."""
    dirty = pc.match_substring_regex(texts, UNCLEAN)
    if pc.any(dirty).as_py():
        flags = dirty.to_pylist()
        texts = pa.array(
            [clean(t, NO_LIMIT).text if d else t for t, d in zip(texts.to_pylist(), flags, strict=True)], pa.string()
        )
    return pc.utf8_normalize(texts, form="NFC")


def strings(rows: Rows, name: str) -> list[str] | None:
    """A field's cells as trimmed text; None if no column holds it."""
    column = rows.of(name)
    return None if column is None else pc.utf8_trim_whitespace(text_array(column)).to_pylist()


def converted(rows: Rows, name: str, convert: Callable[[Any], Any]) -> list[Any] | None:
    """A field's cells through a converter; the rows it refuses are bad."""
    column = rows.of(name)
    if column is None:
        return None
    values = column.to_pylist() if isinstance(column, pa.Array) else column
    try:
        return [convert(value) for value in values]
    except (ValueError, OverflowError, TypeError):
        return [guarded(rows, row, name, convert, value) for row, value in enumerate(values)]


def guarded(rows: Rows, row: int, name: str, convert: Callable[[Any], Any], value: object) -> Any:
    try:
        return convert(value)
    except (ValueError, OverflowError, TypeError):
        rows.fail(row, "files.bad_value", column=rows.mapped.columns[name], field=name)
        return convert(None)


def moments(rows: Rows, name: str) -> list[int]:
    """Epoch milliseconds; 0 where nothing is written."""
    column = rows.of(name)
    if isinstance(column, pa.Array) and pa.types.is_timestamp(column.type):
        found: list[int] = pc.fill_null(column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64()), 0).to_pylist()
        return found
    hours = strings(rows, "time") if name == "published_ms" else None
    if hours is not None and column is not None:
        called = rows.mapped.columns[name]
        joint = {called: list(map(with_hour, strings(rows, name) or [], hours))}
        rows = Rows(joint, Mapped({name: called}, day_first=rows.mapped.day_first), rows.count, bad=rows.bad)
    day_first = rows.mapped.day_first
    return converted(rows, name, lambda value: any_date(value, day_first)) or [0] * rows.count


def with_hour(date: str, hour: str) -> str:
    """A day with the hour of another column; a date that has its own keeps it."""
    return date if HOUR.search(date) else f"{date} {hour}".strip()


def networks(rows: Rows) -> list[str]:
    """What the row says, else what the file is said to hold, else what the address says."""
    said, urls, default = strings(rows, "network"), strings(rows, "url"), rows.mapped.network
    named = [naming.network_named(one) or default for one in said] if said else [default] * rows.count
    if urls is None:
        return [one or naming.NO_NETWORK for one in named]
    return [one or naming.network_at(url) for one, url in zip(named, urls, strict=True)]


def linked(rows: Rows, name: str, nets: Sequence[str]) -> list[str]:
    """URIs of other posts that the row names."""
    ids = strings(rows, name)
    if ids is None:
        return [""] * rows.count
    return [naming.post_uri(net, one) if one not in NO_POST else "" for net, one in zip(nets, ids, strict=True)]


def kinds(rows: Rows, columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """What the row says it is, else what its links to other posts make of it."""
    said = strings(rows, "kind") or [""] * rows.count
    flags = converted(rows, "reshare", flag_of) or [False] * rows.count
    parts = zip(
        said, flags, columns["reshare_of"], columns["parent"], columns["rating"], columns["network"], strict=True
    )
    return [str(kind_from(*one)) for one in parts]


def kind_from(said: str, flag: bool, reshare_of: str, parent: str, rating: float | None, network: str) -> PostKind:
    if flag or reshare_of:
        return PostKind.RESHARE
    if (named := kind_of(said)) is not None and named is not PostKind.NOTE:
        return named
    if parent:
        return PostKind.REPLY
    if rating is not None or network == "review":
        return PostKind.REVIEW
    return PostKind.VIDEO if network == "youtube" else PostKind.NOTE


def accounts(rows: Rows, nets: Sequence[str]) -> dict[str, list[str]]:
    """The columns of the author."""
    empty = [""] * rows.count
    ids = strings(rows, "account_id") or strings(rows, "account_uri") or empty
    handles = [one.removeprefix("@") for one in strings(rows, "account_handle") or empty]
    names, urls = strings(rows, "account_name") or empty, strings(rows, "account_url") or empty
    handles = [handle or handle_in(one, name) for handle, one, name in zip(handles, ids, names, strict=True)]
    uris = [naming.account_uri(*one) for one in zip(nets, ids, handles, names, urls, strict=True)]
    return {"account_uri": uris, "account_handle": handles, "account_name": names, "account_url": urls}


def handle_in(account_id: str, name: str) -> str:
    """The handle that stands in an id or a name, where the table has no column for it."""
    return next((one.removeprefix("@") for one in (account_id, name) if HANDLE.fullmatch(one)), "")


def own_uris(rows: Rows, key: str, columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """The URI of each row: its id where the file has one, else a hash of what it says."""
    ids = strings(rows, key) if key else None
    given = [""] * rows.count
    if ids is not None:
        given = [naming.post_uri(n, i) if key == "id" else i for n, i in zip(columns["network"], ids, strict=True)]
    if all(given):
        return given
    said = zip(*(columns[name] for name in HASHED), strict=True)
    return [one or said_uri(rows.seen, *map(str, parts)) for one, parts in zip(given, said, strict=True)]


def said_uri(seen: Counter[str], network: str, account: str, published: str, *said: str) -> str:
    """A URN of what was said by whom and when. Without author or time, the same words again are another post."""
    uri = naming.hash_uri(network, account, published, *said)
    if account and published != "0":
        return uri
    seen[uri] += 1
    return uri if seen[uri] == 1 else naming.hash_uri(uri, str(seen[uri]))


def texts(rows: Rows, nets: Sequence[str]) -> tuple[pa.StringArray, pa.StringArray, pa.StringArray]:
    """text, title, html. Where there is only HTML, the text is what it says."""
    blank = pa.array([""] * rows.count, pa.string())
    text, title, markup = (text_array(c) if (c := rows.of(n)) is not None else None for n in ("text", "title", "html"))
    if text is None and markup is not None:
        text = pa.array([html_to_text(one) for one in markup.to_pylist()], pa.string())
    if text is not None and ESCAPING.intersection(nets) and pc.any(pc.match_substring_regex(text, ENTITIES)).as_py():
        pairs = zip(text.to_pylist(), nets, strict=True)
        text = pa.array([html.unescape(one) if net in ESCAPING else one for one, net in pairs], pa.string())
    return (
        text if text is not None else blank,
        title if title is not None else blank,
        markup if markup is not None else blank,
    )


def check(rows: Rows, columns: Mapping[str, Any], post_bytes_max: int) -> None:
    """Rows that say nothing, and rows that are too long."""
    said = pc.add(pc.binary_length(columns["text"]), pc.binary_length(columns["title"]))
    for row in pc.indices_nonzero(pc.greater(said, post_bytes_max)).to_pylist():
        rows.fail(row, "files.too_long", bytes=said[row].as_py(), limit=post_bytes_max)
    for row in pc.indices_nonzero(pc.equal(said, 0)).to_pylist():
        if not (columns["reshare_of"][row] or columns["media"][row] or columns["rating"][row] is not None):
            rows.fail(row, "files.nothing_said")


def named_items(value: object, sign: str) -> list[str]:
    """A list without the sign that opens each of its words."""
    return [one.removeprefix(sign) for one in items_of(value)]


def written(text: pa.StringArray, name: str) -> list[Sequence[str]]:
    """A list that the table has no column for, as far as the texts themselves name it."""
    found: list[Sequence[str]] = [()] * len(text)
    if name in HINTS:
        hits = pc.indices_nonzero(pc.match_substring_regex(text, HINTS[name]))
        for row, one in zip(hits.to_pylist(), text.take(hits).to_pylist(), strict=True):
            found[row] = named(one, name)
    return found


def filled(rows: Rows, key: str) -> dict[str, Any]:
    """Every column of POSTS, as Arrow arrays or lists."""
    nets = networks(rows)
    text, title, markup = texts(rows, nets)
    columns: dict[str, Any] = {"network": nets, "text": text, "title": title, "html": markup} | accounts(rows, nets)
    empty = [""] * rows.count
    for name in ("url", "country", "region", "city"):
        columns[name] = strings(rows, name) or empty
    for name in ("published_ms", "edited_ms"):
        columns[name] = moments(rows, name)
    for name in ("followers", "likes", "replies", "reshares", "views"):
        columns[name] = converted(rows, name, count_of) or [None] * rows.count
    for name in ("verified", "sensitive"):
        columns[name] = converted(rows, name, flag_of) or [False] * rows.count
    for name, sign in LISTS.items():
        said = converted(rows, name, partial(named_items, sign=sign))
        columns[name] = said or written(text, name)
    for name in ("parent", "root", "reshare_of", "quote_of"):
        columns[name] = linked(rows, name, nets)
    columns["rating"] = converted(rows, "rating", number_of) or [None] * rows.count
    columns["lang"] = [language_of(one) for one in strings(rows, "lang") or empty]
    columns["kind"] = kinds(rows, columns)
    return columns | {"uri": own_uris(rows, key, {**columns, "text": text.to_pylist(), "title": title.to_pylist()})}


def shaped(
    table: Mapping[str, Column],
    count: int,
    mapped: Mapped,
    key: str,
    post_bytes_max: int,
    seen: Counter[str] | None = None,
) -> Shaped:
    """Posts of ``count`` rows. key: the field that identifies a row (see naming.identity).

    seen: how often something without id, author and time was said so far in this file.
    """
    rows = Rows(table, mapped, count, Counter() if seen is None else seen)
    columns = filled(rows, key)
    check(rows, columns, post_bytes_max)
    arrays = [value if isinstance(value := columns[f.name], pa.Array) else pa.array(value, f.type) for f in POSTS]
    posts = pa.RecordBatch.from_arrays(arrays, schema=POSTS)
    if rows.bad:
        posts = posts.filter(pa.array([row not in rows.bad for row in range(count)]))
    return Shaped(posts, rows.bad)
