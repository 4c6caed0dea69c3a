"""Rules with their versions, their trials on history, and a row for everything that one of them touched."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id
from palabre.engage import rules

STATES = ("off", "on", "paused")  # paused: by the house, with its reason


class Rule(Owned):
    """conditions, actions: as `engage.rules.as_json` writes them; rank: its place in the order; hourly_max: more than
    that in an hour, and the rule is paused; tried_version: the version that was last tried on history, and only that
    one can be switched on; paused_key: why the house paused it."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=4, default=rules.CASE)
    conditions = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    every = models.BooleanField(default=True)
    stops = models.BooleanField(default=False)
    rank = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=6, default="off")
    version = models.PositiveIntegerField(default=1)
    hourly_max = models.PositiveIntegerField(default=60)
    tried_version = models.PositiveIntegerField(default=0)
    on_since_ms = models.BigIntegerField(default=0)
    paused_ms = models.BigIntegerField(default=0)
    paused_key = models.CharField(max_length=60, blank=True, default="")
    made_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["rank", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_rule_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def pure(self) -> rules.Rule:
        """The rule as it decides."""
        return rules.Rule(
            self.uid,
            self.version,
            self.about,
            rules.conditions_of(self.conditions),
            rules.actions_of(self.actions),
            self.every,
            self.stops,
        )

    @property
    def tried(self) -> bool:
        return self.tried_version == self.version


class RuleVersion(Owned):
    """What a rule was from at_ms on; who changed it, and why. rule: its fields as they were."""

    of = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    rule = models.JSONField()
    who = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    why = models.CharField(max_length=200, blank=True, default="")
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "version"], name="one_version_a_number")]


class RuleTrial(Owned):
    """A rule tried on history: nothing was done. looked, touched: posts or cases; whole: all of the days were looked
    at; sample: [{"post": id} or {"case": uid}], the newest first; would: action -> how many."""

    of = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="trials")
    version = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    looked = models.PositiveIntegerField()
    touched = models.PositiveIntegerField()
    hour_most = models.PositiveIntegerField(default=0)
    whole = models.BooleanField(default=True)
    sample = models.JSONField(default=list)
    who = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]


class RuleRun(Owned):
    """A rule touched something. subject: what, so that it touches it once; did: [{"kind", "value", "done"}]."""

    of = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=80)
    post_id = models.BigIntegerField(null=True)
    case = models.ForeignKey("inbox.Case", null=True, on_delete=models.SET_NULL, related_name="+")
    at_ms = models.BigIntegerField()
    did = models.JSONField(default=list)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["of", "at_ms"], name="rule_run_by_time")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "subject"], name="one_run_a_subject")]


class RuleMark(Owned):
    """How far the rules of a workspace have looked: the last post, and the last event of a case."""

    post = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_rule_mark_a_workspace")]
