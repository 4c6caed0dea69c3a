"""What the desk keeps of the stream: views that somebody named."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.mentions.selection import Selection
from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

NAME_CHARS_MAX = 80


class SavedView(Owned):
    """A search with its filters under a name. asks: `Selection.address`; shared: all members see it."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=NAME_CHARS_MAX)
    asks = models.TextField()
    shared = models.BooleanField(default=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "user"], name="saved_view_of_user")]

    @property
    def selection(self) -> Selection:
        """What it asks."""
        return Selection.parse(self.asks)
