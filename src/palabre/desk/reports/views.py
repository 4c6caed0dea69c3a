"""Reports: templates, their blocks, the preview, the files, and the copies that are kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.clock import to_datetime
from palabre.desk import post
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.mentions import access as mentions
from palabre.desk.objectives.acting import behind, done
from palabre.desk.reports import access, building, digests, forms
from palabre.desk.reports.access import zone_of
from palabre.desk.reports.blocks import BLOCKS, WITH_ROWS
from palabre.desk.reports.making import period_words
from palabre.desk.reports.models import Copy, Report
from palabre.desk.reports.spans import span_of, start
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.measure.report import pdf_ready

DAY_MS = 86_400_000
KINDS = ("html", "pdf", "json")
COPIES = 200
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox allow-popups"
USUAL: tuple[dict[str, Any], ...] = (
    {"kind": "figures"}, {"kind": "charts", "names": ["volume", "voice", "tone"]}, {"kind": "needs"},
    {"kind": "signals"}, {"kind": "sla"}, {"kind": "promises"}, {"kind": "objectives"}, {"kind": "proof"},
    {"kind": "evidence", "rows": 5},
)  # fmt: skip


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    context = {
        "reports": list(access.reports(seat.workspace)),
        "copies": list(access.copies(seat.workspace)[:COPIES]),
    }
    return render(request, "reports/index.html", context)


@require_http_methods(["GET", "POST"])
@seated("agent", post="manager")
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new template, with the usual blocks to begin with."""
    zone = zone_of(seat)
    form = forms.ReportForm(
        request, posted(request), initial={"lang": lang_of(request), "zone": zone, "formats": ["pdf"]}
    )
    if not form.is_valid():
        return render(request, "reports/form.html", {"form": form}, status=400 if form.errors else 200)
    values = values_of(seat, form.cleaned_data)
    made = Report.objects.add(seat.workspace, blocks=list(USUAL), made_ms=now_ms(), **values)
    schedule(made)
    return done(request, seat, "report_made", made.title, "reports:report", uid=made.uid)


@require_http_methods(["GET", "POST"])
@seated("agent", post="manager")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.report(seat, uid)
    form = forms.ReportForm(request, posted(request), initial=initial_of(found))
    if not form.is_valid():
        return render(request, "reports/form.html", {"form": form, "report": found}, status=400 if form.errors else 200)
    for name, value in values_of(seat, form.cleaned_data).items():
        setattr(found, name, value)
    schedule(found)
    return done(request, seat, "report_changed", found.title, "reports:report", uid=uid)


def values_of(seat: Seat, given: dict[str, Any]) -> dict[str, Any]:
    """A valid form as the fields of a report. Whoever changes it answers for what leaves in its name."""
    same = ("title", "period", "versus", "lang", "tlp", "every", "minute", "weekday", "zone", "addresses")
    since, until = given.get("since"), given.get("until")
    return {name: given[name] for name in same} | {
        "files": given["formats"],
        "monthday": given.get("monthday") or 1,
        "since_ms": start(since) if since else 0,
        "until_ms": start(until) + DAY_MS if until else 0,
        "owner": seat.user,
        "changed_ms": now_ms(),
    }


def initial_of(found: Report) -> dict[str, Any]:
    same = ("title", "period", "versus", "lang", "tlp", "every", "weekday", "monthday", "zone")
    days = {name: to_datetime(ms).date() if ms else None
            for name, ms in (("since", found.since_ms), ("until", found.until_ms and found.until_ms - 1))}  # fmt: skip
    kept = {name: getattr(found, name) for name in same}
    return (
        kept
        | days
        | {"addresses": "\n".join(found.addresses), "at": forms.clock_of(found.minute), "formats": found.files}
    )


def schedule(found: Report) -> None:
    """From now on: what was missed before is not made up for."""
    beat = digests.rhythm(found)
    found.next_ms, found.error_key, found.error_params = (beat.after(now_ms()) if beat else 0), "", {}
    found.save()


@require_GET
@seated()
def report(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return render(request, "reports/report.html", page_of(request, seat, access.report(seat, uid)))


def page_of(request: HttpRequest, seat: Seat, found: Report, **bad: Any) -> dict[str, Any]:
    span, lang = span_of(found, now_ms()), lang_of(request)
    return {
        "report": found,
        "period": period_words(lang, span) if span[0] else "",
        "blocks": [described(seat, block, lang) for block in found.blocks],
        "copies": list(access.copies(seat.workspace).filter(report=found)[:COPIES]),
        "pdf": pdf_ready(),
        "mail": post.ready(),
        "form": forms.BlockForm(request, seat),
        "kinds": list(BLOCKS),
        **bad,
    }


def described(seat: Seat, block: dict[str, Any], lang: str) -> dict[str, str]:
    """A block as its line on the page says it."""
    kind, watches = str(block.get("kind")), mentions.watches(seat)
    area = "reports.charts" if kind == "charts" else "objectives.measure"
    parts = [str(block.get("text", ""))[:90]]
    parts.append(", ".join(speak(f"{area}.{name}", lang) for name in block.get("names") or ()))
    parts.append(", ".join(watches[one].name for one in block.get("watch_ids") or () if one in watches))
    if kind in WITH_ROWS and block.get("rows"):
        parts.append(speak("reports.rows", lang, n=block["rows"]))
    return {"kind": kind, "about": " · ".join(part for part in parts if part)}


@require_POST
@seated("manager")
def block_add(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found, form = access.report(seat, uid), forms.BlockForm(request, seat, request.POST)
    if not form.is_valid():
        return render(request, "reports/report.html", page_of(request, seat, found, form=form), status=400)
    found.blocks = [*found.blocks, form.block()]
    found.changed_ms = now_ms()
    found.save()
    return done(request, seat, "report_changed", found.title, "reports:report", uid=uid)


@require_POST
@seated("manager")
def block_move(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """place: which block, from 0; act: up, down or remove."""
    found, blocks = access.report(seat, uid), None
    place, act = request.POST.get("place", ""), request.POST.get("act", "")
    at = int(place) if place.isdecimal() and len(place) < 7 else len(found.blocks)
    if at < len(found.blocks):
        blocks = moved(list(found.blocks), at, act)
    if blocks is not None:
        found.blocks, found.changed_ms = blocks, now_ms()
        found.save()
    return done(request, seat, "report_changed", found.title, "reports:report", uid=uid)


def moved(blocks: list[dict[str, Any]], place: int, act: str) -> list[dict[str, Any]]:
    one = blocks.pop(place)
    if act == "remove":
        return blocks
    to = place - 1 if act == "up" else place + 1 if act == "down" else place
    blocks.insert(max(0, to), one)
    return blocks


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The template; its kept copies stay."""
    found = access.report(seat, uid)
    found.delete()
    return done(request, seat, "report_removed", found.title, "reports:index")


@require_GET
@seated()
def preview(request: HttpRequest, seat: Seat, uid: str, kind: str) -> HttpResponse:
    """The report as it is now, as a file or in the browser; nothing is kept."""
    found = access.report(seat, uid)
    return answer(request, seat, building.document(seat, found), found.title, now_ms(), kind)


def answer(request: HttpRequest, seat: Seat, made: Any, title: str, at_ms: int, kind: str) -> HttpResponse:
    """A file that may not run anything, whoever opens it. ?save=1 offers it for download."""
    if kind not in KINDS:
        raise Http404
    base = building.site() or request.build_absolute_uri("/").rstrip("/")
    body = building.written(seat, made, kind, base)
    how = "attachment" if request.GET.get("save") else "inline"
    response = HttpResponse(body, content_type=building.MEDIA[kind])
    response["Content-Disposition"] = f'{how}; filename="{building.filename(title, at_ms, kind)}"'
    if request.GET.get("save"):
        audit.note(request, seat, "report_exported", f"{title} · {kind}")
    return alone(response) if kind == "html" else response


def alone(response: HttpResponse) -> HttpResponse:
    """A report brings its own stylesheet, and nothing else: it lives in a sandbox."""
    response["Content-Security-Policy"] = POLICY
    return response


@require_POST
@seated("agent")
def keep(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A copy as of now; with ``send`` it also leaves, at once, to the addresses of the report."""
    found = access.report(seat, uid)
    made = building.keep(seat, found)
    if not request.POST.get("send"):
        return done(request, seat, "report_kept", made.title, "reports:copy", uid=made.uid)
    if not (seat.may("manager") and found.addresses and post.ready()):
        messages.error(request, speak("reports.cannot_send", lang_of(request)))
        return redirect("reports:copy", workspace_slug=seat.workspace.slug, uid=made.uid)
    made.sent, made.next_ms = dict.fromkeys(found.addresses, digests.WAITS), now_ms()
    made.save()
    digests.deliver(made)
    return done(request, seat, "report_sent", made.title, "reports:copy", uid=made.uid)


def asked_of(figure: dict[str, Any], lang: str) -> str:
    """The period of a kept figure, which may stand beside the same figure of the period before."""
    evidence = figure.get("evidence") or {}
    since, until = evidence.get("since_ms") or 0, evidence.get("until_ms") or 0
    return period_words(lang, (since, until)) if since and until else ""


@require_GET
@seated()
def copy(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A kept copy: its files, where it went, and what was asked for each of its figures."""
    found = access.copy(seat, uid)
    made = building.of_copy(found)
    asked: Any = (made.asks or {}).get("figures", [])
    context = behind("reports:index") | {
        "copy": found, "made": made, "pdf": pdf_ready(),
        "figures": [one | {"period": asked_of(one, lang_of(request))} for one in asked if "name" in one],
        "period": period_words(lang_of(request), (found.since_ms, found.until_ms)),
    }  # fmt: skip
    return render(request, "reports/copy.html", context)


@require_GET
@seated()
def copy_file(request: HttpRequest, seat: Seat, uid: str, kind: str) -> HttpResponse:
    found = access.copy(seat, uid)
    return answer(request, seat, building.of_copy(found), found.title, found.made_ms, kind)


@require_POST
@seated("manager")
def copy_remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found: Copy = access.copy(seat, uid)
    found.delete()
    return done(request, seat, "report_copy_removed", found.title, "reports:index")
