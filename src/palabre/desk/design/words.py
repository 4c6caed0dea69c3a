"""Sentences as readers expect them on a page: numbers with their separators, French with its spaces."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TypeGuard

from django.utils import formats
from django.utils.translation import get_language

from palabre.messages import say

NARROW = "\u202f"
WIDE = "\u00a0"
SIGNS = (
    (re.compile(r" ([;!?%])"), rf"{NARROW}\1"),
    (re.compile(r" ([:»])"), rf"{WIDE}\1"),
    (re.compile("« "), f"«{WIDE}"),
)
NAMES = {"port", "code", "status", "id"}  # numbers that name a thing are copied by readers: no separators
FIRST = re.compile(r"\b1 (?=[a-zéû])")


class Shown(float):
    """A number that prints with the separators of the active language."""

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def __str__(self) -> str:
        return str(formats.number_format(int(self) if self.is_integer() else float(self), use_l10n=True))


def spaced(text: str) -> str:
    """French spaces before high punctuation and inside quotation marks, so that no line begins with a lone sign."""
    for sign, replacement in SIGNS:
        text = sign.sub(replacement, text)
    return text


def dated(moment: date, form: str = "DATE_FORMAT") -> str:
    """A date in the active language; in French the first of a month is « 1er »."""
    shown = str(formats.date_format(moment, form, use_l10n=True))
    return FIRST.sub("1er ", shown) if get_language() == "fr" else shown


def is_count(value: object, name: str) -> TypeGuard[int | float]:
    """Whether a parameter counts or measures, and is read with separators."""
    return isinstance(value, int | float) and not isinstance(value, bool) and name not in NAMES


@lru_cache(maxsize=4_096)
def plain(key: str, lang: str) -> str:
    """A sentence without numbers or names: pages say the same ones hundreds of times."""
    sentence = say(key, lang)
    return spaced(sentence) if lang == "fr" else sentence


def speak(key: str, lang: str | None, /, **params: object) -> str:
    """`palabre.messages.say`, typeset for a page."""
    if not params and lang:
        return plain(key, lang)
    shown = {name: Shown(value) if is_count(value, name) else value for name, value in params.items()}
    sentence = say(key, lang, **shown)
    return spaced(sentence) if lang == "fr" else sentence
