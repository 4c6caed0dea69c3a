"""What every template knows: who asks, where they are, in which language, and which rooms are open to them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from palabre.desk.design.language import lang_of
from palabre.desk.design.rooms import Door, Room, all_doors, rooms
from palabre.messages import LANGUAGES
from palabre.settings import Settings

THEME_COOKIE = "palabre-theme"


def theme_of(request: HttpRequest) -> str:
    """auto, light or dark: the user's choice, else the cookie's."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in {"auto", "light", "dark"} else "auto"


def sends_posts(given: Settings) -> bool:
    """Whether words of posts leave for another model: the foot of every page says so."""
    return "chat" in given.second_opinions.values() and given.provider_posts_per_day > 0


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor of the whole desk."""
    seat = getattr(request, "seat", None)
    opened = rooms(door for door in all_doors() if seat.may(door.needs)) if seat else []
    here = _here(request, opened)
    return {
        "seat": seat,
        "lang": lang_of(request),
        "languages": LANGUAGES,
        "theme": theme_of(request),
        "themes": ("auto", "light", "dark"),
        "sends_posts": sends_posts(settings.PALABRE),
        "rooms": opened,
        "room": next((room for room in opened if here in room.doors), None),
        "door": here,
        "beside": beside(here, opened),
        "identity": getattr(request, "identity", ""),
    }


def _here(request: HttpRequest, opened: list[Room]) -> Door | None:
    """The door the user went through: the one of this very route, else the nearest one whose address this one lies
    under, else the first of the same app."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return None
    doors = [door for room in opened for door in room.doors]
    exact = (door for door in doors if door.route == match.view_name)
    same_app = [door for door in doors if door.route.partition(":")[0] == match.namespace]
    under = [door for door in same_app if _is_under(request, door, match.kwargs)]
    nearest = max(under, key=lambda door: len(_address(door, match.kwargs)), default=None)
    return next(exact, None) or nearest or next(iter(same_app), None)


def beside(here: Door | None, opened: list[Room]) -> tuple[Door, ...]:
    """The doors that share one with the door taken; none where it stands alone."""
    if here is None or not here.behind:
        return ()
    found = tuple(door for room in opened for door in room.doors if door.behind == here.behind)
    return found if len(found) > 1 else ()


def _is_under(request: HttpRequest, door: Door, ids: dict[str, Any]) -> bool:
    """Whether the address asked for lies under that of a door."""
    return request.path.startswith(f"{_address(door, ids)}/")


def _address(door: Door, ids: dict[str, Any]) -> str:
    return reverse(door.route, kwargs={"workspace_slug": ids.get("workspace_slug", "")})
