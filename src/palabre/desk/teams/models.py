"""A team answers together; a department is a team that cases are routed to. An approval path says who reads a reply
before it may leave."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

APPROVERS = ("manager", "owner")


class Team(Owned):
    """members: who sees its queue first. department: cases are handed over to it, with its own queue and hours. about:
    what it answers for, in a sentence."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=200, blank=True, default="")
    department = models.BooleanField(default=False)
    members = models.ManyToManyField(User, related_name="teams")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_team_of_a_name")]

    def __str__(self) -> str:
        return self.name


class ApprovalPath(Owned):
    """Which replies somebody else reads first: those that fulfil every condition that is set; none set: all. roles: of
    the author; networks, labels: one of them; first_replies: while the author has sent fewer than so many, 0 never
    asks. approver: the role that may approve; team: or one of its members."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=80)
    on = models.BooleanField(default=True)
    roles = models.JSONField(default=list)
    networks = models.JSONField(default=list)
    labels = models.JSONField(default=list)
    first_replies = models.PositiveIntegerField(default=0)
    approver = models.CharField(max_length=8, default="manager")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_path_of_a_name")]
