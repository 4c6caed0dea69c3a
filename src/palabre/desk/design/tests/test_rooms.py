"""Rooms, and the doors that share one."""

from __future__ import annotations

from palabre.desk.design.context import beside
from palabre.desk.design.rooms import Door, rooms

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


def test_what_stands_beside_a_door_is_what_shares_its_way() -> None:
    opened = rooms([LISTEN, INBOX, TEAMS, RULES])
    assert beside(RULES, opened) == (TEAMS, RULES)
    assert beside(INBOX, opened) == ()
    assert beside(None, opened) == ()
