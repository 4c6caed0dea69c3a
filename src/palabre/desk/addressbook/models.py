"""The address book of a workspace, its cards, and the journal of what was put there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.people.models import Person, PersonList
from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

STATES = ("active", "paused", "broken", "leaving")
WAITING, THERE, FAILED, CONFLICT, REMOVED, LEFT = "waiting", "there", "failed", "conflict", "removed", "left"
OPEN = (CONFLICT, REMOVED)  # somebody changed it there: a human decides
ACTS = ("created", "updated", "deleted", "conflict", "failed")


class Book(Owned):
    """Where cards are kept. url: of the address book itself, with a slash; password: sealed; version: of vCard;
    purposes: a person who said yes to one of them has a card; listed: only of this list, None for all; state: of
    STATES (leaving: its cards go, then itself); error_key, error_params: of the last failure; failures: in a row;
    rest_until_ms: the server is left alone before; ok_ms: when it was last in step; looked_ms: when it was last asked
    what others changed."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    url = models.CharField(max_length=1_000)
    name = models.CharField(max_length=200, blank=True, default="")
    user = models.CharField(max_length=200, blank=True, default="")
    password = models.BinaryField(default=b"")
    version = models.CharField(max_length=3, default="3.0")
    purposes = models.JSONField(default=list)
    listed = models.ForeignKey(PersonList, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, default="active")
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)
    failures = models.PositiveIntegerField(default=0)
    rest_until_ms = models.BigIntegerField(default=0)
    ok_ms = models.BigIntegerField(default=0)
    looked_ms = models.BigIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_ms = models.BigIntegerField()

    objects = ScopedManager()
    everywhere = models.Manager()  # every workspace's: for the beat alone

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_address_book")]


class Card(Owned):
    """A person there. person: None once they are forgotten: the card goes whatever was done to it; stem: its name
    there and its UID, the person's own where it began; etag: of the version that we know, "" before the first; digest:
    of what was last put there; state: waiting, there, failed (error_key says why; due_ms: not before), conflict
    (changed there: theirs, theirs_etag), removed (taken away there), left (a human leaves it as it is there)."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="cards")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="book_cards")
    stem = models.CharField(max_length=32)
    etag = models.CharField(max_length=300, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=8, default=WAITING)
    put_ms = models.BigIntegerField(default=0)
    due_ms = models.BigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)
    theirs = models.TextField(blank=True, default="")
    theirs_etag = models.CharField(max_length=300, blank=True, default="")

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "person"], name="one_card_a_person"),
            models.UniqueConstraint(fields=["book", "stem"], name="one_card_a_stem"),
        ]

    @property
    def file(self) -> str:
        return f"{self.stem}.vcf"


class Push(Owned):
    """The journal: what was done there, when. what: of ACTS; stem: of the card; error_key: of what failed."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="pushes")
    at_ms = models.BigIntegerField(db_index=True)
    what = models.CharField(max_length=8)
    stem = models.CharField(max_length=32)
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)

    objects = ScopedManager()
    old = models.Manager()  # every workspace's: for the beat that forgets

    class Meta:
        ordering: ClassVar = ["-pk"]
