"""What the readings say of a post, as small chips under it: never by colour alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from palabre.archive.reading_rows import Reading
from palabre.model import AXES, EMOTIONS, INTENTS, TONES

# What a member may say of a post, in the order of the form; "" for none.
CHOICES = {"tone": TONES, "axis": ("", *AXES), "emotion": ("", *EMOTIONS), "intents": INTENTS}
SIGNS = {"negative": "−", "neutral": "○", "positive": "+"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a reading says. name: of the stream's address (tone, emotion, intent, axis), or offence, irony, lang;
    sign: shown beside the word; sure: calibrated probability, None where none is kept; corrected: a member said it."""

    name: str
    value: str
    sign: str = ""
    sure: float | None = None
    corrected: bool = False

    @property
    def key(self) -> str:
        """The message that names it; "" for a language, which has a name of its own."""
        return {"lang": "", "offence": "teach.told.offence", "irony": "teach.told.irony"}.get(
            self.name, f"mentions.{self.name}.{self.value}"
        )


@dataclass(frozen=True, slots=True)
class Likely:
    """From which probability something is said of a post, and in which languages its model can be believed."""

    limit: float
    languages: frozenset[str]


def told(reading: Reading | None, likely: Mapping[str, Likely]) -> tuple[Told, ...]:
    """The chips of a post; none where it was not read. likely: when offence and irony are said."""
    return tuple(_told(reading, likely)) if reading is not None else ()


def _told(one: Reading, likely: Mapping[str, Likely]) -> Iterator[Told]:
    if one.tone:
        yield chip(one, "tone", one.tone, SIGNS.get(one.tone, ""))
    if one.emotion:
        yield chip(one, "emotion", one.emotion)
    for name in one.intents or ():
        yield chip(one, "intent", name)
    if one.axis:
        yield chip(one, "axis", one.axis)
    for name, limit in likely.items():
        if one.scores.get(name, 0.0) >= limit.limit and one.language in limit.languages:
            yield Told(name, name, "!" if name == "offence" else "~", one.scores[name])
    if one.language:
        yield Told("lang", one.language)


def chip(one: Reading, name: str, value: str, sign: str = "") -> Told:
    label = "intents" if name == "intent" else name
    return Told(name, value, sign, one.scores.get(f"{name}_{value}"), label in one.corrected)
