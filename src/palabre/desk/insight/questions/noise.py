"""The noise ledger: total = shown + folded + quarantined; what is folded, why, and one act to bring it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from palabre import insight
from palabre.archive.folds import Fold
from palabre.archive.noise_rules import NoiseRule
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acting import whole
from palabre.desk.insight.acts import done, ids_of, listed, to_page, to_stream, who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.evidence import address
from palabre.desk.insight.excerpts import excerpts
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError
from palabre.insight.noise import Policy, fold_by_hand, policy_of, set_rule
from palabre.insight.weekly import draw_week, is_weekly, mistaken
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Figure
from palabre.understand.noise import REASONS

SHOWN, WEEKS = 30, 6
THRESHOLDS, WEIGHTS, WORDS_MAX = (0.1, 3.0), (0.0, 2.0), 100


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    """The figures of the period; folded posts of all time, newest first."""
    ledger = insight.noise(archive(), seat.workspace.id, scope_of(asked))
    before = whole(asked.word("below"))
    away = archive().folds.all(seat.workspace.id, before=before, limit=SHOWN + 1)
    back = archive().folds.all(seat.workspace.id, restored=True, limit=SHOWN)
    weeks = [one for one in archive().samples.all(seat.workspace.id, "fold") if is_weekly(one)][:WEEKS]
    context = {
        "ledger": ledger,
        "away": rows(seat, away[:SHOWN]),
        "next": away[SHOWN - 1].post_id if len(away) > SHOWN else 0,
        "back": rows(seat, back),
        "weeks": [(one, mistaken(one)) for one in weeks],
        "counts": archive().folds.count(seat.workspace.id),
        "rule": archive().noise_rules.get(seat.workspace.id),
        "policy": policy_of(archive(), seat.workspace.id),
        "limits": (THRESHOLDS, WEIGHTS),
    }
    return Screen(context, {"reasons": Chart("ranked", (reasons(seat, ledger.reasons, lang),))})


def rows(seat: Seat, found: Sequence[Fold]) -> list[tuple[Fold, Any]]:
    heads = excerpts(seat, [one.post_id for one in found])
    return [(one, heads[one.post_id]) for one in found if one.post_id in heads]


def reasons(seat: Seat, found: Any, lang: str) -> Series:
    """Folded posts by their heaviest reason."""
    return Series("", tuple(bar(seat, speak(f"noise.reason.{name}", lang), one) for name, one in found.items()))


def bar(seat: Seat, label: str, one: Figure) -> Point:
    return Point(label, one.value or 0.0, n=one.n, href=address(seat, one.evidence))


@require_POST
@seated("agent")
def restore(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Brings posts back; from the next reckoning on, posts like them are folded less."""
    ids = ids_of(request, "post")
    n = archive().folds.restore(seat.workspace.id, ids, who(seat)) if ids else 0
    if n:
        done(request, seat, "noise_restored", listed(ids), speak("trust.noise.restored", lang_of(request), n=n))
    return to_page(seat, "noise")


@require_POST
@seated("agent")
def fold(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Folds posts by hand. Back to where it was asked: the stream, or the ledger."""
    ids = ids_of(request, "post")
    n = fold_by_hand(archive(), seat.workspace.id, ids) if ids else 0
    if n:
        done(request, seat, "noise_folded", listed(ids), speak("trust.noise.folded", lang_of(request), n=n))
    return to_stream(seat, request.POST["back"]) if "back" in request.POST else to_page(seat, "noise")


@require_POST
@seated("manager")
def rule(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How much each reason weighs and from which sum a post is folded; with ``usual``, as it comes."""
    lang = lang_of(request)
    try:
        asked = None if request.POST.get("usual") else asked_rule(request, who(seat))
    except InputError as error:
        messages.error(request, speak(error.key, lang, **error.params))
        return to_page(seat, "noise")
    set_rule(archive(), seat.workspace.id, asked)
    done(request, seat, "noise_ruled", f"{asked.threshold:g}" if asked else "", speak("trust.noise.rule.done", lang))
    return to_page(seat, "noise")


def asked_rule(request: HttpRequest, member: str) -> NoiseRule:
    """What the form says; a weight that it leaves out stays as it comes. Raises InputError."""
    given, usual = request.POST, Policy()
    weights = {name: number(given.get(name, ""), usual.weights[name], WEIGHTS) for name in REASONS}
    threshold = number(given.get("threshold", ""), usual.threshold, THRESHOLDS)
    return NoiseRule(threshold, weights, said(given.get("meant", "")), said(given.get("other", "")), member)


def number(text: str, usual: float, limits: tuple[float, float]) -> float:
    """A number as French or English writes it. Raises InputError: none, or outside the limits."""
    try:
        value = float(text.strip().replace(",", ".")) if text.strip() else usual
    except ValueError:
        value = -1.0
    if not limits[0] <= value <= limits[1]:
        raise InputError("trust.noise.rule.outside", value=text[:20], least=limits[0], most=limits[1])
    return value


def said(text: str) -> tuple[str, ...]:
    """Words, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))[:WORDS_MAX]


@require_POST
@seated("agent")
def weekly(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The sample of this week, to be answered."""
    try:
        sample = draw_week(archive(), seat.workspace.id, now_ms(), who(seat))
    except InputError as error:
        messages.error(request, speak(error.key, lang_of(request), **error.params))
        return to_page(seat, "noise")
    ids = {"workspace_slug": seat.workspace.slug, "sample_id": sample.sample_id}
    return redirect(reverse("insight:audit", kwargs=ids))


PAGE = Page(
    "noise",
    "trust.noise.title",
    build,
    rank=25,
    room="trust",
    routes=(
        Act("noise/restore", restore, "noise_restore"),
        Act("noise/fold", fold, "noise_fold"),
        Act("noise/weekly", weekly, "noise_weekly"),
        Act("noise/rule", rule, "noise_rule"),
    ),
)
