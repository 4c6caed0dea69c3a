"""Where the lake lies. Apart from the lake itself, which is only loaded when it is asked something."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from palabre.errors import ArchiveError
from palabre.settings import Settings


def lake_root(settings: Settings) -> Path:
    """The folder of the segments: the setting segments_url (a path, or file://…), else `lake` in the data folder.
    Raises ArchiveError for an address that is no folder; a shared disk is mounted first."""
    asked = settings.segments_url
    if not asked:
        return settings.home / "lake"
    parts = urlsplit(asked)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    if "://" in asked:
        raise ArchiveError("archive.segments_no_folder", url=asked)
    return Path(asked).expanduser()


def remove_segments(settings: Settings) -> None:
    """Takes the files of all segments away: the lake is made again from the ledger when it is next asked."""
    for path in files_of(lake_root(settings)):
        path.unlink(missing_ok=True)


def files_of(root: Path) -> list[Path]:
    """Every segment below a folder, and its posting lists."""
    return [*root.rglob("*.parquet"), *root.rglob("*.postings")]
