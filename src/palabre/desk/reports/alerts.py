"""Alerts: rules, what each told and whether it was useful, and a try that shows what a rule would tell now."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk import post
from palabre.desk.beats import nudge
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.insight.evidence import address
from palabre.desk.objectives.acting import behind, done
from palabre.desk.reports import access, forms, sealing, telling, watching
from palabre.desk.reports.access import zone_of
from palabre.desk.reports.models import Alert, Firing
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.alerting import WEEK_MS, precision
from palabre.engage.standard_webhooks import new_secret
from palabre.errors import PalabreError

HISTORY, TRIED = 100, 5


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every rule with its precision, and the last alerts."""
    found = list(access.alerts(seat.workspace))
    lang = lang_of(request)
    context = {
        "alerts": [(one, precision_of(one)) for one in found],
        "last": [shown(seat, one, lang) for one in access.firings(seat.workspace)[:20]],
        "mail": post.ready(),
        "now": now_ms(),
    }
    return render(request, "reports/alerts.html", context)


def precision_of(alert: Alert) -> Any:
    judged = Firing.objects.of(alert.workspace).filter(alert=alert).exclude(judged="")
    return precision([one == "useful" for one in judged.values_list("judged", flat=True)])


def shown(seat: Seat, one: Firing, lang: str) -> dict[str, Any]:
    """A firing in the reader's language, with what it rests on."""
    found = watching.evidence_of(one.evidence)
    return {
        "one": one,
        "says": speak(one.title, lang, **one.params),
        "why": telling.why_words(one, lang),
        "href": address(seat, found) if found else telling.page_of(seat, one),
        "told": [(way.partition(":")[0], way.partition(":")[2], state) for way, state in one.told.items()],
    }


@require_http_methods(["GET", "POST"])
@seated("agent", post="manager")
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    initial = {
        "lang": lang_of(request),
        "zone": zone_of(seat),
        "addresses": seat.user.email or "",
    }
    form = forms.AlertForm(request, seat, posted(request), initial=initial)
    if not form.is_valid():
        context = behind("reports:alerts") | {"form": form, "mail": post.ready()}
        return render(request, "reports/alert_form.html", context, status=400 if form.errors else 200)
    now = now_ms()
    made = Alert(workspace=seat.workspace, made_ms=now, live_ms=now)
    secret = saved(seat, made, form)
    if secret:
        messages.info(request, speak("alerts.secret", lang_of(request), secret=secret))
    return done(request, seat, "alert_made", made.name, "reports:alert", uid=made.uid)


@require_http_methods(["GET", "POST"])
@seated("agent", post="manager")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.alert(seat, uid)
    form = forms.AlertForm(request, seat, posted(request), initial=initial_of(found), known=found)
    if not form.is_valid():
        context = behind("reports:alerts") | {"form": form, "alert": found, "mail": post.ready()}
        return render(request, "reports/alert_form.html", context, status=400 if form.errors else 200)
    secret = saved(seat, found, form)
    if secret:
        messages.info(request, speak("alerts.secret", lang_of(request), secret=secret))
    return done(request, seat, "alert_changed", found.name, "reports:alert", uid=uid)


def initial_of(found: Alert) -> dict[str, Any]:
    same = {name: getattr(found, name) for name in ("name", "kind", "lang", "zone", "cooldown_minutes", "active")}
    quiet = found.quiet_from != found.quiet_until
    return same | {
        "watches": [str(one) for one in found.wants.get("watch_ids") or ()],
        "threshold": found.wants.get("threshold"),
        "hours": found.wants.get("hours") or 24,
        "signals": found.wants.get("kinds") or [],
        "addresses": "\n".join(found.addresses),
        "quiet_from": forms.clock_of(found.quiet_from) if quiet else "",
        "quiet_until": forms.clock_of(found.quiet_until) if quiet else "",
    }


def saved(seat: Seat, found: Alert, form: forms.AlertForm) -> str:
    """Writes a valid form. A webhook without a secret gets one: it comes back to be shown once."""
    given = form.cleaned_data
    for name in ("name", "kind", "lang", "zone", "cooldown_minutes", "active", "addresses"):
        setattr(found, name, given[name])
    found.wants = {"watch_ids": [int(one) for one in given["watches"]], "threshold": given["threshold"],
                   "hours": given["hours"] or 24, "kinds": given["signals"]}  # fmt: skip
    found.quiet_from, found.quiet_until = given["quiet_from_minutes"], given["quiet_until_minutes"]
    found.owner = seat.user
    for name in ("hook", "chat"):
        if given.get(f"forget_{name}"):
            setattr(found, name, b"")
            setattr(found, f"{name}_host", "")
        if given[name]:
            setattr(found, name, sealing.sealed(given[name], f"{found.uid} {name}"))
            setattr(found, f"{name}_host", urlsplit(given[name]).netloc.rpartition("@")[2][:200])
    fresh_secret = ""
    if given["hook_secret"]:
        found.hook_secret = sealing.sealed(given["hook_secret"], f"{found.uid} secret")
    elif found.hook and not found.hook_secret:
        fresh_secret = new_secret(secrets.token_bytes(32))
        found.hook_secret = sealing.sealed(fresh_secret, f"{found.uid} secret")
    found.save()
    return fresh_secret


@require_GET
@seated()
def alert(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return render(request, "reports/alert.html", page_of(request, seat, access.alert(seat, uid)))


def page_of(request: HttpRequest, seat: Seat, found: Alert, **more: Any) -> dict[str, Any]:
    lang = lang_of(request)
    firings = access.firings(seat.workspace).filter(alert=found)[:HISTORY]
    return behind("reports:alerts") | {
        "alert": found,
        "watches": watching.names(seat, found),
        "precision": precision_of(found),
        "history": [shown(seat, one, lang) for one in firings],
        "quiet": (forms.clock_of(found.quiet_from), forms.clock_of(found.quiet_until)),
        "muted": found.muted_until_ms > now_ms(),
        "mail": post.ready(),
        "now": now_ms(),
        **more,
    }


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.alert(seat, uid)
    found.delete()
    return done(request, seat, "alert_removed", found.name, "reports:alerts")


@require_POST
@seated("agent")
def mute(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Not again for a week, or again from now on. What it sees meanwhile is in the history."""
    found = access.alert(seat, uid)
    found.muted_until_ms = 0 if found.muted_until_ms > now_ms() else now_ms() + WEEK_MS
    found.save()
    return done(request, seat, "alert_changed", found.name, "reports:alert", uid=uid)


@require_POST
@seated("agent")
def test(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What the rule sees now, told to nobody; with ``send``, a line that says it is a test goes every way it has."""
    found = access.alert(seat, uid)
    audit.note(request, seat, "alert_tested", found.name)
    if request.POST.get("send") and seat.may("manager"):
        return sent_as_test(request, seat, found)
    try:
        seen = watching.test_of(seat, found, now_ms())
    except PalabreError as error:
        messages.error(request, speak(error.key, lang_of(request), **error.params))
        return redirect("reports:alert", workspace_slug=seat.workspace.slug, uid=uid)
    rows = [Firing(workspace=seat.workspace, alert=found, **watching.row_of(one)) for one in seen[:TRIED]]
    tried = [shown(seat, one, lang_of(request)) for one in rows]
    return render(request, "reports/alert.html", page_of(request, seat, found, tried=tried, tried_n=len(seen)))


def sent_as_test(request: HttpRequest, seat: Seat, found: Alert) -> HttpResponse:
    one = Firing(workspace=seat.workspace, alert=found, key="test", title="alerts.says.test", at_ms=now_ms())
    lines = [telling.Line(speak("alerts.says.test", found.lang), "", telling.history(seat, found), one)]
    told = {way: telling.by_way(way, seat, found, lines) for way in telling.ways(found)}
    for way, state in told.items():
        words = speak(f"alerts.tested.{state}", lang_of(request), way=name_of(way, found))
        (messages.success if state == telling.SENT else messages.error)(request, words)
    return redirect("reports:alert", workspace_slug=seat.workspace.slug, uid=found.uid)


def name_of(way: str, found: Alert) -> str:
    return way[5:] if way.startswith("mail:") else str(getattr(found, f"{way}_host"))


@require_POST
@seated("agent")
def judge(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Useful or not: it makes the precision of the rule."""
    found = access.firing(seat, uid)
    said = request.POST.get("judged", "")
    found.judged = said if said in ("useful", "useless") and said != found.judged else ""
    found.judged_by = seat.user if found.judged else None
    found.save()
    return done(request, seat, "alert_judged", found.alert.name, "reports:alert", uid=found.alert.uid)


@require_POST
@seated("agent")
def look(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Looks at once instead of at its next turn."""
    found = access.alert(seat, uid)
    watching.look(found, now_ms())
    nudge("alerts.tell")
    return redirect("reports:alert", workspace_slug=seat.workspace.slug, uid=uid)
