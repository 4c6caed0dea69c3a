"""How far sources can be believed: every reason with its weight, and the workspace's own marks, which win."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from palabre.archive import Archive
from palabre.insight.scope import Scope, table
from palabre.model import Evidence
from palabre.understand.credibility import Credibility, Mark, heard_facts, sites
from palabre.understand.credibility import credibility as made_of

COLUMNS = ("post_id", "uri", "url", "sort_ms", "story", "voice", "account_uri", "account_handle", "network", "verified",
           "reshare_of")  # fmt: skip
IDS_MAX = 2_000  # posts that an evidence names one by one
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
    found = [made_of(name, heard[name], mark=marks.get(name)) for name in order]
    return [replace(one, figure=replace(one.figure, evidence=evidence_of(posts, scope, by, one))) for one in found]


def evidence_of(posts: pa.Table, scope: Scope, by: str, one: Credibility) -> Evidence:
    """The posts of one source in the scope: of a site they are named one by one, the newest IDS_MAX of them."""
    if by == "account":
        return scope.evidence_with(account_uri=one.source)
    own = [post_id for post_id, site in zip(posts["post_id"].to_pylist(), sites(posts), strict=True)
           if site == one.source]  # fmt: skip
    return scope.evidence_with(post_ids=tuple(own[-IDS_MAX:]))
