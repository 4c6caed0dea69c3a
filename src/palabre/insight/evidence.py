"""What a figure rests on, asked of the archive: how many posts, and which.

``Evidence.filters`` has the names of the stream's address: tone, emotion, intent, axis, story, folded, account,
network, lang, kind, source, post, register, scope. Several values of one name are separated by a space.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palabre.archive import Archive, Filters, PostRow
from palabre.model import Evidence
from palabre.search import ask

# name in the evidence → field of Filters
MANY = {
    "tone": "tones",
    "emotion": "emotions",
    "intent": "intents",
    "axis": "axes",
    "network": "networks",
    "lang": "langs",
    "kind": "kinds",
}
NUMBERS = {"story": "story_ids", "source": "source_ids", "post": "post_ids"}
SINGLE = {"account": "account_uri", "folded": "folded", "register": "register"}


def filters_of(evidence: Evidence) -> Filters:
    """What the archive is asked. Without ``scope=all`` only mentions count, as in the stream; posts that are named one
    by one are taken as they are."""
    given = evidence.filters
    values: dict[str, Any] = {field: tuple(given[name].split()) for name, field in MANY.items() if name in given}
    values |= {field: numbers(given[name]) for name, field in NUMBERS.items() if name in given}
    values |= {field: given[name] for name, field in SINGLE.items() if name in given}
    if evidence.post_ids:
        values["post_ids"] = evidence.post_ids
    values["mentioned"] = given.get("scope") != "all" and not evidence.post_ids
    return Filters(watch_ids=evidence.watch_ids, since_ms=evidence.since_ms, until_ms=evidence.until_ms, **values)


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split() if one.isdecimal())


def evidence_of(filters: Filters, query: str = "") -> Evidence:
    """The evidence that asks the same as these filters."""
    given = {name: " ".join(getattr(filters, field)) for name, field in MANY.items()}
    given |= {name: " ".join(map(str, getattr(filters, field))) for name, field in NUMBERS.items() if name != "post"}
    given |= {name: getattr(filters, field) for name, field in SINGLE.items()}
    given["scope"] = "" if filters.mentioned or filters.watch_ids else "all"
    kept: Mapping[str, str] = {name: value for name, value in given.items() if value}
    return Evidence(query, filters.watch_ids, filters.since_ms, filters.until_ms, kept, filters.post_ids)


def count(archive: Archive, workspace_id: int, evidence: Evidence) -> int:
    """How many posts are behind a figure."""
    return ask(archive, workspace_id, evidence.query, filters_of(evidence)).count().n


def listed(
    archive: Archive, workspace_id: int, evidence: Evidence, before: int | None = None, limit: int = 50
) -> list[PostRow]:
    """The posts behind a figure, newest first."""
    return ask(archive, workspace_id, evidence.query, filters_of(evidence)).rows(before, limit)
