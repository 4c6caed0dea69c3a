"""Cases, replies, promises and persons as the API shows them: to tokens that may see persons, with their names."""

from __future__ import annotations

from typing import Any

from palabre.desk.api.shown import moment
from palabre.desk.inbox.models import Case, CaseEvent, CaseNote, CasePost
from palabre.desk.outbox.models import Channel
from palabre.desk.people import access as people
from palabre.desk.people.models import Person
from palabre.desk.promises.models import Promise
from palabre.desk.replies.models import Reply
from palabre.desk.teams.models import Team
from palabre.desk.workspaces.models import User


def named(one: Person | Team | Channel | None) -> dict[str, str] | None:
    return None if one is None else {"id": one.uid, "name": one.name}


def member(user: User | None) -> dict[str, str] | None:
    return None if user is None else {"id": user.uid, "name": user.label}


def case(one: Case) -> dict[str, Any]:
    return {
        "id": one.uid,
        "title": one.title,
        "state": one.state,
        "network": one.network,
        "private": one.private,
        "urgent": one.urgent,
        "labels": one.labels,
        "asks": one.asks,
        "person": named(one.person),
        "assignee": member(one.assignee),
        "team": named(one.team),
        "opened": moment(one.opened_ms),
        "changed": moment(one.changed_ms),
        "waiting_since": moment(one.waiting_since_ms),
        "snoozed_until": moment(one.snoozed_until_ms),
        "posts": list(CasePost.objects.of(one.workspace).filter(case=one).values_list("post_id", flat=True)),
        "merged_into": one.merged_into.uid if one.merged_into else None,
    }


def event(one: CaseEvent) -> dict[str, Any]:
    data = dict(one.data) if isinstance(one.data, dict) else {}
    return {"kind": one.kind, "at": moment(one.at_ms), "by": one.by, "member": member(one.user), "data": data}


def note(one: CaseNote) -> dict[str, Any]:
    return {"text": one.text, "at": moment(one.made_ms), "member": member(one.user)}


def reply(one: Reply, url: str = "") -> dict[str, Any]:
    return {
        "id": one.uid,
        "case": one.case.uid,
        "state": one.state,
        "version": one.version,
        "text": one.text,
        "lang": one.lang,
        "channel": named(one.channel),
        "post": one.post_id,
        "private": one.private,
        "due": moment(one.due_ms),
        "member": member(one.by),
        "url": url,
    }


def promise(one: Promise) -> dict[str, Any]:
    return {
        "id": one.uid,
        "words": one.words,
        "state": one.state,
        "due": moment(one.due_ms),
        "made": moment(one.made_ms),
        "settled": moment(one.settled_ms),
        "proof": one.proof,
        "person": named(one.person),
        "case": one.case.uid if one.case else None,
        "owner": member(one.owner),
    }


def person(one: Person) -> dict[str, Any]:
    handles = [
        {"network": row.network, "uri": row.uri, "handle": row.handle, "proof": row.proof}
        for row in people.handles(one)
    ]
    return {
        "id": one.uid,
        "name": one.name,
        "kind": one.kind,
        "relation": one.relation,
        "lang": one.lang,
        "addressed": one.addressed,
        "handles": handles,
    }


def channel(one: Channel) -> dict[str, Any]:
    return {"id": one.uid, "name": one.name, "connector": one.connector, "account": one.account, "state": one.state}
