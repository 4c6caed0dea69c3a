"""Words of French and English that mean the same thing, so that both meet in one topic, need or signal. Pure.

    concept("sifflement") == concept("whistling")        # "whistl"
    concept("cyclovent")                                 # "": a name is its own meaning in every language

Source: ``concepts.txt``, written by hand for customer vocabulary. A word finds its line as it is, without its plural
mark, or by the beginning of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

PREFIX_MIN = 4  # letters before a *


@dataclass(frozen=True, slots=True)
class Lexicon:
    """whole: word → concept; beginnings: first letters → concept, by their length."""

    whole: dict[str, str]
    beginnings: dict[str, str]


@cache
def lexicon() -> Lexicon:
    """The lexicon, loaded at first use. A word on several lines belongs to the first."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for line in (files(__package__) / "concepts.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or "=" not in line:
            continue
        french, _, english = line.partition("=")
        name = english.split()[0].rstrip("*")
        for word in [*french.split(), *english.split()]:
            (beginnings if word.endswith("*") else whole).setdefault(word.rstrip("*"), name)
    return Lexicon(whole, beginnings)


@lru_cache(maxsize=200_000)
def concept(word: str) -> str:
    """The concept of a folded word, named by its first English word; "" when it has none."""
    known = lexicon()
    for form in (word, word[:-1] if word[-1:] in ("s", "x") else word, word[:-2] if word.endswith("es") else word):
        if form in known.whole:
            return known.whole[form]
    for length in range(len(word), PREFIX_MIN - 1, -1):
        if word[:length] in known.beginnings:
            return known.beginnings[word[:length]]
    return ""
