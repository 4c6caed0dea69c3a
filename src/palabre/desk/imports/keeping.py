"""Files that wait to be imported, on the disk of the desk: a folder each in the data folder, never given out again."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from palabre.desk.imports.models import Import

NAME_BYTES_MAX = 120
UNPACKED_TIMES = 10  # how many times the limit of an upload a file may grow as it is unpacked


def folder() -> Path:
    """Where they are."""
    return Path(settings.PALABRE.home) / "uploads"


def path_of(row: Import) -> Path:
    """The file of an import: our number for the folder, its own name without anything that leads elsewhere."""
    return folder() / row.uid / row.name


def safe_name(given: str) -> str:
    """The last part of a name, without control signs, separators and dots in front; "file" where nothing is left."""
    last = given.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    stem, dot, ending = kept.rpartition(".")
    room = NAME_BYTES_MAX - len((dot + ending).encode())
    return cut(stem, room) + dot + ending if dot and room > 0 else cut(kept, NAME_BYTES_MAX) or "file"


def cut(text: str, most: int) -> str:
    """No more than so many bytes of a text: a disk counts them, not letters."""
    return text.encode()[:most].decode("utf-8", "ignore")


def write(row: Import, at: int, pieces: Iterable[bytes]) -> int:
    """Writes pieces from a byte on, no more than the file is said to hold; how many bytes were written."""
    path = path_of(row)
    folder().mkdir(exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    room, end = row.size - at, at
    with path.open("r+b") as file:
        file.seek(at)
        for piece in pieces:
            end += file.write(piece[: max(0, room - (end - at))])
    return end - at


def remove(row: Import) -> None:
    """Away with the file; nothing where it is gone already."""
    discard(path_of(row).parent)


def discard_row(row: Import) -> None:
    """Away with the file and with what is known of it."""
    remove(row)
    row.delete()


def discard(path: Path) -> None:
    """Away with a folder of ours."""
    shutil.rmtree(path, ignore_errors=True)


def unpacked_bytes_max() -> int:
    """The largest that a file may be once unpacked."""
    known = settings.PALABRE
    return int(min(known.import_file_bytes_max, UNPACKED_TIMES * known.upload_bytes_max))


def strays(known: set[str], before_s: float) -> list[Path]:
    """Folders that no import owns, older than a moment (seconds since 1970)."""
    if not folder().is_dir():
        return []
    return [one for one in folder().iterdir() if one.name not in known and one.stat().st_mtime < before_s]
