"""Endpoints that are told, events to tell, and what became of each at each endpoint."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("active", "paused", "broken")
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"


def message_id() -> str:
    """The ``webhook-id``: the same each time an event is sent. Without a full stop, as Standard Webhooks asks."""
    return f"msg_{uuid.uuid4().hex}"


class Endpoint(Owned):
    """Who is told. url, secret, old_secret: sealed; host: of the address, for the screen; old_until_ms: until when the
    old secret signs too; kinds: those wanted, none for all; words: texts go along; state: of STATES; failures: in a
    row; rest_until_ms: nothing is sent before; ok_ms: when it last took something; error_key, error_params: of its last
    failure."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=120)
    url = models.BinaryField()
    host = models.CharField(max_length=200)
    secret = models.BinaryField()
    old_secret = models.BinaryField(default=b"")
    old_until_ms = models.BigIntegerField(default=0)
    kinds = models.JSONField(default=list)
    words = models.BooleanField(default=False)
    state = models.CharField(max_length=6, default="active")
    failures = models.PositiveIntegerField(default=0)
    rest_until_ms = models.BigIntegerField(default=0)
    ok_ms = models.BigIntegerField(default=0)
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()

    objects = ScopedManager()
    everywhere = models.Manager()  # every workspace's: for the beats alone

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Cursor(Owned):
    """How far a table of the desk was read for events. floor: where it began, nothing older is told; after: the last
    row, or the moment, that was seen."""

    table = models.CharField(max_length=20)
    floor = models.BigIntegerField()
    after = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "table"], name="one_cursor_a_table")]


class Event(Owned):
    """Something that happened. uid: the webhook-id; key: of what it tells, so that it is told once; data: ids and
    addresses, never a text."""

    uid = models.CharField(max_length=40, unique=True, default=message_id, editable=False)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    at_ms = models.BigIntegerField()
    made_ms = models.BigIntegerField(db_index=True)
    data = models.JSONField(default=dict)

    objects = ScopedManager()
    everywhere = models.Manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "at_ms"], name="hook_event_by_time")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "key"], name="one_hook_event_a_key")]


class Delivery(Owned):
    """An event for an endpoint. state: waiting, delivered or failed; due_ms: not before; tries: begun since it was last
    asked for; first_ms: when the first of these began; attempts: the last ones, each {at_ms, status, error, params,
    took_ms}: never the body of an answer."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, default=WAITING)
    due_ms = models.BigIntegerField()
    tries = models.PositiveIntegerField(default=0)
    first_ms = models.BigIntegerField(default=0)
    done_ms = models.BigIntegerField(default=0)
    attempts = models.JSONField(default=list)

    objects = ScopedManager()
    queue = models.Manager()  # every workspace's: for the beats alone

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["endpoint", "state", "due_ms"], name="delivery_by_due")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_each")]
