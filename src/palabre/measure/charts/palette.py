"""Colours of charts: names while a chart is made, the page's own properties on a page, real colours in a file.

Series colours keep 3:1 against the ground in both themes and stay apart for the common kinds of colour blindness
(Okabe & Ito 2008, muted to the house's paper).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Vega wants real colours: each name travels as one that nothing else uses.
NAMES = (
    "ink", "soft", "line", "ground", "negative", "neutral", "positive",
    "one", "two", "three", "four", "five", "six", "seven", "eight",
)  # fmt: skip
CODES = {name: f"#0101{at + 16:02x}" for at, name in enumerate(NAMES)}
SERIES = tuple(CODES[name] for name in NAMES[7:])
LIGHT = {
    "ink": "#22261f", "soft": "#575c50", "line": "#ddd5c6", "ground": "#ffffff",
    "negative": "#b4442f", "neutral": "#a49c8b", "positive": "#2f7f5f",
    "one": "#1f5d4c", "two": "#c06a00", "three": "#3f6fb0", "four": "#a4467e",
    "five": "#7b7a12", "six": "#6a4fa3", "seven": "#2d8a9c", "eight": "#8a5a44",
}  # fmt: skip
DARK = {
    "ink": "#ebe7dc", "soft": "#b4b5a9", "line": "#363c36", "ground": "#1f2420",
    "negative": "#ef8a76", "neutral": "#8d8f86", "positive": "#7fcfa9",
    "one": "#8fd0b8", "two": "#f0a850", "three": "#8fb6ec", "four": "#e695c4",
    "five": "#cfcb6a", "six": "#bba6ee", "seven": "#7fd0de", "eight": "#d8a68d",
}  # fmt: skip
THEMES: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK}
CODE = re.compile("|".join(CODES.values()))
NAME_OF = {code: name for name, code in CODES.items()}


def as_properties(drawn: str) -> str:
    """The drawing in the colours of the page it is put on."""
    return CODE.sub(lambda found: f"var(--chart-{NAME_OF[found[0]]})", drawn)


def as_colours(drawn: str, theme: str) -> str:
    """The drawing in the colours of a theme, for a file."""
    return CODE.sub(lambda found: THEMES[theme][NAME_OF[found[0]]], drawn)
