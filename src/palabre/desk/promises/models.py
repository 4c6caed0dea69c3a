"""Promises: dated commitments with their words and their proof."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("open", "kept", "broken", "renegotiated", "withdrawn")  # near and late follow from due_ms


class Promise(Owned):
    """words: the very sentence; due_ms: the end of the day or the moment it is due, 0 without a date; from_kind,
    from_uid: the reply, note or publication that made it; uri: where it can be read; proof: what shows that it was
    kept (a link, a post, a sentence); settled_ms: when it was kept, broken … in truth, not when somebody noted it;
    followed_by: the promise that replaced it when it was renegotiated; remind_ms: when its owner is reminded, 0
    never."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    words = models.CharField(max_length=500)
    due_ms = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, default="open")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="promises")
    case = models.ForeignKey("inbox.Case", null=True, on_delete=models.SET_NULL, related_name="promises")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="promises")
    from_kind = models.CharField(max_length=12, default="reply")
    from_uid = models.CharField(max_length=32, blank=True, default="")
    uri = models.CharField(max_length=1000, blank=True, default="")
    made_ms = models.BigIntegerField()
    settled_ms = models.BigIntegerField(default=0)
    proof = models.CharField(max_length=1000, blank=True, default="")
    followed_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="follows")
    remind_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["due_ms", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "state", "due_ms"], name="promise_by_due")]


class PromiseEvent(Owned):
    """What became of a promise, one row an event, never changed. kind: made, kept, broken, withdrawn, renegotiated,
    told (the person was), reopened, owned, reminded; note: why, in a member's words."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at_ms = models.BigIntegerField()
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    note = models.CharField(max_length=500, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["at_ms", "pk"]


class PromiseLink(Owned):
    """An address under which a person sees the promises made to them, and nothing else. Only its hash is kept."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()
    revoked_ms = models.BigIntegerField(default=0)
    used_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by token: for `access` alone

    class Meta:
        ordering: ClassVar = ["-pk"]
