"""What the table formats share: pieces of rows → mapping decided on the first → chunks of posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

import orjson
import pyarrow as pa

from palabre.batches import post_of
from palabre.collect.files.columns import Mapped, mapped
from palabre.collect.files.naming import identity
from palabre.collect.files.shape import Column, as_text, shaped, text_array
from palabre.collect.formats import Chunk, Options
from palabre.errors import ItemError
from palabre.model import POSTS, Event, Heard, RawItem

PIECE_ROWS = 4_000
SAMPLES = 200
PIECES_LOOKED = 5  # a file without a row in so many pieces is no table
BODY_BYTES_MAX = 64_000  # of a line that cannot be read, what quarantine keeps
NO_POSTS = pa.RecordBatch.from_pylist([], POSTS)


class RowColumns(Mapping[str, Column]):
    """Objects seen by columns; "author.name" is the name inside the author. A column is made when it is asked for."""

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.rows = rows

    def __getitem__(self, name: str) -> Column:
        parts = name.split(".")
        found: list[object] = [row.get(parts[0]) for row in self.rows]
        for part in parts[1:]:
            found = [value.get(part) if isinstance(value, dict) else None for value in found]
        if len(parts) > 1 or any(value is not None for value in found):
            return found
        return [row.get(name) for row in self.rows]

    def __iter__(self) -> Iterator[str]:
        return iter(names_in(self.rows))

    def __len__(self) -> int:
        return len(names_in(self.rows))


def names_in(rows: Sequence[Mapping[str, object]], depth: int = 3) -> list[str]:
    """Names of all leaves, in order of appearance."""
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(leaves(row, depth)))
    return list(found)


def leaves(row: Mapping[str, object], depth: int, prefix: str = "") -> Iterator[str]:
    for name, value in row.items():
        if isinstance(value, dict) and value and depth > 1:
            yield from leaves(value, depth - 1, f"{prefix}{name}.")
        else:
            yield prefix + str(name)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a table, and the raw items among them that are not rows at all, with the reason's key."""

    columns: Mapping[str, Column]
    count: int
    broken: tuple[tuple[bytes, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file become posts: written beside a bad row, so that it can be replayed."""

    mapped: Mapped
    key: str = ""

    def to_note(self) -> str:
        columns, mapped_ = dict(self.mapped.columns), self.mapped
        parts = {"columns": columns, "network": mapped_.network, "day_first": mapped_.day_first, "key": self.key}
        return orjson.dumps(parts).decode()

    @staticmethod
    def from_note(note: str) -> Plan:
        parts = orjson.loads(note)
        return Plan(Mapped(parts["columns"], parts["network"], parts["day_first"]), parts["key"])


def samples(columns: Mapping[str, Column], count: int) -> dict[str, list[str]]:
    """Values of each column as text, spread over the rows."""
    step = max(1, count // SAMPLES)
    return {name: [as_text(value) for value in spread(columns[name], step)] for name in columns}


def spread(column: Column, step: int) -> list[object]:
    return column[::step].to_pylist() if isinstance(column, pa.Array) else list(column[::step])


def planned(piece: Piece, options: Options) -> Plan:
    """The plan of a file from its first rows. ItemError: no column holds anything that is said."""
    found = mapped(samples(piece.columns, piece.count), options)
    missing = sorted(set(found.columns.values()) - set(piece.columns))
    if missing:
        raise ItemError("files.no_such_column", column=", ".join(missing))
    if not {"text", "title", "html", "reshare_of"} & set(found.columns):
        raise ItemError("files.no_text_column", columns=", ".join(list(piece.columns)[:12]))
    said = {
        name: text_array(piece.columns[column]).to_pylist() for name, column in found.columns.items() if name in SAYING
    }
    texts = ["\0".join(parts) for parts in zip(*said.values(), strict=True)] if said else [""] * piece.count
    wanted = [found.columns[name] for name in ("uri", "id", "url") if name in found.columns]
    return Plan(found, identity(found, {name: text_array(piece.columns[name]).to_pylist() for name in wanted}, texts))


SAYING = ("text", "title", "html")


def row_of(columns: Mapping[str, Column], names: Iterable[str], row: int) -> dict[str, object]:
    """One row as an object, flat."""
    cells = {name: columns[name][row] for name in names}
    return {name: cell.as_py() if isinstance(cell, pa.Scalar) else cell for name, cell in cells.items()}


def raw_row(columns: Mapping[str, Column], row: int, plan: Plan) -> RawItem:
    body = orjson.dumps(safe(row_of(columns, columns, row)), default=str)
    return RawItem(body, "application/json", {"plan": plan.to_note()})


def safe(value: object) -> object:
    """A value that JSON can hold: lone surrogates become �."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {str(safe(name)): safe(one) for name, one in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return [safe(one) for one in value] if isinstance(value, list) else value


def chunk_of(piece: Piece, plan: Plan, post_bytes_max: int, seen: Counter[str]) -> Chunk:
    """Posts of a piece, and its bad rows as they would be replayed."""
    broken = tuple(
        (RawItem(body[:BODY_BYTES_MAX], "text/plain", {"fault": key}), ItemError(key)) for body, key in piece.broken
    )
    if not piece.count:
        return Chunk(NO_POSTS, broken)
    found = shaped(piece.columns, piece.count, plan.mapped, plan.key, post_bytes_max, seen)
    bad = tuple((raw_row(piece.columns, row, plan), error) for row, error in sorted(found.bad.items()))
    return Chunk(found.posts, broken + bad)


def cap_of(options: Options) -> int:
    return int(options.get("post_bytes_max", 2_000_000))


@dataclass
class TableFormat:
    """A format whose rows are posts. A subclass says how to sniff and how to read its pieces."""

    name: str = field(default="table", init=False)

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        raise NotImplementedError

    def completed(self, columns: Iterable[str], options: Options) -> Options:
        """Options with what this format knows of a file that has these columns."""
        return options

    def plan(self, piece: Piece, options: Options) -> Plan:
        return planned(piece, self.completed(piece.columns, options))

    def chunks(self, stream: BinaryIO, options: Options) -> Iterator[Chunk]:
        plan: Plan | None = None
        seen: Counter[str] = Counter()
        for piece in self.pieces(stream, options):
            if plan is None and piece.count:
                plan = self.plan(piece, options)
            yield chunk_of(piece, plan or Plan(Mapped({})), cap_of(options), seen)

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        plan: Plan | None = None
        for piece in self.pieces(stream, options):
            for body, key in piece.broken:
                yield RawItem(body[:BODY_BYTES_MAX], "text/plain", {"fault": key})
            if piece.count:
                plan = plan or self.plan(piece, options)
                yield from (raw_row(piece.columns, row, plan) for row in range(piece.count))

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        if "fault" in item.note:
            raise ItemError(item.note["fault"])
        columns = {name: [value] for name, value in orjson.loads(item.body).items()}
        plan = Plan.from_note(item.note["plan"])
        found = shaped(columns, 1, plan.mapped, plan.key, cap_of(options))
        for error in found.bad.values():
            raise error
        yield from (Heard(post_of(row)) for row in found.posts.to_pylist())

    def first(self, stream: BinaryIO, options: Options) -> Piece:
        """The first rows of a file, with the lines before them that are none. ItemError as in chunks."""
        broken: list[tuple[bytes, str]] = []
        for piece in islice(self.pieces(stream, options), PIECES_LOOKED):
            broken += piece.broken
            if piece.count:
                return Piece(piece.columns, piece.count, tuple(broken))
        raise ItemError("files.empty")

    def explain(self, stream: BinaryIO, options: Options) -> Plan:
        """The plan of a file, for the mapping assistant. ItemError as in chunks."""
        return self.plan(self.first(stream, options), options)
