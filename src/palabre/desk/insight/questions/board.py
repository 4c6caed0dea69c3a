"""The three-way board: relationship, product, legitimacy, for us and each rival, and what moved it."""

from __future__ import annotations

from palabre import insight
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.evidence import address
from palabre.desk.insight.excerpts import Excerpt, excerpts
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat
from palabre.measure.charts import Chart, Point, Series
from palabre.understand.board import BOARD_AXES, Board, Cell, Mover, Week

MOVERS = 4


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    found = insight.board(archive(), seat.workspace.id, scope_of(asked))
    parties = list(dict.fromkeys(cell.party for cell in found.cells))
    context = {
        "parties": [(name, [found.cell(name, axis) for axis in BOARD_AXES]) for name in parties],
        "axes": BOARD_AXES,
        "moved": moved(seat, found),
        "compared": 0 < archive().posts.first_ms(seat.workspace.id) < asked.since_ms,
        "read": sum(cell.share.n for cell in found.cells if cell.axis == BOARD_AXES[0]),
    }
    charts = {f"tone_{axis}": over_time(seat, found, parties, axis) for axis in BOARD_AXES}
    return Screen(context, {"shares": shares(seat, found, parties, lang), **charts})


def moved(seat: Seat, found: Board) -> list[tuple[Cell, list[tuple[Mover, Excerpt | None]]]]:
    """The cells that moved, each with what moved it most and the first words of that."""
    cells = [(cell, cell.movers[:MOVERS]) for cell in found.cells if cell.moved]
    heads = excerpts(seat, [one.post_ids[0] for _, movers in cells for one in movers if one.post_ids])
    return [(cell, [(one, heads.get(next(iter(one.post_ids), 0))) for one in movers]) for cell, movers in cells]


def shares(seat: Seat, found: Board, parties: list[str], lang: str) -> Chart:
    """What each party is talked about for: a bar a party, a part an axis; none of a party with too few posts."""
    known = [name for name in parties if not found.cell(name, BOARD_AXES[0]).share.few]
    series = tuple(
        Series(speak(f"insight.axes.{axis}", lang), tuple(part(seat, found.cell(name, axis)) for name in known))
        for axis in BOARD_AXES
    )
    return Chart("parts", series, unit="share")


def part(seat: Seat, cell: Cell) -> Point:
    one = cell.share
    return Point(cell.party, one.value or 0.0, one.low, one.high, one.n, address(seat, one.evidence))


def over_time(seat: Seat, found: Board, parties: list[str], axis: str) -> Chart:
    """Net tone by week, a line a party; weeks with too few voices are left out."""
    series = [Series(name, weeks(seat, found.cell(name, axis)), ours=not at) for at, name in enumerate(parties)]
    return Chart("lines", tuple(one for one in series if one.points), unit="score")


def weeks(seat: Seat, cell: Cell) -> tuple[Point, ...]:
    return tuple(week(seat, one) for one in cell.weeks if one.tone.value is not None)


def week(seat: Seat, one: Week) -> Point:
    tone = one.tone
    return Point(one.start_ms, tone.value or 0.0, tone.low, tone.high, one.n, address(seat, tone.evidence))


PAGE = Page("board", "insight.board.title", build, rank=40)
