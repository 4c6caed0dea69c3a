"""The right to be forgotten: everything of a person leaves the archive and the desk, and stays out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module

from django.db import connection, transaction
from django.db.models import Q

from palabre.archive import Erasure
from palabre.desk.config.apps import with_module
from palabre.desk.engine import archive
from palabre.desk.people import access, merging, sweeping
from palabre.desk.people.models import Fact, Handle, Person, Suggestion
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
    overwritten()
    return total


def erase_account(workspace: Workspace, who: str, network: str = "", *, by: str = "") -> Erasure:
    """Erases whoever is behind an account (its uri, profile address or handle), with all their accounts; and the
    account itself where the desk has met nobody behind it."""
    total = Erasure()
    for person in behind(workspace, who, network):
        total += erase(person, by=by)
    uris, posts = archive().erasing.known(workspace.id, who, network)
    total += archive().erase(workspace.id, who, network, by=by)
    forget(workspace, [], posts, [(network, one) for one in (*uris, who)])
    overwritten()
    return total


def preview_account(workspace: Workspace, who: str, network: str = "") -> Erasure:
    """What would leave the archive with an account and whoever is behind it."""
    total = Erasure()
    for person in behind(workspace, who, network):
        total += preview(person)
    return total if total.accounts else archive().erasing.preview(workspace.id, who, network)


def behind(workspace: Workspace, who: str, network: str = "") -> list[Person]:
    """The persons an account is known to be of; several where a handle is used on several networks."""
    uris, _ = archive().erasing.known(workspace.id, who, network)
    known = Handle.objects.of(workspace).filter(Q(uri__in=uris) | Q(url=who) | Q(handle__iexact=who.lstrip("@")))
    rows = known.filter(network=network) if network else known
    return list({merging.root(row.person) for row in rows.select_related("person")})


def overwritten() -> None:
    """What was erased leaves the journal of the database's file too."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def post_ids(workspace: Workspace, names: Collection[tuple[str, str]]) -> list[int]:
    """Everything they published."""
    found: list[int] = []
    before = None
    while rows := archive().authors.posts(workspace.id, names, before, PAGE):
        found += [row.post_id for row in rows]
        before = (rows[-1].sort_ms, rows[-1].post_id)
    return found


def forget(workspace: Workspace, persons: list[int], posts: list[int], names: Collection[tuple[str, str]]) -> None:
    """The desk's words first, wherever they stand (`sweeping`); then its rows: cut off in between, a second call still
    knows whom to erase."""
    found = sweeping.traces(workspace, persons, names)
    sweeping.sweep(workspace, found)
    for work in works("forget_words"):
        work(workspace, lambda value: sweeping.cleaned(value, found))
    forget_rows(workspace, persons, posts, names)
    if found.names:
        sweeping.swept(Fact, workspace, found)  # what is noted of somebody else


def works(name: str) -> list[Callable[..., None]]:
    """What apps do when somebody is forgotten: functions of their ``forgetting.py``."""
    modules = [import_module(module) for module in with_module("forgetting")]
    return [getattr(module, name) for module in modules if hasattr(module, name)]


@transaction.atomic
def forget_rows(workspace: Workspace, persons: list[int], posts: list[int], names: Collection[tuple[str, str]]) -> None:
    """Each app takes out its words; what hangs on the person goes with them, what only names them names nobody."""
    for work in works("forget"):
        work(workspace, persons, posts)
    for model, field in merging.belongings():
        rows = merging.rows_of(model, field, persons)
        if model._meta.get_field(field).null:
            rows.update(**{field: None})
        else:
            rows.delete()
    for _, uri in names:
        Suggestion.objects.of(workspace).filter(Q(left_uri=uri) | Q(right_uri=uri)).delete()
    Person.objects.of(workspace).filter(pk__in=persons).update(merged_into=None)
    Person.objects.of(workspace).filter(pk__in=persons).delete()
