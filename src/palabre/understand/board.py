"""The three-way board: relationship, product, legitimacy, for us and each competitor, and what moved it. Pure.

    made = board(posts, {"Cyclovent": (1, 2), "Pédalis": (5,)}, since_ms, until_ms)
    cell = made.cell("Cyclovent", "product")
    cell.tone.value, cell.movement.value, cell.moved        # net tone −1 to 1; more than chance?
    [(one.story, one.pull, one.post_ids) for one in cell.movers]    # what it moved with

Definition 1. A post belongs to the party of each watch that it mentions and to the axis it was read as. share: posts
on the axis of all posts of the party with an axis; voice: posts of the party of all parties' on the axis; tone:
(positive − negative) / posts; movement: tone less tone of the period before, equally long. Intervals of tone and
movement are robust to posts that come together: variance between voices (Liang and Zeger 1986), never less than that
of one extra post each way. A movement counts when it passes Benjamini and Hochberg's rule (1995) at 5 % over the
whole board. Pull of a story: movement less movement without it. Fewer than 20 voices in a period: too few to speak of
tone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pyarrow as pa
import scipy

from palabre.model import AXES, Evidence, Figure
from palabre.understand.figuring import FEW_POSTS, NOTHING, Z95, few, listing, narrowed, share
from palabre.understand.own_words import counts, own_words
from palabre.understand.tabular import (
    Bools,
    Floats,
    Ints,
    codes,
    lists,
    post_ids,
    strings,
    text_array,
    times,
    voice_codes,
)

BOARD_AXES = ("relationship", "product", "legitimacy")
METHODS = {name: f"methods_actors.board_{name}" for name in ("share", "voice", "tone", "movement")}
VERSION = 1
VOICES_LEAST = 20
FALSE_DISCOVERY = 0.05
MOVERS_MAX, EXAMPLES_MAX, WORDS_MAX, TEXTS_MAX = 5, 5, 8, 2_000
WEEK_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Mover:
    """A story (or a conversation, where stories are not known). pull: how much of the movement goes with it."""

    story: str
    pull: float
    n: int
    before: int
    post_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a cell. start_ms: its first instant."""

    start_ms: int
    n: int
    tone: Figure


@dataclass(frozen=True, slots=True)
class Cell:
    """One party on one axis. p: of the movement, uncorrected; moved: it passes the rule of the board.

    words: of a movement that counts, those of the posts that came, or went, with it.
    """

    party: str
    axis: str
    share: Figure
    voice: Figure
    tone: Figure
    movement: Figure
    p: float
    moved: bool
    movers: tuple[Mover, ...]
    words: tuple[str, ...]
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Cells in order of parties, then of axes."""

    cells: tuple[Cell, ...]

    def cell(self, party: str, axis: str) -> Cell:
        return next(one for one in self.cells if (one.party, one.axis) == (party, axis))


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """The posts with an axis, m. tone: −1, 0, 1; party: m × parties, bool; axis: number in BOARD_AXES."""

    when: Ints
    tone: Ints
    axis: Ints
    party: Bools
    story: Ints
    stories: pa.Array
    voice: Ints
    ids: Ints
    texts: pa.Array


def board(
    posts: pa.Table, parties: Mapping[str, Sequence[int]], since_ms: int, until_ms: int, scope: Evidence = NOTHING
) -> Board:
    """The board over [since_ms, until_ms), compared with as long a time before. parties: watch ids of each.

    posts: both periods, with watch_ids, axis and tone. Raises ValueError when the period is empty.
    """
    if until_ms <= since_ms:
        raise ValueError("the board needs a period")
    read = read_of(posts, parties)
    now = (read.when >= since_ms) & (read.when < until_ms)
    before = (read.when >= 2 * since_ms - until_ms) & (read.when < since_ms)
    scope = replace(scope, since_ms=since_ms, until_ms=until_ms)
    cells = [
        cell(read, now, before, number, axis, narrowed(scope, axis=BOARD_AXES[axis]), name, tuple(ids))
        for number, (name, ids) in enumerate(parties.items())
        for axis in range(len(BOARD_AXES))
    ]
    return Board(tuple(explained(one, read, now, before, list(parties)) for one in with_rule(cells)))


def read_of(posts: pa.Table, parties: Mapping[str, Sequence[int]]) -> Read:
    """The rows that have an axis and a tone, as arrays."""
    axes, tones = strings(posts, "axis"), strings(posts, "tone")
    rows = np.array([i for i, (a, t) in enumerate(zip(axes, tones, strict=True)) if a in AXES and t], dtype=np.int64)
    watched = lists(posts, "watch_ids")
    wanted = [set(ids) for ids in parties.values()]
    party = np.array([[bool(ids & set(watched[i])) for ids in wanted] for i in rows], dtype=bool)
    signs = {"negative": -1, "positive": 1}
    story, stories = codes(story_keys(posts))
    return Read(
        when=times(posts)[rows],
        tone=np.array([signs.get(tones[i], 0) for i in rows], dtype=np.int64),
        axis=np.array([BOARD_AXES.index(axes[i]) for i in rows], dtype=np.int64),
        party=party.reshape(len(rows), len(parties)),
        story=story[rows],
        stories=stories,
        voice=voice_codes(posts)[rows],
        ids=post_ids(posts)[rows],
        texts=text_array(posts, "text").take(pa.array(rows)),
    )


def story_keys(posts: pa.Table) -> pa.Array:
    """The story of each post, else the conversation it stands in."""
    columns = (text_array(posts, name).to_pylist() for name in ("story", "root", "uri"))
    return pa.array([story or root or uri for story, root, uri in zip(*columns, strict=True)], pa.string())


def cell(
    read: Read, now: Bools, before: Bools, party: int, axis: int, everyone: Evidence, name: str, ids: tuple[int, ...]
) -> Cell:
    """One party on one axis; whether it moved is decided over the board. everyone: the posts of all parties there; ids:
    watches of this one."""
    scope = replace(everyone, watch_ids=ids)
    mine, on_axis = read.party[:, party], read.axis == axis
    here, there = now & mine & on_axis, before & mine & on_axis
    n, of_party = int(here.sum()), int((now & mine).sum())
    of_axis = int((now & on_axis & read.party.any(axis=1)).sum()) if read.party.size else 0
    both = replace(scope, since_ms=2 * scope.since_ms - scope.until_ms)  # a movement rests on both periods
    movement, p = moved_by(read, here, there, both)
    return Cell(
        party=name,
        axis=BOARD_AXES[axis],
        share=share("share", n, of_party, METHODS["share"], narrowed(scope, axis=" ".join(BOARD_AXES))),
        voice=share("voice", n, of_axis, METHODS["voice"], everyone),
        tone=tone_figure(read, here, scope),
        movement=movement,
        p=p,
        moved=False,
        movers=movers(read, here, there) if not movement.few else (),
        words=(),
        weeks=weekly(read, here | there, both),
    )


def tone_figure(read: Read, rows: Bools, scope: Evidence, least: int = VOICES_LEAST) -> Figure:
    """Net tone of some posts."""
    n = int(rows.sum())
    if voices_in(read, rows) < least:
        return few("tone", n, METHODS["tone"], scope, unit="score", version=VERSION)
    value, error = net(read.tone[rows]), sqrt(variance(read.tone[rows], read.voice[rows]))
    low, high = max(-1.0, value - Z95 * error), min(1.0, value + Z95 * error)
    return Figure("tone", value, n, low, high, "score", METHODS["tone"], VERSION, scope)


def moved_by(read: Read, here: Bools, there: Bools, scope: Evidence) -> tuple[Figure, float]:
    """(movement of net tone between two periods, two-sided p)."""
    n = int(here.sum() + there.sum())
    if min(voices_in(read, here), voices_in(read, there)) < VOICES_LEAST:
        return few("movement", n, METHODS["movement"], scope, unit="score", version=VERSION), 1.0
    value = net(read.tone[here]) - net(read.tone[there])
    error = sqrt(variance(read.tone[here], read.voice[here]) + variance(read.tone[there], read.voice[there]))
    p = float(2 * scipy.stats.norm.sf(abs(value) / error))
    low, high = max(-2.0, value - Z95 * error), min(2.0, value + Z95 * error)
    return Figure("movement", value, n, low, high, "score", METHODS["movement"], VERSION, scope), p


def voices_in(read: Read, rows: Bools) -> int:
    return len(np.unique(read.voice[rows]))


def net(tone: Ints) -> float:
    """(positive − negative) / posts; 0 of none."""
    return float(tone.mean()) if len(tone) else 0.0


def variance(tone: Ints, voice: Ints) -> float:
    """Variance of the net tone with posts of one voice taken together; at least that with two posts more."""
    n = len(tone)
    _, group = np.unique(voice, return_inverse=True)
    sums = np.bincount(group, weights=tone - tone.mean())
    groups = len(sums)
    clustered = float((sums**2).sum()) / n**2 * groups / max(1, groups - 1)
    padded = np.concatenate([tone, [-1, 1]])
    return max(clustered, float(padded.var()) / (n + 2))


def with_rule(cells: Sequence[Cell]) -> list[Cell]:
    """The cells whose movement passes Benjamini and Hochberg's rule are marked."""
    tested = [one for one in cells if not one.movement.few]
    if not tested:
        return list(cells)
    adjusted = scipy.stats.false_discovery_control([one.p for one in tested])
    passed = {(one.party, one.axis) for one, q in zip(tested, adjusted, strict=True) if q <= FALSE_DISCOVERY}
    return [replace(one, moved=(one.party, one.axis) in passed) for one in cells]


def explained(made: Cell, read: Read, now: Bools, before: Bools, parties: list[str]) -> Cell:
    """A cell that moved, with the words of what moved it."""
    if not made.moved or not made.movement.value:
        return made
    mine = read.party[:, parties.index(made.party)] & (read.axis == BOARD_AXES.index(made.axis))
    here, there, sign = now & mine, before & mine, 1 if made.movement.value > 0 else -1
    came, went = here & (read.tone == sign), there & (read.tone == -sign)
    grown = came.sum() / here.sum() - (there & (read.tone == sign)).sum() / there.sum()
    shrunk = went.sum() / there.sum() - (here & (read.tone == -sign)).sum() / here.sum()
    inside = came if grown >= shrunk else went
    said, rest = (counts(texts_of(read, rows)) for rows in (inside, (here | there) & ~inside))
    return replace(made, words=tuple(own_words(said, rest, WORDS_MAX)))


def texts_of(read: Read, rows: Bools) -> list[str]:
    """At most TEXTS_MAX texts, spread over time."""
    chosen = np.flatnonzero(rows)
    return read.texts.take(pa.array(chosen[:: max(1, len(chosen) // TEXTS_MAX)])).to_pylist()  # type: ignore[no-any-return]


def movers(read: Read, here: Bools, there: Bools) -> tuple[Mover, ...]:
    """The stories that pull the movement its way the most."""
    movement = net(read.tone[here]) - net(read.tone[there])
    size = len(read.stories)
    n_now, s_now = tallies(read, here, size)
    n_then, s_then = tallies(read, there, size)
    without = left_out(s_now, n_now) - left_out(s_then, n_then)
    pull = np.where(n_now + n_then > 0, movement - without, 0.0)
    order = np.argsort(-pull * np.sign(movement), kind="stable")[:MOVERS_MAX]
    return tuple(
        mover(read, here | there, int(i), float(pull[i]), int(n_now[i]), int(n_then[i]))
        for i in order
        if pull[i] * movement > 0
    )


def tallies(read: Read, rows: Bools, size: int) -> tuple[Floats, Floats]:
    """(posts, sum of tones) of each story among some rows."""
    story = read.story[rows]
    n = np.bincount(story, minlength=size).astype(float)
    return n, np.bincount(story, weights=read.tone[rows], minlength=size).astype(float)


def left_out(sums: Floats, n: Floats) -> Floats:
    """Net tone without each story in turn; 0 where nothing is left."""
    rest = n.sum() - n
    return np.where(rest > 0, (sums.sum() - sums) / np.maximum(rest, 1), 0.0)


def mover(read: Read, rows: Bools, story: int, pull: float, n: int, before: int) -> Mover:
    """A story with its first posts, the newest period's too."""
    held = read.ids[rows & (read.story == story)]
    return Mover(read.stories[story].as_py(), pull, n, before, tuple(int(one) for one in held[-EXAMPLES_MAX:]))


def weekly(read: Read, rows: Bools, scope: Evidence) -> tuple[Week, ...]:
    """Net tone week by week over both periods (scope); a week with few voices has no tone."""
    found = []
    week = read.when // WEEK_MS
    for number in np.unique(week[rows]).tolist():
        inside, start = rows & (week == number), number * WEEK_MS
        first, end = max(start, scope.since_ms), min(start + WEEK_MS, scope.until_ms)
        evidence = replace(scope, since_ms=first, until_ms=end)
        found.append(Week(start, int(inside.sum()), tone_figure(read, inside, evidence, FEW_POSTS)))
    return tuple(found)


def cells_evidence(made: Cell) -> Evidence:
    """The posts behind what moved a cell, one by one."""
    return listing(made.movement.evidence, (one for story in made.movers for one in story.post_ids))
