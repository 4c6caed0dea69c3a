"""Who is behind the entries of a register (needs, topics) in a scope: posts, voices, accounts, growth, steps.

    found = behind(archive, workspace_id, scope, "need", {one.need_id: one.post_ids for one in archive.needs.all(…)})
    found[12].voices.value, found[12].growth.value, found[12].who[0]

One question to the column copy for all entries. An entry without a post in the scope is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from palabre.archive import Archive
from palabre.insight.scope import Scope, table
from palabre.model import Evidence, Figure
from palabre.understand import figuring
from palabre.understand.needs import growth, tally
from palabre.understand.tabular import Ints, author_keys, strings, times, voice_codes

COLUMNS = ("post_id", "sort_ms", "account_uri", "account_handle", "account_name", "network", "lang", "voice")
WHO_MAX = 200


@dataclass(frozen=True, slots=True)
class Asker:
    """An account behind an entry. n: its posts there; post_id: the newest of them."""

    account: str
    name: str
    n: int
    post_id: int


@dataclass(frozen=True, slots=True)
class Behind:
    """posts, voices, accounts: counts of the scope; growth: voices of its second half over its first; who: those who
    wrote most, at most `WHO_MAX`; steps: (start of the step, posts, voices), empty ones too; newest: post_ids."""

    posts: Figure
    voices: Figure
    accounts: Figure
    growth: Figure
    languages: Mapping[str, int]
    who: tuple[Asker, ...]
    steps: tuple[tuple[int, int, int], ...]
    first_ms: int
    last_ms: int


def behind(
    archive: Archive, workspace_id: int, scope: Scope, register: str, entries: Mapping[int, Iterable[int]]
) -> dict[int, Behind]:
    """Each entry of the register with posts in the scope. entries: number → the post_ids behind it."""
    posts = table(archive, workspace_id, scope, COLUMNS)
    ids, voice = posts["post_id"].to_numpy(), voice_codes(posts)
    starts = steps_of(scope, times(posts), archive.posts.first_ms(workspace_id))
    middle = middle_of(starts, scope.step_ms, archive.clock.now_ms())
    found = {}
    for entry_id, mine in entries.items():
        rows = np.flatnonzero(np.isin(ids, np.fromiter(mine, np.int64)))
        if len(rows):
            evidence = scope.evidence_with(register=f"{register}:{entry_id}")
            found[entry_id] = of_rows(posts, rows, voice[rows], scope.step_ms, starts, middle, evidence)
    return found


def middle_of(starts: Ints, step_ms: int, now_ms: int) -> int:
    """Where the second half begins. A period that still runs is halved at what has passed of it: hours to come are no
    silence."""
    if not len(starts):
        return 0
    first, end = int(starts[0]), int(starts[-1]) + step_ms
    return (first + (min(end, now_ms) if now_ms > first else end)) // 2


def of_rows(
    posts: pa.Table, rows: Ints, voice: Ints, step_ms: int, starts: Ints, middle: int, evidence: Evidence
) -> Behind:
    """The figures of one entry. rows, voice: of its posts; middle: where the second half begins."""
    mine = posts.take(pa.array(rows))
    when, n = times(mine), len(rows)
    authors = {key for key in author_keys(mine) if key}
    return Behind(
        figuring.count("posts", n, "methods_insight.count", evidence),
        figuring.count("voices", len(np.unique(voice)), "methods_stories.voice", evidence, unit="voices", n=n),
        figuring.count("accounts", len(authors), "methods_insight.accounts", evidence, unit="accounts", n=n),
        replace(growth(voice, when >= middle, evidence), n=n),
        tally([one for one in strings(mine, "lang") if one]),
        askers(mine),
        by_step(when, voice, starts, step_ms),
        int(when.min()),
        int(when.max()),
    )


def steps_of(scope: Scope, when: Ints, heard_ms: int) -> Ints:
    """The starts of the steps of a scope, from its first moment (or its first post) to its last; none before the
    oldest post that was heard (heard_ms)."""
    if not len(when):
        return np.zeros(0, np.int64)
    first = (max(scope.since_ms, heard_ms) if scope.since_ms else int(when.min())) // scope.step_ms * scope.step_ms
    return np.arange(first, max(scope.until_ms, int(when.max()) + 1), scope.step_ms, dtype=np.int64)


def by_step(when: Ints, voice: Ints, starts: Ints, step_ms: int) -> tuple[tuple[int, int, int], ...]:
    """(start, posts, voices) of every step; a voice counts in each step in which it speaks."""
    place = (when - starts[0]) // step_ms
    n = np.bincount(place, minlength=len(starts))
    pairs = np.unique(np.stack([place, voice]), axis=1)
    voices = np.bincount(pairs[0], minlength=len(starts))
    return tuple(zip(starts.tolist(), n.tolist(), voices.tolist(), strict=False))


def askers(mine: pa.Table) -> tuple[Asker, ...]:
    """The accounts of these posts, those who wrote most first."""
    names, handles = strings(mine, "account_name"), strings(mine, "account_handle")
    ids = mine["post_id"].to_pylist()
    counted: dict[str, int] = {}
    known: dict[str, tuple[str, int]] = {}
    for row, key in enumerate(author_keys(mine)):
        if key:
            counted[key] = counted.get(key, 0) + 1
            known[key] = (names[row] or handles[row] or key, ids[row])
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:WHO_MAX]
    return tuple(Asker(key, known[key][0], n, known[key][1]) for key, n in ranked)
