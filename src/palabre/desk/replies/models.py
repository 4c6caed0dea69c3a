"""A reply from its first draft to its sending."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("draft", "proposed", "returned", "approved", "sent_off", "discarded")


class Reply(Owned):
    """post_id, uri: the post it answers; state: of STATES: proposed waits for approval, returned came back with a
    remark, sent_off has a sending in the outbox. due_ms: scheduled, 0 for now. version: rises with each change of the
    text, so that nobody approves what they did not read."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    case = models.ForeignKey("inbox.Case", on_delete=models.CASCADE, related_name="replies")
    channel = models.ForeignKey("outbox.Channel", null=True, on_delete=models.SET_NULL, related_name="+")
    post_id = models.BigIntegerField(null=True)
    uri = models.CharField(max_length=1000, blank=True, default="")
    text = models.TextField()
    lang = models.CharField(max_length=2, blank=True, default="")
    state = models.CharField(max_length=9, default="draft")
    version = models.PositiveIntegerField(default=1)
    due_ms = models.BigIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="replies")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    remark = models.CharField(max_length=500, blank=True, default="")
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["made_ms", "pk"]
