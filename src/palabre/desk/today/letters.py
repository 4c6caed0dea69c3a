"""The same list by e-mail: at the hour and on the days somebody chose, with an address that ends it in one click.

A letter is claimed before it is sent, so that two processes never send it twice. When the server certainly did not take
it, it is tried again after a while; when nobody can tell, it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from palabre.desk import post
from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.today import making
from palabre.desk.today.access import zone_in
from palabre.desk.today.day import Day, Page, day_of
from palabre.desk.today.models import Habit
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership
from palabre.errors import PalabreError
from palabre.logs import logger
from palabre.messages import LANGUAGES

SALT = "palabre.today.stop"
TRIES_MAX, AGAIN_MS = 5, 10 * 60_000
LATE_HOURS = 4  # after the hour, a morning letter is none


@dataclass(frozen=True, slots=True)
class Letter:
    """stop: the address that ends it, "" on a page."""

    subject: str
    text: str
    html: str
    stop: str


def ready() -> bool:
    """Whether this desk can send e-mail at all, and knows its own address."""
    return post.ready() and bool(settings.PALABRE.site_url)


def written(seat: Seat, day: Day, page: Page, site: str, stop: str) -> Letter:
    """The list as a letter. site: address of the desk, with its slash."""
    with translation.override(day.lang):
        date = formats.date_format(day.date, "l j F" if day.lang == "fr" else "l, j F", use_l10n=False)
        context = {
            "page": page, "day": day, "lang": day.lang, "seat": seat, "date": date, "site": site.rstrip("/"),
            "stop": stop, "left": page.left_out(day.lang), "home": site.rstrip("/") + day.at("today:index"),
            "habit": site.rstrip("/") + day.at("today:habit"),
        }  # fmt: skip
        key = "today.letter.subject" if page.n else "today.letter.subject_empty"
        subject = speak(key, day.lang, n=page.n, date=date, minutes=page.estimate)
        text = "\n".join(lines_of(day, page, str(date), site.rstrip("/"), stop)) + "\n"
        return Letter(subject, text, render_to_string("today/letter.html", context), stop)


def lines_of(day: Day, page: Page, date: str, site: str, stop: str) -> Iterator[str]:
    """The letter as text."""
    yield f"{date[:1].upper()}{date[1:]} · {day.seat.workspace.name}"
    yield ""
    if page.n:
        yield f"{day.say('count', n=page.n, minutes=page.estimate)} {day.say('budget', n=page.minutes)}"
    else:
        yield f"{day.say('empty.title')} {day.say('empty.text')}"
    for section in page.sections:
        yield from ("", day.say(f"section.{section.name}").upper(), "")
        for entry in section.entries:
            yield f"- {entry.shown.title}"
            yield from (f"  {line}" for line in (entry.shown.why, site + entry.shown.href) if line)
    if page.left:
        yield from ("", day.say("left.title"))
        for name, line, _ in page.left_out(day.lang):
            yield f"- {day.say(f'section.{name}')}{speak('desk.colon', day.lang)}{line}"
    yield from ("", day.say("over_mail"), site + day.at("today:index"))
    if stop:
        yield from ("", day.say("letter.why"), f"{day.say('letter.stop')} {stop}")


def deliver_due() -> int:
    """Every letter whose hour has come. How many were sent."""
    return each(Habit.everybody.filter(mail_on=True).select_related("user", "workspace"), deliver)


def is_due(own: Habit, now: int) -> bool:
    """Whether it is that hour of one of those days on their clock, and today's is not settled."""
    wall = datetime.fromtimestamp(now / 1000, zone_in(own))
    hour = own.mail_hour <= wall.hour < own.mail_hour + LATE_HOURS
    settled = own.mailed_day == wall.date().isoformat() and (not own.mail_next_ms or now < own.mail_next_ms)
    return hour and str(wall.weekday()) in own.mail_days and not settled and bool(own.user.email)


def deliver(own: Habit) -> bool:
    """One letter, claimed first. False: it was not due, not claimed, or not taken."""
    now = now_ms()
    seat = seat_of(own)
    if seat is None or not ready() or not is_due(own, now) or not claimed(own, now):
        return False
    lang = own.user.lang if own.user.lang in LANGUAGES else settings.PALABRE.lang
    day = day_of(seat, lang)
    with translation.override(lang):
        page = making.page(day, making.made(day))
    stop = stop_address(own)
    made = written(seat, day, page, settings.PALABRE.site_url, stop)
    try:
        post.send(own.user.email or "", made.subject, made.text, made.html, stop=stop)
    except PalabreError as error:
        logger("today").warning("letter", error=error.key)
        again = post.certain(error) and own.mail_tries < TRIES_MAX
        note(own, error.key, now + AGAIN_MS if again else 0)
        return False
    note(own, "", 0)
    return True


def seat_of(own: Habit) -> Seat | None:
    """None for somebody who has left."""
    held = Membership.objects.of(own.workspace).filter(user=own.user).first()
    return Seat(own.workspace, own.user, held.role) if held and own.user.is_active else None


def claimed(own: Habit, now: int) -> bool:
    """Whether this process may send today's; the state is written before the server is called."""
    today = datetime.fromtimestamp(now / 1000, zone_in(own)).date().isoformat()
    tries = own.mail_tries + 1 if own.mailed_day == today else 1
    was = {"mailed_day": own.mailed_day, "mail_tries": own.mail_tries, "mail_next_ms": own.mail_next_ms}
    mine = Habit.everybody.filter(pk=own.pk, mail_on=True, **was)
    if not mine.update(mailed_day=today, mail_tries=tries, mail_next_ms=0):
        return False
    own.mailed_day, own.mail_tries, own.mail_next_ms = today, tries, 0
    return True


def note(own: Habit, error_key: str, next_ms: int) -> None:
    Habit.everybody.filter(pk=own.pk).update(mail_error=error_key, mail_next_ms=next_ms)


def stop_address(own: Habit) -> str:
    """Signed: nobody ends another one's letters."""
    token = signing.dumps(own.pk, salt=SALT)
    return settings.PALABRE.site_url.rstrip("/") + reverse("today:stop", kwargs={"token": token})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def ended(request: HttpRequest, token: str) -> HttpResponse:
    """A POST ends the letters at once (RFC 8058: a mail program sends it); a GET asks first, for links are followed by
    machines."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    own = Habit.everybody.select_related("workspace", "user").filter(pk=pk).first()
    if own is None:
        raise Http404
    if request.method == "POST" and own.mail_on:
        Habit.everybody.filter(pk=own.pk).update(mail_on=False)
        audit.write(request, own.workspace, own.user, "letter_stopped")
    return render(request, "today/stop.html", {"done": request.method == "POST", "house": own.workspace.name})
