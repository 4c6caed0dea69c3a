"""An export from its question to its rows: counted first, refused when it is too large, then read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from palabre.archive import Archive, PostRow
from palabre.archive.types import Workspace
from palabre.errors import InputError
from palabre.exports.columns import Shape
from palabre.exports.masks import mask_of
from palabre.exports.writers import FORMATS, SHEET_ROWS_MAX, Column, Value
from palabre.search import Asked

PAGE = 1_000
REASON_CHARS_MIN = 10


@dataclass(frozen=True, slots=True)
class Leaving:
    """A checked export. n: rows it will have, as counted."""

    asked: Asked
    shape: Shape
    n: int

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.shape.columns

    def rows(self) -> Iterator[list[Value]]:
        """Newest first; never more than were counted, so that the limit holds while posts come in."""
        for row in posts(self.asked, self.n):
            yield self.shape.row(row)


def shape_of(archive: Archive, workspace: Workspace, named: bool) -> Shape:
    watches = {watch.watch_id: watch.name for watch in archive.watches.all(workspace.workspace_id)}
    return Shape(None if named else mask_of(archive, workspace.uid), watches)


def leaving(asked: Asked, workspace: Workspace, kind: str, *, named: bool = False, reason: str = "") -> Leaving:
    """Raises InputError: exports.unknown_format, exports.reason_needed (named), exports.too_many (rows_max)."""
    if kind not in FORMATS:
        raise InputError("exports.unknown_format", kind=kind, known=", ".join(FORMATS))
    if named and len(reason.strip()) < REASON_CHARS_MIN:
        raise InputError("exports.reason_needed", n=REASON_CHARS_MIN)
    n, most = asked.count().n, rows_max(asked.archive, kind)
    if n > most:
        raise InputError("exports.too_many", n=n, most=most)
    return Leaving(asked, shape_of(asked.archive, workspace, named), n)


def rows_max(archive: Archive, kind: str) -> int:
    """What the setting allows, and what a sheet can hold."""
    most = archive.settings.export_rows_max
    return min(most, SHEET_ROWS_MAX) if kind == "xlsx" else most


def posts(asked: Asked, most: int) -> Iterator[PostRow]:
    """Newest first, a page at a time."""
    before: int | None = None
    while most > 0:
        page = asked.rows(before, min(PAGE, most))
        yield from page
        most -= len(page)
        if len(page) < PAGE:
            return
        before = page[-1].post_id
