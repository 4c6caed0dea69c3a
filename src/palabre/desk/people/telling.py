"""Everything that is kept about a person, as JSON: what they may ask for (GDPR art. 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import models

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import access, erasing, merging
from palabre.desk.people.models import Person
from palabre.desk.replies import reached as replies
from palabre.exports.writers import iso

INSIDE = {"id", "workspace_id", "person_id", "search", "list_id"}
PAGE = 500


def everything(person: Person) -> bytes:
    """One JSON object: the person, what hangs on them by kind, replies to them, and all their posts."""
    kept = {
        "format": "palabre-person",
        "version": 1,
        "made": iso(now_ms()),
        "person": row(person) | {"accounts": [row(one) for one in access.handles(person)]},
        "known": dict(hanging(person)),
        "replies": [row(one) for one in replies.sent_to(person.workspace, person.pk)],
        "merged": [row(one.gone) for one in merging.joined_in(person)],
        "posts": list(posts(person)),
    }
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2, default=str)


def hanging(person: Person) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """("people.fact", rows) … of every app."""
    for model, field in merging.belongings():
        rows = [row(one) for one in merging.rows_of(model, field, merging.family(person)).order_by("pk")]
        if rows and model._meta.label_lower != "people.handle":
            yield merging.mark(model, field), rows


def row(one: models.Model) -> dict[str, Any]:
    """Its columns, times in ISO 8601; who among us did it is an id, not a name."""
    found = {}
    for column in one._meta.concrete_fields:
        value = getattr(one, column.attname)
        if column.attname not in INSIDE and value not in (None, "", [], {}):
            found[column.name] = iso(value) if column.name.endswith("_ms") and value else value
    return found


def posts(person: Person) -> Iterator[dict[str, Any]]:
    """Newest first."""
    before, names = None, erasing.authors(person)
    while rows := archive().authors.posts(person.workspace_id, names, before, PAGE):
        for one in rows:
            said = one.post
            yield {
                "uri": said.uri, "url": said.url, "network": said.network, "kind": said.kind, "title": said.title,
                "text": said.text, "published": iso(said.published_ms), "heard": iso(one.heard_ms),
                "watches": list(one.watch_ids),
            }  # fmt: skip
        before = (rows[-1].sort_ms, rows[-1].post_id)
