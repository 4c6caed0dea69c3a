"""How far sources can be believed: every reason with its weight, and the workspace's own marks, which win."""

from __future__ import annotations

from palabre.archive import Archive
from palabre.insight.scope import Scope, table
from palabre.understand.credibility import Credibility, Mark, heard_facts
from palabre.understand.credibility import credibility as made_of

COLUMNS = ("post_id", "uri", "url", "sort_ms", "story", "voice", "account_uri", "account_handle", "network", "verified",
           "reshare_of")  # fmt: skip
VOUCHED = ("certified", "verified", "official")


def credibility(
    archive: Archive, workspace_id: int, scope: Scope, by: str = "site", most: int = 100
) -> list[Credibility]:
    """Sources of the scope, those heard most first. by: site or account."""
    posts = table(archive, workspace_id, scope, COLUMNS)
    heard = heard_facts(posts, archive.clock.now_ms(), by)
    marks = {
        one.name: Mark(one.who, one.at_ms, one.why)
        for one in archive.marks.all(workspace_id)
        if one.kind == by and one.mark in VOUCHED
    }
    order = sorted(heard, key=lambda name: (-heard[name].posts, name))[:most]
    return [made_of(name, heard[name], mark=marks.get(name), scope=evidence_of(scope, by, name)) for name in order]


def evidence_of(scope: Scope, by: str, name: str):  # type: ignore[no-untyped-def]
    return scope.evidence_with(account_uri=name) if by == "account" else scope.evidence
