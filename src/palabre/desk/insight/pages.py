"""What a question is to the desk: a page with an answer and charts. A file in `questions/` with a ``PAGE`` is one.

    PAGE = Page("needs", "insight.needs.title", build, rank=30)

    def build(seat: Seat, asked: Asked, lang: str) -> Screen:
        found = insight.needs(archive(), seat.workspace.id, asked.scope)
        return Screen({"needs": found}, {"growth": Chart("ranked", …)})

The template is `insight/<name>.html`: it extends `insight/base.html` and fills the block ``answer``. The chart
``growth``
is `{% chart "growth" %}` there, and at `…/needs/chart/growth.svg`, `.png`, `.csv`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from palabre.desk.insight import questions
from palabre.desk.insight.asked import Asked
from palabre.desk.workspaces.access import Seat
from palabre.measure.charts import Chart


@dataclass(frozen=True, slots=True)
class Screen:
    """The answer: what the template says, and the charts it shows, by name. few: too little was heard to say much."""

    context: Mapping[str, Any] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """A further address of a question, under `understand/`: what somebody does there."""

    path: str
    view: Callable[..., Any]
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """rank: its place among the doors of its room, 0: no door; periods: whether it is asked of a period; under: the
    page whose door a page without one is behind."""

    name: str
    title: str
    build: Callable[[Seat, Asked, str], Screen]
    rank: int = 0
    room: str = "understand"
    needs: str = "reader"
    periods: bool = True
    under: str = ""
    routes: tuple[Act, ...] = ()


@cache
def pages() -> tuple[Page, ...]:
    """All questions, by rank."""
    names = [found.name for found in pkgutil.iter_modules(questions.__path__) if not found.name.startswith("_")]
    modules = [import_module(f"{questions.__name__}.{name}") for name in names]
    found: list[Page] = [module.PAGE for module in modules if hasattr(module, "PAGE")]
    return tuple(sorted(found, key=lambda page: (page.rank or 10**6, page.name)))


def page(name: str) -> Page:
    """KeyError: there is none."""
    return next(page for page in pages() if page.name == name)
