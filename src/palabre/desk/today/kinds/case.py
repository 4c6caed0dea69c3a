"""Whom to answer: cases in which somebody waits for us, in the order of the inbox, with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch

from palabre.desk.inbox import access
from palabre.desk.today.day import GATHERED_MAX, Day, Gathered, Shown, Wanted
from palabre.engage.brief import Item


class Cases:
    name = "case"
    needs = "agent"

    def gather(self, day: Day) -> Gathered:
        """Those given to this person, to their team, or to nobody."""
        user = day.seat.user
        whose = Q(assignee=user) | Q(assignee=None, team=None) | Q(assignee=None, team__members=user)
        rows = access.cases(day.seat).filter(whose, state="open", waiting_since_ms__gt=0).distinct()
        found = rows.order_by("-points", "waiting_since_ms")[:GATHERED_MAX]
        items = tuple(
            Item(f"case:{one.uid}", "answer", rank=-float(place), must=one.urgent) for place, one in enumerate(found)
        )
        return Gathered(items, max(0, rows.count() - GATHERED_MAX))

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        rows = list(access.cases(day.seat).filter(uid__in=list(ids)))
        reasons = access.why(day.seat.workspace, rows, day.lang)
        return {one.uid: shown(one, day, *reasons[one.uid]) for one in rows}


def shown(one: Any, day: Day, why: str, tone: str) -> Shown:
    """why: as the inbox says it."""
    who = one.person.name if one.person and one.person.name else ""
    title = day.say("line.case", who=who, title=one.title) if who else one.title
    done = one.state != "open" or not one.waiting_since_ms
    return Shown(title, why, address(one, day), "" if done else tone, done=done)


def address(one: Any, day: Day) -> str:
    try:
        return day.at("inbox:case", uid=one.uid)
    except NoReverseMatch:
        return day.at("today:index")


KIND = Cases()
