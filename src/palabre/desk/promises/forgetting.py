"""What leaves with a person who is forgotten: the words of promises made to them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from palabre.desk.promises.models import Promise, PromiseEvent
from palabre.desk.workspaces.models import Workspace

NOTHING = "—"


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys. The promises stay, with their times, for the figures."""
    theirs = Promise.objects.of(workspace).filter(Q(person_id__in=persons) | Q(case__person_id__in=persons))
    numbers = list(theirs.values_list("pk", flat=True))
    PromiseEvent.objects.of(workspace).filter(promise__in=numbers).update(note="")
    Promise.objects.of(workspace).filter(pk__in=numbers).update(words=NOTHING, proof="", uri="")
