"""What leaves with a person who is forgotten: their names in the last round, and their posts as reasons of others."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.outreach.models import Contact, Round
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Workspace

POST = 3  # its place in a reason


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; posts: ids of what they published. What was entered about contacting them goes with them."""
    uids = set(Person.objects.of(workspace).filter(pk__in=persons).values_list("uid", flat=True))
    for this in Round.objects.of(workspace):
        this.left_out = [["" if row[0] in uids else row[0], *row[1:]] for row in this.left_out]
        this.save(update_fields=["left_out"])
    theirs = set(posts)
    for contact in Contact.objects.of(workspace).exclude(person_id__in=persons) if theirs else ():
        kept = [reason for reason in contact.reasons if reason[POST] not in theirs]
        if len(kept) < len(contact.reasons):
            Contact.objects.of(workspace).filter(pk=contact.pk).update(reasons=kept)
