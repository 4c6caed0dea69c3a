"""Persons to contact: why, by whom, and what came of it. Nothing here sends anything."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("suggested", "taken", "put_off", "done")
OUTCOMES = ("answered", "meeting", "no_answer", "objected")


class Contact(Owned):
    """Somebody to contact. reasons: [kind, since_ms, about, post_id, ground] (see `palabre.engage.outreach`);
    suggested_to: a human who knows them already, if there is one; owner: who took it on; opening: the first line, in
    their own words; until_ms: put off until then; outcome: of OUTCOMES."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="contacts")
    case = models.ForeignKey("inbox.Case", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=9, default="suggested")
    reasons = models.JSONField(default=list)
    points = models.FloatField(default=0)
    last_ms = models.BigIntegerField(default=0)
    suggested_to = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="contacts")
    opening = models.CharField(max_length=1000, blank=True, default="")
    made_ms = models.BigIntegerField()
    taken_ms = models.BigIntegerField(default=0)
    until_ms = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=9, blank=True, default="")
    outcome_ms = models.BigIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-points", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "state"], name="contact_by_state")]


class Round(Owned):
    """The last time persons to contact were looked for. per_week: how many we promise to contact a week at most;
    left_out: [person uid, why, kinds of reasons]; an account that nobody has met yet has no uid."""

    per_week = models.PositiveSmallIntegerField(default=5)
    made_ms = models.BigIntegerField(default=0)
    left_out = models.JSONField(default=list)

    objects = ScopedManager()
    everywhere = models.Manager()  # for the beat alone

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_round_a_workspace")]
