"""Addresses of feeds that were given out. Only a hash of each is kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.mentions.models import SavedView
from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id


class FeedLink(Owned):
    """Whoever knows the address reads the view, as long as the one who made it is a member and sees the view."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    made_ms = models.BigIntegerField()
    used_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by token: for `access` alone

    class Meta:
        ordering: ClassVar = ["-pk"]
