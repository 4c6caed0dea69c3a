"""What takes long, reckoned in the background and kept: stories, noise, signals, topics, needs. Hourly, where something
new was heard.

Each piece notes in the archive when it began, how it went and what it did (`archive.works`), so that a page can say so.
A piece that fails is told there and tried again at the next turn; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from palabre.archive import Archive
from palabre.errors import PalabreError
from palabre.insight.noise import fold_noise
from palabre.insight.reckoned import reckon_needs, reckon_topics
from palabre.insight.signals import detect
from palabre.insight.stories import tell
from palabre.logs import logger

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
REST_TIMES = 20
GROWN = 0.25  # so much more than at the last time is an import under way, or the sample: nobody waits an hour for it
FIRST_DAYS, DAYS = 400, 35  # everything is looked at the first time, and after many posts came at once (an import)
MANY_POSTS = 20_000
CHANGED_MAX = 2_000  # rows that the lake has wrong before it is rewritten
Stopped = Callable[[], bool]
Piece = Callable[[Archive, int, int, int], Mapping[str, int]]


def stories_piece(archive: Archive, workspace_id: int, now_ms: int, days: int) -> Mapping[str, int]:
    return {"changed": tell(archive, workspace_id, now_ms, days)}


def noise_piece(archive: Archive, workspace_id: int, now_ms: int, days: int) -> Mapping[str, int]:
    folded, unfolded = fold_noise(archive, workspace_id, now_ms, days=days)
    return {"folded": folded, "unfolded": unfolded}


def signals_piece(archive: Archive, workspace_id: int, now_ms: int, days: int) -> Mapping[str, int]:
    return {"new": detect(archive, workspace_id, now_ms, days)}


def topics_piece(archive: Archive, workspace_id: int, now_ms: int, days: int) -> Mapping[str, int]:
    return {"n": reckon_topics(archive, workspace_id, now_ms)}


def needs_piece(archive: Archive, workspace_id: int, now_ms: int, days: int) -> Mapping[str, int]:
    return {"n": reckon_needs(archive, workspace_id, now_ms)}


PIECES: Mapping[str, Piece] = {
    "stories": stories_piece,
    "noise": noise_piece,
    "signals": signals_piece,
    "topics": topics_piece,
    "needs": needs_piece,
}


def reckon(
    archive: Archive, workspace_id: int, stopped: Stopped = lambda: False, *, everything: bool = False
) -> dict[str, Mapping[str, int]]:
    """Every piece of a workspace, now. What each did. everything: look at all that was heard, not at the last weeks."""
    done = {}
    for name in PIECES:
        if not stopped():
            done[name] = run(archive, workspace_id, name, everything=everything)
    return done


def reckon_due(archive: Archive, stopped: Stopped = lambda: False) -> None:
    """The pieces that are due, in every workspace."""
    for workspace in archive.workspaces.all():
        for name in PIECES:
            if not stopped() and is_due(archive, workspace.workspace_id, name):
                run(archive, workspace.workspace_id, name)


def is_due(archive: Archive, workspace_id: int, name: str) -> bool:
    """Once it has rested (an hour, a minute where much came, or twenty times as long as it took), where posts came
    since and all are read."""
    kept, now = archive.works.get(workspace_id, name), archive.clock.now_ms()
    took, rested = kept.ended_ms - kept.started_ms, now - max(kept.started_ms, kept.ended_ms)
    if rested < max(MINUTE_MS, REST_TIMES * took):
        return False
    newest = newest_id(archive, workspace_id)
    if newest <= kept.place or (rested < HOUR_MS and not has_grown(kept.place, newest)):
        return False
    return not archive.readings.waits(workspace_id)


def has_grown(place: int, newest: int) -> bool:
    """Whether much came since the last time."""
    return newest - place > GROWN * place


def newest_id(archive: Archive, workspace_id: int) -> int:
    found = archive.search(workspace_id, limit=1)
    return found[0].post_id if found else 0


def run(archive: Archive, workspace_id: int, name: str, *, everything: bool = False) -> Mapping[str, int]:
    """One piece; what it did, nothing where it failed."""
    works, now = archive.works, archive.clock.now_ms()
    newest, kept = newest_id(archive, workspace_id), works.get(workspace_id, name)
    recent = newest - kept.place < MANY_POSTS and not has_grown(kept.place, newest) and not everything
    days = DAYS if recent else FIRST_DAYS
    works.begin(workspace_id, name)
    try:
        facts = PIECES[name](archive, workspace_id, now, days)
    except Exception as error:  # a reckoning must never stop the upkeep of the archive
        key = error.key if isinstance(error, PalabreError) else type(error).__name__
        logger("insight").warning(name, error=key)
        works.end(workspace_id, name, error_key=key)
        return {}
    works.end(workspace_id, name, place=newest, facts=facts)
    if archive.lake.status().changed > CHANGED_MAX:
        archive.lake.compact()
    return facts
