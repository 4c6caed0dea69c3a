"""Rumour files, the part that is computed: who said it first, how it spread, how it was taken, who answered. Pure.

    file = rumour(posts, replies, stances, marks)
    file.first, file.networks, file.days, file.stances["deny"], file.sources, file.reply, file.coordinated

posts: those that carry the claim (a story, or what a query finds), with the columns of POSTS, and voice where known;
replies: what answers them. Nothing here says whether a claim is true: the outcome is what the team writes down, with
its sources. DISARM identifiers (`techniques`) are a vocabulary for what people saw.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.model import Evidence, Figure
from palabre.text.urls import site
from palabre.understand.amplified import amplified, voice_numbers, volume, volume_by_step
from palabre.understand.figuring import NOTHING, listing, share
from palabre.understand.shingles import Ints
from palabre.understand.stories import ADDRESS, by_age
from palabre.understand.tabular import author_keys, lists, post_ids, strings, text_array, times

STANCES = ("support", "deny", "query", "comment")
DAY_MS = 86_400_000
STEP_HOURS_MAX = 3  # a rumour of three days or less is drawn by the hour


@dataclass(frozen=True, slots=True)
class Marks:
    """What the team knows. credible, certified: sites (``example.org``) or account uris; ours: our account uris;
    coordinated: rows of posts that a coordinated group pushed."""

    credible: Collection[str] = ()
    certified: Collection[str] = ()
    ours: Collection[str] = ()
    coordinated: Ints = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Spread:
    """The claim on one network. first: row of its first post there."""

    network: str
    first: int
    first_ms: int
    posts: int
    voices: int


@dataclass(frozen=True, slots=True)
class Source:
    """A marked source that speaks of the claim. row: of posts, or of replies (reply); mark: credible or certified."""

    row: int
    reply: bool
    name: str
    mark: str
    stance: str


@dataclass(frozen=True, slots=True)
class Rumour:
    """first, last: rows of posts; half_ms: from the first post to half of the voices; step_ms: of series, (starts,
    posts, voices); stances: a share of the replies each; sources: marked ones, the earliest first; reply: row of
    replies that is ours and first, -1 for none; reply_after_ms: since the first post."""

    first: int
    last: int
    first_ms: int
    last_ms: int
    half_ms: int
    posts: Figure
    voices: Figure
    amplified: Figure
    coordinated: Figure
    networks: tuple[Spread, ...]
    step_ms: int
    series: tuple[Ints, Ints, Ints]
    stances: Mapping[str, Figure]
    sources: tuple[Source, ...]
    reply: int
    reply_after_ms: int


def rumour(
    posts: pa.Table,
    replies: pa.Table,
    stances: Sequence[str],
    marks: Marks = Marks(),
    evidence: Evidence = NOTHING,
) -> Rumour | None:
    """The file of a claim; None when nobody carries it. stances: of each reply, of STANCES (see `read.stance`)."""
    if not posts.num_rows:
        return None
    when = times(posts)
    order = by_age(when)
    known = np.sort(when[when > 0])
    first_ms, last_ms = (int(known[0]), int(known[-1])) if len(known) else (0, 0)
    step_ms = DAY_MS // 24 if last_ms - first_ms <= STEP_HOURS_MAX * DAY_MS else DAY_MS
    raw, voiced = volume(posts, evidence)
    pushed = len(np.unique(marks.coordinated))
    method = "methods_stories.coordinated_share"
    answer = own_reply(replies, marks.ours)
    return Rumour(
        first=int(order[0]),
        last=int(order[len(known) - 1] if len(known) else order[-1]),
        first_ms=first_ms,
        last_ms=last_ms,
        half_ms=half_way(posts) - first_ms if first_ms else 0,
        posts=raw,
        voices=voiced,
        amplified=amplified(posts, evidence),
        coordinated=share("coordinated_share", pushed, posts.num_rows, method, evidence),
        networks=spread(posts),
        step_ms=step_ms,
        series=volume_by_step(posts.filter(pa.array(when > 0)), step_ms),
        stances=stance_shares(replies, stances, evidence),
        sources=sources(posts, replies, stances, marks),
        reply=answer,
        reply_after_ms=max(0, int(times(replies)[answer]) - first_ms) if answer >= 0 and first_ms else 0,
    )


def half_way(posts: pa.Table) -> int:
    """When half of the voices had spoken; 0 where no time is known."""
    dated = posts.filter(pa.array(times(posts) > 0))
    order = np.argsort(times(dated), kind="stable")
    _, at = np.unique(voice_numbers(dated)[order], return_index=True)
    spoke = np.sort(times(dated)[order[at]])
    return int(spoke[(len(spoke) - 1) // 2]) if len(spoke) else 0


def spread(posts: pa.Table) -> tuple[Spread, ...]:
    """Network by network, in the order in which the claim reached them."""
    network, when, voice = np.array(strings(posts, "network")), times(posts), voice_numbers(posts)
    order = by_age(when)
    made = []
    for name in dict.fromkeys(network[order].tolist()):
        rows = order[network[order] == name]
        made.append(Spread(name, int(rows[0]), int(when[rows[0]]), len(rows), len(np.unique(voice[rows]))))
    return tuple(made)


def stance_shares(replies: pa.Table, stances: Sequence[str], evidence: Evidence) -> dict[str, Figure]:
    """How the replies take the claim: a share each, with the replies behind it."""
    said, ids = np.array(stances, dtype=object), post_ids(replies)
    made = {}
    for name in STANCES:
        rows = np.flatnonzero(said == name)
        behind = listing(evidence, ids[rows])
        made[name] = share(f"stance_{name}", len(rows), len(said), "methods_stories.stance", behind)
    return made


def sources(posts: pa.Table, replies: pa.Table, stances: Sequence[str], marks: Marks) -> tuple[Source, ...]:
    """Marked sources that speak of the claim, or that somebody links to; each once, the earliest first."""
    found: dict[tuple[str, bool], tuple[int, Source]] = {}
    for table, is_reply in ((posts, False), (replies, True)):
        when = times(table)
        for row, names in enumerate(spoken_of(table)):
            for name in names:
                mark = "certified" if name in marks.certified else "credible" if name in marks.credible else ""
                stance = stances[row] if is_reply else ""
                if mark and (int(when[row]) < found.get((name, is_reply), (1 << 62,))[0]):
                    found[name, is_reply] = int(when[row]), Source(row, is_reply, name, mark, stance)
    return tuple(one for _, one in sorted(found.values(), key=lambda item: (item[0], item[1].name)))


def spoken_of(posts: pa.Table) -> list[set[str]]:
    """For each post its author, the site it is on and the sites it links to."""
    pages, links, texts = strings(posts, "url"), lists(posts, "links"), strings(posts, "text")
    return [
        {author, *map(site, [page, *(given or ADDRESS.findall(text[:20_000]))])} - {""}
        for author, page, given, text in zip(author_keys(posts), pages, links, texts, strict=True)
    ]


def own_reply(replies: pa.Table, ours: Collection[str]) -> int:
    """The first reply that is ours; -1 for none."""
    rows = np.flatnonzero([author in ours for author in author_keys(replies)])
    return int(rows[by_age(times(replies)[rows])[0]]) if len(rows) else -1


def answering(posts: pa.Table, claim: Ints) -> Ints:
    """Rows that answer one of these rows, or stand in a thread that one of them opened, and do not carry it
    themselves."""
    uris = text_array(posts, "uri").take(pa.array(claim))
    thread = pc.or_(
        pc.is_in(text_array(posts, "parent"), value_set=uris), pc.is_in(text_array(posts, "root"), value_set=uris)
    )
    rows = np.flatnonzero(np.asarray(thread))
    return rows[~np.isin(rows, claim)]


@dataclass(frozen=True, slots=True)
class Technique:
    """Of the DISARM Red Framework. names: by language."""

    technique_id: str
    tactic: str
    names: Mapping[str, str]


@cache
def techniques() -> Mapping[str, Technique]:
    """The vocabulary, by identifier."""
    rows = tomllib.loads(files("palabre.understand").joinpath("disarm.toml").read_text("utf-8"))
    return {name: Technique(name, row["tactic"], {"en": row["en"], "fr": row["fr"]}) for name, row in rows.items()}
