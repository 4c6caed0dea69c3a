"""Around the calendar: addresses to subscribe to, dates of others, the clock of the house."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.calendar import access, coming, feeds
from palabre.desk.calendar.forms import FeedForm, FileForm, HabitForm
from palabre.desk.calendar.models import FEEDS, Feed, Habit, Outside
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError


def page_of(request: HttpRequest, seat: Seat, **given: object) -> HttpResponse:
    """fresh: an address that was just made, shown once; forms that were refused."""
    habit = access.habit(seat.workspace)
    first = {"zone": habit.zone, "country": habit.country, "apart_hours": habit.apart_hours, "approval": habit.approval}
    batches = Outside.objects.of(seat.workspace).values("batch").order_by("batch")
    context = {
        "feeds": access.feeds(seat),
        "batches": batches.annotate(n=Count("pk"), first=Min("start_ms"), last=Max("start_ms")),
        "feed_form": FeedForm(request),
        "file_form": FileForm(request),
        "habit_form": HabitForm(request, initial=first),
        "fresh": "",
    } | given
    refused = any(getattr(form, "errors", None) for form in given.values())
    return render(request, "calendar/around.html", context, status=400 if refused else 200)


@require_GET
@seated()
def around(request: HttpRequest, seat: Seat) -> HttpResponse:
    return page_of(request, seat)


@require_POST
@seated("agent")
def make_feed(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An address for another calendar, shown once."""
    form = FeedForm(request, request.POST)
    if not form.is_valid():
        return page_of(request, seat, feed_form=form)
    token = feeds.made(request, seat, form.cleaned_data["name"], form.cleaned_data["what"] or FEEDS[0])
    return page_of(request, seat, fresh=request.build_absolute_uri(reverse("calendar:feed", args=[token])))


@require_POST
@seated("agent")
def revoke_feed(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One's own, or as a manager anybody's; that address opens no more."""
    found = access.feed(seat, uid)
    if found.made_by_id != seat.user.pk and not seat.may("manager"):
        messages.error(request, speak("calendar.feed.not_yours", lang_of(request)))
        return back(seat)
    Feed.objects.of(seat.workspace).filter(pk=found.pk).update(revoked_ms=now_ms())
    audit.note(request, seat, "calendar_feed_revoked", found.name)
    messages.success(request, speak("calendar.feed.revoked", lang_of(request), name=found.name))
    return back(seat)


def back(seat: Seat) -> HttpResponse:
    return redirect("calendar:around", workspace_slug=seat.workspace.slug)


@require_POST
@seated("agent")
def take_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Dates of others from an .ics file."""
    form = FileForm(request, request.POST, request.FILES)
    if not form.is_valid():
        return page_of(request, seat, file_form=form)
    file = form.cleaned_data["file"]
    try:
        came = coming.keep(
            seat.workspace, file.read(coming.BYTES_MAX + 1), file.name, access.zone_of(seat.workspace)
        )  # fmt: skip
    except InputError as error:
        form.complain("file", error.key, **error.params)
        return page_of(request, seat, file_form=form)
    audit.note(request, seat, "calendar_dates_taken", file.name)
    lang = lang_of(request)
    messages.success(
        request, speak("calendar.file.came", lang, n=came.new, changed=came.changed, known=came.known)
    )  # fmt: skip
    if came.beyond:
        messages.warning(request, speak("calendar.file.beyond", lang, n=came.beyond, limit=coming.DATES_MAX))
    return back(seat)


@require_POST
@seated("agent")
def drop_dates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All dates of one file."""
    batch = request.POST.get("batch", "")
    gone, _ = Outside.objects.of(seat.workspace).filter(batch=batch).delete()
    if gone:
        audit.note(request, seat, "calendar_dates_dropped", batch)
        messages.success(request, speak("calendar.file.dropped", lang_of(request), n=gone))
    return back(seat)


@require_POST
@seated("manager")
def set_habit(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = HabitForm(request, request.POST)
    if not (form.is_valid() and form.is_known()):
        return page_of(request, seat, habit_form=form)
    Habit.objects.of(seat.workspace).update_or_create(workspace=seat.workspace, defaults=form.cleaned_data)
    audit.note(request, seat, "calendar_habit_set")
    messages.success(request, speak("calendar.saved", lang_of(request)))
    return back(seat)


@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for other programs. The token in the address is the only key."""
    found = access.by_address(token)
    headers = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    headers |= {"Content-Disposition": 'inline; filename="palabre.ics"'}
    return HttpResponse(feeds.written(found), content_type="text/calendar; charset=utf-8", headers=headers)
