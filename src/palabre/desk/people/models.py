"""Persons, and the accounts and addresses that are theirs, each with its proof."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

PROOFS = ("verified", "reviewed", "alone")  # proved by the person, confirmed by a member, the account it began with


class Person(Owned):
    """kind: human or organisation; relation: customer, partner, employee, press, authority, public or "" (not known);
    addressed: how they wish to be spoken to ("tu", "vous", a name …), in their own words; lang: fr, en or "";
    merged_into: not None when this one was merged; the row stays, so that an unmerge gives back exactly what was."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=12, default="human")
    relation = models.CharField(max_length=12, blank=True, default="")
    lang = models.CharField(max_length=2, blank=True, default="")
    addressed = models.CharField(max_length=80, blank=True, default="")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "changed_ms"], name="person_by_change")]

    def __str__(self) -> str:
        return self.name


class Handle(Owned):
    """An account or an address of a person. network and uri: as in the archive's accounts; for e-mail "mail" and
    ``mailto:…``; handle, name, url: as last heard. proof: of PROOFS."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handles")
    network = models.CharField(max_length=40)
    uri = models.CharField(max_length=500)
    handle = models.CharField(max_length=300, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    url = models.CharField(max_length=1000, blank=True, default="")
    proof = models.CharField(max_length=10, default="alone")
    linked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    linked_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "network", "uri"], name="one_person_a_handle")
        ]
