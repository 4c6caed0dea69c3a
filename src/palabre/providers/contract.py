"""What a provider is asked and what it may answer: labels of a closed list, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from palabre.model import AXES, EMOTIONS, TONES

NONE = "none"  # how a provider says that no label holds: our column then says ""
LABELS: Mapping[str, tuple[str, ...]] = {
    "tone": TONES,
    "emotion": (*EMOTIONS, NONE),
    "axis": (*AXES, NONE),
}
TEXT_CHARS = 2_000  # of a post that is sent or read


@dataclass(frozen=True, slots=True)
class Said:
    """The answer for one post. label: of LABELS; scores: its chance and those of the others, () when not told."""

    label: str
    scores: tuple[float, ...] = ()


class Provider(Protocol):
    """Answers in the order of the texts; None: no answer, or one that is not of the list.

    version: what a reading says of who made it. Raises PalabreError when it cannot answer at all.
    """

    version: str

    def ask(self, reading: str, texts: Sequence[str]) -> list[Said | None]: ...


def label_of(reading: str, answer: object) -> str | None:
    """The label, if it is one of the closed list of the reading, spelt exactly; None else."""
    return answer if isinstance(answer, str) and answer in LABELS.get(reading, ()) else None
