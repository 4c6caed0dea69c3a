"""Promises that are late, due soon, or whose owner asked to be reminded."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from palabre.desk.promises import access
from palabre.desk.promises.models import Promise
from palabre.desk.promises.words import day_words, distance
from palabre.desk.today.day import GATHERED_MAX, Day, Gathered, Shown, Wanted
from palabre.engage.brief import Item
from palabre.engage.promises import LATE, NEAR, local_day, near_until, standing


class Promises:
    name = "promise"
    needs = "agent"

    def gather(self, day: Day) -> Gathered:
        """One's own and nobody's; a manager sees everybody's late ones."""
        until = near_until(day.now_ms, day.zone, day.country)
        mine = Q(owner=day.seat.user) | Q(owner=None)
        whose = mine | Q(due_ms__lt=day.now_ms) if day.seat.may("manager") else mine
        pressing = Q(due_ms__gt=0, due_ms__lte=until) | Q(remind_ms__gt=day.since_ms, remind_ms__lte=day.now_ms)
        rows = access.promises(day.seat).filter(whose & pressing, state="open")
        found = rows.order_by("due_ms")[:GATHERED_MAX]
        return Gathered(tuple(item(one, day, until) for one in found), max(0, rows.count() - GATHERED_MAX))

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        until = near_until(day.now_ms, day.zone, day.country)
        rows = access.promises(day.seat).filter(uid__in=list(ids))
        return {one.uid: shown(one, day, until) for one in rows}


def item(one: Promise, day: Day, until: int) -> Item:
    stands = standing(one.state, one.due_ms, day.now_ms, until)
    today = bool(one.due_ms) and local_day(one.due_ms, day.zone) == day.date
    return Item(f"promise:{one.uid}", "promises", rank=-float(one.due_ms or 2**52), must=stands == LATE or today)


def shown(one: Promise, day: Day, until: int) -> Shown:
    """When it is due, and to whom it was made."""
    stands = standing(one.state, one.due_ms, day.now_ms, until)
    tone = {LATE: "bad", NEAR: "warn"}.get(stands, "")
    when = distance(one.due_ms, day.zone, day.lang, day.now_ms) or day_words(one.due_ms, day.zone, day.lang)
    key = f"why.promise.{stands}" if stands in (LATE, NEAR) else "why.promise.remind"
    why = day.say(key, when=when if one.due_ms else day.say("why.promise.undated"))
    to = f" · {day.say('why.promise.to', name=one.person.name)}" if one.person and one.person.name else ""
    address = day.at("promises:promise", uid=one.uid)
    return Shown(one.words, why + to, address, tone, done=one.state != "open")


KIND = Promises()
