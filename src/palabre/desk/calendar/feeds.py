"""Addresses under which other calendars subscribe: to what we plan, or to what we promised."""

from __future__ import annotations

from django.http import HttpRequest

from palabre.desk.calendar import access, leaving
from palabre.desk.calendar.models import FEEDS, Feed
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.promises import access as promises
from palabre.desk.promises import leaving as promised
from palabre.desk.promises.ledger import Wall
from palabre.desk.workspaces import audit, tokens
from palabre.desk.workspaces.access import Seat


def made(request: HttpRequest, seat: Seat, name: str, what: str = FEEDS[0]) -> str:
    """The token of a fresh address, to be shown once; it is noted. what: of FEEDS."""
    token = tokens.fresh()
    Feed.objects.add(
        seat.workspace, name=name, what=what, lang=lang_of(request), token_hash=tokens.hashed(token),
        made_by=seat.user, made_ms=now_ms(),
    )  # fmt: skip
    audit.note(request, seat, "calendar_feed_made", name)
    return token


def written(feed: Feed) -> bytes:
    """What a subscriber gets (RFC 5545)."""
    return promises_of(feed) if feed.what == "promises" else leaving.calendar(feed)


def promises_of(feed: Feed) -> bytes:
    """Open promises with a date, on the clock of the house."""
    place = feed.workspace
    wall = Wall(access.zone_of(place), access.habit(place).country, now_ms())
    name = speak("promise_page.calendar", feed.lang, name=place.name)
    return promised.calendar(promises.dated(place), wall, feed.lang, name)
