"""Facts that the full-text index can be asked for by value: network, language and kind, as posts have them.

A value is noted when the first post that has it is written, and stays. The query language compares folded values, with
wildcards: which of the known values fulfil a query is decided before the index is asked for their keys.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from palabre.archive.bulk import insert_missing
from palabre.archive.index_keys import KIND, LANG, NETWORK, named
from palabre.archive.prepared import Prepared
from palabre.archive.tables import fact

MARKS = {"network": NETWORK, "lang": LANG, "kind": KIND}


def note_facts(connection: Connection, prepared: Prepared, rows: Sequence[int]) -> None:
    """The values that these rows have."""
    columns, workspace_id = prepared.columns, prepared.delivery.workspace_id
    found = sorted({(name, columns[name][row]) for name in MARKS for row in rows})
    insert_missing(connection, fact, ("workspace_id", "name", "value"), [(workspace_id, *pair) for pair in found])


def known_facts(connection: Connection, workspace_id: int) -> dict[str, dict[str, str]]:
    """name -> value -> its key in the index."""
    known: dict[str, dict[str, str]] = {name: {} for name in MARKS}
    for name, value in connection.execute(select(fact.c.name, fact.c.value).where(fact.c.workspace_id == workspace_id)):
        known[name][value] = named(MARKS[name], value)
    return known
