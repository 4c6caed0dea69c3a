"""Whom to answer: cases in which somebody waits for us, in the order of the inbox, with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch

from palabre.desk.design.words import speak
from palabre.desk.inbox import access
from palabre.desk.mentions.facets import naming
from palabre.desk.today.day import GATHERED_MAX, Day, Gathered, Shown, Wanted
from palabre.engage.brief import Item

REASONS = 2  # said of a case
HOUR_MS = 3_600_000


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
        rows = access.cases(day.seat).filter(uid__in=list(ids))
        return {one.uid: shown(one, day) for one in rows}


def shown(one: Any, day: Day) -> Shown:
    who = one.person.name if one.person and one.person.name else ""
    title = day.say("line.case", who=who, title=one.title) if who else one.title
    done = one.state != "open" or not one.waiting_since_ms
    return Shown(title, reasons(one, day), address(one, day), "bad" if one.urgent and not done else "", done=done)


def address(one: Any, day: Day) -> str:
    try:
        return day.at("inbox:case", uid=one.uid)
    except NoReverseMatch:
        return day.at("today:index")


def reasons(one: Any, day: Day) -> str:
    """Why it comes here in the queue: how long somebody waits, and what the queue says besides."""
    parts = [day.say("why.case.urgent")] if one.urgent else []
    if one.waiting_since_ms:
        parts.append(day.say("why.case.waits", since=long(day, day.now_ms - one.waiting_since_ms)))
    if one.network and not one.private:
        parts.append(day.say("why.case.on", network=naming(day.lang, {}, {})("network", one.network)))
    if one.private:
        parts.append(day.say("why.case.private"))
    return " · ".join(parts)


def long(day: Day, ms: int) -> str:
    """ "3 hours", "2 days"."""
    hours = max(1, ms // HOUR_MS)
    return speak(
        "today.long.hours" if hours < 48 else "today.long.days", day.lang, n=hours if hours < 48 else hours // 24
    )


KIND = Cases()
