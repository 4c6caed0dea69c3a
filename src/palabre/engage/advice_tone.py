"""A sincere and modest tone, plain words, and the form of address that a person wishes. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from palabre.engage.advice_remarks import Draft, HouseWord, Remark, flat, unlinked

DATA = Path(__file__).with_name("data")
LISTS = ("jargon", "superlative", "canned", "blame", "regret")
LANGUAGES = ("fr", "en")
CAPITALS = re.compile(r"(?<!\w)[^\W\d_a-zß-öø-ÿœ]{2,}(?:[ '’-]+[^\W\d_a-zß-öø-ÿœ]{2,})*(?!\w)")
CAPITALS_ALONE, CAPITALS_TOGETHER = 7, 10  # letters: shorter ones are names and acronyms
EXCLAMATIONS_MAX = 2
TU = re.compile(r"(?<![\w-])(?:tu|te|toi|ton|ta|tes|t'(?=[aeiouyhéèê]))(?!\w)")
VOUS = re.compile(r"(?<![\w-])(?:vous|votre|vos)(?!\w)")
WISHES_TU = re.compile(r"\btu\b|tutoie|tutoy")
WISHES_VOUS = re.compile(r"\bvous\b|vouvoie|vouvoy")


@cache
def listed(lang: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """(kind, pattern, what to write instead) of a language."""
    data = tomllib.loads((DATA / f"advice.{lang}.toml").read_text("utf-8"))
    return tuple(
        (kind, re.compile(rf"(?<!\w)(?:{find})(?!\w)" if find[-1].isalpha() else rf"(?<!\w)(?:{find})"), say)
        for kind in LISTS
        for find, say in data[kind].items()
    )


def phrases(draft: Draft, house: Sequence[HouseWord]) -> Iterator[Remark]:
    """Phrases of the lists and words of the house; a place is remarked on once, by the longest."""
    said = unlinked(flat(draft.text))
    found = [*_listed(draft, said), *_of_house(draft, said, house)]
    taken: list[tuple[int, int]] = []
    for remark in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(remark.start < end and start < remark.end for start, end in taken):
            taken.append((remark.start, remark.end))
            yield remark


def _listed(draft: Draft, said: str) -> Iterator[Remark]:
    for kind, pattern, say in listed(draft.lang) if draft.lang in LANGUAGES else ():
        for match in pattern.finditer(said):
            yield _about(draft, kind, match, say)


def _of_house(draft: Draft, said: str, house: Sequence[HouseWord]) -> Iterator[Remark]:
    for word in house:
        if word.word.strip() and word.lang in ("", draft.lang):
            for match in re.finditer(rf"(?<!\w){re.escape(flat(word.word.strip()))}(?:s|es|x)?(?!\w)", said):
                yield _about(draft, "jargon", match, word.say, "house")


def _about(draft: Draft, kind: str, match: re.Match[str], say: str, case: str = "") -> Remark:
    """A remark on the words of a match, without the spaces around them."""
    words = draft.text[match.start() : match.end()].rstrip()
    which = case or ("instead" if say else "plain")
    if case and not say:
        which = "house_plain"
    return Remark(kind, match.start(), match.start() + len(words), words, {"say": say, "case": which})


def shouting(text: str) -> Iterator[Remark]:
    """Words in capitals, and more exclamation marks than a voice has."""
    bare = unlinked(text)
    for match in CAPITALS.finditer(bare):
        letters = sum(c.isalpha() for c in match[0])
        together = re.search(r"[ '’-]", match[0]) is not None
        if letters >= (CAPITALS_TOGETHER if together else CAPITALS_ALONE):
            yield Remark("capitals", match.start(), match.end(), match[0])
    marks = list(re.finditer(r"!+", bare))
    n = sum(len(match[0]) for match in marks)
    if n > EXCLAMATIONS_MAX or any(len(match[0]) > 1 for match in marks):
        worst = max(marks, key=lambda match: len(match[0]))
        yield Remark("exclamations", worst.start(), worst.end(), worst[0], {"n": n})


def address(draft: Draft, wished: str) -> Iterator[Remark]:
    """French only: "tu" where "vous" is wished, or the other way; both in one reply."""
    if draft.lang != "fr":
        return
    said, wish = unlinked(flat(draft.text)), flat(wished)
    tu, vous = TU.search(said), VOUS.search(said)
    if WISHES_TU.search(wish) and vous:
        yield _address(draft, vous, "tu")
    elif WISHES_VOUS.search(wish) and tu:
        yield _address(draft, tu, "vous")
    elif tu and vous:
        yield _address(draft, max(tu, vous, key=lambda match: match.start()), "both")


def _address(draft: Draft, match: re.Match[str], case: str) -> Remark:
    return Remark("address", match.start(), match.end(), draft.text[match.start() : match.end()], {"case": case})
