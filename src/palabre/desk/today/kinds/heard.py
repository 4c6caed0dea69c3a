"""What each kind of watch heard since the last list: one short line a kind, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from palabre.archive import Filters
from palabre.desk.design.templatetags.desk import number
from palabre.desk.engine import archive
from palabre.desk.panel import access as panel
from palabre.desk.today.day import DAY_MS, Day, Facts, Gathered, Shown, Wanted
from palabre.engage.brief import Item
from palabre.engage.promises import local_day

USUAL_DAYS = 28  # before: what is usual


class Heard:
    name = "heard"
    needs = "reader"

    def gather(self, day: Day) -> Gathered:
        fresh = by_kind(day, counts(day, day.since_ms, day.now_ms))
        before = by_kind(day, counts(day, day.since_ms - USUAL_DAYS * DAY_MS, day.since_ms))
        items = tuple(
            Item(f"heard:{kind}", "heard", rank=float(sum(found.values())), watch_kind=kind)
            for kind, found in fresh.items()
        )
        return Gathered(items, facts={f"heard:{kind}": facts(found, before.get(kind, {}), day)
                                      for kind, found in fresh.items()})  # fmt: skip

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        names = {watch.watch_id: watch.name for watch in panel.watches(day.seat)}
        return {kind: shown(kind, known, names, day) for kind, known in ids.items() if known}


def counts(day: Day, since_ms: int, until_ms: int) -> dict[int, int]:
    """New posts of each watch; what is folded as noise is not counted."""
    filters = Filters(mentioned=True, since_ms=since_ms, until_ms=until_ms, folded="no")
    found = archive().facets(day.seat.workspace.id, filters=filters)["watch"]
    return {int(watch_id): n for watch_id, n in found}


def by_kind(day: Day, found: Mapping[int, int]) -> dict[str, dict[int, int]]:
    """kind → watch_id → posts, only those with some."""
    kinds: dict[str, dict[int, int]] = {}
    for watch in panel.watches(day.seat):
        if n := found.get(watch.watch_id):
            kinds.setdefault(str(watch.kind), {})[watch.watch_id] = n
    return kinds


def facts(fresh: Mapping[int, int], before: Mapping[int, int], day: Day) -> Facts:
    """watches: [id, posts], most first; expected: as many over as long a time, from the four weeks before."""
    ranked = sorted(fresh.items(), key=lambda pair: -pair[1])
    expected = sum(before.values()) * (day.now_ms - day.since_ms) / (USUAL_DAYS * DAY_MS)
    return {"watches": [list(pair) for pair in ranked], "expected": round(expected), "since_ms": day.since_ms}


def shown(kind: str, known: Facts, names: Mapping[int, str], day: Day) -> Shown:
    n = sum(count for _, count in known["watches"])
    title = day.say("line.heard", kind=day.say(f"kind.{kind}"), n=n)
    most, share = known["watches"][0]
    parts = [usual(known["expected"], day)]
    if len(known["watches"]) > 1 and most in names:
        parts.append(day.say("why.heard.most", name=names[most], share=number(share)))
    since = local_day(known["since_ms"], day.zone).isoformat()
    query = {"watch": [watch_id for watch_id, _ in known["watches"]], "since": since}
    return Shown(title, " · ".join(part for part in parts if part), day.at("mentions:stream", query))


def usual(expected: int, day: Day) -> str:
    """Beside what is usual over as long a time."""
    if expected < 1:
        return day.say("why.heard.unusual")
    return day.say("why.heard.usual", usual=number(expected))


KIND = Heard()
