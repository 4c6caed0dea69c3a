"""From what happened to the outbox of events: each once, whatever is cut off, wherever.

A table is read and its events, their deliveries and the cursor are written in one transaction; an event that is known
by its key is not written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.hooks.finding import AT_ONCE, SOURCES, Told, end
from palabre.desk.hooks.models import Cursor, Delivery, Endpoint, Event
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.models import Workspace

KEPT_MS = 30 * 86_400_000
ROUNDS_MAX = 20
TABLES = {"case": "cases", "promise": "promises", "signal": "signals", "merge": "merges", "publication": "publications"}


def run() -> int:
    """Every workspace that has an endpoint. How many events are new."""
    found = Workspace.objects.filter(pk__in=Endpoint.everywhere.values("workspace_id"))
    return sum(record(workspace) for workspace in found)


def record(workspace: Workspace) -> int:
    """What happened there since it was last looked at."""
    begin(workspace)
    return sum(drained(workspace, table) for table in SOURCES)


def drained(workspace: Workspace, table: str) -> int:
    """Reads a table to its end; a long way is gone in several steps, each of them kept."""
    total = 0
    for _ in range(ROUNDS_MAX):
        new, moved = step(workspace, table)
        total += new
        if not moved:
            break
    return total


@transaction.atomic
def step(workspace: Workspace, table: str) -> tuple[int, bool]:
    """(events that are new, whether there may be more)."""
    cursor = Cursor.objects.of(workspace).select_for_update().get(table=table)
    read = SOURCES[table](workspace, cursor, now_ms())
    new = keep(workspace, read.told)
    moved = read.after > cursor.after
    if moved:
        Cursor.objects.of(workspace).filter(pk=cursor.pk).update(after=read.after)
    return new, moved and table not in ("due", "publications")


def begin(workspace: Workspace) -> None:
    """Sets the cursors at the end of their tables: what was there before the first endpoint is not told."""
    known = set(Cursor.objects.of(workspace).values_list("table", flat=True))
    now = now_ms()
    for table in SOURCES:
        if table not in known:
            at = end(table, workspace, now)
            Cursor.objects.of(workspace).get_or_create(
                workspace=workspace, table=table, defaults={"floor": at, "after": at}
            )


def stop(workspace: Workspace) -> None:
    """Nobody listens any more: the next endpoint begins anew."""
    if not Endpoint.objects.of(workspace).exists():
        Cursor.objects.of(workspace).delete()


def keep(workspace: Workspace, told: Sequence[Told]) -> int:
    """Writes those that are new, with a delivery for each endpoint that wants them."""
    keys = {one.key for one in told}
    known = set(Event.objects.of(workspace).filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    fresh = {one.key: one for one in told if one.key not in known}
    endpoints = list(Endpoint.objects.of(workspace)) if fresh else []
    for one in fresh.values():
        spread(put(workspace, one), endpoints)
    return len(fresh)


def put(workspace: Workspace, one: Told) -> Event:
    data = {"workspace": workspace.slug, **one.data}
    if one.api:
        data["api"] = f"/api/v1/workspaces/{workspace.slug}/{one.api}"
    return Event.objects.add(workspace, key=one.key, kind=one.kind, at_ms=one.at_ms, made_ms=now_ms(), data=data)


def spread(event: Event, endpoints: Iterable[Endpoint]) -> None:
    """A delivery for each endpoint that wants it; a paused one gets it when it goes on."""
    for one in endpoints:
        if one.wants(event.kind):
            Delivery.objects.add(event.workspace, endpoint=one, event=event, due_ms=now_ms())


def tidy() -> int:
    """Events of more than a month go, with what became of them. How many."""
    before = now_ms() - KEPT_MS
    found = Workspace.objects.filter(pk__in=Event.everywhere.filter(made_ms__lt=before).values("workspace_id"))
    return sum(tidied(workspace, before) for workspace in found)


@transaction.atomic
def tidied(workspace: Workspace, before_ms: int) -> int:
    """An event that goes is known by its key no more: where it was read from, nothing so old is read again. One that
    the clock would tell again, of a promise that is open still, stays."""
    old = Event.objects.of(workspace).filter(made_ms__lt=before_ms)
    kept = ticking(workspace)
    rows = [row for row in old.values_list("pk", "key", "at_ms") if row[1] not in kept]
    for table, floor in floors(rows).items():
        Cursor.objects.of(workspace).filter(table=table, floor__lt=floor).update(floor=floor)
    numbers = [pk for pk, _, _ in rows]
    for start in range(0, len(numbers), AT_ONCE):
        Event.objects.of(workspace).filter(pk__in=numbers[start : start + AT_ONCE]).delete()
    return len(rows)


def ticking(workspace: Workspace) -> set[str]:
    """Keys of events that the clock makes, of promises that are open."""
    rows = Promise.objects.of(workspace).filter(state="open", due_ms__gt=0).values_list("uid", "due_ms")
    return {f"{what}:{uid}:{due_ms}" for uid, due_ms in rows for what in ("due", "late")}


def floors(rows: Iterable[tuple[int, str, int]]) -> dict[str, int]:
    """Table → the last that was told of it, of events (number, key, moment): a row, or for publications a moment."""
    found: dict[str, int] = {}
    for _, key, at_ms in rows:
        kind, _, rest = key.partition(":")
        table = TABLES.get(kind)
        if table:
            found[table] = max(found.get(table, 0), at_ms if table == "publications" else int(rest))
    return found
