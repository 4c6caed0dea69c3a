"""Channels we speak through, and sendings: one row each, whose state is written before the platform is called."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("queued", "sending", "sent", "unknown", "refused", "cancelled", "deleted")
STANDING = ("queued", "sending", "unknown", "sent", "deleted")  # as long as one is, nothing else is sent in its place
KINDS = ("reply", "publication")


class Channel(Owned):
    """A source that we may also speak through: its configuration and its secrets are those of the source. account: who
    we are there, as people see it; state: active, paused or broken (error_key and error_params say why);
    free_ms: nothing is sent through it before (its pace); checked_ms: when the account was last asked."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    source_id = models.BigIntegerField()
    connector = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    account = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=8, default="active")
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)
    made_ms = models.BigIntegerField()
    free_ms = models.BigIntegerField(default=0)
    checked_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # every workspace's: for the sender alone

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "source_id"], name="one_channel_a_source")
        ]

    def __str__(self) -> str:
        return self.name


class Sending(Owned):
    """One message that a human sent off.

    key: the idempotency key, given to platforms that take one. message: the fields of
    `palabre.collect.sending.Outgoing`, as they were approved. due_ms: not before. state: of STATES: ``sending`` is
    committed before the call; a crash leaves it there and it becomes ``unknown``, settled by reading the platform,
    never sent again by itself. uri, url, sent_ms: as the platform says. kind: of KINDS; about: the uid of the reply or
    of the publication. by: the human who sent it. tries: attempts begun; the last one owns the row. looks: how often
    the platform was read for it, missed: of these in a row that it was not there, look_ms: when to look next (0: no
    more by itself). late: it was found by looking. told: its app has heard of this state. heard: it was heard back.
    """

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="sendings")
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=32, db_index=True)
    key = models.CharField(max_length=36, unique=True)
    message = models.JSONField()
    state = models.CharField(max_length=10, default="queued")
    due_ms = models.BigIntegerField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()
    tried_ms = models.BigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    looked_ms = models.BigIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    look_ms = models.BigIntegerField(default=0)
    sent_ms = models.BigIntegerField(default=0)
    late = models.BooleanField(default=False)
    told = models.BooleanField(default=True)
    heard = models.BooleanField(default=False)
    uri = models.CharField(max_length=1000, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)

    objects = ScopedManager()
    queue = models.Manager()  # every workspace's: for the sender alone

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_ms"], name="sending_by_due"),
            models.Index(fields=["workspace", "uri"], name="sending_by_uri"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "about", "channel"],
                condition=models.Q(state__in=STANDING),
                name="one_standing_sending",
            )
        ]
