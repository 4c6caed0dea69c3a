"""The evidence chain as a drawing: mention → exchange → case → promise → outcome. Pure: places only.

A link says "came before, and the team says it helped", never "caused".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

STAGES = ("mention", "exchange", "case", "promise", "outcome")
WIDTH, GAP, HEIGHT, SPACE, TOP = (
    176,
    44,
    62,
    14,
    34,
)  # of a box, between columns; of a box, between boxes; of the titles
LINE_CHARS, LINES = 22, 2
MOST = 5  # boxes a column; the rest are one box that says how many


@dataclass(frozen=True, slots=True)
class Node:
    """stage: of STAGES; words: at most two short lines are drawn; note: under them; href: what it opens."""

    stage: str
    words: str
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A node at its place, in units of the drawing. lines: its words as they fit."""

    node: Node
    x: int
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """boxes; links: paths from box to box; titles: (x, stage) of each column that has boxes; empty: stages without."""

    boxes: tuple[Box, ...]
    links: tuple[str, ...]
    titles: tuple[tuple[int, str], ...]
    empty: tuple[str, ...]
    width: int
    height: int


def drawn(nodes: Sequence[Node], more: Mapping[str, Node] | None = None) -> Drawn:
    """Columns in the order of STAGES, only those that have nodes; every box is linked to those of the next column.
    more: what stands for the nodes that a column has no room for."""
    columns = [
        (stage, fitted([one for one in nodes if one.stage == stage], (more or {}).get(stage))) for stage in STAGES
    ]
    shown = [(stage, column) for stage, column in columns if column]
    tallest = max((len(column) for _, column in shown), default=0)
    height = TOP + tallest * (HEIGHT + SPACE)
    places = [
        [
            Box(node, x_of(place), y_of(row, len(column), tallest), lines_of(node.words))
            for row, node in enumerate(column)
        ]
        for place, (_, column) in enumerate(shown)
    ]
    links = [path(one, other) for left, right in pairwise(places) for one in left for other in right]
    titles = tuple((x_of(place), stage) for place, (stage, _) in enumerate(shown))
    empty = tuple(stage for stage, column in columns if not column)
    width = len(shown) * (WIDTH + GAP) - GAP if shown else 0
    return Drawn(tuple(box for column in places for box in column), tuple(links), titles, empty, width, height)


def fitted(column: list[Node], rest: Node | None) -> list[Node]:
    if len(column) <= MOST or rest is None:
        return column
    return [*column[: MOST - 1], rest]


def x_of(place: int) -> int:
    return place * (WIDTH + GAP)


def y_of(row: int, n: int, tallest: int) -> int:
    """Shorter columns stand in the middle."""
    return TOP + row * (HEIGHT + SPACE) + (tallest - n) * (HEIGHT + SPACE) // 2


def path(one: Box, other: Box) -> str:
    """A curve from the right side of a box to the left side of another."""
    x, y, to_x, to_y = one.x + WIDTH, one.y + HEIGHT // 2, other.x, other.y + HEIGHT // 2
    middle = (x + to_x) // 2
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"


def lines_of(words: str) -> tuple[str, ...]:
    """The words on at most LINES lines of LINE_CHARS, cut with an ellipsis."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 <= LINE_CHARS or not lines[-1]:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
    kept = [line if len(line) <= LINE_CHARS else line[: LINE_CHARS - 1] + "…" for line in lines[:LINES]]
    if len(lines) > LINES:
        kept[-1] = kept[-1][: LINE_CHARS - 1].rstrip(" …") + "…"
    return tuple(kept)
