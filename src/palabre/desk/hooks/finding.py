"""What happened since a moment of the past: read from what is stored, so that nobody has to tell.

A table is read by the number of its rows, a little of what was read before with it: on a server with many writers a row
may become visible after a later one. What comes twice is known by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from palabre.desk.calendar.models import Publication
from palabre.desk.engine import archive
from palabre.desk.hooks.models import Cursor
from palabre.desk.inbox.models import CaseEvent
from palabre.desk.people.models import Merge
from palabre.desk.promises.models import Promise, PromiseEvent
from palabre.desk.service import access as service
from palabre.desk.workspaces.models import Workspace
from palabre.engage.promises import near_until

KINDS = (
    "case.opened", "case.assigned", "case.resolved", "case.reopened", "reply.proposed", "reply.sent", "promise.made",
    "promise.due", "promise.late", "promise.kept", "signal.found", "publication.published", "person.merged",
    "person.erased",
)  # fmt: skip
TEST = "palabre.test"
OF_CASES = {"opened": "case.opened", "assigned": "case.assigned", "resolved": "case.resolved",
            "reopened": "case.reopened", "drafted": "reply.proposed", "reply": "reply.sent"}  # fmt: skip
OF_PROMISES = {"made": "promise.made", "kept": "promise.kept"}
AT_ONCE, AGAIN = 500, 200
WEEK_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Told:
    """key: of what it tells, once for ever; api: where to read more, below the workspace; data: ids."""

    key: str
    kind: str
    at_ms: int
    api: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """What a table had; after: how far it was read."""

    told: list[Told]
    after: int


Source = Callable[[Workspace, Cursor, int], Read]


def rows_after(rows: Any, cursor: Cursor) -> list[Any]:
    """The next rows by number, with some of those before."""
    start = max(cursor.floor, cursor.after - AGAIN)
    return list(rows.filter(pk__gt=start).order_by("pk")[: AGAIN + AT_ONCE])


def far(rows: Iterable[Any], cursor: Cursor) -> int:
    return max((int(row.pk) for row in rows), default=cursor.after)


def cases(workspace: Workspace, cursor: Cursor, now_ms: int) -> Read:
    rows = rows_after(CaseEvent.objects.of(workspace).select_related("case", "user"), cursor)
    return Read([of_case(row) for row in rows if row.kind in OF_CASES], far(rows, cursor))


def of_case(row: CaseEvent) -> Told:
    data = {"case": row.case.uid, "by": row.by, "member": row.user.uid if row.user else None}
    said = row.data if isinstance(row.data, dict) else {}
    api = f"cases/{row.case.uid}"
    if row.kind in ("drafted", "reply") and said.get("reply"):
        data["reply"], api = said["reply"], f"replies/{said['reply']}"
        if said.get("url"):
            data["url"] = said["url"]
    return Told(f"case:{row.pk}", OF_CASES[row.kind], row.at_ms, api, data)


def promises(workspace: Workspace, cursor: Cursor, now_ms: int) -> Read:
    rows = rows_after(PromiseEvent.objects.of(workspace).select_related("promise", "promise__case"), cursor)
    told = [
        Told(f"promise:{row.pk}", OF_PROMISES[row.kind], row.at_ms, *of_promise(row.promise))
        for row in rows
        if row.kind in OF_PROMISES
    ]
    return Read(told, far(rows, cursor))


def of_promise(one: Promise) -> tuple[str, dict[str, Any]]:
    """Where to read it, and its ids."""
    data = {"promise": one.uid, "case": one.case.uid if one.case else None, "due_ms": one.due_ms or None}
    return f"promises/{one.uid}", data


def due(workspace: Workspace, cursor: Cursor, now_ms: int) -> Read:
    """Promises that come near, and those that are late: by the clock, not by a row. Another date, another event."""
    hours = service.hours(workspace)
    near_ms = near_until(now_ms, hours.zone, hours.country)
    rows = Promise.objects.of(workspace).filter(state="open", due_ms__gt=cursor.floor, due_ms__lte=near_ms)
    told = []
    for one in rows.select_related("case"):
        told.append(Told(f"due:{one.uid}:{one.due_ms}", "promise.due", now_ms, *of_promise(one)))
        if one.due_ms < now_ms:
            told.append(Told(f"late:{one.uid}:{one.due_ms}", "promise.late", one.due_ms, *of_promise(one)))
    return Read(told, now_ms)


def signals(workspace: Workspace, cursor: Cursor, now_ms: int) -> Read:
    start = max(cursor.floor, cursor.after - AGAIN)
    found = archive().signals.after(workspace.id, start, AGAIN + AT_ONCE)
    told = [
        Told(f"signal:{one.signal_id}", "signal.found", one.detected_ms, f"signals/{one.signal_id}",
             {"signal": one.signal_id, "kind": one.kind, "posts": list(one.post_ids[:50])})
        for one in found
    ]  # fmt: skip
    return Read(told, max((one.signal_id for one in found), default=cursor.after))


def publications(workspace: Workspace, cursor: Cursor, now_ms: int) -> Read:
    """By the moment its network gives, which may be known late: a week is looked at again."""
    start = max(cursor.floor, cursor.after - WEEK_MS)
    rows = list(Publication.objects.of(workspace).filter(published_ms__gt=start).order_by("published_ms")[:5_000])
    told = [
        Told(f"publication:{one.uid}", "publication.published", one.published_ms, "", {"publication": one.uid})
        for one in rows
    ]
    return Read(told, max((one.published_ms for one in rows), default=cursor.after))


def merges(workspace: Workspace, cursor: Cursor, now_ms: int) -> Read:
    rows = rows_after(Merge.objects.of(workspace).select_related("kept", "gone"), cursor)
    told = [
        Told(f"merge:{row.pk}", "person.merged", row.at_ms, f"persons/{row.kept.uid}",
             {"person": row.kept.uid, "merged": row.gone.uid})
        for row in rows
    ]  # fmt: skip
    return Read(told, far(rows, cursor))


SOURCES: dict[str, Source] = {
    "cases": cases, "promises": promises, "due": due, "signals": signals, "publications": publications,
    "merges": merges,
}  # fmt: skip


def end(table: str, workspace: Workspace, now_ms: int) -> int:
    """Where a table ends now: what is there already is history."""
    numbered: dict[str, Any] = {"cases": CaseEvent, "promises": PromiseEvent, "merges": Merge}
    if table in numbered:
        last = numbered[table].objects.of(workspace).order_by("-pk").values_list("pk", flat=True).first()
        return int(last or 0)
    return archive().signals.last(workspace.id) if table == "signals" else now_ms
