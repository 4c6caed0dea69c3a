"""Every sentence a user can meet, by key, in French and English.

One TOML file an area and a language: ``messages/fr/net.toml`` holds the keys ``net.*``. A sentence names its
values in braces: ``"Attendez {seconds} s."`` A table ``{one = …, other = …}`` is chosen by the value ``n``.
English is not the source of French: both are written, and a test holds their keys equal. French is written with plain
spaces; `spaces` makes those no-break that must be.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from palabre.messages.spaces import spaced

LANGUAGES = ("fr", "en")
Sentence = str | Mapping[str, str]


def flatten(table: Mapping[str, object], prefix: str) -> dict[str, Sentence]:
    """Nested TOML tables as dotted keys; a table of plural forms stays a table."""
    flat: dict[str, Sentence] = {}
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str):
            flat[key] = value
        elif isinstance(value, Mapping) and "other" in value:
            flat[key] = {str(form): str(text) for form, text in value.items()}
        elif isinstance(value, Mapping):
            flat |= flatten(value, key)
        else:
            raise ValueError(f"message {key} is not a sentence")
    return flat


@cache
def catalogue(lang: str) -> Mapping[str, Sentence]:
    """All sentences of a language."""
    sentences: dict[str, Sentence] = {}
    for entry in sorted((files(__package__) / lang).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            sentences |= flatten(tomllib.loads(entry.read_text("utf-8")), entry.name.removesuffix(".toml"))
    return {key: typeset(sentence) for key, sentence in sentences.items()} if lang == "fr" else sentences


def typeset(sentence: Sentence) -> Sentence:
    """A French sentence, or each of its forms, with its no-break spaces."""
    return (
        spaced(sentence) if isinstance(sentence, str) else {form: spaced(text) for form, text in sentence.items()}
    )  # fmt: skip


def plural_form(lang: str, n: float) -> str:
    """CLDR cardinal form: in French 0 and 1 are singular, in English 1 alone."""
    return "one" if (abs(n) < 2 if lang == "fr" else n == 1) else "other"


def say(key: str, lang: str | None = None, /, **params: object) -> str:
    """The sentence of a key. An unknown key comes back as it is, so that an error never hides another."""
    lang = lang if lang in LANGUAGES else default_language()
    sentence = catalogue(lang).get(key, key)
    if not isinstance(sentence, str):
        n = params.get("n", 0)
        sentence = sentence[plural_form(lang, n if isinstance(n, int | float) else 0)]
    try:
        return sentence.format_map(params)
    except (KeyError, IndexError, ValueError):
        return sentence


def default_language() -> str:
    """PALABRE_LANG, else the terminal's locale, else English."""
    for name in ("PALABRE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"
