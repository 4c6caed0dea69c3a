"""Sending a file, looking at what it holds, importing it, and what became of those before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk import beats
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.imports import access, arriving, keeping, reading, working
from palabre.desk.imports.forms import ReadForm, initial_of
from palabre.desk.imports.models import ARRIVING, BEGUN, QUEUED, RUNNING, STOPPED, WAITING, Import
from palabre.desk.sources.terms import terms_in
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError


def to_page(seat: Seat, row: Import) -> HttpResponse:
    return redirect("imports:one", workspace_slug=seat.workspace.slug, uid=row.uid)


@require_http_methods(["GET", "POST"])
@seated("manager")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The imports so far, newest first; a POST sends a file whole."""
    fault: InputError | None = None
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            if given is None:
                raise InputError("imports.none")
            return to_page(seat, arriving.taken(seat, given.name or "", given.size or 0, given.chunks()))
        except InputError as error:
            fault = error
            complain(request, error)
    context = {
        "rows": access.imports(seat),
        "fault": fault,
        "most": access.megabytes(access.bytes_max()),
        "terms": terms_in("palabre.collect.files", lang_of(request)),
    }
    return render(request, "imports/index.html", context, status=400 if fault else 200)


def complain(request: HttpRequest, error: InputError, field: str = "file") -> None:
    """A program that runs the screen is told at its field what a page would say."""
    told = getattr(request, "complaints", None)
    if told is not None:
        told.append((field, speak(error.key, lang_of(request), **error.params)))


@require_http_methods(["GET", "POST"])
@seated("manager")
def one(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A file that waits, with its columns and its first posts; an import under way; or what became of it. A POST says
    how the file is to be read."""
    row = access.found(seat, uid)
    if row.state != WAITING:
        return render(request, "imports/one.html", progress(seat, row))
    if request.method == "GET":
        return waiting(request, row)
    form, fault = changed(request, row)
    return waiting(request, row, form, fault) if form.errors or fault else to_page(seat, row)


def changed(request: HttpRequest, row: Import) -> tuple[ReadForm, InputError | None]:
    """What was posted of how to read, kept where it makes sense; the form, and what is wrong with the columns."""
    form = ReadForm(request, request.POST)
    maps = request.POST.getlist("map") if "map" in request.POST else None
    try:
        if form.is_valid():
            reading.change(row, form, maps)
    except InputError as error:
        complain(request, error, "map")
        return form, error
    return form, None


def waiting(
    request: HttpRequest, row: Import, form: ReadForm | None = None, fault: InputError | None = None
) -> HttpResponse:
    found = reading.shown(row, request.POST.getlist("map") if fault else [])
    context = {
        "row": row,
        "shown": found,
        "look": found.look,
        "form": form or ReadForm(request, initial=initial_of(row)),
        "fault": fault,
        "fields": reading.fields(),
        "again": access.same_header(row, row.header) if row.options else None,
    }
    return render(request, "imports/waiting.html", context, status=400 if form else 200)


def progress(seat: Seat, row: Import) -> Mapping[str, Any]:
    """An import as its moving part shows it."""
    ids = access.source_ids(seat, row.said.get("kinds", {})) if row.state not in BEGUN else []
    return {"row": row, "source_ids": ids, "ahead": ahead(row)}


def ahead(row: Import) -> int:
    """How many files of this workspace are read before this one."""
    return Import.objects.of(row.workspace).filter(state__in=BEGUN, pk__lt=row.pk).count() if row.state == QUEUED else 0


@require_GET
@seated("manager")
def state(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The moving part alone."""
    return render(request, "imports/part_state.html", progress(seat, access.found(seat, uid)))


@require_POST
@seated("manager")
def start(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Imports the file as its page says: in the background, in its turn."""
    row = access.found(seat, uid)
    if row.state != WAITING:
        return to_page(seat, row)
    if "map" in request.POST or "kind" in request.POST:
        form, fault = changed(request, row)
        if form.errors or fault:
            return waiting(request, row, form, fault)
    if not reading.shown(row).ready:
        messages.error(request, speak("imports.not_ready", lang_of(request)))
        return to_page(seat, row)
    if Import.objects.of(seat.workspace).filter(pk=row.pk, state=WAITING).update(state=QUEUED):
        audit.note(request, seat, "file_imported", row.name)
        beats.nudge(working.BEAT)
    return to_page(seat, row)


@require_POST
@seated("manager")
def forget(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Back to what is found out by itself."""
    row = access.found(seat, uid)
    Import.objects.of(seat.workspace).filter(pk=row.pk, state=WAITING).update(kind="", options={})
    return to_page(seat, row)


@require_POST
@seated("manager")
def leave(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A file that waits goes away; an import under way stops, and what it stored stays."""
    row = access.found(seat, uid)
    mine = Import.objects.of(seat.workspace).filter(pk=row.pk)
    queued = mine.filter(state=QUEUED).update(state=STOPPED, ended_ms=now_ms())
    if queued or mine.filter(state=RUNNING).update(state=STOPPED, ended_ms=now_ms()):
        if queued:  # of one that is being read, the file goes when its reader notices
            keeping.remove(row)
        audit.note(request, seat, "import_stopped", row.name)
        messages.success(request, speak("imports.done.stopped", lang_of(request), name=row.name))
        return to_page(seat, row)
    if row.state in (ARRIVING, WAITING):
        keeping.discard_row(row)
        messages.success(request, speak("imports.done.left", lang_of(request), name=row.name))
    return redirect("imports:index", workspace_slug=seat.workspace.slug)
