"""The first page of the day: a list that fits, that says what it left out, and that ends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.today import letters, making
from palabre.desk.today.access import habit, zone_in
from palabre.desk.today.day import Day, Page, day_of
from palabre.desk.today.forms import HabitForm, zones
from palabre.desk.together import PATIENCE, StillReckonedError
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.brief import DOING, MINUTES_MAX, MINUTES_MIN, WORDS_A_MINUTE
from palabre.engage.promises import local_day
from palabre.text.holidays import holidays

PRESETS = (10, 20, 30, 45, 60)


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Today's list; while it is being made, the page around it."""
    day = day_of(seat, lang_of(request))
    found = making.kept(seat, day)
    if found is None and not request.GET.get("all"):
        return render(request, "today/waiting.html", around(day))
    page = making.page(day, found or making.made(day))
    return render(request, "today/index.html", around(day) | shown(page, day))


@require_GET
@seated()
def part(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list as a part of the page, made if it was not; nothing yet while another request makes it for longer than
    one may wait."""
    day = day_of(seat, lang_of(request))
    try:
        return fragment(request, day, making.page(day, making.made(day, PATIENCE)))
    except StillReckonedError:
        return HttpResponse(status=204)


def fragment(request: HttpRequest, day: Day, page: Page) -> HttpResponse:
    return render(request, "today/part_list.html", around(day) | shown(page, day))


def around(day: Day) -> dict[str, Any]:
    """The day itself, in words."""
    return {
        "day": day,
        "date": formats.date_format(day.date, "l j F" if day.lang == "fr" else "l, j F", use_l10n=False),
        "holiday": day.date in holidays(day.date.year, day.country),
        "name": day.seat.user.label,
    }


def shown(page: Page, day: Day) -> dict[str, Any]:
    return {
        "page": page,
        "presets": sorted({*PRESETS, page.minutes}),
        "words_a_minute": WORDS_A_MINUTE.get(day.lang, WORDS_A_MINUTE["en"]),
        "doing": [(name, round(page.doing.get(name, DOING[name])), name in page.doing)
                  for name in dict.fromkeys(entry.section for entry in page.entries)],
        "kinds_missed": ", ".join(day.say(f"kind.{kind}") for kind in page.uncovered),
        "left": page.left_out(day.lang),
        "unheard": not page.n and not archive().watches.all(day.seat.workspace.id),
        "usual": page.minutes == habit(day.seat).minutes,
        "since": local_day(page.since_ms, day.zone),
        "left_n": sum(n for _, n, _, _ in page.left),
    }  # fmt: skip


@require_POST
@seated()
def tick(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An entry is done, or not after all."""
    day = day_of(seat, lang_of(request))
    found = making.kept(seat, day)
    key, done = request.POST.get("key", "")[:120], request.POST.get("done") == "1"
    if found is None or not making.tick(seat, found, key, done):
        raise Http404
    if request.headers.get("HX-Request"):
        return fragment(request, day, making.page(day, found))
    return redirect(reverse("today:index", kwargs={"workspace_slug": seat.workspace.slug}))


@require_POST
@seated()
def again(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list made again: with what came since, or for other minutes. What was ticked stays ticked."""
    given = request.POST.get("minutes", "")
    minutes = int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else 0
    day = day_of(seat, lang_of(request))
    found = making.make(day, min(MINUTES_MAX, max(MINUTES_MIN, minutes)) if minutes else 0)
    if request.headers.get("HX-Request"):
        return fragment(request, day, making.page(day, found))
    return redirect(reverse("today:index", kwargs={"workspace_slug": seat.workspace.slug}))


@require_http_methods(["GET", "POST"])
@seated()
def own_habit(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Minutes, clock, days off, and the letter of the morning."""
    own = habit(seat)
    start = {"minutes": own.minutes, "zone": own.zone or str(zone_in(own)), "country": own.country,
             "mail_on": own.mail_on, "mail_hour": str(own.mail_hour), "mail_days": list(own.mail_days)}  # fmt: skip
    form = HabitForm(request, posted(request), initial=start)
    if form.is_valid():
        values = form.cleaned_data
        for name in start:
            setattr(own, name, "".join(values[name]) if name == "mail_days" else values[name])
        own.mail_hour, own.mail_error = int(values["mail_hour"]), ""
        own.save()
        audit.note(request, seat, "habit_changed")
        messages.success(request, speak("today.habit.saved", lang_of(request)))
        return redirect(reverse("today:index", kwargs={"workspace_slug": seat.workspace.slug}))
    context = {"form": form, "zones": zones(), "own": own, "unset": not own.zone, "ready": letters.ready(),
               "address": seat.user.email or ""}  # fmt: skip
    return render(request, "today/habit.html", context, status=400 if form.errors else 200)


@require_GET
@seated()
def letter(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What the letter of today says, as text."""
    day = day_of(seat, lang_of(request))
    page = making.page(day, making.made(day))
    made = letters.written(seat, day, page, request.build_absolute_uri("/"), "")
    return HttpResponse(made.text, content_type="text/plain; charset=utf-8")
