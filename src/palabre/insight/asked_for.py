"""What people speak of and what they ask for: the entries of the registers, each with who is behind it in a scope."""

from __future__ import annotations

from palabre.archive import Archive
from palabre.archive.needs import Need
from palabre.archive.topics import Topic
from palabre.insight.behind import Behind, behind
from palabre.insight.scope import Scope


def needs(archive: Archive, workspace_id: int, scope: Scope) -> list[tuple[Need, Behind]]:
    """Needs with posts in the scope, most voices first, then most posts."""
    known = archive.needs.all(workspace_id)
    seen = behind(archive, workspace_id, scope, "need", {one.need_id: one.post_ids for one in known})
    heard = [(one, seen[one.need_id]) for one in known if one.need_id in seen]
    return sorted(heard, key=lambda pair: (*most(pair[1]), pair[0].need_id))


def topics(archive: Archive, workspace_id: int, scope: Scope) -> list[tuple[Topic, Behind]]:
    """Topics with posts in the scope, those gone too: those alive first, then most voices, then most posts."""
    known = archive.topics.all(workspace_id, gone=True)
    seen = behind(archive, workspace_id, scope, "topic", {one.topic_id: one.post_ids for one in known})
    heard = [(one, seen[one.topic_id]) for one in known if one.topic_id in seen]
    return sorted(heard, key=lambda pair: (bool(pair[0].gone_ms), *most(pair[1]), pair[0].topic_id))


def most(seen: Behind) -> tuple[float, int]:
    """Most voices first, then most posts."""
    return -(seen.voices.value or 0), -seen.posts.n
