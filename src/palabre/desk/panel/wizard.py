"""The first run: four questions, a proposed panel, proposed sources, and the stream fills."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.archive import Archive
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.panel import access, discovery, jobs, proposal, queries, sample, trial
from palabre.desk.panel.forms import StartForm
from palabre.desk.panel.proposal import ProposedSource, ProposedWatch
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError, PalabreError, QueryError
from palabre.model import WatchKind

ROWS_MAX = 40


@require_http_methods(["GET", "POST"])
@seated("manager")
def start(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The questions; a POST shows the proposed panel."""
    form = StartForm(request, posted(request), initial={"languages": ["fr", "en"]})
    if not form.is_valid():
        return render(request, "panel/start.html", {"form": form}, status=400 if form.errors else 200)
    values = form.cleaned_data
    rivals = queries.lines_of(values["rivals"])
    proposed = proposal.propose_panel(values["name"], values["site"], rivals, values["languages"])
    if not proposed:
        form.complain("name", "panel.start.no_name")
    if values["site"] and not proposal.domain(values["site"]):
        form.complain("site", "panel.start.no_site")
    if form.errors:
        return render(request, "panel/start.html", {"form": form}, status=400)
    rows = list(enumerate(_titled(watch, form.speaks) for watch in proposed))
    context = {"values": values, "rows": rows, "kinds": list(WatchKind), "rivals": rivals}
    return render(request, "panel/proposal.html", context)


def _titled(watch: ProposedWatch, lang: str) -> ProposedWatch:
    """The proposal under a name in the reader's language."""
    key = f"panel.proposed.{watch.why}"
    title = speak(key, lang, name=watch.name)
    return watch if title == key or not watch.name else replace(watch, name=title)


@require_POST
@seated("manager")
def sources(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The part of the proposal that asks the network: what the site announces, and public places."""
    site, name = request.POST.get("site", "").strip(), request.POST.get("name", "")
    feeds: list[tuple[str, str]] = []
    reason: PalabreError | None = None
    if site:
        try:
            feeds = discovery.feeds_of(site)
        except PalabreError as error:
            reason = error
    proposed = proposal.propose_sources(name, queries.lines_of(request.POST.get("rivals", "")), feeds)
    context = {"sources": list(enumerate(proposed)), "reason": reason, "site": site, "feeds": len(feeds)}
    return render(request, "panel/part_sources.html", context)


def _rows(request: HttpRequest, prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The ticked rows of a form whose fields are called <prefix>-<number>-<name>."""
    ticked = [number for number in request.POST.getlist(prefix) if number.isdecimal() and len(number) < 4][:ROWS_MAX]
    return [{name: request.POST.get(f"{prefix}-{number}-{name}", "").strip() for name in names} for number in ticked]


@require_POST
@seated("manager")
def finish(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Makes what was ticked; what cannot be used is said, and the rest is made."""
    faults: list[str] = []
    made = _make_watches(request, seat, faults)
    heard = _make_sources(request, seat, faults)
    for fault in faults:
        messages.warning(request, fault)
    if not made and not heard:
        messages.error(request, speak("panel.start.nothing", lang_of(request)))
        return redirect("panel:start", workspace_slug=seat.workspace.slug)
    name = request.POST.get("name", "").strip()[:120]
    _set_up(request, seat, name)
    return redirect("panel:filling", workspace_slug=seat.workspace.slug)


def _set_up(request: HttpRequest, seat: Seat, name: str = "") -> None:
    """The workspace bears the organisation's name, and the wizard is done."""
    seat.workspace.set_up = True
    if name:
        seat.workspace.name = archive().workspaces.rename(seat.workspace.id, name).name
    seat.workspace.save()
    audit.note(request, seat, "set_up", name)


def _make_watches(request: HttpRequest, seat: Seat, faults: list[str]) -> int:
    lang, organisation, good = lang_of(request), request.POST.get("name", ""), []
    for row in _rows(request, "watch", ("name", "kind", "query")):
        kind = WatchKind(row["kind"]) if row["kind"] in set(WatchKind) else WatchKind.THEME
        query = row["query"] or proposal.named_by_hand(kind, row["name"], organisation)
        try:
            queries.read(query, access.lists(seat))
        except QueryError as error:
            faults.append(_fault(row["name"], error, lang))
            continue
        good.append((row["name"] or query[:60], query, str(kind)))
    who, why = seat.user.label, speak("panel.start.why", lang)
    return len(archive().watches.add_many(seat.workspace.id, good, who=who, why=why))


def _fault(name: str, error: PalabreError, lang: str) -> str:
    """What is wrong with one row, after its name."""
    return f"{name}{speak('desk.colon', lang)}{speak(error.key, lang, **error.params)}"


def _make_sources(request: HttpRequest, seat: Seat, faults: list[str]) -> int:
    lang, made = lang_of(request), 0
    for row in _rows(request, "source", ("name", "connector", "value")):
        wanted = proposal.source_of(row["name"], row["connector"], row["value"])
        try:
            made += bool(wanted and add_source(archive(), seat.workspace.id, wanted))
        except InputError as error:
            faults.append(_fault(row["name"], error, lang))
    return made


def add_source(kept: Archive, workspace_id: int, wanted: ProposedSource) -> Any:
    """A source as its connector wants it; one that is there already stays as it is. Raises InputError."""
    from palabre.plugins import connector

    found = kept.sources.find(workspace_id, wanted.connector, wanted.name)
    if found is not None:
        return found
    made = connector(wanted.connector)
    about = made.describe()
    config = made.validate(wanted.config)
    return kept.sources.add(
        workspace_id, wanted.connector, wanted.name, config, keep=about.keep, rhythm_seconds=about.rhythm_seconds
    )


@require_POST
@seated("manager")
def play_sample(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The sample instead of the network."""
    if not jobs.running(seat.workspace, "sample"):
        sample.begin(archive(), seat.workspace.id, lang_of(request))
        audit.note(request, seat, "sample_loaded")
    return redirect("panel:filling", workspace_slug=seat.workspace.slug)


@require_POST
@seated("manager")
def skip(request: HttpRequest, seat: Seat) -> HttpResponse:
    """To the panel, without the wizard."""
    _set_up(request, seat)
    return redirect("panel:index", workspace_slug=seat.workspace.slug)


@require_GET
@seated()
def filling(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page on which one sees the first posts arrive."""
    return render(request, "panel/filling.html", trial.progress(seat.workspace, archive()))


@require_GET
@seated()
def filling_state(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Its moving part."""
    return render(request, "panel/part_filling.html", trial.progress(seat.workspace, archive()))
