"""What changed between two texts, by words: what an approver has not read yet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS_MAX = 4_000  # more are compared by lines


@dataclass(frozen=True, slots=True)
class Piece:
    """kind: same, gone or new."""

    kind: str
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The new text in pieces, what went between them; nothing where nobody read one before."""
    if not before:
        return ()
    pattern = r"\s+|[^\s]+" if len(before) + len(after) < WORDS_MAX * 8 else r"[^\n]*\n|[^\n]+"
    return tuple(_pieces(re.findall(pattern, before), re.findall(pattern, after)))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(new[c:d]))
            continue
        if b > a:
            yield Piece("gone", "".join(old[a:b]))
        if d > c:
            yield Piece("new", "".join(new[c:d]))
