"""How many of some posts carry each value of a reading, for the lists beside the stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from palabre.archive.reading_rows import label_of, names_of
from palabre.archive.understood import reading
from palabre.archive.understood_filters import NONE
from palabre.model import AXES, EMOTIONS, INTENTS, TONES

VALUES: Mapping[str, Sequence[str]] = {
    "tone": TONES,
    "intent": INTENTS,
    "axis": ("", *AXES),
    "emotion": ("", *EMOTIONS),
}
COLUMN = {"intent": "intents"}
Facet = list[tuple[str, int]]


def reading_facets(connection: Connection, names: Iterable[str], ids: Select[Any]) -> dict[str, Facet]:
    """For each of tone, intent, axis, emotion: values with their number of posts, the most frequent first; "none" for
    posts that were read and carry none. A post with two intents counts for both. One query, whatever is asked."""
    asked = [name for name in VALUES if name in set(names)]
    if not asked:
        return {}
    columns = [reading.c[COLUMN.get(name, name)] for name in asked]
    query = select(*columns, func.count()).where(reading.c.post_id.in_(ids)).group_by(*columns)
    found: dict[str, Counter[str]] = {name: Counter() for name in asked}
    for *values, n in connection.execute(query):
        for name, value in zip(asked, values, strict=True):
            found[name].update(dict.fromkeys(words_of(name, value), n))
    return {name: sorted(counted.items(), key=lambda one: (-one[1], one[0])) for name, counted in found.items()}


def words_of(name: str, value: int | None) -> Sequence[str]:
    """The values that a stored label stands for; none where it was not read."""
    if value is None:
        return ()
    if name == "intent":
        return names_of(value, INTENTS) or (NONE,)
    return (label_of(value, VALUES[name]) or NONE,)
