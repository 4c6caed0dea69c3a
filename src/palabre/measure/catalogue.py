"""The figures that an objective may be measured by: definitions with a version, and what posts say of them.

    found = of_posts(archive, workspace_id, "net_tone", watch_ids, [(since_ms, until_ms), …])     # a figure a period

A definition that changes gets a new version; a measure keeps the one it was picked with and says so when it is no
longer that. What the desk alone knows (cases, promises, needs) is reckoned there (`desk.objectives.figures`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from palabre.archive import Archive, Filters
from palabre.insight.board import board
from palabre.insight.overview import accounts_of, voices_of
from palabre.insight.parties import our_watches, parties
from palabre.insight.scope import DAY_MS, Scope, is_heard, table
from palabre.model import TONES, Evidence, Figure
from palabre.understand import figuring
from palabre.understand.amplified import net_sentiment, share_of_voice

POSTS, DESK = "posts", "desk"
COLUMNS = ("post_id", "sort_ms", "watch_ids", "account_uri", "tone", "voice")
COUNTED = ("posts", "voices", "accounts")
Span = tuple[int, int]  # [since_ms, until_ms)


@dataclass(frozen=True, slots=True)
class Definition:
    """unit: of the figure; better: the direction most people want; origin: POSTS or DESK; method: the key of how."""

    name: str
    unit: str
    better: str
    origin: str
    method: str
    version: int = 1


DEFINITIONS: tuple[Definition, ...] = (
    Definition("volume", "posts", "up", POSTS, "methods_signals.volume"),
    Definition("voices", "voices", "up", POSTS, "methods_signals.voices"),
    Definition("accounts", "accounts", "up", POSTS, "methods_insight.accounts"),
    Definition("share_of_voice", "share", "up", POSTS, "methods_stories.share_of_voice"),
    Definition("share_in_voices", "share", "up", POSTS, "methods_stories.share_of_voice"),
    Definition("net_tone", "score", "up", POSTS, "methods_stories.net_sentiment"),
    Definition("net_tone_voices", "score", "up", POSTS, "methods_stories.net_sentiment"),
    Definition("board_relationship", "share", "up", POSTS, "methods_proof.board_share"),
    Definition("board_product", "share", "up", POSTS, "methods_proof.board_share"),
    Definition("board_legitimacy", "share", "up", POSTS, "methods_proof.board_share"),
    Definition("first_reply", "seconds", "down", DESK, "methods_sla.median"),
    Definition("first_reply_p90", "seconds", "down", DESK, "methods_sla.p90"),
    Definition("resolution", "seconds", "down", DESK, "methods_sla.median"),
    Definition("kept_rate", "share", "up", DESK, "methods_proof.kept_rate"),
    Definition("needs_answered", "share", "up", DESK, "methods_proof.needs_answered"),
)
BY_NAME: Mapping[str, Definition] = {one.name: one for one in DEFINITIONS}


def of_posts(
    archive: Archive, workspace_id: int, name: str, watch_ids: Sequence[int], spans: Sequence[Span]
) -> list[Figure]:
    """The figure of each span, in their order. watch_ids: empty for those of our house. KeyError: no such figure."""
    asked = tuple(watch_ids) or our_watches(archive, workspace_id)
    if name.startswith("board_"):
        return [of_board(archive, workspace_id, name.removeprefix("board_"), span) for span in spans]
    wide = Scope(Filters(mentioned=True, since_ms=min(one[0] for one in spans), until_ms=max(one[1] for one in spans)))
    rivals = rivals_of(archive, workspace_id, asked) if name.startswith("share_") else ()
    posts = table(archive, workspace_id, wide.narrowed(watch_ids=(*asked, *rivals)), COLUMNS)
    when, heard_ms = posts["sort_ms"].to_numpy(), archive.posts.first_ms(workspace_id)
    made = []
    for since, until in spans:
        inside = posts.filter(pa.array((when >= since) & (when < until)))
        own = wide.within(since, until).narrowed(watch_ids=asked)
        found = replace(MAKERS[name](inside, own, asked, rivals), name=name)
        made.append(found if is_heard(heard_ms, since, until) else unheard(found))
    return made


def unheard(found: Figure) -> Figure:
    """A count of a period that was hardly listened to says too few: it would be taken for silence. Shares stay."""
    return replace(found, value=None, low=None, high=None) if found.unit in COUNTED else found


def rivals_of(archive: Archive, workspace_id: int, asked: Sequence[int]) -> tuple[int, ...]:
    """Watches of rivals, without those asked."""
    known = list(parties(archive, workspace_id).values())
    return tuple(dict.fromkeys(one for ids in known for one in ids if one not in asked and ids not in known[:1]))


def named(posts: pa.Table, ids: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which posts mention one of these watches."""
    wanted = set(ids)
    return np.array([bool(wanted.intersection(one)) for one in posts["watch_ids"].to_pylist()], bool)


def volume(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return figuring.count("volume", posts.num_rows, BY_NAME["volume"].method, own.evidence)


def voices(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return figuring.count(
        "voices", voices_of(posts), BY_NAME["voices"].method, own.evidence, unit="voices", n=posts.num_rows
    )


def accounts(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return figuring.count(
        "accounts", accounts_of(posts), BY_NAME["accounts"].method, own.evidence, unit="accounts", n=posts.num_rows
    )


def shares(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> tuple[Figure, Figure]:
    """Ours in the mentions of us and of each rival; the evidence is what is compared. A post that names two of them
    counts for both in the share, and once in n."""
    both = own.narrowed(watch_ids=(*asked, *rivals)).evidence
    masks = {"": named(posts, asked), **{str(one): named(posts, (one,)) for one in rivals}}
    raw, voiced = (replace(one, n=posts.num_rows) for one in share_of_voice(posts, masks, both)[""])
    return raw, voiced


def share_posts(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return shares(posts, own, asked, rivals)[0]


def share_voices(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return shares(posts, own, asked, rivals)[1]


def tone_posts(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return net_sentiment(posts, own.evidence_with(tones=TONES))[0]


def tone_voices(posts: pa.Table, own: Scope, asked: Sequence[int], rivals: Sequence[int]) -> Figure:
    return net_sentiment(posts, own.evidence_with(tones=TONES))[1]


MAKERS: Mapping[str, Callable[[pa.Table, Scope, Sequence[int], Sequence[int]], Figure]] = {
    "volume": volume, "voices": voices, "accounts": accounts, "share_of_voice": share_posts,
    "share_in_voices": share_voices, "net_tone": tone_posts, "net_tone_voices": tone_voices,
}  # fmt: skip


def of_board(archive: Archive, workspace_id: int, axis: str, span: Span) -> Figure:
    """The share of an axis in what is said of us, as the three-way board has it; too few where we have no row there."""
    name = f"board_{axis}"
    found = board(archive, workspace_id, Scope(Filters(mentioned=True, since_ms=span[0], until_ms=span[1])))
    us = next(iter(parties(archive, workspace_id)), "")
    cell = next((one for one in found.cells if one.party == us and one.axis == axis), None)
    if cell is None:
        empty = Evidence(since_ms=span[0], until_ms=span[1])
        return figuring.few(name, 0, BY_NAME[name].method, empty, unit="share")
    return replace(cell.share, name=name)


def days_of(archive: Archive, workspace_id: int, name: str, watch_ids: Sequence[int], span: Span) -> list[Figure]:
    """A figure a whole day (UTC) of a span."""
    first = span[0] - span[0] % DAY_MS
    return of_posts(
        archive, workspace_id, name, watch_ids, [(day, day + DAY_MS) for day in range(first, span[1], DAY_MS)]
    )
