"""The list of sources as it is shown: each with its health, its strip and its next due time. Reads through `access`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from palabre.archive.heard import SourceDay
from palabre.archive.types import Source
from palabre.desk.clock import now_ms
from palabre.desk.sources import access, words
from palabre.desk.sources.strip import Strip, since, strip
from palabre.desk.workspaces.access import Seat
from palabre.health import Report

TONES = {"ok": "good", "late": "warn", "silent": "bad", "failing": "bad", "paused": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """A source on the board. said: its sentences, the first one about its state; tone: class of its chip."""

    source: Source
    report: Report
    strip: Strip
    said: tuple[str, ...]
    rhythm: str
    lag: str
    usual: str = ""  # its usual gap between posts, where that is known

    @property
    def tone(self) -> str:
        return TONES[self.report.state]


@dataclass(frozen=True, slots=True)
class Board:
    summary: str
    lines: tuple[Line, ...]
    worst: str  # the state of the first line


def board(seat: Seat, lang: str) -> Board:
    """All sources, worst first."""
    now = now_ms()
    found = access.health(seat)
    by_id = {one.source_id: one for one in access.sources(seat)}
    days = by_source(access.days(seat, since(now)))
    lines = tuple(
        line(by_id[one.source_id], one, days.get(one.source_id, []), lang, now)
        for one in found
        if one.source_id in by_id
    )
    return Board(words.summary(found, now, lang), lines, str(found[0].state) if found else "")


def line(source: Source, one: Report, days: Sequence[SourceDay], lang: str, now: int) -> Line:
    lag = "" if one.lag_ms is None else words.duration(one.lag_ms / 1000, lang)
    rhythm = words.duration(one.rhythm_seconds, lang)
    usual = words.duration(one.usual_gap_ms / 1000, lang) if one.usual_gap_ms else ""
    return Line(source, one, strip(source, days, now), tuple(words.sentences(one, lang)), rhythm, lag, usual)


def by_source(days: Sequence[SourceDay]) -> Mapping[int, list[SourceDay]]:
    ordered = sorted(days, key=lambda one: (one.source_id, one.day_ms))
    return {source_id: list(own) for source_id, own in groupby(ordered, lambda one: one.source_id)}


def line_of(seat: Seat, source: Source, lang: str) -> Line:
    """One source."""
    return next(one for one in board(seat, lang).lines if one.source.source_id == source.source_id)
