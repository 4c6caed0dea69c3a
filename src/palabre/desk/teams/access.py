"""The only doors to teams."""

from __future__ import annotations

from palabre.desk.teams.models import Team
from palabre.desk.workspaces.access import Seat, one


def team(seat: Seat, uid: str) -> Team:
    return one(Team.objects.of(seat.workspace), uid=uid)


def teams(seat: Seat) -> list[Team]:
    """All of the workspace, by name."""
    return list(Team.objects.of(seat.workspace))


def mine(seat: Seat) -> list[Team]:
    """Those that the seat's user belongs to."""
    return list(Team.objects.of(seat.workspace).filter(members=seat.user))
