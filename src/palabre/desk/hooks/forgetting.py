"""A person is forgotten: those who were told of them hear it, by id."""

from __future__ import annotations

from collections.abc import Collection

from palabre.desk.clock import now_ms
from palabre.desk.hooks.finding import Told
from palabre.desk.hooks.models import Endpoint
from palabre.desk.hooks.recording import keep
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Workspace


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; their rows go in the same transaction, so that the event stands exactly if they went."""
    if not Endpoint.objects.of(workspace).exists():
        return
    uids = Person.objects.of(workspace).filter(pk__in=persons).values_list("uid", flat=True)
    keep(workspace, [Told(f"erased:{uid}", "person.erased", now_ms(), "", {"person": uid}) for uid in uids])
