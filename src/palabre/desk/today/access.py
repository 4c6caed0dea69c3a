"""The only doors to how people take their day: their minutes, their clock, their days off."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from palabre.desk.today.models import Habit
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError
from palabre.measure.hours import zone_named

ZONES = {"fr": "Europe/Paris", "en": "UTC"}  # of a house that nobody asked yet, by its language
COUNTRIES = {"fr": "fr", "en": ""}


def habit(seat: Seat) -> Habit:
    """Somebody's own; as long as they never set it, one that is not kept yet."""
    found = Habit.objects.of(seat.workspace).filter(user=seat.user).first()
    return found or Habit(workspace=seat.workspace, user=seat.user, country=house_country())


def house_zone() -> ZoneInfo:
    """The clock of those who did not say."""
    return zone_named(ZONES.get(settings.PALABRE.lang, "UTC"))


def house_country() -> str:
    """Whose holidays count for those who did not say."""
    return COUNTRIES.get(settings.PALABRE.lang, "")


def zone_in(found: Habit) -> ZoneInfo:
    """The clock of a habit; a name that this machine does not know is the house's."""
    try:
        return zone_named(found.zone) if found.zone else house_zone()
    except InputError:
        return house_zone()


def zone_of(seat: Seat) -> ZoneInfo:
    """The clock on that person's wall."""
    return zone_in(habit(seat))


def country_of(seat: Seat) -> str:
    """Whose holidays are their days off, "" for none."""
    return habit(seat).country
