"""What a search may ask of readings, stories, folds and registers, as conditions on `post`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from palabre.archive.bulk import among
from palabre.archive.reading_rows import VOCABULARY, bits_of
from palabre.archive.tables import post
from palabre.archive.types import Filters
from palabre.archive.understood import fold, reading, register_post, story_post
from palabre.model import INTENTS

NONE = "none"  # read, and without any


def understood_conditions(connection: Connection, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """One for each thing asked."""
    read = [*labels(filters), *intents(filters.intents)]
    if read:
        this = reading.c.post_id == post.c.post_id
        yield select(reading.c.post_id).where(this, *read).exists()
    if filters.folded:
        noise = select(fold.c.post_id).where(fold.c.post_id == post.c.post_id, fold.c.restored_ms == 0).exists()
        yield noise if filters.folded == "yes" else ~noise
    if filters.story_ids:
        yield in_story(connection, filters.story_ids)
    if filters.post_ids:
        yield among(connection, post.c.post_id, filters.post_ids)
    if filters.register:
        yield behind(filters.register)


def labels(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Tone, emotion and axis: one of the values; a word nobody knows finds nothing."""
    for name, asked in (("tone", filters.tones), ("emotion", filters.emotions), ("axis", filters.axes)):
        known = VOCABULARY[name]
        wanted = ["" if value == NONE else value for value in asked]
        if asked:
            yield reading.c[name].in_([known.index(value) for value in wanted if value in known])


def intents(asked: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """At least one of the intents; "none" (or "other"): read, and none of them."""
    bits = bits_of(asked, INTENTS)
    parts = [reading.c.intents.op("&")(bits) != 0] if bits else []
    parts += [reading.c.intents == 0] if {NONE, "other"} & set(asked) else []
    if asked:
        yield or_(*parts) if parts else false()


def in_story(connection: Connection, story_ids: Sequence[int]) -> ColumnElement[bool]:
    """Posts of the stories; a post alone is its own story."""
    told = select(story_post.c.post_id).where(among(connection, story_post.c.story_id, story_ids))
    elsewhere = select(story_post.c.post_id).where(story_post.c.post_id == post.c.post_id).exists()
    return or_(post.c.post_id.in_(told), and_(among(connection, post.c.post_id, story_ids), ~elsewhere))


def behind(entry: str) -> ColumnElement[bool]:
    """Posts of an entry of a register, written ``name:number``."""
    name, _, number = entry.partition(":")
    if not number.isdecimal() or len(number) > 18:
        return false()
    mine = register_post.c.register == name, register_post.c.entry_id == int(number)
    return post.c.post_id.in_(select(register_post.c.post_id).where(*mine))
