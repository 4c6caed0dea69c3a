"""Cases, the posts in them, and everything that happened to them: one row an event, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("open", "waiting", "snoozed", "resolved")  # waiting: for the customer
HUMAN, MACHINE = "human", "machine"


class Case(Owned):
    """Something that somebody must handle. network, thread: where it is talked about ("" for a case made by hand);
    labels: words, and marks the same between bars, for SQL; waiting_since_ms: since when the person waits for us, 0
    when they do not; private: an e-mail or a private message; merged_into: it goes on in another case.

    state, assignee, team, labels, urgent, waiting_since_ms and snoozed_until_ms follow from the events alone (see
    `folding`). locked_by, locked_until_ms: who answers just now; asked_by, asked_ms: who asks them for the lock.
    asks: intent -> probability; addressed: said to us, not only about us; reach: followers; standing: legitimacy;
    promise_due_ms: of the soonest open promise; back_ms: since when it is back from where it was put off; points,
    points_until_ms: see `palabre.engage.queue`. by_hand: a member opened it."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, default="open")
    network = models.CharField(max_length=40, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    thread = models.CharField(max_length=1000, blank=True, default="")
    private = models.BooleanField(default=False)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="cases")
    assignee = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="cases")
    team = models.ForeignKey("teams.Team", null=True, on_delete=models.SET_NULL, related_name="cases")
    labels = models.JSONField(default=list)
    urgent = models.BooleanField(default=False)
    opened_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()
    waiting_since_ms = models.BigIntegerField(default=0)
    snoozed_until_ms = models.BigIntegerField(default=0)
    back_ms = models.BigIntegerField(default=0)
    locked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    locked_until_ms = models.BigIntegerField(default=0)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_ms = models.BigIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    marks = models.CharField(max_length=1000, blank=True, default="|")
    asks = models.JSONField(default=dict)
    addressed = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    reach = models.BigIntegerField(default=0)
    standing = models.FloatField(null=True)
    promise_due_ms = models.BigIntegerField(default=0)
    points = models.IntegerField(default=0)
    points_until_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    queue = models.Manager()  # every workspace's: for the beats alone

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "state", "changed_ms"], name="case_by_state"),
            models.Index(fields=["workspace", "thread"], name="case_by_thread"),
            models.Index(fields=["workspace", "state", "-points", "opened_ms", "id"], name="case_by_points"),
            models.Index(fields=["workspace", "-points", "opened_ms", "id"], name="case_by_points_all"),
            models.Index(fields=["state", "points_until_ms"], name="case_to_rank"),
        ]

    def __str__(self) -> str:
        return self.title


class CasePost(Owned):
    """A post of the archive that is part of a case. ours: we wrote it; gone_ms: since when we know that it was taken
    back; edits: earlier versions that we know of. A post is in one case at most."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="posts")
    post_id = models.BigIntegerField()
    uri = models.CharField(max_length=1000)
    ours = models.BooleanField(default=False)
    at_ms = models.BigIntegerField()
    gone_ms = models.BigIntegerField(default=0)
    edits = models.PositiveIntegerField(default=0)

    objects = ScopedManager()
    every = models.Manager()  # every workspace's: for the beats alone

    class Meta:
        ordering: ClassVar = ["at_ms", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "uri"], name="case_post_by_uri")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "post_id"], name="one_case_a_post")]


class CaseEvent(Owned):
    """What happened. kind: those of `palabre.measure.sla.KINDS`, and: unassigned, team, labelled, unlabelled, noted,
    merged, unmerged, drafted, approved, rule, urgent, calm, restored …; by: human or machine; user: who, None for a
    machine; event_id: two events with the same one (not "") are the same, whatever tells of them twice; data: its
    particulars, never the text of a post."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    at_ms = models.BigIntegerField()
    by = models.CharField(max_length=7, default=HUMAN)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    event_id = models.CharField(max_length=80, blank=True, default="")
    data = models.JSONField(default=dict)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["at_ms", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "at_ms"], name="case_event_by_time")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "event_id"], condition=~models.Q(event_id=""), name="one_event_an_id"
            )
        ]


class CaseNote(Owned):
    """What members tell each other about a case; the person never sees it. named: members it turns to."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    made_ms = models.BigIntegerField()
    named = models.ManyToManyField(User, related_name="+")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["made_ms", "pk"]


class Notice(Owned):
    """Something for one member to see: kind: named (in a note), assigned, back (a case they put off), asked (for the
    lock). by: who caused it. read_ms: 0 until they saw it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()
    read_ms = models.BigIntegerField(default=0)
    key = models.CharField(max_length=80)  # the same one is told once

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-made_ms", "-pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "user", "read_ms"], name="notice_unread")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user", "key"], name="one_notice_a_key")]


class Presence(Owned):
    """Who looks at a case, as their page last said."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="present")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "user"], name="one_presence_each")]


class Act(Owned):
    """One act on one or several cases, that can be taken back. events: (case, event) numbers; undone_ms: 0 while it
    stands; n: cases it changed."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=20)
    made_ms = models.BigIntegerField()
    undone_ms = models.BigIntegerField(default=0)
    events = models.JSONField(default=list)
    n = models.PositiveIntegerField(default=0)

    objects = ScopedManager()


class CaseIntake(Owned):
    """How the inbox of a workspace fills. after_direct, after_mentions: the last post looked at for each way in;
    stamp: the panel whose history was looked at; mentions: whether mentions open cases; intents, kinds: which ones;
    sure_percent: from which probability; days: how far back it looks at first; answer_hours: how long we allow
    ourselves, where no target is set; lease_until_ms: a worker has it until then."""

    after_direct = models.BigIntegerField(default=-1)
    after_mentions = models.BigIntegerField(default=-1)
    stamp = models.BigIntegerField(default=-1)
    channels = models.CharField(max_length=64, blank=True, default="")
    mentions = models.BooleanField(default=True)
    intents = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    sure_percent = models.PositiveIntegerField(default=70)
    days = models.PositiveIntegerField(default=7)
    answer_hours = models.PositiveIntegerField(default=24)
    checked = models.BigIntegerField(default=0)  # the last post of a case that was looked for in the archive
    lease_until_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_intake_a_workspace")]
