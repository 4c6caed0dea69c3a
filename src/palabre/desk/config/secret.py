"""The secret key of this desk: made once, kept in the data folder, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept(path: Path) -> str:
    """The key in that file; made if the file is not there (two processes that start together agree on one)."""
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return _made(path)


def _made(path: Path) -> str:
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(draft, path)  # fails where another process was first: then its key is the key
    except FileExistsError:
        pass
    except OSError:
        draft.replace(path)
    draft.unlink(missing_ok=True)
    return path.read_text("ascii").strip()
