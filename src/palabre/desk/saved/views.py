"""Saved replies: the list with its folders, the form, and the part of the composer that finds and fills one."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access as inbox
from palabre.desk.saved import access
from palabre.desk.saved.forms import SavedForm
from palabre.desk.saved.models import VARIANTS, SavedReply
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.saved import FIELDS

WORDS_CHARS_MAX = 200


@require_GET
@seated("agent")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All, by folder; or those with some words."""
    words = request.GET.get("q", "")[:WORDS_CHARS_MAX]
    known = access.found(seat, words) if words.strip() else access.all_saved(seat)
    by_folder = sorted(known, key=lambda one: (one.folder.casefold(), one.name.casefold()))
    folders = [(name, list(part)) for name, part in groupby(by_folder, key=lambda one: one.folder)]
    context = {
        "folders": folders,
        "words": words,
        "n": len(known),
        "any": SavedReply.objects.of(seat.workspace).exists(),
    }
    return render(request, "saved/index.html", context)


@require_http_methods(["GET", "POST"])
@seated("agent")
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    return _edit(request, seat, None)


@require_http_methods(["GET", "POST"])
@seated("agent")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return _edit(request, seat, access.saved(seat, uid))


def _edit(request: HttpRequest, seat: Seat, known: SavedReply | None) -> HttpResponse:
    own = {"uid": known.uid, "name": known.name, "folder": known.folder, "shortcut": known.shortcut} if known else {}
    form = SavedForm(request, seat, posted(request), initial=own | (known.texts if known else {}))
    if form.is_valid():
        values = form.cleaned_data
        kept = {name: values[name] for name in ("name", "folder", "shortcut")}
        texts = {name: values[name] for name in VARIANTS if values[name]}
        kept |= {"texts": texts, "changed_by": seat.user, "changed_ms": now_ms()}
        if known is None:
            SavedReply.objects.add(seat.workspace, **kept)
        else:
            SavedReply.objects.of(seat.workspace).filter(pk=known.pk).update(**kept)
        audit.note(request, seat, "saved_kept", values["name"])
        return redirect("saved:index", workspace_slug=seat.workspace.slug)
    names = sorted({one.folder for one in access.all_saved(seat) if one.folder})
    context: dict[str, Any] = {
        "form": form,
        "reply": known,
        "fields": [(name.replace(".", "_"), f"{{{name}}}") for name in FIELDS],
        "folders": names,
    }
    context["variants"] = [form[name] for name in VARIANTS]
    return render(request, "saved/edit.html", context, status=400 if form.errors else 200)


@require_POST
@seated("agent")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    reply = access.saved(seat, uid)
    reply.delete()
    audit.note(request, seat, "saved_removed", reply.name)
    messages.success(request, speak("saved.removed", lang_of(request), name=reply.name))
    return redirect("saved:index", workspace_slug=seat.workspace.slug)


@require_GET
@seated("agent")
def pick(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The part of a composer that finds one and fills it. ``case``: for which; ``target``: the id of its text area;
    with ``q`` only the list comes."""
    case = inbox.case(seat, request.GET["case"]) if request.GET.get("case") else None
    words = request.GET.get("q")
    target = "".join(sign for sign in request.GET.get("target", "") if sign.isalnum() or sign in "-_")[:60]
    context = {"offers": access.offers(seat, case, (words or "")[:WORDS_CHARS_MAX]), "case": case, "words": words or ""}
    part = "saved/part_pick.html" if words is None else "saved/part_offers.html"
    return render(request, part, context | {"target": target or "reply-text"})


@require_POST
@seated("agent")
def used(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One was put into a reply: it is counted."""
    access.taken(access.saved(seat, uid))
    return HttpResponse(status=204)
