"""Topics that keep their identity over time, named by their own words. Pure.

    now = topics(posts, previous=())                 # list of Topic, largest first
    later = topics(more_posts, previous=now)         # the same ids where the topic is the same

Posts are collapsed to stories (copies count once), placed by `vectors`, cut into groups. Each group is matched to a
topic known before by the posts they share and by the words they share; what is matched keeps its id. A group that takes
the posts of two old topics is a merge (the larger lends its id), two groups of one old topic are a split (the nearer
keeps the id). Names: the words of a group that the others have least (class TF-IDF, Grootendorst 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
import scipy

from palabre.understand.tabular import Floats, Ints, post_ids, strings, times, voice_codes
from palabre.understand.terms import Terms, gather, terms_of
from palabre.understand.vectors import KINDS, grouped, reduced, weighted

VERSION = 1
DIMENSIONS, RESOLUTION = 50, 0.5
STORIES_MIN = 5  # below, a group is no topic
WORDS_NAMED, WORDS_KEPT = 4, 30
SAME = 0.2  # likeness from which a group is an old topic
SPOKEN = ("word", "pair", "tag")


class Change(StrEnum):
    """What happened to a topic since the last time."""

    BORN = "born"
    KEPT = "kept"
    MERGED = "merged"
    SPLIT = "split"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Topic:
    """words: (term as written, weight), heaviest first; post_ids: all its posts; from_ids: the old topics it came from;
    voices: independent voices."""

    topic_id: int
    name: tuple[str, ...]
    words: tuple[tuple[str, float], ...]
    post_ids: tuple[int, ...]
    voices: int
    first_ms: int
    last_ms: int
    change: Change = Change.BORN
    from_ids: tuple[int, ...] = ()
    version: int = VERSION


def topics(posts: pa.Table, previous: Sequence[Topic] = (), resolution: float = RESOLUTION) -> list[Topic]:
    """The topics of these posts, largest first, then those of ``previous`` that have died."""
    if not posts.num_rows:
        return [dead(one) for one in previous if one.change is not Change.DEAD]
    story = story_codes(posts)
    _, firsts = np.unique(story, return_index=True)
    terms = terms_of(posts.take(pa.array(firsts)), KINDS)
    groups = grouped(reduced(weighted(terms), DIMENSIONS), resolution)
    fresh = described(posts, story, terms, groups)
    return settled(fresh, [one for one in previous if one.change is not Change.DEAD])


def story_codes(posts: pa.Table) -> Ints:
    """The story of each post as a number, in order of first sight; a post without one is its own."""
    seen: dict[str, int] = {}
    named = (story or f"row {row}" for row, story in enumerate(strings(posts, "story")))
    return np.array([seen.setdefault(one, len(seen)) for one in named], np.int64)


def described(posts: pa.Table, story: Ints, terms: Terms, groups: Ints) -> list[Topic]:
    """A topic, not yet matched, of each group that is large enough."""
    words = own_terms(terms, groups)
    ids, when, voice = post_ids(posts), times(posts), voice_codes(posts)
    of_post = groups[story]
    large = [group for group, n in enumerate(np.bincount(groups)) if n >= STORIES_MIN]
    return [one_topic(group, words[group], np.flatnonzero(of_post == group), ids, when, voice) for group in large]


def one_topic(
    group: int, words: tuple[tuple[str, float], ...], rows: Ints, ids: Ints, when: Ints, voice: Ints
) -> Topic:
    return Topic(
        group,
        tuple(word for word, _ in words[:WORDS_NAMED]),
        words,
        tuple(ids[rows].tolist()),
        len(np.unique(voice[rows])),
        int(when[rows].min()),
        int(when[rows].max()),
    )


def own_terms(terms: Terms, groups: Ints) -> list[tuple[tuple[str, float], ...]]:
    """The terms of each group that the others have least: class TF-IDF over words, pairs and hashtags."""
    spoken = terms.kept(np.array([kind in SPOKEN for kind in terms.kinds], bool))
    counts = np.asarray((gather(groups, int(groups.max(initial=-1)) + 1) @ spoken.table).todense(), np.float64)
    sizes = np.bincount(groups)[:, None]
    weight = counts / np.maximum(sizes, 1) * np.log1p(counts.sum() / np.maximum(len(sizes) * counts.sum(axis=0), 1e-9))
    weight[counts < 2] = 0.0
    best = np.argsort(-weight, axis=1, kind="stable")[:, :WORDS_KEPT]
    return [
        tuple((spoken.shown[at], float(weight[group, at])) for at in places if weight[group, at] > 0)
        for group, places in enumerate(best)
    ]


def likeness(ours: Topic, theirs: Topic) -> float:
    """How much two topics are one, in [0, 1]: the larger of shared posts (of the smaller) and cosine of their words."""
    mine, old = set(ours.post_ids), set(theirs.post_ids)
    posts = len(mine & old) / max(min(len(mine), len(old)), 1)
    a, b = dict(ours.words), dict(theirs.words)
    dot = sum(weight * b[word] for word, weight in a.items() if word in b)
    length = sum(w * w for w in a.values()) ** 0.5 * sum(w * w for w in b.values()) ** 0.5
    return max(posts, dot / length if length else 0.0)


def settled(fresh: Sequence[Topic], old: Sequence[Topic]) -> list[Topic]:
    """Ids for the fresh topics: those of the old ones they are (best matching overall, Kuhn 1955), else new ones."""
    table: Floats = np.array([[likeness(one, other) for other in old] for one in fresh]).reshape(len(fresh), len(old))
    pairs = {
        int(a): int(b)
        for a, b in zip(*scipy.optimize.linear_sum_assignment(-table), strict=True)
        if table[a, b] >= SAME
    }
    taken = {place: sum(table[row, place] >= 2 * SAME for row in range(len(fresh))) for place in range(len(old))}
    following = max((one.topic_id for one in old), default=-1) + 1
    made = []
    for row, one in enumerate(fresh):
        came = tuple(old[place].topic_id for place in range(len(old)) if table[row, place] >= 2 * SAME)
        if row in pairs:
            change = Change.MERGED if len(came) > 1 else Change.SPLIT if taken[pairs[row]] > 1 else Change.KEPT
            made.append(identified(one, old[pairs[row]], change, came))
            continue
        made.append(fresh_id(one, following, Change.SPLIT if came else Change.BORN, came))
        following += 1
    return made + [dead(one) for place, one in enumerate(old) if place not in pairs.values()]


def identified(one: Topic, old: Topic, change: Change, came: tuple[int, ...]) -> Topic:
    first = min(one.first_ms, old.first_ms)
    return Topic(
        old.topic_id, one.name, one.words, one.post_ids, one.voices, first, one.last_ms, change, came or (old.topic_id,)
    )


def fresh_id(one: Topic, topic_id: int, change: Change, came: tuple[int, ...]) -> Topic:
    return Topic(topic_id, one.name, one.words, one.post_ids, one.voices, one.first_ms, one.last_ms, change, came)


def dead(one: Topic) -> Topic:
    return identified(one, one, Change.DEAD, (one.topic_id,))
