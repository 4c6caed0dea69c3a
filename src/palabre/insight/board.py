"""The three-way board: relationship, product, legitimacy, for us and each competitor, and what moved it."""

from __future__ import annotations

from palabre.archive import Archive
from palabre.insight.parties import parties
from palabre.insight.scope import DAY_MS, Scope, table
from palabre.understand.board import Board
from palabre.understand.board import board as made_of

COLUMNS = ("post_id", "uri", "sort_ms", "title", "text", "watch_ids", "axis", "tone", "story", "voice", "account_uri",
           "account_handle", "network", "parent", "root", "reshare_of")  # fmt: skip
DAYS = 30


def board(archive: Archive, workspace_id: int, scope: Scope) -> Board:
    """Over the period of the scope (30 days where it is open), compared with as long a time before. A period that ends
    before it begins is empty."""
    end = scope.until_ms or archive.clock.now_ms()
    since = scope.since_ms or end - DAYS * DAY_MS
    until = max(end, since + 1)
    known = parties(archive, workspace_id)
    asked = set(scope.filters.watch_ids)
    chosen = {name: ids for name, ids in known.items() if not asked or asked & set(ids)} or dict(known)
    watched = tuple(one for ids in chosen.values() for one in ids)
    both = scope.within(since - (until - since), until).narrowed(watch_ids=watched)
    posts = table(archive, workspace_id, both, COLUMNS)
    return made_of(posts, chosen, since, until, both.within(since, until).evidence)
