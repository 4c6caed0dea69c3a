"""What the desk keeps of sources: visits that somebody asked for by hand, and what they found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.clock import now_ms
from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

LONGEST_MS = 12 * 3_600_000  # a visit that "runs" longer than this was cut off by the end of its process


class Visit(Owned):
    """what: check (the canary), estimate (what it would cost) or backfill (posts of a past period); state: running,
    done or failed; said: values of its sentence ``sources.visit.<what>.<state>``; a failure has its own key."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    source_id = models.BigIntegerField(db_index=True)
    what = models.CharField(max_length=10)
    state = models.CharField(max_length=8, default="running")
    said = models.JSONField(default=dict)
    error_key = models.CharField(max_length=100, blank=True, default="")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    started_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]

    @property
    def running(self) -> bool:
        return self.state == "running" and now_ms() - self.started_ms < LONGEST_MS
