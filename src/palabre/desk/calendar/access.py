"""The only doors to the calendar.

access.publication(seat, uid)
access.planned(seat, since_ms, until_ms)      # those with a date between, with their channels
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404

from palabre.desk.calendar.models import Feed, Habit, Outside, Publication, Rhythm, Variant
from palabre.desk.clock import now_ms
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Membership, Workspace
from palabre.errors import InputError
from palabre.measure.hours import zone_named

ZONES = {"fr": "Europe/Paris", "en": "Europe/London"}  # of a house that nobody asked yet, by its language
COUNTRIES = {"fr": "fr", "en": "gb"}
KIND = "publication"


def habit(workspace: Workspace) -> Habit:
    """How the house plans; as long as nobody set it, one that is not kept yet."""
    lang = settings.PALABRE.lang
    usual = Habit(workspace=workspace, zone=ZONES.get(lang, "Europe/Paris"), country=COUNTRIES.get(lang, ""))
    return Habit.objects.of(workspace).first() or usual


def zone_of(workspace: Workspace) -> ZoneInfo:
    """The clock on the wall of the house."""
    try:
        return zone_named(habit(workspace).zone)
    except InputError:
        return zone_named("UTC")


def publications(workspace: Workspace) -> Any:
    """All of the workspace, as a query set with what a list shows."""
    found = Publication.objects.of(workspace).select_related("owner", "writer", "approved_by")
    own = Variant.objects.of(workspace).select_related("channel")
    return found.prefetch_related(Prefetch("variants", queryset=own))


def publication(seat: Seat, uid: str) -> Publication:
    found: Publication = one(publications(seat.workspace), uid=uid)
    return found


def planned(seat: Seat, since_ms: int, until_ms: int) -> list[Publication]:
    """Those due in [since_ms, until_ms), soonest first."""
    return list(publications(seat.workspace).filter(due_ms__gte=since_ms, due_ms__lt=until_ms, due_ms__gt=0))


def undated(seat: Seat) -> list[Publication]:
    """Ideas and drafts without a date, newest first."""
    return list(publications(seat.workspace).filter(due_ms=0).order_by("-pk")[:100])


def variants(found: Publication) -> list[Variant]:
    return list(Variant.objects.of(found.workspace).filter(publication=found).select_related("channel", "publication"))


def variant(seat: Seat, uid: str) -> Variant:
    return one(Variant.objects.of(seat.workspace).select_related("channel", "publication"), uid=uid)


def sendings(workspace: Workspace, found: Iterable[Variant]) -> dict[str, Sending]:
    """The last sending of each, by the variant's uid."""
    return outbox.of(workspace, KIND, [one.uid for one in found])


def of_sendings(seat: Seat, abouts: Iterable[str]) -> dict[str, Publication]:
    """What a sending is about → the publication that it is a part of."""
    rows = Variant.objects.of(seat.workspace).filter(uid__in=list(abouts)).select_related("publication")
    return {one.uid: one.publication for one in rows}


def channels(seat: Seat) -> list[Channel]:
    """Those on which we can begin a thread of our own."""
    return [one for one in outbox.channels(seat) if outbox.abilities(one).publishes]


def outside(seat: Seat, since_ms: int, until_ms: int) -> list[Outside]:
    """Dates of others that touch a stretch of time."""
    return list(Outside.objects.of(seat.workspace).filter(start_ms__lt=until_ms, end_ms__gte=since_ms))


def rhythms(workspace: Workspace) -> list[Rhythm]:
    return list(Rhythm.objects.of(workspace).select_related("channel").order_by("channel__name"))


def feeds(seat: Seat) -> list[Feed]:
    """Addresses that still open, newest first."""
    return list(Feed.objects.of(seat.workspace).filter(revoked_ms=0).select_related("made_by"))


def feed(seat: Seat, uid: str) -> Feed:
    return one(Feed.objects.of(seat.workspace), uid=uid)


def by_address(token: str) -> Feed:
    """Http404: there is none, it was taken back, or the one who made it is no member any more."""
    found = Feed.doors.select_related("workspace").filter(token_hash=tokens.hashed(token), revoked_ms=0).first()
    if found is None or not Membership.objects.of(found.workspace).filter(user=found.made_by_id).exists():
        raise Http404
    Feed.doors.filter(pk=found.pk).update(used_ms=now_ms())
    return found


def sent_uris(workspace: Workspace) -> dict[str, Variant]:
    """Uri on its network → what of ours was published there."""
    known = {one.uid: one for one in Variant.objects.of(workspace).select_related("channel", "publication")}
    rows = outbox.of(workspace, KIND, known)
    return {row.uri: known[uid] for uid, row in rows.items() if row.state == "sent" and row.uri}
