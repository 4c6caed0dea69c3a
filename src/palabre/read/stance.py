"""The stance of a reply towards a claim: it supports it, denies it, asks about it, or only comments.

    stances(["Hoax. Debunked last week.", "Une source ?"])     # [Stance("deny", …), Stance("query", …)]

The four labels are those of rumour research (Procter et al. 2013; SemEval-2017 task 8, Derczynski et al. 2017). Method:
a bilingual list of phrases with weights, written by hand (``data/stance.toml``); each stance has the sum of its
phrases, a denial of a phrase turns it round, a question mark asks, and what reaches no threshold is a comment. Nothing
is learnt: the only public replies at hand are some five hundred of one event, and a model of words fitted to them did
worse on threads it had not seen than this list (docs/figures/stories.md). It is a hint for the reader of a rumour file,
shown with the phrases that carried it, and never a verdict on a person.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VERSION = 2
DATA = Path(__file__).with_name("data")
STANCES = ("support", "deny", "query", "comment")
READ_CHARS = 1_000
THRESHOLD = 1.0
RELAY = 1.5  # who passes the claim on in his own reply, in the old style, mostly agrees (half of the agreeing replies)
RELAYED = re.compile(r"\bRT:? ?@\w+|[“\"«]\s?@\w+ ?:")
NOISE = re.compile(r"https?://\S+|(?<!\w)@\w[\w.@-]*|\brt\b")
DENIED = re.compile(r"(?:\bnot|n't|\bno|\bnever|\bpas|\bjamais|\bplus|\bni)\W+(?:\w+\W+){0,1}$")


@dataclass(frozen=True, slots=True)
class Stance:
    """label: of STANCES; scores: of support, deny and query; words: the phrases that carried the label."""

    label: str
    scores: Mapping[str, float]
    words: tuple[str, ...] = ()


@cache
def patterns() -> Mapping[str, Sequence[tuple[float, re.Pattern[str]]]]:
    """Phrases with their weights, by stance."""
    book = tomllib.loads((DATA / "stance.toml").read_text("utf-8"))
    return {
        name: [(float(weight), re.compile(rf"(?<!\w)(?:{text})(?!\w)")) for weight, some in by.items() for text in some]
        for name, by in book.items()
    }


def stances(texts: Iterable[str]) -> list[Stance]:
    """The stance of each reply."""
    return [stance(text) for text in texts]


def stance(text: str) -> Stance:
    """The stance of one reply; a reply that says nothing is a comment."""
    said, relayed = plain(text), RELAYED.search(text[:READ_CHARS])
    found = {name: hits(said, some) for name, some in patterns().items()}
    if relayed:
        found["support"].append((RELAY, relayed[0].strip()))
    scores = {name: sum(weight for weight, _ in some) for name, some in found.items()}
    turned = sum(weight for weight, _ in found["support"] if weight < 0)
    scores["deny"] -= turned  # "not true", "pas vrai"
    scores["support"] -= turned
    if "?" in said:
        scores["support"] /= 2
        scores["deny"] -= 0.5
    label = max(("query", "deny", "support"), key=lambda name: scores[name])
    if scores[label] < THRESHOLD:
        return Stance("comment", scores)
    return Stance(label, scores, tuple(words for weight, words in found[label] if weight > 0))


def hits(said: str, some: Sequence[tuple[float, re.Pattern[str]]]) -> list[tuple[float, str]]:
    """(weight, words) of the phrases in a text, each once; a denied one weighs the other way."""
    found = []
    for weight, pattern in some:
        match = pattern.search(said)
        if match:
            before = said[max(0, match.start() - 24) : match.start()]
            found.append((-weight if DENIED.search(before) else weight, match[0]))
    return found


def plain(text: str) -> str:
    """Folded, without addresses and handles, apostrophes in one form."""
    low = unicodedata.normalize("NFKD", text[:READ_CHARS].replace("’", "'").lower())
    bare = "".join(sign for sign in low if not unicodedata.combining(sign))
    return " ".join(NOISE.sub(" ", bare).split())
