"""What the desk keeps beside the archive's watches: judgements on samples, and long work in progress."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id


class Judgement(Owned):
    """A person's yes or no: is this post what the query is after? One row a post and a text of query."""

    query_hash = models.CharField(max_length=64)
    post_id = models.BigIntegerField()
    wanted = models.BooleanField()
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "query_hash", "post_id"], name="one_judgement_a_post")
        ]


class Job(Owned):
    """Long work in the background. what: end of a message key ``panel.job.<what>``; state: running, done, failed."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    what = models.CharField(max_length=40)
    about = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=8, default="running")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    error_key = models.CharField(max_length=100, blank=True, default="")
    started_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    @property
    def share(self) -> float:
        """0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0
