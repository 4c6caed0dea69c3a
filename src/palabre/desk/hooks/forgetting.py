"""A person is forgotten: what was told of them is unsaid, and those who were told of them hear it, by id."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from palabre.desk.clock import now_ms
from palabre.desk.hooks.finding import Told
from palabre.desk.hooks.models import Endpoint, Event
from palabre.desk.hooks.recording import keep
from palabre.desk.inbox.models import Case
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Workspace


def forget(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """persons: keys; their rows go in the same transaction, so that the event stands exactly if they went."""
    unsay(workspace, persons, set(posts))
    if not Endpoint.objects.of(workspace).exists():
        return
    uids = Person.objects.of(workspace).filter(pk__in=persons).values_list("uid", flat=True)
    keep(workspace, [Told(f"erased:{uid}", "person.erased", now_ms(), "", {"person": uid}) for uid in uids])


def unsay(workspace: Workspace, persons: Collection[int], posts: Collection[int]) -> None:
    """What was told, and may be told again, of their cases has no address of what we wrote to them, and of signals not
    their posts. What was delivered is with whom it was delivered to: the event "person.erased" asks them to follow."""
    cases = set(Case.objects.of(workspace).filter(person_id__in=persons).values_list("uid", flat=True))
    for one in Event.objects.of(workspace).filter(Q(data__has_key="url") | Q(data__has_key="posts")):
        left = {name: value for name, value in one.data.items() if name != "url" or one.data.get("case") not in cases}
        if "posts" in left:
            left["posts"] = [post for post in left["posts"] if post not in posts]
        if left != one.data:
            Event.objects.of(workspace).filter(pk=one.pk).update(data=left)
