"""Rules: the list in its order, the form, the trial on history, switching on and off, and what each did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.rules import access, passing, trial, words
from palabre.desk.rules.forms import RuleForm, values_of
from palabre.desk.rules.models import Rule, RuleTrial, RuleVersion
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage import rules
from palabre.errors import InputError

LOG_SHOWN, EXCERPT_CHARS = 50, 180


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every rule in the order they are asked."""
    lang = lang_of(request)
    names = words.names_of(seat, lang)
    since = now_ms() - 7 * trial.DAY_MS
    listed = [
        {
            "rule": one,
            "conditions": words.conditions(one, names, lang),
            "actions": words.actions(one, names, lang),
            "week": access.log(seat, one).filter(at_ms__gte=since).count(),
        }
        for one in access.all_rules(seat)
    ]
    return render(request, "rules/index.html", {"rules": listed})


@require_http_methods(["GET", "POST"])
@seated("manager")
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    return _edit(request, seat, None)


@require_http_methods(["GET", "POST"])
@seated("manager")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return _edit(request, seat, access.rule(seat, uid))


def _edit(request: HttpRequest, seat: Seat, known: Rule | None) -> HttpResponse:
    form = RuleForm(request, seat, posted(request), initial=values_of(known))
    if form.is_valid():
        values = form.cleaned_data
        rule: rules.Rule = values["rule"]
        same = {"name": values["name"], "about": rule.about, "every": rule.every, "stops": rule.stops}
        kept = {**same, **rules.as_json(rule), "hourly_max": values["hourly_max"]}
        with transaction.atomic():
            made = access.kept(seat.workspace, known, kept, seat.user, values["why"])
        audit.note(request, seat, "rule_changed" if known else "rule_made", made.name)
        return redirect("rules:rule", workspace_slug=seat.workspace.slug, uid=made.uid)
    return render(request, "rules/edit.html", {"form": form, "rule": known}, status=400 if form.errors else 200)


@require_GET
@seated()
def rule(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A rule in words, its last trial, what it did, and its versions."""
    found, lang = access.rule(seat, uid), lang_of(request)
    names = words.names_of(seat, lang)
    last = RuleTrial.objects.of(seat.workspace).filter(of=found).select_related("who").first()
    runs = list(access.log(seat, found)[:LOG_SHOWN])
    context = {
        "rule": found,
        "conditions": words.conditions(found, names, lang),
        "actions": words.actions(found, names, lang),
        "trial": last,
        "stale": last is not None and last.version != found.version,
        "sample": sample_of(seat, last) if last else [],
        "days": trial.DAYS,
        "runs": [(run, words.did(run, names, lang)) for run in runs],
        "excerpts": excerpts(seat, [run.post_id for run in runs if run.post_id]),
        "ran": access.log(seat, found).count(),
        "versions": RuleVersion.objects.of(seat.workspace).filter(of=found).select_related("who"),
    }
    return render(request, "rules/rule.html", context)


def excerpts(seat: Seat, post_ids: list[int]) -> dict[int, str]:
    """The beginning of posts, by id; those that are gone have none."""
    rows = archive().posts.many(seat.workspace.pk, post_ids) if post_ids else []
    return {row.post_id: " ".join((row.post.title or row.post.text).split())[:EXCERPT_CHARS] for row in rows}


def sample_of(seat: Seat, found: RuleTrial) -> list[dict[str, Any]]:
    """The sample of a trial as rows: a case or a post, with its words."""
    said = excerpts(seat, [one["post"] for one in found.sample if "post" in one])
    uids = [one["case"] for one in found.sample if "case" in one]
    known = {case.uid: case for case in inbox.cases(seat).filter(uid__in=uids)}
    posts = [{"post": one["post"], "words": said[one["post"]]} for one in found.sample if one.get("post") in said]
    cases = [{"case": known[uid], "words": known[uid].title} for uid in uids if uid in known]
    return [*posts, *cases]


@require_POST
@seated("agent")
def dry_run(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Tries the rule on history; nothing is changed."""
    found = access.rule(seat, uid)
    days = next((days for days in trial.DAYS if str(days) == request.POST.get("days")), trial.DAYS[0])
    trial.tried(found, days, seat.user)
    audit.note(request, seat, "rule_tried", found.name)
    return _back(seat, found)


@require_POST
@seated("manager")
def switch(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """On, once this very version was tried; or off."""
    found, lang = access.rule(seat, uid), lang_of(request)
    rows = Rule.objects.of(seat.workspace).filter(pk=found.pk)
    if request.POST.get("state") != "on":
        rows.update(state="off", paused_key="")
        audit.note(request, seat, "rule_off", found.name)
    elif not found.tried:
        messages.error(request, speak("rules.try_first", lang))
    else:
        try:
            rules.checked(found.pure)
        except InputError as error:
            messages.error(request, speak(error.key, lang, **error.params))
            return _back(seat, found)
        passing.begin(seat.workspace)
        rows.update(state="on", on_since_ms=now_ms(), paused_key="", paused_ms=0)
        audit.note(request, seat, "rule_on", found.name)
        messages.success(request, speak("rules.is_on", lang, name=found.name))
    return _back(seat, found)


@require_POST
@seated("manager")
def move(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One place up or down in the order."""
    listed = access.all_rules(seat)
    place = next((place for place, one in enumerate(listed) if one.uid == uid), None)
    found = access.rule(seat, uid)
    other = (place or 0) + (-1 if request.POST.get("way") == "up" else 1)
    if place is not None and 0 <= other < len(listed):
        listed[place], listed[other] = listed[other], listed[place]
        with transaction.atomic():
            for rank, one in enumerate(listed, 1):
                Rule.objects.of(seat.workspace).filter(pk=one.pk).update(rank=rank)
        audit.note(request, seat, "rules_ordered", found.name)
    return redirect("rules:index", workspace_slug=seat.workspace.slug)


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The rule goes with its log; what it did stays in the cases."""
    found = access.rule(seat, uid)
    found.delete()
    audit.note(request, seat, "rule_removed", found.name)
    messages.success(request, speak("rules.removed", lang_of(request), name=found.name))
    return redirect("rules:index", workspace_slug=seat.workspace.slug)


@require_POST
@seated("manager")
def restore(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """An earlier version becomes the newest, off until it is tried."""
    found = access.rule(seat, uid)
    asked = request.POST.get("version", "")
    rows = RuleVersion.objects.of(seat.workspace).filter(of=found)
    earlier = rows.filter(version=int(asked)).first() if asked.isdecimal() and len(asked) < 9 else None
    if earlier is not None and earlier.version != found.version:
        why = speak("rules.version.restored", lang_of(request), n=earlier.version)
        access.kept(seat.workspace, found, dict(earlier.rule) | {"name": found.name}, seat.user, why)
        audit.note(request, seat, "rule_changed", found.name)
    return _back(seat, found)


def _back(seat: Seat, found: Rule) -> HttpResponse:
    return redirect("rules:rule", workspace_slug=seat.workspace.slug, uid=found.uid)
