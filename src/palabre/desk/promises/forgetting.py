"""What leaves with a person who is forgotten: the words of promises made to them."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.promises.models import Promise, PromiseEvent
from palabre.desk.workspaces.models import Workspace

NOTHING = "—"


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys. The promises stay, with their times, for the figures."""
    PromiseEvent.objects.of(workspace).filter(promise__person_id__in=persons).update(note="")
    Promise.objects.of(workspace).filter(person_id__in=persons).update(words=NOTHING, proof="", uri="")
