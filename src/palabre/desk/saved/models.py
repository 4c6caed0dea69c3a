"""Saved replies: a text for each language and form of address."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

VARIANTS = ("fr_vous", "fr_tu", "en")


class SavedReply(Owned):
    """texts: variant -> text, of those that were written; shortcut: what is typed to find it at once, "" for none;
    used: how often it was taken."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=80)
    folder = models.CharField(max_length=60, blank=True, default="")
    shortcut = models.CharField(max_length=30, blank=True, default="")
    texts = models.JSONField(default=dict)
    used = models.PositiveIntegerField(default=0)
    used_ms = models.BigIntegerField(default=0)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["folder", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_saved_reply_of_a_name"),
            models.UniqueConstraint(
                fields=["workspace", "shortcut"], condition=~models.Q(shortcut=""), name="one_saved_reply_a_shortcut"
            ),
        ]

    def __str__(self) -> str:
        return self.name
