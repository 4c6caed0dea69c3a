"""The names people give to columns, languages and networks: ``names.toml``, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Names = Mapping[str, list[str]]


@cache
def document() -> Mapping[str, Names]:
    return tomllib.loads((files(__package__) / "names.toml").read_text("utf-8"))


def table(name: str) -> Names:
    """One table of the file: our word → the words people use."""
    return document()[name]


def inverted(name: str) -> dict[str, str]:
    """The same from the other side: a word that people use → ours."""
    return {word: ours for ours, words in table(name).items() for word in words}
