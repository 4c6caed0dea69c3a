"""Promises: what a reply commits us to do, with the moment it is due and the words that say so. Pure, no model.

    promise("Nous revenons vers vous vendredi.", datetime(2026, 11, 24, 10), "fr")
    # Promise(start=0, end=32, due="2026-11-27")

A promise is an act of ours to come. It is none when the act is past or under way, is denied, hoped for or tried, is a
habit or a rule for everybody, an offer, a request, a question, the act of another house, or words that are quoted. Two
conventions: an act that waits for one of the reader ("si vous nous envoyez votre RIB, nous vous réglons") is a promise,
without date where the time only runs from there; and a thing that we bind ourselves not to do ("vous ne serez pas
prélevé") is one. Of several, the first that is dated and speaks to the reader is told, then the first dated, then the
first.

Method: phrases and vetoes by language (``data/promises.<language>.toml``), held against one clause at a time; moments
by due.py. Measured on a thousand replies of our own (tests/quality/handmade/promises.*.ndjson), floors beside them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

from palabre.read.due import LANGUAGES, When, whens
from palabre.read.folded import fold

VERSION = 1
DATA = Path(__file__).with_name("data")
READ_CHARS = 20_000
NEAR = 14  # characters from a clause to the moment that the next one opens with
QUOTED = re.compile(r'^[ \t]*>.*$|«[^»\n]*»|“[^”\n]*”|(?<!\w)"[^"\n]*"', re.MULTILINE)
SENTENCE = re.compile(r"(?<!\b[mp])(?<!\b(?:mr|ms|dr|st))(?<!\b(?:mme|mrs|etc))[.!?…]+(?=[\s)]|$)|\n+")
HOLIDAYS = {"fr": "fr", "en": "gb"}
# French pronouns between a subject and its verb.
CLITICS = r"(?: ?(?:(?:ne|vous|vs|te|le|la|les|lui|leur|y|en|nous|me|se|z)\b|[ntlms]'))*"
KINDS = ("ours", "yours", "theirs", "dated", "opening", "not_to")


@dataclass(frozen=True, slots=True)
class Promise:
    """start, end: code points of the text that carry it; due: "2026-11-27", "2026-11-27T14:00" in the writer's own
    time, or "" when it has no date."""

    start: int
    end: int
    due: str = ""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of a language, compiled: those that commit, by kind; what denies them; how clauses are cut."""

    commits: dict[str, re.Pattern[str]]
    veto: re.Pattern[str]
    third: re.Pattern[str]
    after_event: re.Pattern[str]
    split: re.Pattern[str]
    greeting: re.Pattern[str]
    soon: re.Pattern[str]
    past: re.Pattern[str]
    address: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence (characters of the folded text) with the moments in it."""

    start: int
    end: int
    moments: tuple[When, ...]


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language of LANGUAGES."""
    data = tomllib.loads((DATA / f"promises.{language}.toml").read_text("utf-8"))
    lists = {
        name: re.compile("|".join(f"(?:{one})" for one in data[name]).replace("%clitics%", CLITICS))
        for name in (*KINDS, "veto")
    }
    single = {
        name: re.compile(data[name])
        for name in ("third", "after_event", "split", "greeting", "soon", "past", "address")
    }
    return Phrases({name: lists[name] for name in KINDS}, lists["veto"], **single)


def promise(text: str, moment: datetime, language: str, country: str | None = None) -> Promise | None:
    """The promise of a text, or None. language: of LANGUAGES; moment: of writing, as the writer's clock showed it;
    country: whose holidays count ("": none; None: those of the language's first country)."""
    folded = fold(text[:READ_CHARS])
    said = QUOTED.sub(lambda match: " " * len(match[0]), folded.said)
    known = phrases(language)
    moments = whens(said, moment, language, HOLIDAYS[language] if country is None else country)
    found = [one for start, end in _sentences(said) for one in _promises(said, start, end, moments, known)]
    if not found:
        return None
    clause, due = min(found, key=lambda one: _rank(said, one[0], one[1], known))
    start, end = _span(said, clause, known)
    return Promise(*folded.original(start, end), due)


def _sentences(said: str) -> list[tuple[int, int]]:
    """Where sentences begin and end, the stop included."""
    cuts = [0, *(match.end() for match in SENTENCE.finditer(said)), len(said)]
    return [(start, end) for start, end in pairwise(cuts) if said[start:end].strip()]


def _rank(said: str, clause: Clause, due: str, known: Phrases) -> tuple[bool, bool, int]:
    speaks = known.address.search(said, clause.start, clause.end) is not None
    return (not due, not (due and speaks), clause.start)


def _promises(said: str, start: int, end: int, moments: Sequence[When], known: Phrases) -> list[tuple[Clause, str]]:
    """The clauses of a sentence that commit us, each with when it is due."""
    if said[:end].rstrip().endswith("?"):
        return []
    after = known.after_event.search(said, start, end) is not None
    found = []
    for clause in _clauses(said, start, end, moments, known):
        if _commits(said[clause.start : clause.end], bool(clause.moments), known):
            dated = [when for when in clause.moments if not (after and when.counted)]
            found.append((clause, dated[-1].due if dated else ""))
    return found


def _clauses(said: str, start: int, end: int, moments: Sequence[When], known: Phrases) -> list[Clause]:
    """The clauses of a sentence; one that is cut off from its moment by a comma gets it back."""
    inside = [when for when in moments if start <= when.start < end]
    free = [m.start() for m in known.split.finditer(said, start, end) if not any(_within(m, when) for when in inside)]
    parts = list(pairwise([start, *(cut for cut in free if cut > start), end]))
    owned = [[when for when in inside if low <= when.start < high] for low, high in parts]
    clauses = []
    for place, (low, high) in enumerate(parts):
        own, high = _own(said, parts, owned, place, high)
        clauses.append(Clause(low, high, tuple(own)))
    return clauses


def _within(match: re.Match[str], when: When) -> bool:
    return when.start <= match.start() < when.end


def _own(
    said: str, parts: Sequence[tuple[int, int]], owned: Sequence[list[When]], place: int, end: int
) -> tuple[list[When], int]:
    """The moments of a clause and where it ends: its own, else that at the head of the next, or all of the last."""
    if owned[place]:
        return owned[place], end
    if place + 1 < len(parts) and owned[place + 1]:
        head = owned[place + 1][0]
        if head.start - end <= NEAR:
            return [head], head.end
    if place and owned[place - 1]:
        low, high = parts[place - 1]
        if high - low - (owned[place - 1][-1].end - owned[place - 1][0].start) <= NEAR:
            return owned[place - 1], end
    return [], end


def _commits(clause: str, dated: bool, known: Phrases) -> bool:
    """Whether a clause says that we will do something."""
    bare = clause.strip(" ,;:()-\n")
    greeted = known.greeting.match(bare)
    head = bare[greeted.end() :] if greeted else bare
    if known.commits["not_to"].search(bare):
        return True
    if known.veto.search(head):
        return False
    if known.commits["ours"].search(bare) or known.commits["yours"].search(bare):
        return True
    if known.third.search(bare):
        return False
    if known.commits["theirs"].search(bare):
        return True
    if not dated and not known.soon.search(bare):
        return False
    opens = known.commits["opening"].match(head) and not known.past.search(head)
    return bool(known.commits["dated"].search(bare) or opens)


def _span(said: str, clause: Clause, known: Phrases) -> tuple[int, int]:
    """The clause without the greeting before it and the stops around it."""
    start, end = clause.start, clause.end
    greeted = known.greeting.match(said, start, end)
    start = greeted.end() if greeted and greeted.end() < end else start
    while start < end and not said[start].isalnum():
        start += 1
    while end > start and not said[end - 1].isalnum():
        end -= 1
    return start, end


__all__ = ["LANGUAGES", "Promise", "promise"]
