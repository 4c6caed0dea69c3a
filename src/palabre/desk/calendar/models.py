"""Publications, their text on each channel, promised rhythms, dates of others, addresses of the calendar."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

FEEDS = ("publications", "promises")


class Habit(Owned):
    """How a house plans. zone: IANA name of the clock on its wall; country: whose holidays are shown, "" for none;
    apart_hours: publications nearer than this on one channel collide; approval: of `engage.editorial.RULES`, who must
    approve what somebody wrote."""

    zone = models.CharField(max_length=60)
    country = models.CharField(max_length=6, blank=True, default="")
    apart_hours = models.PositiveSmallIntegerField(default=4)
    approval = models.CharField(max_length=8, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_way_of_planning")]


class Publication(Owned):
    """state: of `engage.editorial.STATES`; text: for every channel that has no text of its own; due_ms: 0 without a
    date; themes: words; objective_uid, objective: what it serves, with its words as they were; version: rises with each
    change of a text, so that nobody approves what they did not read; writer: who changed the text last; owner: who
    accompanies it; promises: those confirmed, entered when it is published (``words``, ``due_ms``); remark: why it
    came back."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    lang = models.CharField(max_length=2, blank=True, default="")
    state = models.CharField(max_length=9, default="idea")
    due_ms = models.BigIntegerField(default=0)
    themes = models.JSONField(default=list)
    objective_uid = models.CharField(max_length=32, blank=True, default="")
    objective = models.CharField(max_length=200, blank=True, default="")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="publications")
    writer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    promises = models.JSONField(default=list)
    remark = models.CharField(max_length=500, blank=True, default="")
    published_ms = models.BigIntegerField(default=0)
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["due_ms", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "due_ms"], name="publication_by_due")]

    def __str__(self) -> str:
        return self.title


class Variant(Owned):
    """A publication on one channel. uid: what its sending is about; text: "" for that of the publication."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="variants")
    channel = models.ForeignKey("outbox.Channel", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["publication", "channel"], name="one_text_a_channel")]

    @property
    def words(self) -> str:
        """What is published there."""
        return self.text or self.publication.text


class Rhythm(Owned):
    """A rhythm promised on a channel since a moment."""

    channel = models.ForeignKey("outbox.Channel", on_delete=models.CASCADE, related_name="+")
    per_week = models.PositiveSmallIntegerField()
    since_ms = models.BigIntegerField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "channel"], name="one_rhythm_a_channel")]


class Outside(Owned):
    """A date of others, from a file. ref: its UID there with its start, so that the same file twice adds nothing;
    start_ms, end_ms: epoch ms; whole_day: then they are midnights of UTC; batch: the file it came with."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    ref = models.CharField(max_length=300)
    title = models.CharField(max_length=200)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    whole_day = models.BooleanField(default=False)
    batch = models.CharField(max_length=120)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["start_ms", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "ref"], name="one_date_a_ref")]


class Feed(Owned):
    """An address under which a calendar can be subscribed to. what: of FEEDS. Only the hash of its token is kept; it
    opens as long as the one who made it is a member."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=80)
    what = models.CharField(max_length=12, default="publications")
    lang = models.CharField(max_length=2, default="fr")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()
    revoked_ms = models.BigIntegerField(default=0)
    used_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by token: for `access` alone

    class Meta:
        ordering: ClassVar = ["-pk"]
