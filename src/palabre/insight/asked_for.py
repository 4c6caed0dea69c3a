"""What people speak of and what they ask for, as the registers keep it: topics and needs."""

from __future__ import annotations

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
