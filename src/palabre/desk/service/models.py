"""When we work, and how long we allow ourselves. The times themselves are never kept: they follow from the events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, fresh_id


class WorkHours(Owned):
    """hours: as `palabre.measure.hours.parse_hours` reads them; zone: IANA name; country: whose holidays are days off,
    "" for none; team: None for the whole workspace."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    team = models.ForeignKey("teams.Team", null=True, on_delete=models.CASCADE, related_name="+")
    hours = models.CharField(max_length=300)
    zone = models.CharField(max_length=60)
    country = models.CharField(max_length=8, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["team__name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "team"], name="one_set_of_hours_a_team"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(team=None), name="one_set_of_hours_a_workspace"
            ),
        ]


class Target(Owned):
    """How long each may take, in minutes; None: no target. team, network, urgent: for which cases; None and "" ask
    nothing. The one that asks the most counts; of equals, the one made last."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    team = models.ForeignKey("teams.Team", null=True, on_delete=models.CASCADE, related_name="+")
    network = models.CharField(max_length=40, blank=True, default="")
    urgent = models.BooleanField(default=False)
    first = models.PositiveIntegerField(null=True)
    next = models.PositiveIntegerField(null=True)
    resolution = models.PositiveIntegerField(null=True)
    business = models.BooleanField(default=True)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["pk"]
