"""Signals in what people say: what begins or grows, carried by independent accounts, found as early as chance allows.

    found = signals(posts)               # an Arrow table: POSTS, with post_id, story, voice, group where known
    found[0].words, found[0].first_ms, found[0].detected_ms, found[0].kind

Each day, the terms that burst (`bursts.spikes_many`; one vote a voice and day, so that copies and coordinated groups
count once) and that several unconnected accounts carry are gathered by the conversations they occur in. What resembles
a signal already open feeds it; the rest opens a new one: a dated hypothesis with its evidence. Kind: ``spike`` when
most of it came within three days, ``weak`` when it is small and grows. A weak one is said once it bursts on a second
day: what chance does once it seldom does twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from palabre.understand.bursts import Burst, spikes_many
from palabre.understand.tabular import Bools, Ints, author_keys, post_ids, strings, times, voice_codes
from palabre.understand.terms import Terms, terms_of, votes

DAY_MS = 86_400_000
METHOD, VERSION = "methods_signals.bursts", 2
ACCOUNTS_MIN = 5  # independent accounts behind a signal
SOURCES_MIN = 2  # networks, unless all that is heard comes from one
DOMINANT = 0.4  # of the posts by one account: that is its campaign, not a signal
COORDINATED = 0.5  # of the posts by coordinated groups: a push, which has its own page
SPIKE_SPAN = 3  # days within which a spike comes
GROWTH_MIN = 4.0  # times the expectation, to open a signal
ALIKE, ALIKE_LATER = 0.3, 0.4  # of the conversations of a term, those that make it part of a matter, young or older
CORE_MAX = 12  # words by which a matter knows its conversations
YOUNG_DAYS = 3  # while a matter gathers its words
COHESION = 0.3  # of the posts of its rarer word, those of a pair
OPEN_DAYS = 21  # after its last burst a signal is closed; what returns later is a new one
WORDS_SHOWN = 6
EVIDENCE_MAX = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What is already known and needs no signal: an episode or a story, by its time and its posts."""

    start_ms: int
    end_ms: int
    post_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Signal:
    """A dated hypothesis. first_ms: of its earliest evidence; detected_ms: end of the day that gave it away; growth:
    votes over what was expected; accounts, sources: independent accounts and networks; score: -log10 of p."""

    kind: str
    words: tuple[str, ...]
    first_ms: int
    detected_ms: int
    last_ms: int
    post_ids: tuple[int, ...]
    growth: float
    accounts: int
    sources: int
    score: float
    method: str = METHOD
    version: int = VERSION


@dataclass(frozen=True)
class Talk:
    """The posts as the search needs them: one entry a post, days counted from the first."""

    terms: Terms
    rows_of: tuple[Ints, ...]  # posts of each term
    when: Ints
    day: Ints
    thread: Ints
    voice: Ints
    author: Ints
    source: Ints
    grouped: Ints
    ids: Ints
    start_ms: int

    @property
    def one_source(self) -> bool:
        return len(np.unique(self.source)) < SOURCES_MIN


@dataclass
class Matter:
    """A signal being followed: the terms of its first days, and the burst that opened it."""

    terms: set[int]
    opened: Burst
    last_day: int
    sure_day: int = -1  # of its second burst day
    best: dict[int, float] = field(default_factory=dict)  # term → surest -log10 p
    threads: dict[tuple[int, int, int], set[int]] = field(default_factory=dict)  # of its terms, by day and span


def signals(posts: pa.Table, known: Sequence[Known] = ()) -> list[Signal]:
    """The signals of these posts, in order of detection. An empty table: []."""
    if not posts.num_rows:
        return []
    talk = talk_of(posts)
    daily = votes(talk.terms, talk.voice, talk.day, int(talk.day.max()) + 1).toarray()
    matters = follow(talk, spikes_many(daily))
    found = [as_signal(talk, matter) for matter in matters]
    return [one for one in found if one is not None and not explained(one, known)]


def talk_of(posts: pa.Table) -> Talk:
    """Columns of POSTS as numbers."""
    when = times(posts)
    start_ms = int(when.min()) - int(when.min()) % DAY_MS
    terms = terms_of(posts, ("word", "stem", "concept", "pair", "tag", "link"), posts_min=ACCOUNTS_MIN)
    terms = terms.kept(cohesive(terms))
    columns = terms.table.tocsc()
    rows_of = tuple(np.sort(columns.indices[a:b]) for a, b in zip(columns.indptr, columns.indptr[1:], strict=False))
    root, uri = strings(posts, "root"), strings(posts, "uri")
    return Talk(
        terms,
        rows_of,
        when,
        (when - start_ms) // DAY_MS,
        numbered(root[row] or uri[row] or str(row) for row in range(len(uri))),
        voice_codes(posts),
        numbered(author_keys(posts)),
        numbered(strings(posts, "network")),
        np.array([group not in ("", "0") for group in strings(posts, "group")], np.int64),
        post_ids(posts),
        start_ms,
    )


def cohesive(terms: Terms) -> Bools:
    """Not a pair of words that only chance to meet: of the rarer one, a good part is in the pair."""
    counts = np.asarray(terms.table.sum(axis=0)).ravel()
    single = {
        name: counts[at] for at, (kind, name) in enumerate(zip(terms.kinds, terms.names, strict=True)) if kind == "word"
    }
    return np.array(
        [
            kind != "pair" or counts[at] >= COHESION * min(single.get(word, 0.0) for word in name.split(" "))
            for at, (kind, name) in enumerate(zip(terms.kinds, terms.names, strict=True))
        ],
        bool,
    )


def numbered(values: Iterable[str]) -> Ints:
    """Each value as a number."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(value, len(seen)) for value in values], np.int64)


def follow(talk: Talk, bursts: Sequence[Burst]) -> list[Matter]:
    """The matters that the bursts tell of, day by day."""
    matters: list[Matter] = []
    by_day: dict[int, list[Burst]] = {}
    for burst in bursts:
        by_day.setdefault(burst.day, []).append(burst)
    for day, found in sorted(by_day.items()):
        for burst in sorted(found, key=lambda one: one.p_value):
            feed(talk, matters, burst, day)
    return matters


def feed(talk: Talk, matters: list[Matter], burst: Burst, day: int) -> None:
    """A burst into the open matter it belongs to, or as a new one when independent accounts carry it."""
    rows = recent(talk, burst.term, day, burst.span)
    threads = set(talk.thread[rows].tolist())
    score = -float(np.log10(max(burst.p_value, 1e-300)))
    matter = home(talk, matters, burst, threads)
    if matter is None:
        if independent(talk, rows) and burst.seen >= GROWTH_MIN * burst.expected:
            matters.append(Matter({burst.term}, burst, day, best={burst.term: score}))
        return
    matter.last_day = day
    if matter.sure_day < 0 and day > matter.opened.day:
        matter.sure_day = day
    young = day - matter.opened.day <= YOUNG_DAYS and len(matter.terms) < CORE_MAX
    if young and burst.seen >= GROWTH_MIN * burst.expected:
        matter.terms.add(burst.term)
    matter.best[burst.term] = max(score, matter.best.get(burst.term, 0.0))


def home(talk: Talk, matters: Sequence[Matter], burst: Burst, threads: set[int]) -> Matter | None:
    """The open matter that a burst belongs to: the one that most of the conversations it occurs in are of, if any."""
    best, found = 0.0, None
    for matter in matters:
        if burst.day - matter.last_day > OPEN_DAYS:
            continue
        young = burst.day - matter.opened.day <= YOUNG_DAYS
        part = 1.0 if burst.term in matter.terms else shared(talk, matter, burst, threads)
        if part > best and part >= (ALIKE if young else ALIKE_LATER):
            best, found = part, matter
    return found


def shared(talk: Talk, matter: Matter, burst: Burst, threads: set[int]) -> float:
    """Of the conversations of a burst, the part in which the first words of a matter occur too.

    Only the words of its first days say which conversations are those of a matter: one that lives for weeks must not
    swallow all that happens meanwhile.
    """
    key = (burst.day, burst.span, len(matter.terms))
    if key not in matter.threads:
        theirs = [talk.thread[recent(talk, term, burst.day, burst.span)] for term in matter.terms]
        today = {one: found for one, found in matter.threads.items() if one[0] == burst.day}
        matter.threads = {**today, key: set(np.concatenate(theirs).tolist())}
    return len(threads & matter.threads[key]) / max(len(threads), 1)


def recent(talk: Talk, term: int, day: int, span: int) -> Ints:
    """The posts of a term in the ``span`` days up to ``day``."""
    rows = talk.rows_of[term]
    return rows[(talk.day[rows] <= day) & (talk.day[rows] > day - span)]


def independent(talk: Talk, rows: Ints) -> bool:
    """Several accounts, in several sources, none of them dominant, most of them not coordinated."""
    _, counts = np.unique(talk.author[rows], return_counts=True)
    sources = len(np.unique(talk.source[rows]))
    return bool(
        len(counts) >= ACCOUNTS_MIN
        and (sources >= SOURCES_MIN or talk.one_source)
        and counts.max() <= DOMINANT * len(rows)
        and talk.grouped[rows].mean() <= COORDINATED
    )


def as_signal(talk: Talk, matter: Matter) -> Signal | None:
    """The hypothesis with its numbers; None for a weak one that has not burst again."""
    burst, kind = matter.opened, kind_of(talk, matter)
    words = sorted(matter.best, key=lambda term: -matter.best[term])
    rows = evidence(talk, [burst.term, *words[:WORDS_SHOWN]], burst.day)
    if not len(rows) or (kind == "weak" and matter.sure_day < 0):
        return None
    said_day = matter.sure_day if kind == "weak" else burst.day
    return Signal(
        kind,
        tuple(dict.fromkeys(talk.terms.shown[term] for term in words))[:WORDS_SHOWN],
        int(talk.when[rows].min()),
        talk.start_ms + (said_day + 1) * DAY_MS,
        talk.start_ms + (matter.last_day + 1) * DAY_MS,
        tuple(talk.ids[rows[-EVIDENCE_MAX:]].tolist()),
        burst.seen / max(burst.expected, 1e-9),
        len(np.unique(talk.author[rows])),
        len(np.unique(talk.source[rows])),
        max(matter.best.values()),
    )


def evidence(talk: Talk, terms: Sequence[int], day: int) -> Ints:
    """The posts of the opening term of the last four weeks, and of the others where they meet it."""
    rows = recent(talk, terms[0], day, 28)
    threads = np.unique(talk.thread[rows])
    others = [recent(talk, term, day, 28) for term in terms[1:]]
    near = [more[np.isin(talk.thread[more], threads)] for more in others]
    return np.unique(np.concatenate([rows, *near])) if near else rows


def kind_of(talk: Talk, matter: Matter) -> str:
    """``spike`` when the opening term came to most of its volume within three days; else ``weak``."""
    burst = matter.opened
    rows = talk.rows_of[burst.term]
    days = talk.day[rows]
    own = days[(days > burst.day - 14) & (days <= burst.day)]
    fast = float((own > burst.day - SPIKE_SPAN).mean()) if len(own) else 0.0
    return "spike" if fast >= 0.75 and burst.seen >= 3 * ACCOUNTS_MIN else "weak"


def explained(signal: Signal, known: Sequence[Known]) -> bool:
    """Most of its evidence belongs to something already known."""
    mine = set(signal.post_ids)
    return any(
        one.start_ms <= signal.detected_ms <= one.end_ms + DAY_MS and len(mine & one.post_ids) >= len(mine) / 2
        for one in known
    )


def renamed(signal: Signal, words: Sequence[str]) -> Signal:
    """The same signal under other words (a person's)."""
    return replace(signal, words=tuple(words))
