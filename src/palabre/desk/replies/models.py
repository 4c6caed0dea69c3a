"""A reply from its first draft to its sending."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("draft", "proposed", "returned", "approved", "sent_off", "discarded")
WRITABLE = ("draft", "returned", "approved")  # may be changed by its author; a change of text ends an approval
TEXT_CHARS_MAX = 100_000


class Reply(Owned):
    """post_id, uri: the post it answers; state: of STATES: proposed waits for approval, returned came back with a
    remark, sent_off has a sending in the outbox. due_ms: scheduled, 0 for now. version: rises with each change of the
    text, so that nobody approves what they did not read. private: for its addressee alone. read_text: the text that
    the last approver read, so that the next sees what changed. promises: those to be entered into the ledger once it
    is sent, each {"words", "due_ms"}; None: those found in the text."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    case = models.ForeignKey("inbox.Case", on_delete=models.CASCADE, related_name="replies")
    channel = models.ForeignKey("outbox.Channel", null=True, on_delete=models.SET_NULL, related_name="+")
    post_id = models.BigIntegerField(null=True)
    uri = models.CharField(max_length=1000, blank=True, default="")
    text = models.TextField()
    lang = models.CharField(max_length=2, blank=True, default="")
    private = models.BooleanField(default=False)
    state = models.CharField(max_length=9, default="draft")
    version = models.PositiveIntegerField(default=1)
    due_ms = models.BigIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="replies")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    remark = models.CharField(max_length=500, blank=True, default="")
    read_text = models.TextField(blank=True, default="")
    promises = models.JSONField(null=True, default=None)
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["made_ms", "pk"]


class Word(Owned):
    """A word that the workspace does not want to read in its replies. say: what to write instead, "" to leave it out;
    lang: fr, en or "" for both."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    word = models.CharField(max_length=80)
    say = models.CharField(max_length=120, blank=True, default="")
    lang = models.CharField(max_length=2, blank=True, default="")
    made_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["word"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "word"], name="one_word_once")]
