"""How a quarantined item lies in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
import zstandard
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from palabre.archive.tables import quarantine
from palabre.model import Fault, RawItem

PARAM_CHARS_MAX = 200
NOTE_CHARS_MAX = 20_000


def store_faults(
    connection: Connection,
    workspace_id: int,
    source_id: int | None,
    faults: Iterable[tuple[RawItem, Fault]],
    now_ms: int,
) -> int:
    """Puts items in quarantine; one that is there already is tried once more. How many were given."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    n = 0
    for item, fault in faults:
        row = quarantine_row(item, fault, now_ms) | {"workspace_id": workspace_id, "source_id": source_id}
        statement = insert(quarantine).values(**row)
        again: dict[Any, Any] = {
            name: statement.excluded[name] for name in ("stage", "key", "params", "exception", "place", "last_ms")
        }
        again |= {"body": statement.excluded.body, "tries": quarantine.c.tries + 1, "state": "waiting"}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["workspace_id", "sha256"], set_=again)
        )  # fmt: skip
        n += 1
    return n


def quarantine_row(item: RawItem, fault: Fault, now_ms: int) -> dict[str, Any]:
    """Bounded: what an exception says may hold the whole item."""
    params = {str(name): clean(str(value)) for name, value in fault.params.items()}
    return {
        "stage": fault.stage,
        "key": fault.key,
        "params": orjson.dumps(params).decode(),
        "exception": clean(fault.exception),
        "place": clean(fault.where),
        "sha256": hashlib.sha256(item.body).hexdigest(),
        "media_type": clean(item.media_type),
        "note": note_text(item),
        "body": zstandard.compress(item.body, 3),
        "size": len(item.body),
        "first_ms": now_ms,
        "last_ms": now_ms,
    }


def clean(text: str) -> str:
    """Text any database takes: no NUL, no lone surrogate, at most 200 characters."""
    return text[:PARAM_CHARS_MAX].replace("\0", "").encode("utf-8", "replace").decode()


def note_text(item: RawItem) -> str:
    """The note of an item as JSON; "" when there is none, or when it is too long to be one."""
    if not item.note:
        return ""
    pairs = {clean_long(str(name)): clean_long(str(value)) for name, value in item.note.items()}
    text = orjson.dumps(pairs).decode()
    return text if len(text) <= NOTE_CHARS_MAX else ""


def clean_long(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
