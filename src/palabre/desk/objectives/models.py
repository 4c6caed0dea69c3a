"""Why the workspace listens, by which means, how it is measured, what came of it, and what was tried."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id
from palabre.measure.ranges import Range

STATES = ("draft", "running", "reached", "missed", "dropped")
MEANS = ("watch", "channel", "people", "budget", "misc")
OUTCOMES = ("order", "renewal", "fix", "cost_avoided", "idea", "misc")
VERDICTS = ("running", "win", "loss", "undecided")


class Objective(Owned):
    """words: the objective in a sentence; why: what it is good for; horizon: the day by which; learned: what was
    understood when it ended."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    words = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="objectives")
    horizon = models.DateField(null=True)
    state = models.CharField(max_length=8, default="running")
    learned = models.TextField(blank=True, default="")
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["horizon", "pk"]

    def __str__(self) -> str:
        return self.words


class Mean(Owned):
    """What is put in. kind: of MEANS; watch_id, channel: which one, of a watch and a channel; low, high: of a budget,
    None without."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="means")
    kind = models.CharField(max_length=8)
    words = models.CharField(max_length=200)
    watch_id = models.BigIntegerField(null=True)
    channel = models.ForeignKey("outbox.Channel", null=True, on_delete=models.SET_NULL, related_name="+")
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    currency = models.CharField(max_length=3, default="EUR")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["pk"]

    @property
    def amount(self) -> Range | None:
        return None if self.low is None or self.high is None else Range(self.low, self.high, self.currency)


class Step(Owned):
    """A step of the plan. done_ms: 0 while it is to do."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="steps")
    words = models.CharField(max_length=200)
    due = models.DateField(null=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    done_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["due", "pk"]


class Measure(Owned):
    """A figure of the catalogue followed for an objective. name, version: its definition, as it was picked; watch_ids:
    what it is asked of, empty: the watches of our house; better: up or down; target: in the figure's unit; days: how
    long a period is; base_until_ms: the end of the period it is compared with, of the same length."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="measures")
    name = models.CharField(max_length=30)
    version = models.PositiveIntegerField(default=1)
    watch_ids = models.JSONField(default=list)
    better = models.CharField(max_length=4, default="up")
    target = models.FloatField(null=True)
    days = models.PositiveIntegerField(default=30)
    base_until_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["pk"]


class Outcome(Owned):
    """What came of it. low, high: the amount as a range, None where it has none; basis: how it was estimated, in words;
    certainty: of `palabre.measure.ranges.CERTAINTIES`; estimated_by: who answers for the range. case, person, promise,
    need_id, post_ids: the conversation behind it; an amount has one always."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    kind = models.CharField(max_length=12)
    words = models.CharField(max_length=200)
    on = models.DateField()
    objective = models.ForeignKey(Objective, null=True, on_delete=models.SET_NULL, related_name="outcomes")
    case = models.ForeignKey("inbox.Case", null=True, on_delete=models.SET_NULL, related_name="outcomes")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="outcomes")
    promise = models.ForeignKey("promises.Promise", null=True, on_delete=models.SET_NULL, related_name="outcomes")
    need_id = models.BigIntegerField(null=True)
    post_ids = models.JSONField(default=list)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    currency = models.CharField(max_length=3, default="EUR")
    basis = models.TextField(blank=True, default="")
    certainty = models.CharField(max_length=8, default="possible")
    estimated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]

    @property
    def amount(self) -> Range | None:
        return None if self.low is None or self.high is None else Range(self.low, self.high, self.currency)


class Experiment(Owned):
    """hypothesis: what we expect and why; change: what was changed, on ``changed``; name, watch_ids: the measure;
    beside_ids: watches of the comparison series, none without; days_before, days_after: the windows; hoped: up or down.
    result: the fields of `palabre.measure.experiments.Found`, kept when it is concluded; verdict: of VERDICTS."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    objective = models.ForeignKey(Objective, null=True, on_delete=models.SET_NULL, related_name="experiments")
    hypothesis = models.CharField(max_length=300)
    change = models.CharField(max_length=300)
    changed = models.DateField()
    name = models.CharField(max_length=30)
    watch_ids = models.JSONField(default=list)
    beside_ids = models.JSONField(default=list)
    hoped = models.CharField(max_length=4, default="up")
    days_before = models.PositiveIntegerField(default=28)
    days_after = models.PositiveIntegerField(default=28)
    result = models.JSONField(default=dict)
    verdict = models.CharField(max_length=9, default="running")
    learned = models.TextField(blank=True, default="")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()
    concluded_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-changed", "-pk"]
