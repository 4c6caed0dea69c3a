"""The types of the advice on replies, and what its parts share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# The last sign of a stop alone: a long row of them is looked at once.
SENTENCE = re.compile(r"(?<!\b[A-ZÉ])(?<!\bM)(?<!\bMme)(?<!\betc)[.!?…](?=[\s)»\"”]|$)|\n+")
LINK = re.compile(r"(?:https?://|www\.)\S+|@\w[\w.@-]*|#\w+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """lang: fr, en, or another that only the rules without words apply to."""

    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """kind: of `advice.KINDS`; start, end: code points of the reply, both 0 for the whole of it; words: those it is
    about (of the reply, or the question left aside); params: values of its sentence ``advice.<kind>``."""

    kind: str
    start: int
    end: int
    words: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The message that says it; some kinds have several."""
        case = self.params.get("case", "")
        return f"advice.{self.kind}.{case}" if case else f"advice.{self.kind}"


@dataclass(frozen=True, slots=True)
class HouseWord:
    """A word the house does not want to read; say: what to write instead, or ""; lang: fr, en, "" for any."""

    word: str
    say: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A reply of ours that was sent. uid: to open it; at_ms: when."""

    uid: str
    text: str
    at_ms: int = 0


def flat(text: str) -> str:
    """Small letters and straight apostrophes, of the same length: places in it are places in the text."""
    lowered = text.lower()
    same = lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return same.replace("’", "'").replace("ʼ", "'").replace("\u00a0", " ").replace("\u202f", " ")


def unlinked(text: str) -> str:
    """The same length without links, handles and tags: they are not words of ours."""
    return LINK.sub(lambda match: " " * len(match[0]), text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence, its stop included."""
    start = 0
    for stop in SENTENCE.finditer(text):
        if text[start : stop.end()].strip():
            yield start, stop.end()
        start = stop.end()
    if text[start:].strip():
        yield start, len(text)
