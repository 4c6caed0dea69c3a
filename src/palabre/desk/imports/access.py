"""The only doors to imports, and what each is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.imports import keeping
from palabre.desk.imports.models import ARRIVING, DONE, HELD, WAITING, Import
from palabre.desk.workspaces.access import Seat, one
from palabre.errors import InputError
from palabre.road.disk import free_bytes
from palabre.road.imports import CONNECTOR

SHOWN = 30
HELD_MAX = 5  # files of a workspace that may lie on the disk at a time


def imports(seat: Seat) -> list[Import]:
    """Newest first."""
    return list(Import.objects.of(seat.workspace).select_related("user")[:SHOWN])


def found(seat: Seat, uid: str) -> Import:
    return one(Import.objects.of(seat.workspace), uid=uid)


def bytes_max() -> int:
    return int(settings.PALABRE.upload_bytes_max)


def begin(seat: Seat, name: str, size: int) -> Import:
    """An import whose file is about to arrive. InputError: empty, too large, too many wait, no room on the disk."""
    if size <= 0:
        raise InputError("files.empty")
    if size > bytes_max():
        raise InputError("imports.too_large", most=megabytes(bytes_max()), has=megabytes(size))
    if Import.objects.of(seat.workspace).filter(state__in=HELD).count() >= HELD_MAX:
        raise InputError("imports.too_many", n=HELD_MAX)
    check_room(size)
    safe = keeping.safe_name(name)
    return Import.objects.add(seat.workspace, name=safe, size=size, user=seat.user, made_ms=now_ms())


def check_room(size: int = 0) -> None:
    """InputError: so many bytes more would fill the disk."""
    if free_bytes(settings.PALABRE) - size < settings.PALABRE.disk_free_bytes_min:
        raise InputError("imports.no_room")


def megabytes(n: int) -> float:
    """Bytes in millions, with as many digits as one reads."""
    return round(n / 1_000_000, 1 if n >= 1_000_000 else 3)


def take(row: Import, at: int, pieces: Iterable[bytes]) -> bool:
    """A piece of the file, which begins at that byte; whether it was the next one. Whole, it waits to be looked at."""
    if row.state != ARRIVING or at != row.arrived:
        return False
    end = at + keeping.write(row, at, pieces)
    state = WAITING if end >= row.size else ARRIVING
    mine = Import.objects.of(row.workspace).filter(pk=row.pk, arrived=at, state=ARRIVING)
    return bool(mine.update(arrived=end, state=state))


def same_header(row: Import, header: str) -> Import | None:
    """The last import of a file with these columns that was read to its end."""
    known = Import.objects.of(row.workspace).filter(header=header, state=DONE).exclude(pk=row.pk)
    return known.first() if header else None


def source_ids(seat: Seat, kinds: Iterable[str]) -> list[int]:
    """The sources that stand for imported files of these kinds."""
    listed = (archive().sources.find(seat.workspace.id, CONNECTOR, kind) for kind in kinds)
    return [one.source_id for one in listed if one is not None]
