"""The rooms of the house and the doors that apps open in them. A room without a door is not shown: no dead links.

An app opens doors by giving its AppConfig a tuple ``doors``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps

ROOMS = ("today", "listen", "understand", "people", "answer", "measure", "trust", "house")


@dataclass(frozen=True, slots=True)
class Door:
    """room: of ROOMS; title: message key; route: of ``workspace_urlpatterns``, without ids; rank: order in the room;
    behind: message key of the one door that several share, "" for a door of its own."""

    room: str
    title: str
    route: str
    needs: str = "reader"
    rank: int = 100
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """What a room shows: one door, or several behind one title."""

    title: str
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A room with the doors that somebody may take, first door first."""

    name: str
    doors: tuple[Door, ...]

    @property
    def title(self) -> str:
        return f"desk.room.{self.name}"

    @property
    def ways(self) -> tuple[Way, ...]:
        """The doors in order, those behind a common one together, where the first of them stands."""
        titles = dict.fromkeys(door.behind or door.title for door in self.doors)
        return tuple(Way(one, tuple(door for door in self.doors if one in (door.behind, door.title))) for one in titles)


def all_doors() -> list[Door]:
    """The doors of every app, in order."""
    found = [door for config in apps.get_app_configs() for door in getattr(config, "doors", ())]
    return sorted(found, key=lambda door: (ROOMS.index(door.room), door.rank))


def rooms(doors: Iterable[Door]) -> list[Room]:
    """Doors grouped by room; empty rooms are left out."""
    listed = list(doors)
    grouped = [Room(name, tuple(door for door in listed if door.room == name)) for name in ROOMS]
    return [room for room in grouped if room.doors]
