"""Needs that more people ask for than before: told once a week at most, with by how much and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from palabre.archive.needs import Need
from palabre.desk.design.templatetags.desk import number
from palabre.desk.engine import archive
from palabre.desk.today.day import Day, Gathered, Shown, Wanted
from palabre.engage.brief import Item

SURE = 1.0  # the interval of the growth lies above: more ask, and not by chance
VOICES_MIN = 5
SHOWN_MAX = 5


class Needs:
    name = "need"
    needs = "reader"

    def gather(self, day: Day) -> Gathered:
        found = sorted(grown(day, archive().needs.all(day.seat.workspace.id)), key=lambda one: -one.rank)
        return Gathered(tuple(found[:SHOWN_MAX]))

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        wanted = {one.partition(":")[0]: one for one in ids}
        known = archive().needs.all(day.seat.workspace.id) if wanted else []
        return {wanted[str(one.need_id)]: shown(one, day) for one in known if str(one.need_id) in wanted}


def grown(day: Day, known: Sequence[Need]) -> Iterator[Item]:
    """The key carries the week, so that a need is not told every day."""
    year, week, _ = day.date.isocalendar()
    for one in known:
        key = f"need:{one.need_id}:{year}-{week}"
        _, low, _, _ = growth(one)
        if one.status in ("heard", "considered") and one.voices >= VOICES_MIN and low > SURE and key not in day.told:
            yield Item(key, "changed", rank=min(9.0, low))


def growth(one: Need) -> tuple[float, float, float, int]:
    """(times as many voices, low, high, n); 0 where too few ask."""
    value, low, high, n = (*one.facts.get("growth", ()), 0, 0, 0, 0)[:4]
    return value or 0.0, low or 0.0, high or 0.0, int(n or 0)


def shown(one: Need, day: Day) -> Shown:
    value, low, high, n = growth(one)
    times, least, most = (number(round(part, 1), 1) for part in (value, low, high))
    why = day.say("why.need.grew", times=times, low=least, high=most, n=n)
    address = day.at("insight:need", {"need": one.need_id, "all": 1})
    return Shown(day.say("line.need", title=one.title_in(day.lang)), why, address)


KIND = Needs()
