"""The only doors to persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from palabre.desk.clock import now_ms
from palabre.desk.people import index
from palabre.desk.people.models import Consent, Handle, Merge, Person, PersonList, Suggestion
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account


def person(seat: Seat, uid: str) -> Person:
    """Http404 for none; a merged one gives the person it was merged into."""
    found = one(Person.objects.of(seat.workspace), uid=uid)
    while found.merged_into is not None:
        found = found.merged_into
    return found


def everyone_in(person: Person) -> list[int]:
    """The keys of all that were joined with this one, their own too, whoever of them is asked."""
    from palabre.desk.people import merging

    return merging.family(merging.root(person))


def persons(workspace: Workspace) -> Any:
    """All persons that go on (merged ones do not), as a query set."""
    return Person.objects.of(workspace).filter(merged_into=None)


def behind(workspace: Workspace, network: str, uri: str) -> Person | None:
    """The person whose account that is, if anybody knows."""
    found = Handle.objects.of(workspace).filter(network=network, uri=uri).select_related("person").first()
    if found is None:
        return None
    owner = found.person
    while owner.merged_into is not None:
        owner = owner.merged_into
    return owner


def behind_all(workspace: Workspace, authors: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    """The same of many accounts (network, uri) at once."""
    wanted = set(authors)
    rows = Handle.objects.of(workspace).filter(uri__in={uri for _, uri in wanted}).select_related("person")
    return {(row.network, row.uri): row.person for row in rows if (row.network, row.uri) in wanted}


def met(workspace: Workspace, network: str, account: Account) -> Person:
    """The person behind an account; a new one, with this account alone, when nobody knew. Safe to call twice."""
    known = behind(workspace, network, account.uri)
    if known is not None:
        return known
    now = now_ms()
    name = (account.name or account.handle)[:200]
    fresh = Person.objects.add(
        workspace, name=name, made_ms=now, changed_ms=now,
        search=index.searched((name, account.handle, account.name, account.uri)),
    )  # fmt: skip
    kept, made = Handle.objects.of(workspace).get_or_create(
        workspace=workspace,
        network=network,
        uri=account.uri,
        defaults={
            "person": fresh, "handle": account.handle[:300], "name": account.name[:300], "url": account.url[:1000],
            "linked_ms": now,
        },
    )  # fmt: skip
    if not made:
        fresh.delete()
    return kept.person


def consents(person: Person) -> dict[str, Consent]:
    """What the person last said of each purpose (of ``models.PURPOSES``)."""
    found: dict[str, Consent] = {}
    for said in Consent.objects.of(person.workspace).filter(person=person).order_by("at_ms", "pk"):
        found[said.purpose] = said
    return found


def agreed(person: Person, purpose: str) -> bool | None:
    """Whether the person said yes to a purpose; None: they never said."""
    said = consents(person).get(purpose)
    return None if said is None else said.state == "given"


def handles(person: Person) -> list[Handle]:
    """Accounts and addresses, the first known first."""
    return list(Handle.objects.of(person.workspace).filter(person=person))


def suggestion(seat: Seat, uid: str) -> Suggestion:
    return one(Suggestion.objects.of(seat.workspace), uid=uid)


def merged(seat: Seat, uid: str) -> Merge:
    return one(Merge.objects.of(seat.workspace).select_related("kept", "gone"), uid=uid)


def lists(workspace: Workspace) -> list[PersonList]:
    """Lists made by hand and segments, by name."""
    return list(PersonList.objects.of(workspace))


def person_list(seat: Seat, uid: str) -> PersonList:
    return one(PersonList.objects.of(seat.workspace), uid=uid)


def named(workspace: Workspace, name: str) -> Person:
    """The one person of that name, as a member typed it; a new one when nobody, or more than one, is called so."""
    found = list(Person.objects.of(workspace).filter(merged_into=None, name__iexact=name)[:2])
    if len(found) == 1:
        return found[0]
    now = now_ms()
    search = index.searched((name,))
    return Person.objects.add(workspace, name=name[:200], made_ms=now, changed_ms=now, search=search)


CONTACTS = ("follow_up", "thank", "invite", "news")  # purposes that somebody who wishes no contact refuses together


def objects(person: Person) -> bool:
    """Whether the person asked not to be contacted."""
    said = consents(person)
    return all(name in said and said[name].state != "given" for name in CONTACTS)


def note_objection(person: Person, words: str, by: User | None) -> None:
    """The person asked not to be contacted: every purpose of contact is refused, in their words."""
    from palabre.desk.people.facts import agree

    for name in CONTACTS:
        agree(person, name, "refused", words, by)
