"""What we cannot hear, said honestly: sources that are silent or fail, networks nobody listens to, watches without
sources, kinds without a watch. Reads; makes no response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from palabre import plugins
from palabre.archive.types import Source
from palabre.collect.contract import Description
from palabre.desk.panel import access as panel
from palabre.desk.sources import access as sources
from palabre.desk.sources.adding import descriptions, group_of
from palabre.desk.workspaces.access import Seat
from palabre.errors import PalabreError
from palabre.health import Report, State
from palabre.model import WatchKind

DEAF = (State.SILENT, State.FAILING, State.PAUSED, State.LATE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """hearing: sources that are well; deaf: the others, worst first; absent: connectors without a source; sampled:
    sources that keep only what a watch wants, or read a part (a search); unwatched: kinds without an active watch."""

    hearing: int
    deaf: tuple[Report, ...]
    absent: tuple[tuple[str, tuple[Description, ...]], ...]
    partial: tuple[Source, ...]
    unwatched: tuple[str, ...]
    watches: int


def coverage(seat: Seat) -> Coverage:
    reports = sources.health(seat)
    listed = sources.sources(seat)
    watches = [one for one in panel.watches(seat) if one.state == "active"]
    kinds = {str(one.kind) for one in watches}
    return Coverage(
        sum(one.state is State.OK for one in reports),
        tuple(one for one in reports if one.state in DEAF),
        absent(listed),
        tuple(one for one in listed if one.keep == "matched" or is_search(one)),
        tuple(str(kind) for kind in WatchKind if str(kind) not in kinds),
        len(watches),
    )


def absent(listed: Sequence[Source]) -> tuple[tuple[str, tuple[Description, ...]], ...]:
    """Connectors of networks that no source listens to, by what they ask for: (group, connectors)."""
    heard = {network for one in listed for network in networks_of(one.connector)}
    missing = [one for one in descriptions() if one.networks and not set(one.networks) & heard]
    groups = ((name, tuple(one for one in missing if group_of(one) == name)) for name in ("free", "key", "paid"))
    return tuple((name, found) for name, found in groups if found)


def networks_of(connector: str) -> tuple[str, ...]:
    try:
        return plugins.connector(connector).describe().networks
    except PalabreError:
        return ()


def is_search(source: Source) -> bool:
    """A search brings what it finds, and nothing else."""
    return source.connector.endswith("_search") or "search" in (
        source.config.get("list"),
        source.config.get("timeline"),
    )
