"""The calendar of the day: what goes out today, and who comes back today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.apps import apps

from palabre.desk.inbox import access as inbox
from palabre.desk.today.day import Day, Gathered, Shown, Wanted
from palabre.desk.today.kinds.case import address
from palabre.engage.brief import Item
from palabre.engage.promises import end_of

GONE_OUT = ("published", "sent", "cancelled", "discarded", "dropped")


class Dates:
    name = "date"
    needs = "agent"

    def gather(self, day: Day) -> Gathered:
        until = end_of(day.date, day.zone)
        keys = [f"date:case:{one.uid}" for one in snoozed(day, until)]
        keys += [f"date:publication:{one.uid}" for one in publications(day, until)]
        return Gathered(tuple(Item(key, "calendar", rank=-float(place)) for place, key in enumerate(keys)))

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        until = end_of(day.date, day.zone)
        cases = {f"case:{one.uid}": one for one in snoozed(day, until)}
        planned = {f"publication:{one.uid}": one for one in publications(day, until)}
        found = {key: back(cases[key], day) for key in ids if key in cases}
        return found | {key: going(planned[key], day) for key in ids if key in planned}


def snoozed(day: Day, until: int) -> list[Any]:
    """Cases put off that come back today."""
    rows = inbox.cases(day.seat).filter(state="snoozed", snoozed_until_ms__gt=0, snoozed_until_ms__lte=until)
    return list(rows.order_by("snoozed_until_ms")[:20])


def publications(day: Day, until: int) -> list[Any]:
    """Publications of today that are not out yet."""
    if not apps.is_installed("palabre.desk.calendar"):
        return []
    from palabre.desk.calendar import access

    return [one for one in access.planned(day.seat, day.now_ms, until + 1) if one.state not in GONE_OUT]


def hour(ms: int, day: Day) -> str:
    moment = datetime.fromtimestamp(ms / 1000, day.zone)
    return f"{moment:%H:%M}" if day.lang != "fr" else f"{moment:%H} h {moment:%M}"


def back(one: Any, day: Day) -> Shown:
    return Shown(one.title, day.say("why.date.back", hour=hour(one.snoozed_until_ms, day)), address(one, day))


def going(one: Any, day: Day) -> Shown:
    title = getattr(one, "title", "") or day.say("line.publication")
    why = day.say("why.date.publication", hour=hour(one.due_ms, day))
    return Shown(title, why, day.at("calendar:publication", uid=one.uid))


KIND = Dates()
