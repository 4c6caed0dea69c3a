"""Who is compared with whom: us (the watches of our own house together) and each competitor's watch."""

from __future__ import annotations

from collections.abc import Mapping

from palabre.archive import Archive, Watch
from palabre.model import WatchKind

OURS = (WatchKind.ORGANISATION, WatchKind.BRAND, WatchKind.PRODUCT, WatchKind.EXECUTIVE, WatchKind.SLOGAN,
        WatchKind.CAMPAIGN, WatchKind.PROPERTY)  # fmt: skip


def parties(archive: Archive, workspace_id: int) -> Mapping[str, tuple[int, ...]]:
    """Name → watches. We come first, under the name of our first organisation or brand."""
    watches = archive.watches.all(workspace_id)
    own = [one for one in watches if one.kind in OURS]
    found: dict[str, tuple[int, ...]] = {}
    if own:
        found[our_name(own)] = tuple(one.watch_id for one in own)
    for one in watches:
        if one.kind == WatchKind.COMPETITOR:
            found[one.name] = (*found.get(one.name, ()), one.watch_id)
    return found


def our_name(own: list[Watch]) -> str:
    return min(own, key=lambda one: OURS.index(one.kind)).name


def our_watches(archive: Archive, workspace_id: int) -> tuple[int, ...]:
    """Watches of our own house; all of them where none is."""
    watches = archive.watches.all(workspace_id)
    return tuple(one.watch_id for one in watches if one.kind in OURS) or tuple(one.watch_id for one in watches)


def our_accounts(archive: Archive, workspace_id: int) -> frozenset[str]:
    """Accounts that the workspace marked as its own."""
    return frozenset(archive.marks.named(workspace_id, "account", "official"))
