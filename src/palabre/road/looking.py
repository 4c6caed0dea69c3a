"""What a file says before anything of it is kept: its kind, what its columns hold, its first posts.

The same formats read it as in an import, with the same limits; nothing is written and nothing is raised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from zipfile import ZipInfo

from palabre.batches import post_of
from palabre.collect.files import streams
from palabre.collect.files.columns import Mapped, mapped
from palabre.collect.files.csv_ import CsvFormat, sample_of
from palabre.collect.files.detect import format_for
from palabre.collect.files.lines import encoding_of
from palabre.collect.files.streams import Opened
from palabre.collect.files.tables import PIECE_ROWS, Piece, Plan, TableFormat, chunk_of, samples
from palabre.collect.formats import Format, Head, Options
from palabre.errors import ItemError
from palabre.model import Fault, Post
from palabre.road.guard import Heap, add_item, fault_of

POSTS_SHOWN = 5
ITEMS_LOOKED = 200
MEMBERS_LOOKED = 50
SAMPLES_SHOWN, SAMPLE_CHARS = 3, 80
TWO_NUMBERS = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d")  # a date whose first number may be the month


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. field: what it is read as, "" for nothing; samples: different values, shortened."""

    name: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive. kind: "" with the fault of one that cannot be read."""

    name: str
    kind: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a file. kind: of its format, "" where none knows it; encoding, delimiter, header: how a text is
    written ("" and None elsewhere); rows: those looked at, posts among them, the first of which are shown; bad: key and
    values of what is wrong with the others, and how many; more: the file goes on; turned: its dates may be read with
    the day or the month first; fault: why nothing can be read."""

    kind: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    rows: int = 0
    n: int = 0
    posts: tuple[Post, ...] = ()
    bad: tuple[tuple[Fault, int], ...] = ()
    more: bool = False
    columns: tuple[Column, ...] = ()
    plan: Plan | None = None
    turned: bool = False
    members: tuple[Member, ...] = ()
    fault: Fault | None = None

    @property
    def fields(self) -> Mapping[str, str]:
        """field → column, as the file would be read."""
        return {one.field: one.name for one in self.columns if one.field}


@dataclass(frozen=True, slots=True)
class Asked:
    """How to look: as an import would (see `road.reading.Job`)."""

    kind: str
    options: Options
    bytes_max: int
    post_bytes_max: int


def look(path: Path, asked: Asked) -> Look:
    """A file, or the archive it is. An archive of one file is looked at as that file."""
    try:
        with streams.single(path, asked.bytes_max) as opened:
            return bag(opened, asked) if streams.is_zip(opened) else seen(opened, asked)
    except Exception as error:
        return Look(fault=fault_of("file", error))


def bag(opened: Opened, asked: Asked) -> Look:
    """The files of an archive, and what the first of them holds that can be read. ItemError as in `streams`."""
    infos = streams.members(opened, asked.bytes_max)
    if not infos:
        raise ItemError("files.empty")
    looks = [inside(opened, info, asked) for info in infos[:MEMBERS_LOOKED]]
    if len(infos) == 1:
        return looks[0]
    found = tuple(Member(info.filename, one.kind, one.fault) for info, one in zip(infos, looks, strict=False))
    first = next((one for one in looks if one.posts), looks[0])
    return replace(first, columns=(), plan=None, turned=False, members=found, more=True)


def inside(opened: Opened, info: ZipInfo, asked: Asked) -> Look:
    try:
        with streams.member(opened, info, asked.bytes_max) as member:
            return seen(member, asked)
    except Exception as error:
        return Look(fault=fault_of("file", error))


def seen(opened: Opened, asked: Asked) -> Look:
    """One file. ItemError: nobody knows it."""
    options = {"post_bytes_max": str(asked.post_bytes_max), **opened.around, **asked.options}
    chosen = format_for(opened, asked.kind)
    written = as_written(Look(kind=chosen.name), chosen, opened.head, options)
    try:
        if isinstance(chosen, TableFormat):
            return tabled(written, chosen, opened, options)
        return itemised(written, chosen, opened, options, asked.post_bytes_max)
    except Exception as error:
        return replace(written, fault=fault_of("file", error))


def as_written(found: Look, chosen: Format, head: Head, options: Options) -> Look:
    """With how a text file is written."""
    if b"\0" in head.start[:2_000] and not encoding_of(head.start).startswith("utf-16"):
        return found
    found = replace(found, encoding=options.get("encoding") or encoding_of(head.start))
    if not isinstance(chosen, CsvFormat):
        return found
    dialect = chosen.dialect(sample_of(head.start), options)
    return replace(found, delimiter=dialect.delimiter, header=dialect.header)


# A table


def tabled(found: Look, chosen: TableFormat, opened: Opened, options: Options) -> Look:
    """The columns, with what each is proposed to be; and the first rows as posts, where there is something said."""
    piece = chosen.first(opened.stream, options)
    values = samples(piece.columns, piece.count)
    guessed = mapped(values, chosen.completed(piece.columns, options))
    found = replace(
        found,
        rows=piece.count + len(piece.broken),
        columns=tuple(columns_of(values, guessed)),
        turned=any(TWO_NUMBERS.match(one) for one in values.get(guessed.columns.get("published_ms", ""), ())),
        more=piece.count >= PIECE_ROWS or bool(found.encoding and opened.place < opened.head.size),
    )
    try:
        plan = chosen.plan(piece, options)
    except ItemError as error:
        return replace(found, fault=fault_of("file", error))
    return as_posts(replace(found, plan=plan), piece, plan, int(options["post_bytes_max"]))


def columns_of(values: Mapping[str, list[str]], guessed: Mapped) -> Iterable[Column]:
    """In the order of the file."""
    fields = {column: name for name, column in guessed.columns.items()}
    for name, cells in values.items():
        different = dict.fromkeys(cell[:SAMPLE_CHARS] for cell in cells if cell)
        yield Column(name, fields.get(name, ""), tuple(islice(different, SAMPLES_SHOWN)))


def as_posts(found: Look, piece: Piece, plan: Plan, post_bytes_max: int) -> Look:
    chunk = chunk_of(piece, plan, post_bytes_max, Counter())
    shown = chunk.posts.slice(0, POSTS_SHOWN).to_pylist()
    faults = (fault_of("map", error) for _, error in chunk.bad)
    return replace(found, n=chunk.posts.num_rows, posts=tuple(map(post_of, shown)), bad=counted(faults))


# What is no table


def itemised(found: Look, chosen: Format, opened: Opened, options: Options, post_bytes_max: int) -> Look:
    """The first items as posts. Raises what the format raises where it gave nothing before."""
    heap = Heap()
    try:
        for item in islice(chosen.items(opened.stream, options), ITEMS_LOOKED):
            add_item(heap, item, partial(chosen.map, options=options), post_bytes_max, keep_raw=False)
    except Exception:
        if not heap.tried:
            raise
    if not heap.tried:
        raise ItemError("files.empty")
    bad = counted(fault for _, fault in heap.faults)
    posts, more = tuple(heap.posts[:POSTS_SHOWN]), heap.tried == ITEMS_LOOKED
    return replace(found, rows=heap.tried, n=len(heap.posts), posts=posts, bad=bad, more=more)


def counted(faults: Iterable[Fault]) -> tuple[tuple[Fault, int], ...]:
    """Each reason once, the commonest first; values are those of its first case."""
    listed = list(faults)
    firsts = {fault.key: fault for fault in reversed(listed)}
    return tuple((firsts[key], n) for key, n in Counter(fault.key for fault in listed).most_common())
