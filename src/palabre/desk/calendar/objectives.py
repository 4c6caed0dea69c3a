"""The objectives that a publication may serve: another app's, kept here by uid with their words as they were."""

from __future__ import annotations

from palabre.desk.objectives import access
from palabre.desk.workspaces.access import Seat

OPEN = ("draft", "running")


def known(seat: Seat) -> dict[str, str]:
    """Uid → words of those under way."""
    return dict(access.objectives(seat.workspace).filter(state__in=OPEN).values_list("uid", "words"))
