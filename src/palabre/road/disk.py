"""Room on the disk, looked at before each write: a full disk is an announced stop, not a damaged database."""

from __future__ import annotations

import shutil

from palabre.errors import ArchiveError
from palabre.settings import Settings


def free_bytes(settings: Settings) -> int:
    """Room left where the data folder is."""
    return shutil.disk_usage(settings.home).free


def check_disk(settings: Settings) -> None:
    """ArchiveError if less room is left than the setting disk_free_bytes_min asks."""
    free = free_bytes(settings)
    if free < settings.disk_free_bytes_min:
        raise ArchiveError("pipeline.disk_full", free=free, limit=settings.disk_free_bytes_min)
