"""Where persons to contact come from: promises, cases, needs, people who help, people who fell silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from palabre import insight
from palabre.archive import Filters
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.promises import access as promises
from palabre.desk.workspaces.access import Seat
from palabre.engage.outreach import DAY_MS, Reason, gone_silent
from palabre.insight.parties import our_watches
from palabre.insight.scope import Scope, table
from palabre.model import Account

UNANSWERED_DAYS, LOOK_DAYS, SILENCE_DAYS = 3, 90, 120
ASKERS_MAX, FOUND_MAX = 200, 500


@dataclass(frozen=True, slots=True)
class Lead:
    """A reason to contact somebody: a person (uid), or an account that nobody may have met yet."""

    reason: Reason
    person: str = ""
    network: str = ""
    account: Account | None = None


def leads(seat: Seat, now_ms: int) -> Iterator[Lead]:
    """All reasons there are now."""
    yield from of_promises(seat, now_ms)
    yield from of_cases(seat, now_ms)
    yield from of_needs(seat)
    yield from of_advisers(seat, now_ms)
    yield from of_silent(seat, now_ms)


def of_promises(seat: Seat, now_ms: int) -> Iterator[Lead]:
    """Late ones, and broken ones of the last three months."""
    rows = promises.promises(seat).exclude(person=None)
    for one in rows.filter(state="open", due_ms__gt=0, due_ms__lt=now_ms)[:FOUND_MAX]:
        yield Lead(Reason("broken", one.due_ms, one.uid), one.person.uid)
    for one in rows.filter(state="broken", settled_ms__gte=now_ms - LOOK_DAYS * DAY_MS)[:FOUND_MAX]:
        yield Lead(Reason("broken", one.settled_ms, one.uid), one.person.uid)


def of_cases(seat: Seat, now_ms: int) -> Iterator[Lead]:
    """Somebody has waited for days."""
    limit = now_ms - UNANSWERED_DAYS * DAY_MS
    rows = inbox.cases(seat).exclude(person=None).filter(state="open", waiting_since_ms__gt=0)
    for one in rows.filter(waiting_since_ms__lt=limit)[:FOUND_MAX]:
        yield Lead(Reason("unanswered", one.waiting_since_ms, one.uid), one.person.uid)


def of_needs(seat: Seat) -> Iterator[Lead]:
    """Those who asked for what is done now, as long as nobody noted that they were told."""
    for need in archive().needs.all(seat.workspace.id):
        if need.status == "done" and not need.told_ms:
            rows = archive().posts.many(seat.workspace.id, list(need.post_ids)[-ASKERS_MAX:])
            for row in rows:
                if row.post.account:
                    reason = Reason("need_done", need.status_ms, str(need.need_id), row.post_id)
                    yield Lead(reason, network=row.post.network, account=row.post.account)


def of_advisers(seat: Seat, now_ms: int) -> Iterator[Lead]:
    scope = Scope(Filters(mentioned=True, since_ms=now_ms - LOOK_DAYS * DAY_MS, until_ms=now_ms))
    for one in insight.actors(archive(), seat.workspace.id, scope, most=1).advisers:
        rows = archive().search(seat.workspace.id, filters=Filters(account_uri=one.account), limit=1)
        if rows and rows[0].post.account:
            reason = Reason("thank", rows[0].sort_ms, "", rows[0].post_id)
            yield Lead(reason, network=rows[0].post.network, account=rows[0].post.account)


def of_silent(seat: Seat, now_ms: int) -> Iterator[Lead]:
    """Those who used to speak of us, were unhappy the last time, and fell silent."""
    watches = our_watches(archive(), seat.workspace.id)
    scope = Scope(Filters(mentioned=True, watch_ids=watches, since_ms=now_ms - SILENCE_DAYS * DAY_MS, until_ms=now_ms))
    posts = table(archive(), seat.workspace.id, scope, ("account_uri", "sort_ms", "tone", "post_id"))
    columns = [posts[name].to_pylist() for name in ("account_uri", "sort_ms", "tone", "post_id")]
    silent = gone_silent([(uri, at, tone or "", pid) for uri, at, tone, pid in zip(*columns, strict=True)], now_ms)
    newest = sorted(silent.values(), reverse=True)[:FOUND_MAX]
    rows = {row.post_id: row for row in archive().posts.many(seat.workspace.id, [pid for _, pid in newest])}
    for at_ms, post_id in newest:
        row = rows.get(post_id)
        if row and row.post.account:
            yield Lead(Reason("silent", at_ms, "", post_id), network=row.post.network, account=row.post.account)
