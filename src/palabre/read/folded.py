"""A text without case and accents whose places are still known: for rules that must point at the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

SAME = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-"}


@dataclass(frozen=True, slots=True)
class Folded:
    """said: lower case, no marks, plain apostrophes, dashes and spaces; places[i]: where said[i] is in the original,
    with one more for the end."""

    said: str
    places: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the original for a piece of ``said``."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def fold(text: str) -> Folded:
    """A text folded, one sign for one sign; marks and invisible signs have none."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        plain = _plain(sign)
        if plain:
            signs.append(plain)
            places.append(place)
    return Folded("".join(signs), (*places, len(text)))


def _plain(sign: str) -> str:
    """One sign, folded; "" for one that only marks its neighbour."""
    if sign in SAME:
        return SAME[sign]
    if sign < "\x80":
        return sign.lower()
    kind = unicodedata.category(sign)
    if kind in ("Mn", "Me", "Cf"):
        return ""
    if kind == "Zs":
        return " "
    low = unicodedata.normalize("NFKD", sign)[0].lower()
    return low if len(low) == 1 else sign
