"""Rooms, and the doors that share one."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import resolve

from palabre.desk.design.context import beside, page
from palabre.desk.design.rooms import Door, rooms
from palabre.desk.workspaces.models import User, Workspace

AsUser = Callable[[User], Client]

INBOX = Door("answer", "inbox.title", "inbox:queue", rank=10)
TEAMS = Door("answer", "teams.title", "teams:index", rank=20, behind="desk.setup")
RULES = Door("answer", "rules.title", "rules:index", rank=30, behind="desk.setup")
LISTEN = Door("listen", "mentions.title", "mentions:stream")


def test_doors_behind_a_common_one_make_one_way_in_their_place() -> None:
    answer = rooms([INBOX, TEAMS, RULES])[0]
    assert [(way.title, way.doors) for way in answer.ways] == [
        ("inbox.title", (INBOX,)),
        ("desk.setup", (TEAMS, RULES)),
    ]


def test_a_page_lies_under_the_nearest_door_above_it(bob: User, alpha: Workspace, as_user: AsUser) -> None:
    answer = as_user(bob).get("/w/alpha/people/lists")
    assert answer.context["door"].route == "people:lists"
    request = answer.wsgi_request
    request.path = "/w/alpha/people/same/0"
    request.resolver_match = resolve(request.path)
    assert page(request)["door"].route == "people:suggestions"


def test_what_stands_beside_a_door_is_what_shares_its_way() -> None:
    opened = rooms([LISTEN, INBOX, TEAMS, RULES])
    assert beside(RULES, opened) == (TEAMS, RULES)
    assert beside(INBOX, opened) == ()
    assert beside(None, opened) == ()
