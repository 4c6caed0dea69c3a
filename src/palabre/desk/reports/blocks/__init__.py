"""What a report is made of: one function a kind, ``(making, options) -> parts``. Options are plain data of the
template: ``text``, ``names``, ``watch_ids``, ``rows``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from palabre.desk.reports.blocks import desk, heard
from palabre.desk.reports.making import Making
from palabre.measure.report import Part

Block = Callable[[Making, Mapping[str, Any]], list[Part]]
BLOCKS: Mapping[str, Block] = {
    "title": heard.title, "text": heard.text, "figures": heard.figures, "charts": heard.charts, "needs": heard.needs,
    "signals": heard.signals, "rumours": heard.rumours, "stories": heard.stories, "evidence": heard.evidence,
    "cases": desk.cases, "sla": desk.sla, "promises": desk.promises, "objectives": desk.objectives, "proof": desk.proof,
    "experiments": desk.experiments,
}  # fmt: skip
WITH_ROWS = ("needs", "signals", "rumours", "stories", "evidence", "cases", "promises", "proof", "experiments")
CHARTS = tuple(heard.CHARTS)
