"""Links, tags and mentions that a text itself names."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.match_cases import random_text

from palabre.text.named import HANDLE, TAG, named
from palabre.text.tokens import Kind, tokenize


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "links",
            "Lire (https://ex.org/a?b), www.ex.org. https://ex.org/a?b",
            ["https://ex.org/a?b", "https://www.ex.org"],
        ),
        ("links", "rien à lire", []),
        ("tags", "#Vélo, #vélo2 a#b #1 #Vélo", ["Vélo", "vélo2", "1"]),
        ("mentions", "@b: me@ex.org @a-b@srv.fr x.org/@z @c.bsky.social! @b", ["b", "a-b@srv.fr", "c.bsky.social"]),
    ],
)
def test_what_a_text_names(name: str, text: str, found: list[str]) -> None:
    assert named(text, name) == tuple(found)


@pytest.mark.parametrize(("kind", "find"), [(Kind.HANDLE, HANDLE.findall), (Kind.HASHTAG, TAG.findall)])
def test_they_are_those_of_the_engine(kind: Kind, find: Callable[[str], list[str]]) -> None:
    rng = random.Random(4)
    some = 0
    for _ in range(400):
        text = random_text(rng).replace("\u200d", "").replace("\x00", "")
        seen = {text[one.start + 1 : one.end] for one in tokenize(text) if one.kind is kind}
        assert set(find(text)) == seen, text
        some += bool(seen)
    assert some > 60
