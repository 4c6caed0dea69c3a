"""What click says by itself (usage, options, errors of a call), in French where the user's language is French.

click asks ``gettext`` for its sentences and ships no translation. Ours are messages like all others (``click.toml``):
the English ones, word for word click's, find the French ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from click import core, decorators, exceptions, formatting, parser, termui, types

from palabre.messages import Sentence, default_language, flatten, plural_form, typeset

MODULES = (core, decorators, exceptions, formatting, parser, termui, types)


@cache
def french() -> Mapping[str, str]:
    """click's English sentences, each of its forms, and ours for them."""
    found: dict[str, str] = {}
    both = [sentences(lang) for lang in ("en", "fr")]
    for key, english in both[0].items():
        found |= dict(zip(forms(english), forms(typeset(both[1][key])), strict=True))
    return found


def sentences(lang: str) -> Mapping[str, Sentence]:
    """This one file of messages: `--help` reads no other."""
    return flatten(tomllib.loads((files("palabre.messages") / lang / "click.toml").read_text("utf-8")), "click")


def forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else (sentence["one"], sentence["other"])


def told(sentence: str) -> str:
    return french().get(sentence, sentence) if default_language() == "fr" else sentence


def told_of(one: str, other: str, n: int) -> str:
    return told(one if plural_form(default_language(), n) == "one" else other)


def speak() -> None:
    """From now on click speaks the user's language."""
    for module in MODULES:
        for name, ours in (("_", told), ("ngettext", told_of)):
            if hasattr(module, name):
                setattr(module, name, ours)
