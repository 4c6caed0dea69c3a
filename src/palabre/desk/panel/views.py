"""The panel's first page, named lists, imported queries, and a watch's smaller acts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.panel import access, queries
from palabre.desk.panel.forms import ImportForm, ListForm, TestForm
from palabre.desk.panel.kinds import shelves
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError, QueryError


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All watches by kind; the kinds that nobody watches, and why they matter."""
    listed = access.watches(seat)
    shown = shelves(listed)
    context = {
        "shelves": [shelf for shelf in shown if shelf.watches],
        "unwatched": [shelf.kind for shelf in shown if not shelf.watches],
        "count": len(listed),
        "kinds": len(shown),
        "lists": len(access.lists(seat)),
    }
    return render(request, "panel/index.html", context)


def _back_to(seat: Seat, watch_id: int) -> HttpResponse:
    return redirect("panel:watch", workspace_slug=seat.workspace.slug, watch_id=watch_id)


@require_POST
@seated("agent")
def set_state(request: HttpRequest, seat: Seat, watch_id: int) -> HttpResponse:
    """Pauses a watch or takes it up again; what it missed is matched afterwards."""
    state = "active" if request.POST.get("state") == "active" else "paused"
    changed = archive().watches.set_state(watch_id, seat.workspace.id, state)
    audit.note(request, seat, "watch_resumed" if state == "active" else "watch_paused", changed.name)
    return _back_to(seat, watch_id)


@require_POST
@seated("manager")
def retire(request: HttpRequest, seat: Seat, watch_id: int) -> HttpResponse:
    """The watch goes with its mentions; the posts stay."""
    gone = access.watch(seat, watch_id)
    archive().watches.remove(watch_id, seat.workspace.id)
    audit.note(request, seat, "watch_retired", gone.name)
    messages.success(request, speak("panel.retired", lang_of(request), name=gone.name))
    return redirect("panel:index", workspace_slug=seat.workspace.slug)


@require_POST
@seated("agent")
def restore(request: HttpRequest, seat: Seat, watch_id: int) -> HttpResponse:
    """An earlier query becomes the newest version."""
    asked = request.POST.get("version", "")
    found = [one for one in access.versions(seat, watch_id) if str(one.version) == asked]
    if found:
        why = speak("panel.version.restored", lang_of(request), n=found[0].version)
        who = seat.user.label
        archive().watches.change(watch_id, seat.workspace.id, query=found[0].query, who=who, why=why)
        audit.note(request, seat, "watch_restored", found[0].name)
    return _back_to(seat, watch_id)


@require_POST
@seated("agent")
def add_test(request: HttpRequest, seat: Seat, watch_id: int) -> HttpResponse:
    """Keeps a text that the watch must, or must not, match."""
    form = TestForm(request, request.POST)
    access.watch(seat, watch_id)
    if form.is_valid():
        values = form.cleaned_data
        archive().watches.add_test(watch_id, seat.workspace.id, values["text"], values["must_match"] == "yes")
    else:
        messages.error(request, speak("panel.test.refused", lang_of(request)))
    return _back_to(seat, watch_id)


@require_POST
@seated("agent")
def remove_test(request: HttpRequest, seat: Seat, watch_id: int, test_id: int) -> HttpResponse:
    archive().watches.remove_test(test_id, watch_id, seat.workspace.id)
    return _back_to(seat, watch_id)


@require_http_methods(["GET", "POST"])
@seated(post="agent")
def lists(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Named lists, which queries call by ``list:name``."""
    known = access.lists(seat)
    asked = request.GET.get("name", "")
    form = ListForm(request, posted(request), initial={"name": asked, "query": known.get(asked, "")})
    if form.is_valid() and _list_reads(form, dict(known), request):
        archive().watches.set_list(seat.workspace.id, form.cleaned_data["name"], form.cleaned_data["query"])
        audit.note(request, seat, "list_saved", form.cleaned_data["name"])
        return redirect("panel:lists", workspace_slug=seat.workspace.slug)
    context = {"lists": known.items(), "form": form, "asked": asked}
    return render(request, "panel/lists.html", context, status=400 if form.errors else 200)


def _list_reads(form: ListForm, known: dict[str, str], request: HttpRequest) -> bool:
    """Whether a query that calls the list can be read."""
    name = form.cleaned_data["name"]
    try:
        queries.read(f"list:{name}", known | {name: form.cleaned_data["query"]})
    except QueryError as error:
        form.complain("query", error.key, **error.params)
        return False
    return True


@require_POST
@seated("agent")
def remove_list(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A list that a watch still calls stays."""
    name = request.POST.get("name", "")
    callers = [watch.name for watch in access.watches(seat) if f"list:{name}" in watch.query]
    if callers:
        messages.error(request, speak("panel.list.called", lang_of(request), names=", ".join(callers[:5])))
    elif name in access.lists(seat):
        archive().watches.set_list(seat.workspace.id, name, "")
        audit.note(request, seat, "list_removed", name)
    return redirect("panel:lists", workspace_slug=seat.workspace.slug)


@require_http_methods(["GET", "POST"])
@seated("agent")
def convert(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A query of another tool in our language, with what could not be carried over; then to the editor."""
    form = ImportForm(request, posted(request))
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            context["converted"] = queries.converted(
                form.cleaned_data["dialect"], form.cleaned_data["text"], form.speaks
            )
        except InputError as error:
            form.complain("text", error.key, **error.params)
    return render(request, "panel/convert.html", context, status=400 if form.errors else 200)
