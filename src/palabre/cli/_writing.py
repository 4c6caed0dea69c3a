"""A file that a command makes: whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from palabre.errors import InputError


def put(body: bytes, out: str) -> str:
    """Writes it beside its place and moves it there: a half file never has the name. out: "-" for standard output.
    The path, "" for standard output. Raises InputError ``exports.unwritable``."""
    if out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return ""
    path = Path(out)
    try:
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            moved(file.name, body, path)
    except OSError as error:
        raise InputError("exports.unwritable", path=out, reason=error.strerror or str(error)) from error
    return str(path)


def moved(beside: str, body: bytes, path: Path) -> None:
    try:
        Path(beside).write_bytes(body)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
