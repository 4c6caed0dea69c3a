"""Noise, folded and never lost: named, weighted reasons, a ledger that adds up, an audit of what was folded. Pure.

    judged = judge(posts, Policy(threshold=0.6))      # the table's rows with their reasons
    judged[0].folded, [(reason.name, reason.score, reason.words) for reason in judged[0].reasons]
    ledger(judged, quarantined=3)                     # total = shown + folded + quarantined, as figures
    audit_sample(judged, ids, week=2810)              # thirty folded posts a week, to look at

A post's noise is the sum of weight × score of its reasons; it is folded when the sum reaches the workspace's
threshold. Reasons: spam, promotion (cues in French and English, joined as 1 − Π(1 − w)), duplicate (a voice that said
it before), off_topic and homonym (learned from what people folded and restored: `homonym`). Each has a sentence
noise.reason.<name>.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from palabre.model import Evidence, Figure
from palabre.understand.figuring import NOTHING, count, few, listing, narrowed, share
from palabre.understand.homonym import Anchors, Context, anchor_score, context_score
from palabre.understand.noise_cues import Found, baited, sold
from palabre.understand.signs import folded
from palabre.understand.tabular import Ints, codes, flags, strings, text_array, times, voice_codes

REASONS = ("spam", "promotion", "duplicate", "off_topic", "homonym")
METHOD, VERSION = "methods_actors.folded", 1
AUDIT_SIZE = 30
WEEK_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Policy:
    """What a workspace sets. weights: of each reason, 0 turns it off; threshold: the sum that folds a post."""

    weights: Mapping[str, float] = field(
        default_factory=lambda: {"spam": 1.0, "promotion": 0.9, "duplicate": 0.5, "off_topic": 0.9, "homonym": 1.0}
    )
    threshold: float = 0.6


@dataclass(frozen=True, slots=True)
class Reason:
    """name: of REASONS; score: 0 to 1; weight: the workspace's; words: of the post, that carried it."""

    name: str
    score: float
    weight: float
    words: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return self.score * self.weight

    @property
    def sentence(self) -> str:
        """A key of messages."""
        return f"noise.reason.{self.name}"


@dataclass(frozen=True, slots=True)
class Judged:
    """One post. restored: a person said it is wanted, which settles it."""

    reasons: tuple[Reason, ...]
    points: float
    folded: bool
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a watch has learned. off_topic: from its examples; anchors: words of its homonyms, both ways."""

    off_topic: Context = field(default_factory=Context)
    anchors: Anchors = field(default_factory=Anchors)


def judge(posts: pa.Table, policy: Policy | None = None, lessons: Lessons | None = None) -> list[Judged]:
    """Every post with its reasons. A column ``restored`` (bool) holds what people brought back."""
    policy, lessons = policy or Policy(), lessons or Lessons()
    repeated, restored = duplicates(posts), flags(posts, "restored")
    links = [len(found or []) for found in posts.column("links").to_pylist()] if "links" in posts.column_names else None
    made = []
    for row, (title, text) in enumerate(zip(strings(posts, "title"), strings(posts, "text"), strict=True)):
        whole = f"{title}\n{text}" if title else text
        reasons = reasons_of(whole, links[row] if links else 0, bool(repeated[row]), policy, lessons)
        made.append(decided(reasons, policy, bool(restored[row])))
    return made


def reasons_of(text: str, links: int, repeated: bool, policy: Policy, lessons: Lessons) -> tuple[Reason, ...]:
    """The reasons that hold, the heaviest first."""
    plain = folded(text)
    found: dict[str, Found] = {
        "spam": baited(plain, links),
        "promotion": sold(plain, links),
        "duplicate": Found(1.0 if repeated else 0.0),
        "off_topic": context_score(lessons.off_topic, text),
        "homonym": anchor_score(lessons.anchors, text),
    }
    made = [
        Reason(name, one.score, policy.weights.get(name, 0.0), one.words)
        for name, one in found.items()
        if one.score > 0
    ]
    return tuple(sorted((one for one in made if one.points > 0), key=lambda one: (-one.points, one.name)))


def decided(reasons: tuple[Reason, ...], policy: Policy, restored: bool) -> Judged:
    points = sum(reason.points for reason in reasons)
    return Judged(reasons, points, points >= policy.threshold and not restored, restored)


def duplicates(posts: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Posts with words that their own voice has published before. Reshares are not noise.

    Without a column ``story`` the fingerprint tells what is the same, and without it nothing is.
    """
    name = "story" if "story" in posts.column_names else "fingerprint"
    same = text_array(posts, name).to_pylist()
    known = [
        bool(key) and key != "0" and not reshared
        for key, reshared in zip(same, strings(posts, "reshare_of"), strict=True)
    ]
    story, voice = codes(pa.array(same, pa.string()))[0], voice_codes(posts)
    found = np.zeros(posts.num_rows, bool)
    seen: set[tuple[int, int]] = set()
    for row in np.argsort(times(posts), kind="stable"):
        if known[row]:
            key = (int(story[row]), int(voice[row]))
            found[row] = key in seen
            seen.add(key)
    return found


def ledger(
    judged: Sequence[Judged], quarantined: int = 0, scope: Evidence = NOTHING, ids: Sequence[int] = ()
) -> dict[str, Figure]:
    """total, shown, folded, quarantined, restored, and ``folded_<name>`` a reason, the heaviest of the post."""
    folded = [one for one in judged if one.folded]
    first = [one.reasons[0].name for one in folded]
    listed = [ids[row] for row, one in enumerate(judged) if one.folded] if ids else []
    values = {
        "total": len(judged) + quarantined,
        "shown": len(judged) - len(folded),
        "folded": len(folded),
        "quarantined": quarantined,
        "restored": sum(one.restored for one in judged),
        **{f"folded_{name}": first.count(name) for name in REASONS},
    }
    return {
        name: count(
            name,
            value,
            METHOD,
            listing(narrowed(scope, noise=name), listed if name == "folded" else ()),
            version=VERSION,
        )
        for name, value in values.items()
    }


def audit_sample(judged: Sequence[Judged], ids: Sequence[int], week: int, size: int = AUDIT_SIZE) -> list[int]:
    """Ids of ``size`` folded posts drawn at random, the same for a whole week. week: number of the week since 1970."""
    folded = np.array(sorted(one for one, post in zip(ids, judged, strict=True) if post.folded), dtype=np.int64)
    drawn: Ints = np.random.default_rng(week).permutation(folded)[:size]
    return [int(one) for one in drawn]


def audited(wanted: int, looked_at: int, folded: int, scope: Evidence = NOTHING) -> dict[str, Figure]:
    """What an audit found: the share folded by mistake (Wilson), and how many of all folded posts that makes."""
    error = share("folded_by_mistake", wanted, looked_at, "methods_actors.audit", scope, few=10)
    if error.value is None or error.low is None or error.high is None:
        unknown = few("wanted_among_folded", looked_at, "methods_actors.audit", scope, unit="posts")
        return {"share": error, "posts": unknown}
    exact = looked_at >= folded
    low, high = (wanted, wanted) if exact else (error.low * folded, error.high * folded)
    value = float(wanted) if exact else error.value * folded
    posts = Figure("wanted_among_folded", value, looked_at, low, high, "posts", "methods_actors.audit", 1, scope)
    return {"share": error, "posts": posts}
