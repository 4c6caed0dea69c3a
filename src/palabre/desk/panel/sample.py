"""The sample in a workspace: its conversation and the panel a team would keep on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from palabre.desk.clock import now_ms

if TYPE_CHECKING:
    from palabre.archive import Archive

Report = Callable[[int, int], None]


def add_panel(archive: Archive, workspace_id: int, lang: str, who: str = "") -> int:
    """The sample's watches, those that are not there yet. Returns how many were made."""
    from palabre.sample.panel import PANEL

    there = {watch.name for watch in archive.watches.all(workspace_id)}
    wanted = [(watch.fr if lang == "fr" else watch.en, watch.query, str(watch.kind)) for watch in PANEL]
    fresh = [row for row in wanted if row[0] not in there]
    archive.watches.add_many(workspace_id, fresh, who=who)
    return len(fresh)


def load(archive: Archive, workspace_id: int, report: Report) -> int:
    """Plays the sample so that it ends now. Returns how many posts were stored."""
    from palabre.sample import load as play_into

    return int(play_into(archive, workspace_id, now_ms(), report))


def load_if_empty(archive: Archive, workspace_id: int, lang: str = "fr") -> int:
    """For `palabre up --sample`: 0 where the workspace already holds posts."""
    if archive.watches.all(workspace_id):
        return 0
    add_panel(archive, workspace_id, lang)
    return load(archive, workspace_id, lambda done, total: None)
