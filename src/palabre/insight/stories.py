"""Stories and voices: which posts tell the same, by whom independently; kept in the archive by the hourly reckoning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive import Archive, Filters
from palabre.insight.coordination import groups_of
from palabre.insight.scope import DAY_MS, Scope, chosen, table
from palabre.model import Figure
from palabre.understand import figuring
from palabre.understand.stories import stories as told_in
from palabre.understand.tabular import codes
from palabre.understand.voices import voices as voices_in

WINDOW_DAYS = 35  # new posts are compared with this much before them, and with the heads of older stories
COLUMNS = ("post_id", "uri", "title", "text", "published_ms", "sort_ms", "reshare_of", "quote_of", "links", "tags",
           "media", "account_uri", "account_handle", "network", "story", "voice")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A story in a scope. post_id: of its oldest post, which names it; posts, voices, accounts: who tells it here;
    sources: networks; first_ms, last_ms: in the scope."""

    story_id: int
    post_id: int
    posts: Figure
    voices: Figure
    accounts: Figure
    networks: tuple[str, ...]
    first_ms: int
    last_ms: int


def stories(archive: Archive, workspace_id: int, scope: Scope, most: int = 50) -> list[Told]:
    """The stories with most voices, then most posts; a post that nobody repeats is left out."""
    posts = table(archive, workspace_id, scope, ("post_id", "sort_ms", "story", "voice", "account_uri", "network"))
    story, names = codes(posts["story"].combine_chunks())
    sizes = np.bincount(story, minlength=len(names))
    voices = np.bincount(np.unique(np.stack([story, codes(posts["voice"].combine_chunks())[0]]), axis=1)[0],
                         minlength=len(names))  # fmt: skip
    order = np.lexsort((-sizes, -voices))
    order = order[sizes[order] > 1][:most]
    return [one_story(posts, scope, story == at, names[int(at)].as_py(), int(voices[at])) for at in order]


def one_story(posts: pa.Table, scope: Scope, rows: np.ndarray[tuple[int], np.dtype[np.bool_]], story_id: int,
              voices: int) -> Told:  # fmt: skip
    mine = posts.filter(pa.array(rows))
    n, own = mine.num_rows, scope.evidence_with(story_ids=(story_id,))
    accounts = int(pc.count_distinct(mine["account_uri"]).as_py())
    times = pc.min_max(mine["sort_ms"]).as_py()
    return Told(
        story_id,
        story_id,
        figuring.count("posts", n, "methods_stories.story", own),
        figuring.count("voices", voices, "methods_stories.voice", own, unit="voices", n=n),
        figuring.count("accounts", accounts, "methods_insight.accounts", own, unit="accounts", n=n),
        tuple(sorted(set(mine["network"].to_pylist()))),
        times["min"],
        times["max"],
    )


def tell(archive: Archive, workspace_id: int, now_ms: int, days: int = WINDOW_DAYS) -> int:
    """Reckons stories and voices of the last days and keeps them. How many posts changed place."""
    posts = window(archive, workspace_id, now_ms - days * DAY_MS)
    if not posts.num_rows:
        return 0
    told = told_in(posts)
    voice = voices_in(posts, told, groups_of(posts, told))
    ids = posts["post_id"].to_numpy()
    known, fresh = posts["story"].to_numpy(), posts["sort_ms"].to_numpy() >= now_ms - days * DAY_MS
    story = np.where(told.first == np.arange(len(ids)), np.where(fresh, ids, known), ids[told.first])
    places = {int(ids[row]): (int(story[row]), int(ids[voice[row]])) for row in np.flatnonzero(fresh).tolist()}
    return archive.stories.put(workspace_id, places)


def window(archive: Archive, workspace_id: int, since_ms: int) -> pa.Table:
    """Posts since then, and the oldest post of each story they already belong to."""
    everything = Scope(Filters(since_ms=since_ms, folded="any"))
    recent = table(archive, workspace_id, everything, COLUMNS)
    heads = pc.unique(recent["story"]).to_pylist()
    there = set(recent["post_id"].to_pylist())
    return pa.concat_tables([old_posts(archive, workspace_id, [one for one in heads if one not in there]), recent])


def old_posts(archive: Archive, workspace_id: int, ids: Sequence[int]) -> pa.Table:
    posts = chosen(archive, workspace_id, Scope(Filters(post_ids=tuple(ids) or (0,), folded="any")))
    found: pa.Table = archive.lake.ask(posts.select(*COLUMNS).order_by("sort_ms"))
    return found
