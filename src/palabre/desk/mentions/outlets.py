"""Other ways to read a saved view: feeds, files, the API. An app opens outlets by giving its AppConfig a tuple
``outlets``; the page of each saved view lists them with their addresses. No outlet, no line: no dead links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:  # an AppConfig imports this file, before there are models
    from palabre.desk.mentions.models import SavedView
    from palabre.desk.workspaces.access import Seat


@dataclass(frozen=True, slots=True)
class Outlet:
    """title, text: message keys; route: of ``workspace_urlpatterns``, with the view's ``uid``; suffix: what follows
    the address, such as "?format=csv"; needs: the role that may see the line; rank: order on the page."""

    title: str
    text: str
    route: str
    suffix: str = ""
    needs: str = "reader"
    rank: int = 100


@dataclass(frozen=True, slots=True)
class Address:
    """An outlet of one view, with its whole address."""

    outlet: Outlet
    url: str


def addresses(request: HttpRequest, seat: Seat, view: SavedView) -> list[Address]:
    """What the seat may use, in order."""
    return [Address(one, request.build_absolute_uri(path(one, seat, view))) for one in outlets() if seat.may(one.needs)]


def path(outlet: Outlet, seat: Seat, view: SavedView) -> str:
    kwargs = {"workspace_slug": seat.workspace.slug, "uid": view.uid}
    return reverse(outlet.route, kwargs=kwargs) + outlet.suffix


def outlets() -> list[Outlet]:
    """Those of every app, in order."""
    return sorted(_declared(), key=lambda one: one.rank)


def _declared() -> Iterator[Outlet]:
    for config in apps.get_app_configs():
        yield from getattr(config, "outlets", ())
