"""What people speak of and what they ask for, as the registers keep it: topics, needs, and the perception gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from palabre.archive import Archive
from palabre.archive.needs import Need
from palabre.archive.topics import Topic
from palabre.insight.evidence import count
from palabre.insight.scope import Scope
from palabre.model import Evidence, Figure
from palabre.understand import figuring

COUNT = "methods_insight.count"


@dataclass(frozen=True, slots=True)
class Asked:
    """A need with its posts in a scope."""

    need: Need
    posts: Figure


@dataclass(frozen=True, slots=True)
class Spoken:
    """A topic with its posts in a scope."""

    topic: Topic
    posts: Figure


@dataclass(frozen=True, slots=True)
class Gap:
    """One wish beside what is asked. believed: the middle of the places that members give it, None where no member
    names it; asked: its place by voices, None where nobody asks."""

    wish: str
    need_id: int
    believed: float | None
    asked: int | None
    members: int


def needs(archive: Archive, workspace_id: int, scope: Scope) -> list[Asked]:
    """Needs with posts in the scope, most posts first."""
    known = archive.needs.all(workspace_id)
    found = [Asked(one, figure(archive, workspace_id, scope, f"need:{one.need_id}")) for one in known]
    return sorted((one for one in found if one.posts.n), key=lambda one: (-one.posts.n, one.need.need_id))


def topics(archive: Archive, workspace_id: int, scope: Scope) -> list[Spoken]:
    """Topics with posts in the scope, most posts first."""
    found = [
        Spoken(one, figure(archive, workspace_id, scope, f"topic:{one.topic_id}"))
        for one in archive.topics.all(workspace_id)
    ]
    return sorted((one for one in found if one.posts.n), key=lambda one: (-one.posts.n, one.topic.topic_id))


def figure(archive: Archive, workspace_id: int, scope: Scope, entry: str) -> Figure:
    """How many posts of an entry of a register the scope holds."""
    evidence: Evidence = scope.evidence_with(register=entry)
    return figuring.count("posts", count(archive, workspace_id, evidence), COUNT, evidence)


def perception_gap(archive: Archive, workspace_id: int) -> list[Gap]:
    """What the team believes people want beside what they ask for, the widest gap first."""
    asked = {one.need_id: (place, one.title) for place, one in enumerate(archive.needs.all(workspace_id), 1)}
    said: dict[tuple[str, int], list[int]] = {}
    for one in archive.beliefs.all(workspace_id):
        known = one.need_id in asked
        key = (asked[one.need_id][1], one.need_id) if known else (one.wish.strip(), 0)
        said.setdefault(key, []).append(one.place)
    named = {need_id for _, need_id in said}
    gaps = [
        Gap(wish, need_id, middle(places), asked[need_id][0] if need_id else None, len(places))
        for (wish, need_id), places in said.items()
    ]
    gaps += [Gap(title, need_id, None, place, 0) for need_id, (place, title) in asked.items() if need_id not in named]
    return sorted(gaps, key=lambda one: (-width(one), one.wish))


def middle(places: Iterable[int]) -> float:
    """The median."""
    ordered = sorted(places)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def width(gap: Gap) -> float:
    """How far apart the two places are; what one side does not know at all comes after its last place."""
    if gap.believed is None or gap.asked is None:
        return 1.0 / (gap.asked or gap.believed or 1) * 10
    return abs(gap.believed - gap.asked)
