"""The three-way board: cells that moved more than chance, told once a week."""

from __future__ import annotations

from collections.abc import Mapping

from palabre import insight
from palabre.archive import Filters
from palabre.desk.design.templatetags.desk import number
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.today.day import DAY_MS, Day, Facts, Gathered, Shown, Wanted
from palabre.engage.brief import Item
from palabre.insight.scope import Scope
from palabre.understand.board import Cell

DAYS = 7


class Board:
    name = "board"
    needs = "reader"

    def gather(self, day: Day) -> Gathered:
        year, week, _ = day.date.isocalendar()
        found = {f"board:{year}-{week}:{one.axis}:{one.party}"[:120]: one for one in moved(day)}
        fresh = {key: one for key, one in found.items() if key not in day.told}
        items = tuple(Item(key, "changed", rank=9.5 - one.p) for key, one in fresh.items())
        return Gathered(items, facts={key: facts(one) for key, one in fresh.items()})

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]:
        return {key: shown(known, day) for key, known in ids.items() if known}


def moved(day: Day) -> list[Cell]:
    """Cells of the last seven whole days that passed the rule of the board."""
    until = day.now_ms - day.now_ms % DAY_MS
    scope = Scope(Filters(mentioned=True, since_ms=until - DAYS * DAY_MS, until_ms=until))
    return [one for one in insight.board(archive(), day.seat.workspace.id, scope).cells if one.moved]


def facts(one: Cell) -> Facts:
    return {"party": one.party, "axis": one.axis, "by": one.movement.value or 0.0, "n": one.movement.n,
            "words": list(one.words[:4])}  # fmt: skip


def shown(known: Facts, day: Day) -> Shown:
    up = known["by"] > 0
    axis = speak(f"mentions.axis.{known['axis']}", day.lang)
    title = day.say("line.board.up" if up else "line.board.down", party=known["party"], axis=axis)
    by, words = number(abs(round(known["by"], 2)), 2), ", ".join(known["words"])
    why = day.say("why.board.words" if words else "why.board.plain", by=by, n=known["n"], words=words)
    return Shown(title, why, day.at("insight:board", {"days": DAYS, "all": 1}), "" if up else "warn")


KIND = Board()
