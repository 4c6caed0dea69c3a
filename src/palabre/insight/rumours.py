"""Rumour files, with what the archive can tell of a claim: who said it first, its spread, how it was taken, our reply.

Nothing here says whether a claim is true: the outcome is what the team writes down, with its sources.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from palabre.archive import Archive, Filters
from palabre.archive.rumours import RumourFile
from palabre.insight.coordination import groups_of
from palabre.insight.parties import our_accounts
from palabre.insight.scope import Scope, chosen, table
from palabre.model import Evidence
from palabre.read.stance import stances
from palabre.understand.rumours import Marks, Rumour, rumour
from palabre.understand.shingles import Ints
from palabre.understand.stories import stories as told_in
from palabre.understand.tabular import strings

COLUMNS = ("post_id", "uri", "url", "title", "text", "published_ms", "sort_ms", "reshare_of", "quote_of", "links",
           "tags", "media", "account_uri", "account_handle", "network", "parent", "root", "story", "voice")  # fmt: skip
IDS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with what is computed; None where nobody carries the claim. posts, replies: the tables that rows name."""

    file: RumourFile
    found: Rumour | None
    posts: pa.Table
    replies: pa.Table
    said: tuple[str, ...]


def rumours(archive: Archive, workspace_id: int) -> list[RumourFile]:
    """The files of the workspace, newest first."""
    return archive.rumours.all(workspace_id)


def opened(archive: Archive, workspace_id: int, rumour_id: int) -> Opened:
    """One file. Raises NotFoundError, QueryError."""
    file = archive.rumours.get(workspace_id, rumour_id)
    scope = claim_scope(file)
    posts = table(archive, workspace_id, scope, COLUMNS)
    replies = replies_to(archive, workspace_id, posts)
    said = tuple(one.label for one in stances(strings(replies, "text")))
    marks = marks_of(archive, workspace_id, file, posts)
    found = rumour(posts, replies, said, marks, scope.evidence)
    return Opened(file, found and answered(found, replies), posts, replies, said)


def answered(found: Rumour, replies: pa.Table) -> Rumour:
    """The same, its stances resting on all the replies they are shares of."""
    evidence = Evidence(post_ids=tuple(replies["post_id"].to_pylist()[:IDS_MAX]))
    return replace(found, stances={name: replace(one, evidence=evidence) for name, one in found.stances.items()})


def claim_scope(file: RumourFile) -> Scope:
    """What a query finds, else the story it began with, else the posts of its signal; noise counts too, a push is often
    folded."""
    if file.query:
        return Scope(Filters(folded="any"), file.query)
    if file.signal_id and not file.story_id:
        return Scope(Filters(register=f"signal:{file.signal_id}", folded="any"))
    return Scope(Filters(story_ids=(file.story_id,), folded="any"))


def replies_to(archive: Archive, workspace_id: int, posts: pa.Table) -> pa.Table:
    """What answers these posts or stands in their threads, and does not carry the claim itself."""
    everything = chosen(archive, workspace_id, Scope(Filters(folded="any")))
    uris = [one for one in posts["uri"].to_pylist() if one] or [""]
    ids = posts["post_id"].to_pylist() or [0]
    answers = everything.filter(everything.parent.isin(uris) | everything.root.isin(uris))
    others = answers.filter(~answers.post_id.isin(ids))
    found: pa.Table = archive.lake.ask(others.select(*COLUMNS).order_by("sort_ms"))
    return found


def marks_of(archive: Archive, workspace_id: int, file: RumourFile, posts: pa.Table) -> Marks:
    """What the team knows of who speaks."""
    marks = archive.marks.all(workspace_id)
    return Marks(
        credible=[one.name for one in marks if one.mark == "verified"],
        certified=[one.name for one in marks if one.mark == "certified"],
        ours=our_accounts(archive, workspace_id),
        coordinated=pushed(archive, workspace_id, posts),
    )


def pushed(archive: Archive, workspace_id: int, posts: pa.Table) -> Ints:
    """Rows of these posts that a coordinated group pushed: one told from them alone, or one of the register, which saw
    all that its accounts shared; a few posts do not tell a group from chance."""
    if not posts.num_rows:
        return np.zeros(0, np.int64)
    told = groups_of(posts, told_in(posts)) > 0
    known = archive.signals.all(workspace_id, kind="coordination")
    held = {post_id for one in known if one.outcome != "not_confirmed" for post_id in one.post_ids}
    return np.flatnonzero(told | np.isin(posts["post_id"].to_numpy(), np.array(sorted(held), np.int64)))
