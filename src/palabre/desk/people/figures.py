"""The two scales and the part of persons, as last reckoned for everybody: what lists and segments choose by.

The person's page reckons them for its accounts with their inputs (`palabre.insight.account`).
"""

from __future__ import annotations

from typing import Any

from palabre import insight
from palabre.archive import Filters
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import index
from palabre.desk.people.models import Handle, Person
from palabre.desk.workspaces.models import Workspace
from palabre.insight import Scope
from palabre.understand.scales import Scale, Standing

DAYS = 365
MOST = 5_000
GROUNDS = 2
DAY_MS = 86_400_000


def reckon(workspace: Workspace) -> int:
    """Writes both scales and the part of every person of this workspace; how many have any. A person with several
    accounts has the highest value of each: one account is enough to be heard of or trusted."""
    handles = list(Handle.objects.of(workspace).exclude(network="mail").values_list("uri", "person_id"))
    if not handles:
        return 0
    now = now_ms()
    scope = Scope(Filters(mentioned=True, since_ms=now - DAYS * DAY_MS, until_ms=now + DAY_MS))
    found = insight.actors(archive(), workspace.id, scope, MOST)
    known = {one.account: one for one in found.standings}
    parts = {one.account: (sum(share.n for share in one.shares.values()), one.role or "") for one in found.roles}
    persons = {one.pk: one for one in Person.objects.of(workspace).filter(merged_into=None)}
    for one in persons.values():
        one.notoriety, one.legitimacy, one.grounds, one.role, one.reckoned_ms = None, None, [], "", now
    heard: dict[int, int] = {}
    for uri, person_id in handles:
        if person_id in persons:
            told(persons[person_id], known.get(uri))
            n, role = parts.get(uri, (0, ""))
            if n > heard.get(person_id, 0):
                heard[person_id], persons[person_id].role = n, role
    index.written(workspace, list(persons.values()), ["notoriety", "legitimacy", "grounds", "role", "reckoned_ms"])
    return sum(one.legitimacy is not None for one in persons.values())


def told(person: Person, one: Standing | None) -> None:
    """Each scale where the account has more of it than those before; none where too little was heard."""
    if one is None:
        return
    known, trusted = one.notoriety.figure.value, one.legitimacy.figure.value
    if known is not None and (person.notoriety is None or known > person.notoriety):
        person.notoriety = known
    if trusted is not None and (person.legitimacy is None or trusted > person.legitimacy):
        person.legitimacy, person.grounds = trusted, grounds_of(one.legitimacy)


def grounds_of(scale: Scale) -> list[list[Any]]:
    """[input, value] of what weighs most in a scale, the heaviest first."""
    weighty = sorted((one for one in scale.inputs if one.value), key=lambda one: -one.weight * one.scaled)
    return [[one.name, one.value] for one in weighty[:GROUNDS]]
