"""What there is to say of a reply before it leaves: advice only, with the words it is about and why. Pure.

    remarks = advise(Draft("Nous sommes désolés pour la gêne occasionnée !!", "fr"), Asked("Quand livrez-vous ?", "fr"))
    remarks[0].kind, remarks[0].words        # "canned", "désolés pour la gêne occasionnée"

Each remark is a rule of thumb that a reader can check: phrases of a list (``data/advice.<language>.toml`` and the
house's own), a formula, a pattern, a count. None judges the person who writes, none keeps a reply from leaving.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from palabre.engage.advice_answers import contradictions, nearest, unanswered
from palabre.engage.advice_private import private_words
from palabre.engage.advice_remarks import Draft, Earlier, HouseWord, Remark
from palabre.engage.advice_simple import readability
from palabre.engage.advice_tone import address, phrases, shouting

KINDS = (
    "personal", "blame", "contradiction", "unanswered", "language", "address", "canned", "jargon", "superlative",
    "regret", "capitals", "exclamations", "long_sentence", "readability",
)  # fmt: skip
READ_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reply answers. text: of the post; lang: of it, ISO 639-1 or ""; addressed: how the person wishes to be
    spoken to, in their own words; public: anyone may read the answer; words: those the house avoids; earlier: what we
    said before, nearest or not."""

    text: str = ""
    lang: str = ""
    addressed: str = ""
    public: bool = True
    words: Sequence[HouseWord] = ()
    earlier: Sequence[Earlier] = field(default=())


def advise(draft: Draft, asked: Asked) -> list[Remark]:
    """Remarks, the gravest kind first, then in the order of the text."""
    if not draft.text.strip():
        return []
    short = Draft(draft.text[:READ_CHARS], draft.lang)
    return sorted(_remarks(short, asked), key=lambda one: (KINDS.index(one.kind), one.start, one.end))


def _remarks(draft: Draft, asked: Asked) -> Iterator[Remark]:
    if asked.public:
        yield from private_words(draft.text)
    yield from contradictions(draft, asked.earlier)
    yield from unanswered(draft, asked.text)
    yield from languages(draft, asked.lang)
    yield from address(draft, asked.addressed)
    yield from phrases(draft, asked.words)
    yield from shouting(draft.text)
    yield from readability(draft)


def languages(draft: Draft, asked: str) -> Iterator[Remark]:
    """Answered in another language than was asked in."""
    if asked and draft.lang and asked != draft.lang:
        yield Remark("language", 0, 0, "", {"asked": asked, "written": draft.lang})


def counts(remarks: Sequence[Remark]) -> Mapping[str, int]:
    """How many of each kind, in the order of KINDS."""
    return {kind: n for kind in KINDS if (n := sum(one.kind == kind for one in remarks))}


__all__ = ["KINDS", "Asked", "Draft", "Earlier", "HouseWord", "Remark", "advise", "counts", "nearest"]
