"""Corrections teach: a member's word is in force at once, and the workspace's layer learns from them all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from palabre.archive import Archive, PostRow
from palabre.archive.corrections import Correction, Layer
from palabre.insight.scope import Scope, table
from palabre.read import registry
from palabre.read.corrections import Correction as Lesson
from palabre.read.corrections import effect, learn, of_reading

HEADS = {"intents": "intent"}  # the reading of that label, where it has another name
LEARNT_MAX = 20_000
USUAL_MAX, USUAL_OF, SEED = 300, 20, 7  # mentions that stay as they are read: at most, one in so many


@dataclass(frozen=True, slots=True)
class Effect:
    """By head: of ``n`` corrected posts held back in turn, how many are right without the layer and with it."""

    n: int
    before: int
    after: int


def correct(
    archive: Archive, workspace_id: int, post_ids: Sequence[int], name: str, said: str, who: str
) -> tuple[list[Correction], Layer | None]:
    """Corrects a label (see `Corrections.correct`) and learns. Raises InputError, NotFoundError."""
    made = archive.corrections.correct(workspace_id, post_ids, name, said, who)
    return made, teach(archive, workspace_id)


def undo(archive: Archive, workspace_id: int, correction_ids: Sequence[int], who: str) -> int:
    """Takes corrections back, and what they taught."""
    n = archive.corrections.undo(workspace_id, correction_ids, who)
    teach(archive, workspace_id)
    return n


def teach(archive: Archive, workspace_id: int) -> Layer | None:
    """The layer of all corrections that stand; None where none of them can be learnt from."""
    taught = lessons(archive, workspace_id)
    if not taught and archive.corrections.layer(workspace_id) is None:
        return None
    others = usual(archive, workspace_id, {one.text for one in taught}) if taught else []
    made = learn(taught, others)
    facts = {head: [one.n, one.before, one.after] for head, one in effect(taught, others).items()}
    return archive.corrections.keep_layer(workspace_id, made.to_bytes(), {"effect": facts, "n": len(taught)})


def lessons(archive: Archive, workspace_id: int) -> list[Lesson]:
    """Standing corrections with the words they are about, oldest first: the last word on a text holds."""
    standing = archive.corrections.all(workspace_id, limit=LEARNT_MAX)[::-1]
    rows = archive.posts.many(workspace_id, [one.post_id for one in standing])
    texts = {row.post_id: text_of(row) for row in rows}
    known = set(registry.names())
    found = [
        lesson
        for one in standing
        if one.post_id in texts and one.name != "language"
        for lesson in of_reading(HEADS.get(one.name, one.name), texts[one.post_id], one.said.split())
    ]
    return [one for one in found if one.head in known]


def usual(archive: Archive, workspace_id: int, taught: Collection[str]) -> list[str]:
    """Mentions drawn at random, always the same ones, which nobody corrected: few enough that what is like a corrected
    post is hardly among them."""
    ids = table(archive, workspace_id, Scope(), ("post_id", "sort_ms"))["post_id"].to_numpy()
    size = min(USUAL_MAX, len(ids) // USUAL_OF)
    chosen = np.random.default_rng(SEED).choice(ids, size, replace=False).tolist()
    texts = [text_of(row) for row in archive.posts.many(workspace_id, chosen)]
    return [one for one in texts if one not in taught]


def text_of(row: PostRow) -> str:
    """As it is read."""
    return f"{row.post.title}\n{row.post.text}" if row.post.title else row.post.text


def effects(layer: Layer | None) -> Mapping[str, Effect]:
    """What the layer does to posts it had not seen, by head."""
    kept = layer.facts.get("effect", {}) if layer is not None else {}
    return {head: Effect(*numbers) for head, numbers in kept.items()}
