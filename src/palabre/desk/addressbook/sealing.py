"""Passwords of address books, sealed at rest."""

from __future__ import annotations

from palabre.archive.vault import seal, unseal
from palabre.desk.engine import archive

PURPOSE = "address books"


def sealed(text: str, place: str) -> bytes:
    """place: what only this row has, so that it opens nowhere else."""
    return seal(archive().vault.derived(PURPOSE), text.encode(), place) if text else b""


def opened(body: bytes | memoryview, place: str) -> str:
    """ "" for none. Raises ArchiveError: sealed with another key, or for another place."""
    return unseal(archive().vault.derived(PURPOSE), bytes(body), place).decode() if body else ""
