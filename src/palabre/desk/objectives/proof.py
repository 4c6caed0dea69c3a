"""Proof: what came of the conversations, with the conversations behind every amount."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access as inbox
from palabre.desk.insight.evidence import address
from palabre.desk.objectives import access, chains, forms
from palabre.desk.objectives.acting import behind, done
from palabre.desk.objectives.models import Outcome
from palabre.desk.promises import access as promises
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.desk.workspaces.names import called
from palabre.exports.writers import safe
from palabre.measure.ranges import by_certainty, total
from palabre.model import Evidence

COLUMNS = ("on", "kind", "words", "low", "high", "currency", "certainty", "basis", "estimated_by", "objective", "case",
           "person", "posts", "page")  # fmt: skip


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every outcome, the sums of their ranges, and why there is no advertising value."""
    found = list(access.outcomes(seat.workspace))
    posts = {one.uid: chains.post_ids_of(one) for one in found}
    amounts = [(one.certainty, one.amount) for one in found if one.amount]
    everything = tuple(dict.fromkeys(post for one in found if one.amount for post in posts[one.uid]))
    context = {
        "outcomes": [
            (one, len(posts[one.uid]), address(seat, Evidence(post_ids=tuple(posts[one.uid])))) for one in found
        ],
        "totals": total(amount for _, amount in amounts),
        "surest": by_certainty(amounts),
        "valued": len(amounts),
        "behind": len(everything),
        "behind_href": listing(seat, everything) if everything else "",
    }
    return render(request, "objectives/proof.html", context)


def listing(seat: Seat, post_ids: Sequence[int]) -> str:
    """The address of the stream with these posts."""
    return address(seat, Evidence(post_ids=tuple(post_ids)))


@require_GET
@seated()
def show(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One outcome with its chain."""
    found = access.outcome(seat, uid)
    made = chains.chain(seat, found, lang_of(request))
    context = behind("objectives:proof") | {"outcome": found, "chain": made, "posts_href": listing(seat, made.posts)}
    return render(request, "objectives/outcome.html", context)


@require_http_methods(["GET", "POST"])
@seated("agent")
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new outcome; ?case=, ?objective=, ?need= and ?posts= fill the form in."""
    given = {name: request.GET.get(name, "") for name in ("case", "objective", "need", "posts", "promise")}
    form = forms.OutcomeForm(request, seat, posted(request), initial=given | {"on": to_datetime(now_ms()).date()})
    if not form.is_valid():
        return render(
            request,
            "objectives/outcome_form.html",
            behind("objectives:proof") | {"form": form},
            status=400 if form.errors else 200,
        )
    made = Outcome.objects.add(seat.workspace, made_ms=now_ms(), **values_of(seat, form.cleaned_data))
    return done(request, seat, "outcome_noted", made.words, "objectives:outcome", uid=made.uid)


@require_http_methods(["GET", "POST"])
@seated("agent")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.outcome(seat, uid)
    form = forms.OutcomeForm(request, seat, posted(request), initial=initial_of(found))
    if not form.is_valid():
        context = behind("objectives:proof") | {"form": form, "outcome": found}
        return render(request, "objectives/outcome_form.html", context, status=400 if form.errors else 200)
    for name, value in values_of(seat, form.cleaned_data).items():
        setattr(found, name, value)
    found.save()
    return done(request, seat, "outcome_changed", found.words, "objectives:outcome", uid=uid)


def initial_of(found: Outcome) -> dict[str, Any]:
    same = {name: getattr(found, name) for name in ("kind", "on", "low", "high", "currency", "basis", "certainty")}
    linked = {
        name: getattr(found, name).uid if getattr(found, name) else "" for name in ("objective", "case", "promise")
    }
    posts = " ".join(str(one) for one in found.post_ids)
    return same | linked | {"text": found.words, "need": str(found.need_id or ""), "posts": posts}


def values_of(seat: Seat, given: dict[str, Any]) -> dict[str, Any]:
    """A valid form as the fields of an outcome. Whoever gives or changes an amount answers for it."""
    case = inbox.case(seat, given["case"]) if given["case"] else None
    promise = promises.promise(seat, given["promise"]) if given["promise"] else None
    same = {name: given[name] for name in ("kind", "on", "low", "high", "currency", "basis", "certainty")}
    return same | {
        "words": given["text"],
        "objective": access.objective(seat, given["objective"]) if given["objective"] else None,
        "case": case,
        "promise": promise,
        "person": (case and case.person) or (promise and promise.person) or None,
        "need_id": int(given["need"]) if given["need"] else None,
        "post_ids": given["posts"],
        "estimated_by": seat.user if given["low"] is not None else None,
        "changed_ms": now_ms(),
    }


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.outcome(seat, uid)
    found.delete()
    return done(request, seat, "outcome_removed", found.words, "objectives:proof")


@require_GET
@seated()
def export(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All outcomes as CSV: a line each, its range and its page; no formula in a cell."""
    lang, sink = lang_of(request), io.StringIO()
    writer = csv.writer(sink)
    writer.writerow([speak(f"proof.column.{name}", lang) for name in COLUMNS])
    for one in access.outcomes(seat.workspace):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row_of(request, seat, one, lang)])
    audit.note(request, seat, "proof_exported")
    headers = {"Content-Disposition": 'attachment; filename="palabre-proof.csv"'}
    return HttpResponse(
        b"\xef\xbb\xbf" + sink.getvalue().encode(), content_type="text/csv; charset=utf-8", headers=headers
    )


def row_of(request: HttpRequest, seat: Seat, one: Outcome, lang: str) -> list[object]:
    ids = {"workspace_slug": seat.workspace.slug, "uid": one.uid}
    page = request.build_absolute_uri(reverse("objectives:outcome", kwargs=ids))
    return [
        one.on.isoformat(), speak(f"proof.kind.{one.kind}", lang), one.words, one.low, one.high,
        one.currency if one.amount else "", speak(f"proof.certainty.{one.certainty}", lang) if one.amount else "",
        one.basis, called(one.estimated_by, lang) if one.estimated_by else "",
        one.objective.words if one.objective else "",
        one.case.title if one.case else "", one.person.name if one.person else "", len(chains.post_ids_of(one)), page,
    ]  # fmt: skip
