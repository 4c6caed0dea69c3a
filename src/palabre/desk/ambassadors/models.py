"""Invitations, the yes of people, what they were thanked with, reminders to disclose.

Nobody is enrolled without their yes: a `Membership` holds a `Consent`, and a `Consent` holds the exact words that were
read and the answer, which the database itself refuses to be anything but a yes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id
from palabre.measure.ranges import Range

KINDS = ("customer", "partner", "employee")


class Invite(Owned):
    """An invitation under a secret address, of which only the hash is kept. texts: by language, as they were when it
    was made; answer: "", "yes" or "no"; expires_ms: an unanswered one opens no more after it."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    texts = models.JSONField()
    answer = models.CharField(max_length=3, blank=True, default="")
    answered_ms = models.BigIntegerField(default=0)
    opened_ms = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()
    withdrawn_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    doors = models.Manager()  # by token: for `access` alone

    class Meta:
        ordering: ClassVar = ["-pk"]


class Consent(Owned):
    """A yes. text, lang, text_hash: the very words that were on the page (SHA-256); answered_ms: when."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    invite = models.OneToOneField(Invite, on_delete=models.CASCADE, related_name="consent")
    answer = models.CharField(max_length=3)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    lang = models.CharField(max_length=2)
    answered_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(answer="yes"), name="consent_is_a_yes"),
            models.CheckConstraint(condition=~models.Q(text=""), name="consent_has_its_words"),
            models.CheckConstraint(condition=models.Q(answered_ms__gt=0), name="consent_has_its_moment"),
        ]


class Membership(Owned):
    """An ambassador, since they said yes until they leave. left_by: "person" or "house", "" while they stay."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    consent = models.OneToOneField(Consent, on_delete=models.CASCADE, related_name="membership")
    kind = models.CharField(max_length=8)
    joined_ms = models.BigIntegerField()
    left_ms = models.BigIntegerField(default=0)
    left_by = models.CharField(max_length=6, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "person"], condition=models.Q(left_ms=0), name="one_membership_at_a_time"
            )
        ]


class Recognition(Owned):
    """How somebody was thanked. kind, nature: of `engage.disclosure`; low, high: what it was worth, None without a
    price; disclosed: they were told that they must say so when they speak of us."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    kind = models.CharField(max_length=12)
    nature = models.CharField(max_length=12)
    words = models.CharField(max_length=300)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    currency = models.CharField(max_length=3, default="EUR")
    disclosed = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]

    @property
    def amount(self) -> Range | None:
        """What it was worth; one end alone is an exact amount; None without a price."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return Range(min(ends), max(ends), self.currency) if ends else None


class Reminder(Owned):
    """A post without a disclosure, as a member settled it. what: "reminded" or "fine" (it is disclosed otherwise)."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    post_id = models.BigIntegerField()
    what = models.CharField(max_length=8)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "post_id"], name="one_reminder_a_post")]
