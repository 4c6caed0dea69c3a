"""Needs: wishes, questions and complaints that ask for the same thing, in French and in English. Pure.

    found = needs(posts)                     # columns of POSTS, post_id, intents (list), story, voice
    found[0].titles["en"], found[0].voices, found[0].growth.value

Posts whose intents say suggestion, question or complaint are placed by `vectors` (names, numbers, cognates and the
FR-EN lexicon carry over), cut very finely, and what asks for the same in other words or in the other language is joined
again (`same_ask`). Copies and coordinated groups count as one voice. `ask_titles` names a need. A need goes through
statuses, which can be told back to those who asked: `moved` says which step may follow which.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa

from palabre.errors import InputError
from palabre.model import Evidence, Figure
from palabre.understand.ask_titles import titles
from palabre.understand.definitions import compare_counts
from palabre.understand.figuring import listing
from palabre.understand.same_ask import merged
from palabre.understand.tabular import Bools, Floats, Ints, author_keys, lists, post_ids, strings, times, voice_codes
from palabre.understand.terms import Terms, terms_of, with_ids
from palabre.understand.topics import own_terms
from palabre.understand.vectors import KINDS, centroids, grouped, reduced, weighted

VERSION = 2  # 1: fine groups, split by wording and language
ASKING = frozenset({"suggestion", "question", "complaint"})
DIMENSIONS, RESOLUTION, NEIGHBOURS, LEAST = 100, 20.0, 10, 0.5
VOICES_MIN = 10  # of a need; or fewer, where it grows
VOICES_GROWING, GROWING = 5, 2.0  # voices of a young need, and how many times those of the first half the second has
EXAMPLES, ASKERS, WORDS = 5, 50, 5


class Status(StrEnum):
    """Where a need stands."""

    HEARD = "heard"
    CONSIDERED = "considered"
    IN_WORK = "in_work"
    DONE = "done"
    DECLINED = "declined"


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.HEARD: frozenset({Status.CONSIDERED, Status.IN_WORK, Status.DECLINED}),
    Status.CONSIDERED: frozenset({Status.HEARD, Status.IN_WORK, Status.DECLINED}),
    Status.IN_WORK: frozenset({Status.CONSIDERED, Status.DONE, Status.DECLINED}),
    Status.DONE: frozenset({Status.IN_WORK}),  # it came back: not done after all
    Status.DECLINED: frozenset({Status.CONSIDERED}),
}


@dataclass(frozen=True, slots=True)
class Need:
    """titles: by language, what its askers have in common (see `ask_titles`); words: what sets it apart; example_ids:
    the nearest posts; askers: the accounts that asked, most often first; growth: voices of the second half of the
    period over the first."""

    titles: Mapping[str, str]
    words: tuple[str, ...]
    post_ids: tuple[int, ...]
    example_ids: tuple[int, ...]
    askers: tuple[str, ...]
    voices: int
    growth: Figure
    intents: Mapping[str, int]
    languages: Mapping[str, int]
    first_ms: int
    last_ms: int
    version: int = VERSION


def moved(status: Status, to: Status, reason: str = "") -> Status:
    """The next status. InputError: not from here (``needs.no_step``), or declined without a reason."""
    if to not in NEXT[status]:
        raise InputError("needs.no_step", status=str(status), to=str(to))
    if to is Status.DECLINED and not reason.strip():
        raise InputError("needs.no_reason")
    return to


def needs(posts: pa.Table, names: Collection[str] = ()) -> list[Need]:
    """The needs of these posts, most voices first; what too few ask is left out (`VOICES_MIN`). names: folded words of
    the names of the house and of others, which say who is spoken of and not what is asked."""
    asking = np.array([bool(ASKING & set(one)) for one in lists(posts, "intents")], bool)
    if asking.sum() < VOICES_GROWING:
        return []
    asked = with_ids(posts).take(pa.array(np.flatnonzero(asking)))
    terms = terms_of(asked, KINDS)
    points = reduced(weighted(terms), DIMENSIONS)
    groups = merged(terms, grouped(points, RESOLUTION, NEIGHBOURS, LEAST), names)
    words = own_terms(unnamed(terms, names), groups)
    voice = voice_codes(asked)
    halves = times(asked) >= (int(times(posts).min()) + int(times(posts).max())) / 2
    near = (points * centroids(points, groups)[groups]).sum(axis=1)
    heard = [group for group in range(int(groups.max()) + 1) if enough(voice, halves, groups == group)]
    named = titles(strings(asked, "text"), author_keys(asked), strings(asked, "lang"), groups, names)
    found = [
        one_need(asked, np.flatnonzero(groups == group), named.get(group, {}), words[group], voice, halves, near)
        for group in heard
    ]
    return sorted(found, key=lambda need: (-need.voices, need.first_ms))


def enough(voice: Ints, second: Bools, mine: Bools) -> bool:
    """Whether many ask it, or some and ever more."""
    before, after = (len(np.unique(voice[mine & half])) for half in (~second, second))
    n = len(np.unique(voice[mine]))
    return n >= VOICES_MIN or (n >= VOICES_GROWING and after >= GROWING * before)


def unnamed(terms: Terms, names: Collection[str]) -> Terms:
    """The terms without those that hold a name."""
    return terms.kept(np.array([not set(name.split(" ")) & set(names) for name in terms.names], bool))


def one_need(
    asked: pa.Table, rows: Ints, named: Mapping[str, str], words: tuple[tuple[str, float], ...], voice: Ints,
    second: Bools, near: Floats,
) -> Need:  # fmt: skip
    """The need that these rows ask for."""
    mine = asked.take(pa.array(rows))
    order = np.argsort(-near[rows], kind="stable")
    ids, when = post_ids(mine), times(mine)
    return Need(
        named,
        distinct(words),
        tuple(ids.tolist()),
        tuple(ids[order[:EXAMPLES]].tolist()),
        most_often(author_keys(mine))[:ASKERS],
        len(np.unique(voice[rows])),
        growth(voice[rows], second[rows], listing(Evidence(), ids.tolist())),
        tally([one for row in lists(mine, "intents") for one in row if one in ASKING]),
        tally([one for one in strings(mine, "lang") if one]),
        int(when.min()),
        int(when.max()),
    )


def distinct(words: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    """The first words, without those that only repeat parts of another."""
    kept: list[str] = []
    for word, _ in words:
        if not set(word.split(" ")) & {part for one in kept for part in one.split(" ")}:
            kept.append(word)
    return tuple(kept[:WORDS])


def growth(voice: Ints, second: Bools, evidence: Evidence) -> Figure:
    """Voices of the second half over those of the first; too few below 20 in all or without any in one half."""
    n_first, n_second = len(np.unique(voice[~second])), len(np.unique(voice[second]))
    found = compare_counts(Figure("voices", float(n_first), n_first), Figure("voices", float(n_second), n_second))
    return Figure(
        "growth", found.difference, n_first + n_second, found.low, found.high, "ratio", "methods_signals.growth",
        VERSION, evidence,
    )  # fmt: skip


def tally(values: list[str]) -> dict[str, int]:
    """How often each value occurs, most often first."""
    names, counts = np.unique(np.array(values, str), return_counts=True)
    order = np.lexsort((names, -counts))
    return {str(names[at]): int(counts[at]) for at in order}


def most_often(values: list[str]) -> tuple[str, ...]:
    return tuple(tally([value for value in values if value]))
