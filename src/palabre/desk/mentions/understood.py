"""What was understood of one post: each reading with its confidence, the words that carried it, and the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from palabre.archive import PostRow
from palabre.archive.corrections import Correction
from palabre.archive.opinions import Opinion
from palabre.desk.engine import archive
from palabre.desk.mentions.told import Likely, Told, told
from palabre.desk.workspaces.access import Seat
from palabre.errors import PalabreError

WORDS_MAX, ENTITIES_MAX, ASPECTS_MAX, SAID_CHARS = 6, 24, 16, 60
HEADS = {"tone": "tone", "emotion": "emotion", "intent": "intent", "axis": "axis", "offence": "offence",
         "irony": "irony"}  # fmt: skip
MUTE = frozenset(".,;:()[]«»\"'’-–—/")  # weighs a little, and tells a reader nothing
ONE_LABEL = {"offence", "irony"}  # heads with one label, whatever its name
LIKELY = 0.85


@dataclass(frozen=True, slots=True)
class Because:
    """A reading with the words that carried it, heaviest first."""

    told: Told
    words: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True)
class Understood:
    """models: a mark of the set of models that read it; layer: the version of what the workspace taught, 0 for none.
    opinions: what another model said of it; said: what members corrected and still stands."""

    readings: tuple[Because, ...]
    entities: tuple[dict[str, Any], ...]
    aspects: tuple[dict[str, Any], ...]
    models: str
    layer: int
    opinions: tuple[Opinion, ...]
    said: tuple[Correction, ...]


@cache
def likely() -> Mapping[str, Likely]:
    """When offence and irony are said of a post: their models are trained where half of the posts carry them, so only
    a probability far above what decides there is worth a word, and only in the languages they learnt."""
    from palabre.read import registry

    found = {}
    for name in ("offence", "irony"):
        try:
            card, limit = registry.card(name), float(registry.head(name).decision[0])
        except PalabreError:  # a model that is not installed says nothing
            continue
        found[name] = Likely(max(LIKELY, limit), frozenset(card.get("languages", ())))
    return found


def told_of(seat: Seat, post_ids: Sequence[int]) -> dict[int, tuple[Told, ...]]:
    """The chips of posts, by id."""
    found = archive().readings.of(seat.workspace.id, list(post_ids)) if post_ids else {}
    return {post_id: told(one, likely()) for post_id, one in found.items()}


def understood(seat: Seat, row: PostRow) -> Understood | None:
    """Everything that is kept of one post; None where it waits to be read."""
    one = archive().readings.of(seat.workspace.id, [row.post_id]).get(row.post_id)
    if one is None:
        return None
    text = f"{row.post.title}\n{row.post.text}" if row.post.title else row.post.text
    opinions = tuple(said for said in archive().opinions.of(seat.workspace.id, [row.post_id]) if said.said is not None)
    others = {said.name for said in opinions if said.said != said.machine and not said.silent}
    standing = [said for said in archive().corrections.of(seat.workspace.id, [row.post_id]) if not said.undone_ms]
    return Understood(
        tuple(because(seat, text, chip, chip.name in others) for chip in told(one, likely())),
        tuple({**said, "words": plain(text, said)} for said in one.entities[:ENTITIES_MAX]),
        tuple({**said, "words": plain(text, said)} for said in one.aspects[:ASPECTS_MAX]),
        one.models[:8],
        one.layer,
        opinions,
        tuple(standing),
    )


def plain(text: str, said: Mapping[str, Any]) -> str:
    """The words of a post that an entity or an aspect is about, in one line."""
    words = text[said.get("start") or 0 : said.get("end") or 0] or str(said.get("name") or "")
    return " ".join(words.split())[:SAID_CHARS]


def because(seat: Seat, text: str, chip: Told, other: bool = False) -> Because:
    """The words of a chip. A member's word has none, nor another model's: nobody reckoned them; nor has a language."""
    head = HEADS.get(chip.name, "")
    words = () if chip.corrected or other or not head else carrying(seat, text, head, chip)
    return Because(chip, words, head)


def carrying(seat: Seat, text: str, name: str, chip: Told) -> tuple[str, ...]:
    """The words that weighed the most, with what the workspace taught; none where the model is not installed."""
    from palabre.read import explain
    from palabre.read.contract import head_for
    from palabre.read.features import READ_CHARS
    from palabre.reader import layer_of as taught

    try:
        head = head_for(name, text)
    except PalabreError:
        return ()
    if chip.name not in ONE_LABEL and chip.value not in head.labels:
        return ()
    label = 0 if chip.name in ONE_LABEL else head.labels.index(chip.value)
    layer, _ = taught(archive(), seat.workspace.id)
    weights = layer.weights(head) if layer is not None else None  # type: ignore[attr-defined]
    cut = text[:READ_CHARS]
    heavy = explain.strongest(explain.carried(cut, head, label, None if weights is None else weights[:, label]))
    words = dict.fromkeys(cut[one.start : one.end][:SAID_CHARS] for one in heavy)
    return tuple(word for word in words if word not in MUTE)[:WORDS_MAX]
