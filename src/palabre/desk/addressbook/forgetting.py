"""A person is forgotten: their card goes from the server, whatever was done to it there."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from palabre.desk.addressbook.acts import BEAT
from palabre.desk.addressbook.models import WAITING, Book, Card
from palabre.desk.beats import nudge
from palabre.desk.workspaces.models import Workspace


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys. The row stays, without a person and without a word of theirs, until the card is gone."""
    theirs = Card.objects.of(workspace).filter(person__in=persons)
    words = {"theirs": "", "theirs_etag": "", "digest": "", "error_key": "", "error_params": {}}
    if theirs.update(person=None, state=WAITING, tries=1, due_ms=0, **words):
        Book.objects.of(workspace).update(rest_until_ms=0)
        transaction.on_commit(lambda: nudge(BEAT))
