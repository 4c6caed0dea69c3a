"""Saved views: a search with its filters under a name, one's own or the whole workspace's."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.mentions import access, facets, outlets, screen
from palabre.desk.mentions.forms import ViewForm
from palabre.desk.mentions.models import SavedView
from palabre.desk.mentions.selection import Selection
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated


def to_stream(seat: Seat, address: str = "") -> HttpResponse:
    return HttpResponseRedirect(screen.here(seat) + (f"?{address}" if address else ""))


@require_POST
@seated()
def save(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Names what is on the screen. Only a manager can share it with the workspace."""
    selection = Selection.parse(request.POST.get("asks", "")[:200_000])
    form = ViewForm(request, request.POST)
    if not form.is_valid():
        messages.error(request, speak("mentions.view.refused", lang_of(request)))
        return to_stream(seat, selection.address())
    made = SavedView.objects.add(
        seat.workspace,
        name=form.cleaned_data["name"],
        asks=selection.address(),
        shared=form.cleaned_data["shared"] and seat.may("manager"),
        user=seat.user,
        made_ms=now_ms(),
        changed_ms=now_ms(),
    )
    audit.note(request, seat, "view_saved", made.name)
    messages.success(request, speak("mentions.view.saved", lang_of(request), name=made.name))
    return to_stream(seat, selection.address())


@require_http_methods(["GET", "POST"])
@seated()
def view(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A view with what it asks, who sees it and its addresses; a POST renames or shares it."""
    kept = access.saved_view(seat, uid) if request.method == "GET" else access.own_view(seat, uid)
    form = ViewForm(request, posted(request), initial={"name": kept.name, "shared": kept.shared})
    if form.is_valid():
        return _changed(request, seat, kept, form)
    selection = kept.selection
    context = {
        "here": screen.here(seat),
        "view": kept,
        "form": form,
        "own": access.may_change(seat, kept),
        "selection": selection,
        "chips": facets.chips(
            selection, screen.words_of(seat, request), selection.filters.account_uri, lang_of(request)
        ),
        "addresses": outlets.addresses(request, seat, kept),
    }
    return render(request, "mentions/view.html", context, status=400 if form.errors else 200)


def _changed(request: HttpRequest, seat: Seat, kept: SavedView, form: ViewForm) -> HttpResponse:
    """A reader or agent leaves the sharing as it is."""
    kept.name = form.cleaned_data["name"]
    kept.shared = form.cleaned_data["shared"] if seat.may("manager") else kept.shared
    kept.changed_ms = now_ms()
    kept.save()
    audit.note(request, seat, "view_changed", kept.name)
    messages.success(request, speak("mentions.view.saved", lang_of(request), name=kept.name))
    if not kept.shared and kept.user_id != seat.user.pk:
        return to_stream(seat)
    return redirect("mentions:view", workspace_slug=seat.workspace.slug, uid=kept.uid)


@require_POST
@seated()
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    kept = access.own_view(seat, uid)
    kept.delete()
    audit.note(request, seat, "view_removed", kept.name)
    messages.success(request, speak("mentions.view.removed", lang_of(request), name=kept.name))
    return to_stream(seat)
