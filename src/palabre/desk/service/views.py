"""How long people wait for us: figures, what presses now, cover round the clock, and the cases behind each figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access as inbox
from palabre.desk.mentions.facets import naming
from palabre.desk.service import access, drawing, figures
from palabre.desk.service.asked import PERIODS, Asked
from palabre.desk.service.figures import Timed
from palabre.desk.workspaces.access import Seat, seated
from palabre.measure import charts
from palabre.measure.hours import Hours
from palabre.measure.sla import Wait
from palabre.measure.sla_figures import MEASURES, SILENT_MS
from palabre.model import Figure

FILES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}
SHOWN, PRESSING_SHOWN = 200, 6


def asked_of(request: HttpRequest) -> Asked:
    return Asked.read({name: str(value) for name, value in request.GET.items()})


def context_of(request: HttpRequest, seat: Seat, asked: Asked) -> dict[str, Any]:
    """What every page of figures has."""
    return {
        "asked": asked,
        "cases_at": drawing.cases_at(seat),
        "periods": [(days, asked.in_last(days), days == asked.days) for days in PERIODS],
    }


def network_words(lang: str) -> Callable[[str], str]:
    """How networks are called; a case opened by hand is from none."""
    called = naming(lang, {}, {})
    return lambda name: called("network", name) if name else speak("service.no_network", lang)


def drawn_of(seat: Seat, asked: Asked, cases: Sequence[Timed], hours: Hours, lang: str) -> dict[str, charts.Chart]:
    """The charts of the page, by name."""
    cover = figures.covered(cases, hours)
    weeks = figures.rows(cases, figures.cuts(hours)["week"], newest=True)
    return {
        "asked": drawing.week(seat, asked, cover, lang, silent=False),
        "silent": drawing.week(seat, asked, cover, lang, silent=True),
        "trend": drawing.trend(seat, weeks, lang),
    }


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The figures of a period."""
    asked, lang, work = asked_of(request), lang_of(request), access.clockwork(seat.workspace)
    cases = figures.timed(seat, asked.cases(seat), work)
    late, near = figures.late(pressing(seat, work))
    cut = figures.cuts(work.usual, speak("service.no_team", lang), network_words(lang))
    numbers = figures.numbers(cases)
    context = context_of(request, seat, asked) | {
        "work": work, "n": len(cases), "late": late[:PRESSING_SHOWN], "near": near[:PRESSING_SHOWN],
        "late_n": len(late), "near_n": len(near), "has_targets": bool(work.targets),
        "table": table_of(numbers), "measured": any(one.n for one in numbers.values()),
        "charts": drawn_of(seat, asked, cases, work.usual, lang),
        "cover": cover_of(asked), "covers": covers_of(asked),
        "gaps": drawing.gaps(figures.covered(cases, work.usual)),
        "cuts": [(name, figures.rows(cases, cut[name], newest=name == "week")) for name in ("network", "team", "week")],
        "has_machine": any(wait.machine for one in cases for wait in (*figures.waits(one, "first"), *one.times.next)),
    }  # fmt: skip
    return render(request, "service/index.html", context)


def cover_of(asked: Asked) -> str:
    """Which grid of the week is drawn: where nobody answered, or all that was asked."""
    return "asked" if asked.word("kind") == "asked" else "silent"


def covers_of(asked: Asked) -> list[tuple[str, str, bool]]:
    return [(name, asked.having(kind=name), name == cover_of(asked)) for name in ("silent", "asked")]


def table_of(numbers: Mapping[str, Figure]) -> list[tuple[str, list[Figure]]]:
    """The figures of each measure in their order; a machine's and targets only where there are any."""
    optional = {"within", "machine_median"}
    return [
        (measure, [one for kind in figures.KINDS if (one := numbers[f"{measure}_{kind}"]).n or kind not in optional])
        for measure in MEASURES
    ]


def pressing(seat: Seat, work: access.Clockwork) -> list[Timed]:
    """The cases that go on, whenever they were opened."""
    live = inbox.cases(seat).exclude(state="resolved").order_by("opened_ms")[: figures.CASES_MAX]
    return figures.timed(seat, list(live), work)


@require_GET
@seated()
def chart(request: HttpRequest, seat: Seat, chart: str, kind: str) -> HttpResponse:
    """A chart as a file."""
    asked, lang, hours = asked_of(request), lang_of(request), access.hours(seat.workspace)
    found = drawn_of(seat, asked, figures.timed(seat, asked.cases(seat)), hours, lang).get(chart)
    if found is None or kind not in FILES:
        raise Http404
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    body: bytes | str
    if kind == "csv":
        body = charts.csv(found, lang)
    else:
        body = charts.png(found, lang, theme=theme) if kind == "png" else charts.svg(found, lang, theme=theme)
    response = HttpResponse(body, content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="palabre-service-{chart}.{kind}"'
    return response


@require_GET
@seated()
def cases(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The cases behind a figure, those that took longest first."""
    asked = asked_of(request)
    work = access.clockwork(seat.workspace)
    kept = behind(figures.timed(seat, asked.cases(seat), work), asked, work.usual)
    listed = sorted((told(one, asked) for one in kept), key=lambda row: (-row["length"], row["case"].pk))
    context = context_of(request, seat, asked) | {"rows": listed[:SHOWN], "n": len(listed)}
    context |= {"measure": measure_of(asked), "business": clock_of(asked) == "business", "words": dict(asked.words)}
    context["back"] = reverse("service:index", kwargs={"workspace_slug": seat.workspace.slug})
    return render(request, "service/cases.html", context)


def measure_of(asked: Asked) -> str:
    return asked.word("measure") if asked.word("measure") in MEASURES else "first"


def clock_of(asked: Asked) -> str:
    return asked.word("clock") if asked.word("clock") in {"business", "calendar", "machine", "within"} else "business"


def behind(cases: Sequence[Timed], asked: Asked, hours: Hours) -> list[Timed]:
    """Those that a figure, a row or an hour of the week is made of."""
    hour, week = asked.word("hour"), asked.word("week")
    kept = list(cases)
    if week:
        cut = figures.cuts(hours)["week"]
        kept = [one for one in kept if cut(one)[0] == week]
    if hour.isdecimal() and len(hour) <= 3:
        return [one for one in kept if any(_begins(wait, int(hour), asked, hours) for wait in every_wait(one))]
    if asked.word("measure"):
        return [one for one in kept if counts(one, measure_of(asked), clock_of(asked))]
    return kept


def every_wait(one: Timed) -> tuple[Wait, ...]:
    return (*figures.waits(one, "first"), *one.times.next)


def _begins(wait: Wait, hour: int, asked: Asked, hours: Hours) -> bool:
    """Whether a wait began in that hour of the week, and nobody answered within the hour where that is asked."""
    if figures.hour_of(wait.since_ms, hours) != hour:
        return False
    return asked.word("kind") != "silent" or wait.human is None or wait.human.calendar_ms > SILENT_MS


def counts(one: Timed, measure: str, clock: str) -> bool:
    """Whether a case is in the n of a figure."""
    if clock == "within":
        return any(answer is not None for answer in figures.verdicts(one, measure))
    if clock != "machine":
        return any(ended for ended, _ in figures.spans(one, measure))
    if measure == "resolution":
        return one.times.machine_resolution is not None
    return any(wait.machine for wait in figures.waits(one, measure))


def told(one: Timed, asked: Asked) -> dict[str, Any]:
    """A case as a row: the longest of its times of the measure, and whether it runs still."""
    measure, clock = measure_of(asked), clock_of(asked)
    pairs = [(ended or so_far, ended is None) for ended, so_far in figures.spans(one, measure) if ended or so_far]
    if clock == "machine":
        machine = [wait.machine for wait in figures.waits(one, measure)]
        machine = [one.times.machine_resolution] if measure == "resolution" else machine
        pairs = [(took, False) for took in machine if took]
    business = clock == "business" or (clock == "within" and one.targets.business)
    lengths = [(took.business_ms if business else took.calendar_ms, open_) for took, open_ in pairs if took]
    length, runs = max(lengths, default=(0, False))
    verdicts = figures.verdicts(one, measure)
    return {"case": one.case, "length": length, "runs": runs, "missed": False in verdicts, "n": len(lengths)}
