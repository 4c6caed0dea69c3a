"""The watch editor: words, remarks while one types, a trial on the archive, judgements, tests, versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.archive.types import Watch
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.panel import access, chart, queries, trial
from palabre.desk.panel.forms import TestForm, WatchForm
from palabre.desk.panel.models import Judgement
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import QueryError
from palabre.model import WatchKind


def text_of(values: Any) -> str:
    """The query that a form stands for, in either mode."""
    if values.get("mode") == "simple":
        return queries.simple_text(*(str(values.get(name) or "") for name in ("any", "all", "none")))
    return str(values.get("query") or "").strip()


@require_http_methods(["GET", "POST"])
@seated("agent")
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A watch that does not exist yet; kind, name and query may come in the address."""
    kind = request.GET.get("kind", "")
    start = {
        "kind": kind if kind in set(WatchKind) else str(WatchKind.BRAND),
        "name": request.GET.get("name", "")[:120],
        "query": request.GET.get("query", ""),
        "mode": "query" if request.GET.get("query") else "simple",
    }
    form = WatchForm(request, posted(request), initial=start)
    if form.is_valid() and _reads(form, seat, []):
        values = form.cleaned_data
        who, why = seat.user.label, values["why"]
        made = archive().watches.add(
            seat.workspace.id, values["name"], text_of(values), kind=values["kind"], who=who, why=why
        )
        return _saved(request, seat, made, "watch_made")
    return render(request, "panel/watch.html", {"form": form, "simple_ok": True}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@seated(post="agent")
def watch(request: HttpRequest, seat: Seat, watch_id: int) -> HttpResponse:
    """A watch with its query, tests and versions."""
    kept, tests = access.watch(seat, watch_id), access.tests(seat, watch_id)
    boxes = _boxes(seat, kept.query)
    start = {"name": kept.name, "kind": str(kept.kind), "query": kept.query, "mode": "query"} | (boxes or {})
    form = WatchForm(request, posted(request), initial=start)
    if form.is_valid() and _reads(form, seat, tests):
        values = form.cleaned_data
        changed = archive().watches.change(
            watch_id, seat.workspace.id, name=values["name"], query=text_of(values), kind=values["kind"],
            who=seat.user.label, why=values["why"],
        )  # fmt: skip
        return _saved(request, seat, changed, "watch_changed")
    context = {
        "form": form,
        "watch": kept,
        "simple_ok": boxes is not None,
        "outcomes": _outcomes(seat, kept, tests),
        "test_form": TestForm(request, auto_id="t-%s"),
        "versions": access.versions(seat, watch_id),
        "history": trial.history(archive(), kept),
    }
    return render(request, "panel/watch.html", context, status=400 if form.errors else 200)


def _boxes(seat: Seat, text: str) -> dict[str, str] | None:
    try:
        return queries.simple_of(queries.read(text, access.lists(seat)))
    except QueryError:
        return None


def _outcomes(seat: Seat, kept: Watch, tests: list[Any]) -> list[queries.TestOutcome]:
    try:
        return queries.run_tests(queries.read(kept.query, access.lists(seat)), tests)
    except QueryError:
        return [queries.TestOutcome(test, False) for test in tests]


def _reads(form: WatchForm, seat: Seat, tests: list[Any]) -> bool:
    """Whether the query can be saved: it reads, and keeps its tests (or somebody insists)."""
    text = text_of(form.cleaned_data)
    where = "any" if form.cleaned_data["mode"] == "simple" else "query"
    if not text:
        form.complain(where, "desk.form.required")
        return False
    try:
        query = queries.read(text, access.lists(seat))
    except QueryError as error:
        form.complain(where, error.key, **error.params)
        return False
    broken = [one for one in queries.run_tests(query, tests) if not one.passed]
    if broken and not form.cleaned_data["anyway"]:
        form.complain(where, "panel.test.broken", n=len(broken), text=broken[0].test.text[:80])
        return False
    return True


def _saved(request: HttpRequest, seat: Seat, kept: Watch, what: str) -> HttpResponse:
    audit.note(request, seat, what, kept.name)
    messages.success(request, speak("panel.saved", lang_of(request), name=kept.name))
    return redirect("panel:watch", workspace_slug=seat.workspace.slug, watch_id=kept.watch_id)


@require_GET
@seated()
def history(request: HttpRequest, seat: Seat, watch_id: int) -> HttpResponse:
    """How far the present query has looked back."""
    kept = access.watch(seat, watch_id)
    context = {"watch": kept, "history": trial.history(archive(), kept)}
    return render(request, "panel/part_history.html", context)


@require_POST
@seated("agent")
def check(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What the linter says of the query as it stands; ``remedy`` applies one of its suggestions first."""
    text = queries.mended(text_of(request.POST), request.POST.get("remedy", ""))
    context = _remarks(request, seat, text)
    changed = text != str(request.POST.get("query", "")).strip()
    return render(request, "panel/part_remarks.html", context | {"text": text, "rewrite": changed})


def _remarks(request: HttpRequest, seat: Seat, text: str) -> dict[str, Any]:
    lang = lang_of(request)
    if not text:
        return {"remarks": [], "empty": True}
    try:
        query = queries.read(text, access.lists(seat))
    except QueryError as error:
        return {"remarks": [queries.fault(error, text, speak(error.key, lang, **error.params))]}
    return {"remarks": queries.remarks(query, lang), "cost": queries.cost_of(query)}


@require_POST
@seated("agent")
def preview(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The query on the archive: how much, which posts, how much noise so far."""
    text = text_of(request.POST)
    try:
        query = queries.read(text, access.lists(seat))
    except QueryError:
        return render(request, "panel/part_preview.html", {"unread": True})
    found = trial.trial(archive(), seat.workspace.id, query, now_ms())
    key = queries.digest(text)
    context = {
        "found": found,
        "bars": chart.bars(found.days),
        "judged": {post: "yes" if wanted else "no" for post, wanted in access.judged(seat, key).items()},
        "noise": access.noise_of(seat, key),
        "text": text,
    }
    return render(request, "panel/part_preview.html", context)


@require_POST
@seated("agent")
def judge(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One yes or no on one post of the sample."""
    text, post_id = str(request.POST.get("query", "")), str(request.POST.get("post_id", ""))
    wanted = request.POST.get("wanted")
    key = queries.digest(text)
    if post_id.isdecimal() and len(post_id) <= 18 and wanted in {"yes", "no"}:
        archive().post(seat.workspace.id, int(post_id))
        Judgement.objects.of(seat.workspace).update_or_create(
            workspace=seat.workspace, query_hash=key, post_id=int(post_id),
            defaults={"wanted": wanted == "yes", "user": seat.user, "at_ms": now_ms()},
        )  # fmt: skip
    context = {
        "noise": access.noise_of(seat, key),
        "verdict": wanted,
        "post_id": post_id,
        "text": text,
    }
    return render(request, "panel/part_verdict.html", context)
