"""Who is perhaps the same person: reckoned from the whole archive, kept until a member decides; proof alone joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from palabre.archive.authors import Known
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import access, merging
from palabre.desk.people.models import Fact, Handle, Merge, Person, Suggestion
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage import identity
from palabre.engage.identity import Trace
from palabre.engage.identity_profile import Profile, profile_of
from palabre.insight.parties import our_accounts
from palabre.model import Account
from palabre.text.urls import canonical

KEPT_MAX = 10_000
CHUNK = 500
Pair = tuple[str, str, str, str]


def look(workspace: Workspace) -> int:
    """Compares all accounts and keeps what is worth a look; how many suggestions are open then. What was proved is
    joined at once."""
    found = identity.suggestions(list(traces(workspace)))
    refused = set(pairs(workspace, "refused"))
    known = owners(workspace)
    fresh = [one for one in found.found if pair_of(one) not in refused and apart(one, known)]
    for one in fresh:
        if one.proof:
            join_proved(workspace, one)
    return keep(workspace, [one for one in fresh if not one.proof][:KEPT_MAX])


def traces(workspace: Workspace) -> Iterator[Trace]:
    """Everybody that was heard, except ourselves, and the addresses that members know."""
    own = our_accounts(archive(), workspace.id)
    known = [one for one in archive().authors.all(workspace.id) if one.account.uri not in own]
    profiles = {key: profile_of(body) for key, body, _ in archive().authors.payloads(workspace.id, ids_of(known))}
    did, mails = deeds(workspace), addresses(workspace)
    for one in known:
        profile = profiles.get(one.account_id, Profile())
        trace = trace_of(one.network, one.account, profile, did.get((one.network, one.account.uri), {}))
        yield replace(trace, emails=trace.emails | mails.get(trace.key, frozenset()))
    for handle in Handle.objects.of(workspace).filter(network="mail"):
        address = handle.uri.removeprefix("mailto:").lower()
        account = Account(handle.uri, "", handle.name)
        yield replace(trace_of("mail", account, Profile(), {}), emails=frozenset({address}))


def ids_of(known: Iterable[Known]) -> list[int]:
    return [one.account_id for one in known]


def trace_of(network: str, account: Account, profile: Profile, did: Mapping[str, frozenset[str]]) -> Trace:
    return Trace(
        key_of(network, account.uri), network, account.uri, account.handle, account.name, account.url,
        emails=profile.emails, links=profile.links, verified=profile.verified,
        shared=did.get("links", frozenset()), langs=did.get("langs", frozenset()),
    )  # fmt: skip


def key_of(network: str, uri: str) -> str:
    return f"{network} {uri}"


def deeds(workspace: Workspace) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """(network, uri) -> links passed on and languages written in."""
    posts = archive().lake.posts(workspace.id)
    wanted = posts.filter(posts.account_uri != "").select("network", "account_uri", "lang", "links")
    table = archive().lake.ask(wanted)
    links: dict[tuple[str, str], set[str]] = {}
    langs: dict[tuple[str, str], set[str]] = {}
    columns = (table[name].to_pylist() for name in ("network", "account_uri", "lang", "links"))
    for network, uri, lang, shared in zip(*columns, strict=True):
        if lang:
            langs.setdefault((network, uri), set()).add(lang)
        if shared:
            links.setdefault((network, uri), set()).update(map(canonical, shared))
    nobody: set[str] = set()
    return {
        author: {"links": frozenset(links.get(author, nobody)), "langs": frozenset(langs.get(author, nobody))}
        for author in {*links, *langs}
    }


def addresses(workspace: Workspace) -> dict[str, frozenset[str]]:
    """Key of an account -> e-mail addresses that members noted of its person."""
    mails: dict[int, set[str]] = {}
    for person_id, value in Fact.objects.of(workspace).filter(name="email").values_list("person_id", "value"):
        mails.setdefault(person_id, set()).add(value.lower())
    rows: Any = Handle.objects.of(workspace).filter(person_id__in=list(mails))
    return {key_of(row.network, row.uri): frozenset(mails[row.person_id]) for row in rows}


def pair_of(one: identity.Suggestion) -> Pair:
    return one.left.network, one.left.uri, one.right.network, one.right.uri


def pairs(workspace: Workspace, state: str) -> Iterator[Pair]:
    rows: Any = Suggestion.objects.of(workspace).filter(state=state)
    yield from rows.values_list("left_network", "left_uri", "right_network", "right_uri")


def owners(workspace: Workspace) -> dict[tuple[str, str], int]:
    """Account -> key of the person it is of now (rows move with merges)."""
    rows: Any = Handle.objects.of(workspace).values_list("network", "uri", "person_id")
    return {(network, uri): person_id for network, uri, person_id in rows}


def apart(one: identity.Suggestion, known: Mapping[tuple[str, str], int]) -> bool:
    """Not one person already."""
    left = known.get((one.left.network, one.left.uri))
    return left is None or left != known.get((one.right.network, one.right.uri))


def keep(workspace: Workspace, found: list[identity.Suggestion]) -> int:
    """The open suggestions are these; decided ones stay as they are. Only what changed is written, in short steps:
    whoever else writes waits for one of them at most."""
    decided = {*pairs(workspace, "refused"), *pairs(workspace, "accepted")}
    wanted = {pair_of(one): row_of(workspace, one) for one in found if pair_of(one) not in decided}
    stale = []
    for row in Suggestion.objects.of(workspace).filter(state="open"):
        pair = (row.left_network, row.left_uri, row.right_network, row.right_uri)
        fresh = wanted.get(pair)
        if fresh is not None and same(row, fresh):
            del wanted[pair]
        else:
            stale.append(row.pk)
    for start in range(0, len(stale), CHUNK):
        Suggestion.objects.of(workspace).filter(pk__in=stale[start : start + CHUNK], state="open").delete()
    rows = list(wanted.values())
    for start in range(0, len(rows), CHUNK):
        Suggestion.objects.of(workspace).bulk_create(rows[start : start + CHUNK], ignore_conflicts=True)
    return Suggestion.objects.of(workspace).filter(state="open").count()


def same(one: Suggestion, other: Suggestion) -> bool:
    """Whether they say the same."""
    said = ("left_name", "right_name", "score", "bar", "reasons")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def row_of(workspace: Workspace, one: identity.Suggestion) -> Suggestion:
    return Suggestion(
        workspace=workspace, left_network=one.left.network, left_uri=one.left.uri,
        left_name=(one.left.name or one.left.handle)[:300], right_network=one.right.network, right_uri=one.right.uri,
        right_name=(one.right.name or one.right.handle)[:300], score=one.score, bar=one.bar, made_ms=now_ms(),
        reasons=[[part.name, part.points, part.value[:200]] for part in one.reasons],
    )  # fmt: skip


def join_proved(workspace: Workspace, one: identity.Suggestion) -> None:
    """Both profiles name each other, and their networks checked it: nobody needs to be asked."""
    persons = [met(workspace, side.network, side.uri) for side in (one.left, one.right)]
    if None not in persons:
        join(workspace, persons[0], persons[1], "rel_me")  # type: ignore[arg-type]
        for side in (one.left, one.right):
            proved(workspace, side.network, side.uri, "rel_me")


def met(workspace: Workspace, network: str, uri: str) -> Person | None:
    """The person of an account, made when needed; None when it is heard no more."""
    known = access.behind(workspace, network, uri)
    heard = archive().authors.get(workspace.id, network, uri) if known is None else None
    return known or (access.met(workspace, network, heard.account) if heard else None)


def join(workspace: Workspace, one: Person, other: Person, why: str, by: User | None = None) -> Merge | None:
    """The older one takes the younger in; None where they are one already."""
    kept, gone = sorted((merging.root(one), merging.root(other)), key=lambda person: (person.made_ms, person.pk))
    return None if kept == gone else merging.merge(kept, gone, by=by, why=why)


def proved(workspace: Workspace, network: str, uri: str, how: str) -> None:
    rows = Handle.objects.of(workspace).filter(network=network, uri=uri)
    rows.update(proof="verified", proof_how=how, proof_ms=now_ms())


@transaction.atomic
def refuse(found: Suggestion, by: User | None) -> None:
    """Two persons after all; the pair never comes again."""
    decide(found, "refused", by)


@transaction.atomic
def accept(found: Suggestion, kept: Person, gone: Person, taken: list[str], by: User | None) -> Merge:
    """A member says that they are one."""
    made = merging.merge(kept, gone, taken, by=by, why="suggestion")
    sides = ((found.left_network, found.left_uri), (found.right_network, found.right_uri))
    for network, uri in sides:
        rows = Handle.objects.of(found.workspace).filter(network=network, uri=uri, proof="alone")
        rows.update(proof="reviewed", proof_ms=now_ms(), linked_by=by)
    decide(found, "accepted", by)
    return made


def decide(found: Suggestion, state: str, by: User | None) -> None:
    Suggestion.objects.of(found.workspace).filter(pk=found.pk).update(state=state, by=by, decided_ms=now_ms())


def taken_back(made: Merge) -> None:
    """After an unmerge: an accepted suggestion between the two is refused from now on, and its accounts are no longer
    confirmed by it."""
    sides = {(row.network, row.uri) for row in Handle.objects.of(made.workspace).filter(person=made.gone)}
    for row in Suggestion.objects.of(made.workspace).filter(state="accepted"):
        ends = {(row.left_network, row.left_uri), (row.right_network, row.right_uri)}
        if len(ends & sides) == 1:
            decide(row, "refused", made.by)
            for network, uri in ends:
                unconfirmed(made.workspace, network, uri)


def unconfirmed(workspace: Workspace, network: str, uri: str) -> None:
    """An account that a suggestion confirmed is alone again, unless another one that holds confirms it too."""
    accepted = Suggestion.objects.of(workspace).filter(state="accepted")
    left, right = Q(left_network=network, left_uri=uri), Q(right_network=network, right_uri=uri)
    if not accepted.filter(left | right).exists():
        rows = Handle.objects.of(workspace).filter(network=network, uri=uri, proof="reviewed", proof_ms__gt=0)
        rows.update(proof="alone", proof_ms=0, linked_by=None)
