"""The right to be forgotten: everything of a person leaves the archive and the desk, and stays out."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module

from django.db import transaction
from django.db.models import Q

from palabre.archive import Erasure
from palabre.desk.config.apps import with_module
from palabre.desk.engine import archive
from palabre.desk.people import access, merging
from palabre.desk.people.models import Fact, Person, Suggestion
from palabre.desk.workspaces.models import Workspace

PAGE = 1_000


def authors(person: Person) -> list[tuple[str, str]]:
    """Accounts and addresses, those in fields too."""
    known = [(one.network, one.uri) for one in access.handles(person)]
    mails = Fact.objects.of(person.workspace).filter(person=person, name="email").values_list("value", flat=True)
    return list(dict.fromkeys([*known, *(("mail", f"mailto:{mail.lower()}") for mail in mails)]))


def preview(person: Person) -> Erasure:
    """What would leave the archive."""
    total = Erasure()
    for network, uri in authors(person):
        total += archive().erasing.preview(person.workspace_id, uri, network)
    return total


def erase(person: Person, *, by: str = "") -> Erasure:
    """Erases a person for good, and keeps their accounts out. First the archive, whose list of suppressions is what
    keeps them out: cut off in between, the desk still knows whom to erase, and a second call ends it."""
    workspace, names = person.workspace, authors(person)
    posts = post_ids(workspace, names)
    total = Erasure()
    for network, uri in names:
        total += archive().erasing.erase(workspace.id, uri, network, by=by)
        if network == "mail":
            address = uri.removeprefix("mailto:")
            archive().suppression.add_account(workspace.id, "mail", uri=uri, handle=address)
    archive().lake.purge()
    forget(workspace, merging.family(person), posts, names)
    return total


def post_ids(workspace: Workspace, names: Collection[tuple[str, str]]) -> list[int]:
    """Everything they published."""
    found: list[int] = []
    before = None
    while rows := archive().authors.posts(workspace.id, names, before, PAGE):
        found += [row.post_id for row in rows]
        before = (rows[-1].sort_ms, rows[-1].post_id)
    return found


@transaction.atomic
def forget(workspace: Workspace, persons: list[int], posts: list[int], names: Collection[tuple[str, str]]) -> None:
    """The desk's rows: each app takes out the words (its ``forgetting.py``); what hangs on the person goes with them,
    what only names them names nobody."""
    for module in with_module("forgetting"):
        work = getattr(import_module(module), "forget", None)
        if work is not None:
            work(workspace, persons, posts)
    for model, field in merging.belongings():
        rows = merging.rows_of(model, field, persons)
        if model._meta.get_field(field).null:
            rows.update(**{field: None})
        else:
            rows.delete()
    for network, uri in names:
        ends = Q(left_network=network, left_uri=uri) | Q(right_network=network, right_uri=uri)
        Suggestion.objects.of(workspace).filter(ends).delete()
    Person.objects.of(workspace).filter(pk__in=persons).update(merged_into=None)
    Person.objects.of(workspace).filter(pk__in=persons).delete()
