"""How somebody takes their day, the list they were given, and what of it they ticked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User

WEEKDAYS = "01234"  # Monday is 0


class Habit(Owned):
    """minutes: a day; zone: IANA name of the clock on their wall; country: whose holidays are days off, "" for none;
    mail_on, mail_hour, mail_days: the same list by e-mail, at that hour of their clock, on these days ("01234": from
    Monday to Friday); mailed_day: the last local day for which a letter was begun (ISO); mail_tries: of that day;
    mail_error: key of what went wrong with the last one, "" for nothing; stop_epoch: moving it on ends the
    addresses that unsubscribe."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="habits")
    minutes = models.PositiveSmallIntegerField(default=20)
    zone = models.CharField(max_length=60, blank=True, default="")
    country = models.CharField(max_length=6, blank=True, default="")
    mail_on = models.BooleanField(default=False)
    mail_hour = models.PositiveSmallIntegerField(default=8)
    mail_days = models.CharField(max_length=7, blank=True, default=WEEKDAYS)
    mailed_day = models.CharField(max_length=10, blank=True, default="")
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_next_ms = models.BigIntegerField(default=0)
    mail_error = models.CharField(max_length=100, blank=True, default="")

    objects = ScopedManager()
    everybody = models.Manager()  # for the postman alone

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user"], name="one_habit_each")]


class Brief(Owned):
    """The list of one day, as it was made: it does not move while somebody works through it.

    day: on their clock (ISO); since_ms: what was new since then; made_ms; minutes; entries: keys with their section and
    seconds, in order; left: by section what did not fit; uncovered: watch kinds without room; asked: how many there
    were to choose from. No text of a post is kept here.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="briefs")
    day = models.CharField(max_length=10)
    since_ms = models.BigIntegerField()
    made_ms = models.BigIntegerField()
    minutes = models.PositiveSmallIntegerField()
    entries = models.JSONField(default=list)
    left = models.JSONField(default=dict)
    uncovered = models.JSONField(default=list)
    version = models.PositiveSmallIntegerField(default=1)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user", "day"], name="one_brief_a_day")]


class Tick(Owned):
    """Somebody is done with an entry of a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ticks")
    day = models.CharField(max_length=10)
    key = models.CharField(max_length=120)
    section = models.CharField(max_length=12)
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user", "day", "key"], name="one_tick_an_entry")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "user", "at_ms"], name="tick_by_time")]
