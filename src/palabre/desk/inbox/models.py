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
    labels: words; waiting_since_ms: since when the person waits for us, 0 when they do not; private: an e-mail or a
    private message; locked_by, locked_until_ms: who answers just now; merged_into: it goes on in another case."""

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
    locked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    locked_until_ms = models.BigIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")

    objects = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "state", "changed_ms"], name="case_by_state"),
            models.Index(fields=["workspace", "thread"], name="case_by_thread"),
        ]

    def __str__(self) -> str:
        return self.title


class CasePost(Owned):
    """A post of the archive that is part of a case. ours: we wrote it. A post is in one case at most."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="posts")
    post_id = models.BigIntegerField()
    uri = models.CharField(max_length=1000)
    ours = models.BooleanField(default=False)
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["at_ms", "pk"]
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
