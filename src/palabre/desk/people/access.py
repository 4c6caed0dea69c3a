"""The only doors to persons."""

from __future__ import annotations

from palabre.desk.clock import now_ms
from palabre.desk.people.models import Handle, Person
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace
from palabre.model import Account


def person(seat: Seat, uid: str) -> Person:
    """Http404 for none; a merged one gives the person it was merged into."""
    found = one(Person.objects.of(seat.workspace), uid=uid)
    while found.merged_into is not None:
        found = found.merged_into
    return found


def behind(workspace: Workspace, network: str, uri: str) -> Person | None:
    """The person whose account that is, if anybody knows."""
    found = Handle.objects.of(workspace).filter(network=network, uri=uri).select_related("person").first()
    if found is None:
        return None
    owner = found.person
    while owner.merged_into is not None:
        owner = owner.merged_into
    return owner


def met(workspace: Workspace, network: str, account: Account) -> Person:
    """The person behind an account; a new one, with this account alone, when nobody knew. Safe to call twice."""
    known = behind(workspace, network, account.uri)
    if known is not None:
        return known
    now = now_ms()
    fresh = Person.objects.add(workspace, name=account.name or account.handle, made_ms=now, changed_ms=now)
    kept, made = Handle.objects.of(workspace).get_or_create(
        workspace=workspace,
        network=network,
        uri=account.uri,
        defaults={
            "person": fresh, "handle": account.handle, "name": account.name, "url": account.url, "linked_ms": now,
        },
    )  # fmt: skip
    if not made:
        fresh.delete()
    return kept.person
