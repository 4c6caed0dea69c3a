"""Reports and their kept copies; alerts and what they told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

PERIODS = ("days:7", "days:30", "days:90", "day", "week", "month", "quarter", "fixed")
VERSUS = ("", "before", "year")


class Report(Owned):
    """A template and when it leaves. blocks: what it is made of, in order, each with its ``kind`` (`reports.blocks`);
    period: of PERIODS; since_ms, until_ms: of a fixed one; versus: of VERSUS. every: "", day, week or month, at minute
    of the day in zone; addresses: who gets it; files: html, pdf; owner: in whose name it is made when it leaves by
    itself; next_ms: when, 0 never; claimed_ms: since when a process sends it."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    title = models.CharField(max_length=160)
    blocks = models.JSONField(default=list)
    period = models.CharField(max_length=8, default="month")
    since_ms = models.BigIntegerField(default=0)
    until_ms = models.BigIntegerField(default=0)
    versus = models.CharField(max_length=6, blank=True, default="before")
    lang = models.CharField(max_length=2, default="fr")
    tlp = models.CharField(max_length=16, default="TLP:AMBER")
    every = models.CharField(max_length=5, blank=True, default="")
    minute = models.PositiveIntegerField(default=480)
    weekday = models.PositiveIntegerField(default=0)
    monthday = models.PositiveIntegerField(default=1)
    zone = models.CharField(max_length=60, default="Europe/Paris")
    addresses = models.JSONField(default=list)
    files = models.JSONField(default=list)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    next_ms = models.BigIntegerField(default=0)
    claimed_ms = models.BigIntegerField(default=0)
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()
    due = models.Manager()  # every workspace's: for the digests' beat alone

    class Meta:
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Copy(Owned):
    """A report as it was. body: `palabre.measure.report.kept`, without the words of any post; sent: per address what
    became of it ("sent", "failed", "unknown", "waits"); tries, next_ms: of those that wait."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    report = models.ForeignKey(Report, null=True, on_delete=models.SET_NULL, related_name="copies")
    title = models.CharField(max_length=160)
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField()
    tlp = models.CharField(max_length=16)
    lang = models.CharField(max_length=2)
    body = models.BinaryField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()
    turn_ms = models.BigIntegerField(default=0)
    sent = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    tries = models.PositiveIntegerField(default=0)
    next_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    due = models.Manager()

    class Meta:
        ordering: ClassVar = ["-made_ms", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "turn_ms"], condition=~models.Q(turn_ms=0), name="one_copy_a_turn"
            )
        ]


class Alert(Owned):
    """A rule. kind: of `palabre.engage.alerting.KINDS`; wants: its particulars (threshold, hours, watch_ids, kinds);
    addresses: of e-mail; hook, hook_secret, chat: sealed address and secret of a signed webhook, sealed address of a
    chat, b"" without; hook_host, chat_host: for the screen. quiet_from, quiet_until: minutes of the day in zone, equal
    for none; cooldown_minutes: rest after it spoke; owner: in whose name it looks."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    wants = models.JSONField(default=dict)
    lang = models.CharField(max_length=2, default="fr")
    addresses = models.JSONField(default=list)
    hook = models.BinaryField(default=b"")
    hook_secret = models.BinaryField(default=b"")
    hook_host = models.CharField(max_length=200, blank=True, default="")
    chat = models.BinaryField(default=b"")
    chat_host = models.CharField(max_length=200, blank=True, default="")
    zone = models.CharField(max_length=60, default="Europe/Paris")
    quiet_from = models.PositiveIntegerField(default=0)
    quiet_until = models.PositiveIntegerField(default=0)
    cooldown_minutes = models.PositiveIntegerField(default=60)
    muted_until_ms = models.BigIntegerField(default=0)
    active = models.BooleanField(default=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    spoke_ms = models.BigIntegerField(default=0)
    checked_ms = models.BigIntegerField(default=0)
    error_key = models.CharField(max_length=100, blank=True, default="")
    live_ms = models.BigIntegerField()
    made_ms = models.BigIntegerField()

    objects = ScopedManager()
    everywhere = models.Manager()  # every workspace's: for the beat alone

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Firing(Owned):
    """Something a rule saw. key: which one, once a rule; title, params: its sentence; why: reasons as (kind, words,
    number); evidence: as `insight.evidence`, in plain data; state: held (until due_ms), sending, told, failed, kept
    (told to nobody: muted); told: per way what became of it; judged: "", useful or useless."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="firings")
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    why = models.JSONField(default=list)
    n = models.BigIntegerField(default=0)
    evidence = models.JSONField(null=True)
    route = models.CharField(max_length=60, blank=True, default="")
    ids = models.JSONField(default=dict)
    at_ms = models.BigIntegerField()
    seen_ms = models.BigIntegerField()
    state = models.CharField(max_length=8, default="held")
    due_ms = models.BigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    told = models.JSONField(default=dict)
    told_ms = models.BigIntegerField(default=0)
    message = models.CharField(max_length=40, blank=True, default="")
    judged = models.CharField(max_length=7, blank=True, default="")
    judged_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedManager()
    everywhere = models.Manager()

    class Meta:
        ordering: ClassVar = ["-seen_ms", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "due_ms"], name="firing_by_due")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["alert", "key"], name="one_firing_a_key")]
