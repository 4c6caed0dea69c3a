"""The calendar itself: months, weeks, a list; moving a publication; how the house plans."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.calendar import access, acts, board, leaving
from palabre.desk.calendar.forms import USUAL_MINUTE, given_day, minutes
from palabre.desk.calendar.models import Publication
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import dated, speak
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.editorial import Slot, minute_of, on_wall, placed
from palabre.errors import InputError


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What is planned, day by day."""
    zone = access.zone_of(seat.workspace)
    asked = board.read(request, zone)
    days = board.days(seat, asked, zone)
    undated = [board.card(one, zone, {}) for one in access.undated(seat) if board.wanted(one, asked, seat)]
    context = {
        "asked": asked,
        "days": days,
        "weeks": board.weeks(days) if asked.view == "month" else [],
        "views": [(view, asked.address(view=view), view == asked.view) for view in board.VIEWS],
        "channels": [(one, asked.address(channel=one.uid)) for one in access.channels(seat)],
        "themes": [(one, asked.address(theme=one)) for one in known_themes(seat)],
        "freed": asked.address(channel="", theme="", whose=""),
        "mine": asked.address(whose="" if asked.whose else "mine"),
        "today": asked.address(at=""),
        "undated": undated,
        "any": bool(undated) or access.publications(seat.workspace).exists(),
        "zone": zone.key,
        "back": asked.address(),
    }
    return render(request, "calendar/index.html", context)


def known_themes(seat: Seat) -> list[str]:
    """Those of all publications, by name."""
    rows = Publication.objects.of(seat.workspace).values_list("themes", flat=True)
    return sorted({theme for row in rows for theme in row}, key=str.casefold)[:30]


def here(seat: Seat, address: str = "", uid: str = "") -> str:
    """The address of the calendar as it was asked, at a publication."""
    words = "&".join(one for one in address.split("&") if one.partition("=")[0] in board.Asked.__slots__)
    ground = reverse("calendar:index", kwargs={"workspace_slug": seat.workspace.slug})
    return f"{ground}?{words}" + (f"#p-{uid}" if uid else "")


@require_POST
@seated("agent")
def move(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """To another day, at the same hour unless another is given. A time that comes twice is asked for."""
    found, zone = access.publication(seat, uid), access.zone_of(seat.workspace)
    back, day = request.POST.get("back", "")[:300], given_day(request.POST)
    lang = lang_of(request)
    if day is None or not 1990 <= day.year < 2200:
        messages.error(request, speak("calendar.form.day.needed", lang))
        return redirect(here(seat, back, uid))
    typed = minutes(request.POST.get("time", ""))
    minute = typed if typed is not None else minute_of(found.due_ms, zone) if found.due_ms else USUAL_MINUTE
    which = request.POST.get("which", "")
    slot = placed(day, minute, zone, which == "second")
    if slot.kind == "twice" and which not in ("first", "second"):
        return which_page(request, found, day, minute, slot, back)
    try:
        acts.move(found, slot.ms)
    except InputError as error:
        messages.error(request, speak(error.key, lang, **error.params))
        return redirect(here(seat, back, uid))
    audit.note(request, seat, "publication_moved", found.title)
    told(request, seat, found, slot, minute)
    return redirect(here(seat, back, uid))


def which_page(request: HttpRequest, found: Publication, day: date, minute: int, slot: Slot, back: str) -> HttpResponse:
    """Asks which of two moments is meant."""
    shown = f"{minute // 60:02d}:{minute % 60:02d}"
    context = {"publication": found, "day": day, "time": shown, "slot": slot, "back": back}
    return render(request, "calendar/which.html", context)


def told(request: HttpRequest, seat: Seat, found: Publication, slot: Slot, minute: int) -> None:
    """Where it went, what was skipped, what it meets there."""
    lang, zone = lang_of(request), access.zone_of(seat.workspace)
    at = on_wall(slot.ms, zone)
    messages.success(
        request,
        speak("calendar.moved", lang, title=found.title, day=dated(at), time=f"{at:%H:%M}"),
    )
    if slot.kind == "skipped":
        asked = f"{minute // 60:02d}:{minute % 60:02d}"
        messages.warning(request, speak("calendar.skipped", lang, asked=asked, time=f"{at:%H:%M}"))
    for one in board.met_by(seat, found):
        messages.warning(
            request, speak(f"calendar.meets.{one.kind}", lang, title=one.title, n=one.minutes, where=one.channels)
        )


@require_GET
@seated()
def export(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every publication as a table."""
    audit.note(request, seat, "calendar_exported")
    body = leaving.table(access.publications(seat.workspace), access.zone_of(seat.workspace), lang_of(request))
    headers = {"Content-Disposition": 'attachment; filename="palabre-calendar.csv"'}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
