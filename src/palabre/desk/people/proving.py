"""Proof that an account is a person's: profiles that name each other (rel=me), or a code posted from the account."""

from __future__ import annotations

import secrets
from itertools import combinations

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive, net
from palabre.desk.people import access, merging, suggesting
from palabre.desk.people.models import Challenge, Handle, Person
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.identity_profile import rel_me
from palabre.errors import InputError, PalabreError
from palabre.text.urls import canonical

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
CODE_CHARS = 8
DAYS = 14
POSTS_LOOKED_AT = 50
PAGE_BYTES = 2_000_000


def ask(person: Person, network: str, uri: str, by: User | None) -> Challenge:
    """A code to be posted from that account. Raises InputError: people.challenge_heard (nobody was heard there)."""
    if archive().authors.get(person.workspace_id, network, uri) is None:
        raise InputError("people.challenge_unheard")
    code = "palabre-" + "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
    return Challenge.objects.add(
        person.workspace, person=person, network=network, uri=uri, code=code, by=by, made_ms=now_ms()
    )


def look() -> int:
    """Every code that waits: was it posted since? How many were."""
    since = now_ms() - DAYS * 86_400_000
    return sum(met(one) for one in Challenge.pending.filter(met_ms=0, made_ms__gt=since).select_related("workspace"))


def met(asked: Challenge) -> bool:
    """Whether the account posted the code after it was given; the account then is the person's."""
    posts = archive().authors.posts(asked.workspace_id, [(asked.network, asked.uri)], limit=POSTS_LOOKED_AT)
    if not any(
        asked.code in f"{row.post.title} {row.post.text}".lower() for row in posts if fresh(asked, row.heard_ms)
    ):
        return False
    with transaction.atomic():
        owner = suggesting.met(asked.workspace, asked.network, asked.uri)
        person = merging.root(Person.objects.of(asked.workspace).get(pk=asked.person_id))
        if owner is not None and merging.root(owner) != person:
            suggesting.join(asked.workspace, person, owner, "code")
        suggesting.proved(asked.workspace, asked.network, asked.uri, "code")
        Challenge.objects.of(asked.workspace).filter(pk=asked.pk).update(met_ms=now_ms())
    return True


def fresh(asked: Challenge, heard_ms: int) -> bool:
    return heard_ms >= asked.made_ms


def check(person: Person) -> int:
    """Reads the person's profile pages: accounts whose pages name each other by rel=me are proved; how many are.
    Raises InputError: people.no_pages; a page that does not answer raises what the network says."""
    handles = [one for one in access.handles(person) if one.url.startswith(("http://", "https://"))]
    if len(handles) < 2:
        raise InputError("people.no_pages")
    named = {one.pk: claims(one) for one in handles}
    proved = set()
    for one, other in combinations(handles, 2):
        if points(named[one.pk], other) and points(named[other.pk], one):
            proved |= {one, other}
    for one in proved:
        suggesting.proved(person.workspace, one.network, one.uri, "rel_me")
    return len(proved)


def claims(handle: Handle) -> frozenset[str]:
    """Addresses that the account's page names as its owner's."""
    try:
        answer = net().get(handle.url, cap_bytes=PAGE_BYTES)
    except PalabreError:
        return frozenset()
    return rel_me(answer.text(), answer.url)


def points(named: frozenset[str], other: Handle) -> bool:
    return bool(named & {canonical(url) for url in (other.url, other.uri) if url.startswith("http")})


def waiting(workspace: Workspace, person: Person) -> list[Challenge]:
    """Codes that were given and not yet posted."""
    since = now_ms() - DAYS * 86_400_000
    return list(Challenge.objects.of(workspace).filter(person=person, met_ms=0, made_ms__gt=since))
