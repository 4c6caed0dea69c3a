"""A team answers together; a department is a team that cases are routed to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id


class Team(Owned):
    """members: who sees its queue first. department: cases are handed over to it, with its own queue and hours."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=80)
    department = models.BooleanField(default=False)
    members = models.ManyToManyField(User, related_name="teams")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_team_of_a_name")]

    def __str__(self) -> str:
        return self.name
