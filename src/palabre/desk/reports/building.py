"""A report from its template: the document, its files, and the copy that is kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.reports.blocks import BLOCKS
from palabre.desk.reports.making import Making, asks_of, made_words, period_words, texts
from palabre.desk.reports.models import Copy, Report
from palabre.desk.reports.spans import span_of, versus_of
from palabre.desk.workspaces.access import Seat
from palabre.measure.report import Document, Part, html, kept, opened, pdf

MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "json": "application/json"}


def document(seat: Seat, report: Report, at_ms: int = 0) -> Document:
    """The report as it is now (or as its period was seen from then). Raises what its questions raise."""
    now = at_ms or now_ms()
    span = span_of(report, now)
    versus = versus_of(report, span)
    making = Making(seat, report.lang, span, versus)
    parts: list[Part] = [part for block in report.blocks for part in of_block(making, block)]
    compared = speak("reports.compared", report.lang, period=period_words(report.lang, versus)) if versus else ""
    return Document(
        report.title, report.lang, report.tlp, period_words(report.lang, span), compared,
        made_words(report.lang, now_ms(), seat.workspace.name), "", tuple(parts), tuple(making.methods),
        asks_of(report.blocks, span, versus, making.asked),
    )  # fmt: skip


def of_block(making: Making, block: dict[str, Any]) -> list[Part]:
    made = BLOCKS.get(str(block.get("kind")))
    return made(making, block) if made else []


def keep(seat: Seat, report: Report) -> Copy:
    """Makes the report as it is now, and keeps it."""
    made = fresh_copy(seat, report)
    made.save(force_insert=True)
    return made


def fresh_copy(seat: Seat, report: Report, *, turn_ms: int = 0) -> Copy:
    """The report as a copy, not kept yet: its questions take their time, no transaction waits for them. turn_ms: of a
    digest, which is made as of then."""
    made = document(seat, report, turn_ms)
    span = span_of(report, turn_ms or now_ms())
    return Copy(
        workspace=seat.workspace, report=report, title=report.title, since_ms=span[0], until_ms=span[1], tlp=report.tlp,
        lang=report.lang, body=kept(made), by=seat.user, made_ms=now_ms(), turn_ms=turn_ms, files=list(report.files),
    )  # fmt: skip


def written(seat: Seat, made: Document, kind: str, base_url: str) -> bytes:
    """As a file: html, pdf or json. base_url: of the desk, for its links; "" leaves them out."""
    words = texts(seat, made)
    if kind == "json":
        import orjson

        from palabre.measure.report import as_json

        return orjson.dumps(as_json(made), option=orjson.OPT_INDENT_2)
    return pdf(made, words, base_url) if kind == "pdf" else html(made, words, base_url).encode()


def of_copy(copy: Copy) -> Document:
    return opened(bytes(copy.body))


def site() -> str:
    """The address of the desk as others reach it; "" where it is not known."""
    return str(settings.PALABRE.site_url).rstrip("/")


def filename(title: str, at_ms: int, kind: str) -> str:
    from palabre.desk.exports.views import filename as plain

    return f"{plain(title)}-{to_datetime(at_ms).date().isoformat()}.{kind}"
