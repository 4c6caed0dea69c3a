"""Addresses in other rooms, where those rooms are there."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from palabre.desk.workspaces.access import Seat


def maybe(seat: Seat, route: str, **ids: object) -> str:
    """The address of a route of this workspace, "" where no app has it."""
    try:
        return reverse(route, kwargs={"workspace_slug": seat.workspace.slug, **ids})
    except NoReverseMatch:
        return ""
