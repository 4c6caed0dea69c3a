"""Audits: a random sample, labelled in five minutes, says how right a figure is and corrects its share."""

from __future__ import annotations

from secrets import randbelow
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from palabre.archive.sampling import Sample
from palabre.archive.types import Filters
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acting import whole
from palabre.desk.insight.acts import done, who
from palabre.desk.insight.asked import PERIODS, Asked
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.pages import page as page_of
from palabre.desk.mentions import access, screen
from palabre.desk.mentions.selection import DAY_MS
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError
from palabre.insight import Scope
from palabre.insight.audits import FEW_LABELS, LABELS, audited, draw
from palabre.insight.weekly import is_weekly, mistaken
from palabre.messages import catalogue
from palabre.model import TONES

SIZES = (30, 40, 60, 100)
UNSURE = "unsure"  # counts for nothing, and is not asked again
KEYS = "123456789"


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    """Every audit, newest first, and what can be asked."""
    found = archive().samples.all(seat.workspace.id)
    watches = access.watches(seat)
    return Screen(
        {
            "samples": [(one, asks(one.name, lang), scope_words(one, watches)) for one in found],
            "questions": [(name, asks(name, lang)) for name in LABELS],
            "sizes": SIZES,
            "spans": PERIODS,
            "watch_names": sorted(((one.name, watch_id) for watch_id, one in watches.items())),
        }
    )


def asks(name: str, lang: str) -> str:
    """The question of an audit, in words."""
    kind, _, value = name.partition(":")
    if value:
        return speak("trust.audit.ask.intent", lang, intent=speak(f"mentions.intent.{value}", lang))
    return speak(f"trust.audit.ask.{kind}", lang)


def scope_words(one: Sample, watches: Any) -> str:
    """Names of the watches that a sample was drawn from; "" for all."""
    return ", ".join(watches[watch_id].name for watch_id in one.evidence.watch_ids if watch_id in watches)


def label_words(name: str, label: str, lang: str) -> str:
    """A label as the buttons say it."""
    key = f"mentions.{name.partition(':')[0]}.{label}"
    return speak(key, lang) if key in catalogue(lang) else speak(f"trust.audit.label.{label}", lang)


@require_POST
@seated("agent")
def begin(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Draws a sample and opens it."""
    given = request.POST
    name, size, days = given.get("name", ""), whole(given.get("n", "")), whole(given.get("days", ""))
    if name not in LABELS or size not in SIZES or days not in PERIODS:
        raise Http404
    watch = whole(given.get("watch", ""))
    scope = scope_for(name, (watch,) if watch in access.watches(seat) else (), days)
    try:
        sample = draw(archive(), seat.workspace.id, name, scope.evidence, n=size, seed=randbelow(2**31), who=who(seat))
    except InputError as error:
        messages.error(request, speak(error.key, lang_of(request), **error.params))
        return redirect("insight:audits", workspace_slug=seat.workspace.slug)
    done(request, seat, "audit_drawn", name)
    return to_sample(seat, sample.sample_id)


def scope_for(name: str, watch_ids: tuple[int, ...], days: int) -> Scope:
    """Mentions of the last whole days. Only posts that were read, so that a link to them lists exactly these; of noise,
    what is folded too."""
    end = (now_ms() // DAY_MS + 1) * DAY_MS
    read: dict[str, Any] = {} if name in ("fold", "relevance") else {"tones": TONES}
    folded = "any" if name == "fold" else ""
    period: dict[str, Any] = {"since_ms": end - days * DAY_MS, "until_ms": end}
    return Scope(Filters(watch_ids=watch_ids, mentioned=True, folded=folded, **period, **read))


def to_sample(seat: Seat, sample_id: int, words: str = "") -> HttpResponse:
    ids = {"workspace_slug": seat.workspace.slug, "sample_id": sample_id}
    return redirect(reverse("insight:audit", kwargs=ids) + words)


@require_GET
@seated()
def one_audit(request: HttpRequest, seat: Seat, sample_id: int) -> HttpResponse:
    """The next post to answer, or the result when all are (or ``result=1``)."""
    sample = archive().samples.get(seat.workspace.id, sample_id)
    asked = next_of(sample, whole(request.GET.get("post", "")))
    finished = asked is None or bool(request.GET.get("result")) or not seat.may("agent")
    lang = lang_of(request)
    context = {"question": page_of("audits"), "sample": sample, "asks": asks(sample.name, lang),
               "answered": len(sample.answered), "least": FEW_LABELS, "weekly": is_weekly(sample)}  # fmt: skip
    context |= result(seat, sample, lang) if finished or asked is None else to_answer(seat, sample, asked, lang)
    part = bool(request.headers.get("HX-Request"))
    kind = "result" if finished else "ask"
    return render(request, f"insight/{'part_audit' if part else 'audit'}.html", context | {"kind": kind})


def next_of(sample: Sample, wanted: int) -> int | None:
    """The post that is asked for, else the first without an answer."""
    if any(one.post_id == wanted for one in sample.labels):
        return wanted
    return next((one.post_id for one in sample.labels if not one.said), None)


def to_answer(seat: Seat, sample: Sample, post_id: int, lang: str) -> dict[str, Any]:
    """One post with its buttons. What the machine said is not shown: it would lean on the answer."""
    rows = archive().posts.many(seat.workspace.id, [post_id])
    place = [one.post_id for one in sample.labels].index(post_id)
    labels = LABELS[sample.name]
    return {
        "here": screen.here(seat),
        "card": screen.shown(seat, rows, head_chars=2_000)[0] if rows else None,
        "post_id": post_id,
        "said": sample.labels[place].said,
        "buttons": [*((KEYS[at], one, label_words(sample.name, one, lang)) for at, one in enumerate(labels)),
                    ("0", UNSURE, speak("trust.audit.label.unsure", lang))],
        "before": sample.labels[place - 1].post_id if place else 0,
    }  # fmt: skip


def result(seat: Seat, sample: Sample, lang: str) -> dict[str, Any]:
    """What the answers say so far."""
    if is_weekly(sample):
        return {"mistaken": mistaken(sample)}
    found = audited(archive(), seat.workspace.id, sample.sample_id)
    table = [
        (
            label_words(sample.name, one, lang),
            found.raw[one],
            found.shares[one],
            found.precision[one],
            found.recall[one],
        )
        for one in found.labels
    ]
    return {"found": found, "table": table}


@require_POST
@seated("agent")
def answer(request: HttpRequest, seat: Seat, sample_id: int) -> HttpResponse:
    """One answer; then the next post. In the weekly look, what is wanted comes back at once."""
    sample = archive().samples.get(seat.workspace.id, sample_id)
    post_id, said = whole(request.POST.get("post", "")), request.POST.get("label", "")
    if said not in (*LABELS[sample.name], UNSURE):
        raise Http404
    archive().samples.label(seat.workspace.id, sample_id, post_id, said, who(seat))
    if is_weekly(sample):
        bring_back(seat, post_id, wanted=said == "wanted")
    if next_of(archive().samples.get(seat.workspace.id, sample_id), 0) is None:
        done(request, seat, "audit_answered", str(sample_id))
    return to_sample(seat, sample_id)


def bring_back(seat: Seat, post_id: int, *, wanted: bool) -> None:
    if wanted:
        archive().folds.restore(seat.workspace.id, [post_id], who(seat))
    else:
        archive().folds.fold_again(seat.workspace.id, [post_id])


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, sample_id: int) -> HttpResponse:
    """Forgets an audit with its answers."""
    archive().samples.get(seat.workspace.id, sample_id)
    archive().samples.remove(seat.workspace.id, sample_id)
    done(request, seat, "audit_removed", str(sample_id))
    return redirect(reverse("insight:audits", kwargs={"workspace_slug": seat.workspace.slug}) + "?all=1")


PAGE = Page(
    "audits",
    "trust.audit.title",
    build,
    rank=30,
    room="trust",
    periods=False,
    routes=(
        Act("audits/draw", begin, "audit_draw"),
        Act("audits/<number:sample_id>", one_audit, "audit"),
        Act("audits/<number:sample_id>/answer", answer, "audit_answer"),
        Act("audits/<number:sample_id>/remove", remove, "audit_remove"),
    ),
)
