"""The figures of objectives: those of posts from the archive, those of cases, promises and needs from the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case
from palabre.desk.promises.models import Promise
from palabre.desk.service import access as service
from palabre.desk.workspaces.models import Workspace
from palabre.measure import sla
from palabre.measure.catalogue import BY_NAME, POSTS, Span, of_posts
from palabre.measure.sla_figures import quantile
from palabre.model import Evidence, Figure
from palabre.understand import figuring

ANSWERED = ("done", "declined")  # a clear no, said, is an answer too


def figures(workspace: Workspace, name: str, watch_ids: Sequence[int], spans: Sequence[Span]) -> list[Figure]:
    """The figure of each span. KeyError: the catalogue has none of that name."""
    definition = BY_NAME[name]
    if definition.origin == POSTS:
        return of_posts(archive(), workspace.id, name, watch_ids, spans)
    return [replace(one, name=name) for one in DESK[name](workspace, spans)]


def times(workspace: Workspace) -> list[sla.CaseTimes]:
    """The times of every case of the workspace until now. Those by the calendar are taken: who waits counts every
    hour."""
    return list(service.times_all(workspace, list(Case.objects.of(workspace).filter(merged_into=None))).values())


def first_replies(workspace: Workspace, spans: Sequence[Span], share: float) -> list[Figure]:
    waits = [case.first for case in times(workspace) if case.first]
    return [
        quantile("first_reply", [one.human.calendar_ms for one in waits if one.human and since <= one.since_ms < until],
                 share)
        for since, until in spans
    ]  # fmt: skip


def first_reply(workspace: Workspace, spans: Sequence[Span]) -> list[Figure]:
    return first_replies(workspace, spans, 0.5)


def first_reply_p90(workspace: Workspace, spans: Sequence[Span]) -> list[Figure]:
    return first_replies(workspace, spans, 0.9)


def resolution(workspace: Workspace, spans: Sequence[Span]) -> list[Figure]:
    cases = times(workspace)
    return [
        quantile("resolution", [one.resolution.calendar_ms for one in cases
                                if one.resolution and since <= one.opened_ms < until], 0.5)
        for since, until in spans
    ]  # fmt: skip


def kept_rate(workspace: Workspace, spans: Sequence[Span]) -> list[Figure]:
    """Of the promises due in the span (and not renegotiated or withdrawn), those kept; one still open after its day is
    late, and not kept."""
    rows = list(
        Promise.objects.of(workspace).filter(due_ms__gt=0, state__in=("open", "kept", "broken"))
        .values_list("due_ms", "state", "settled_ms")
    )  # fmt: skip
    now = archive().clock.now_ms()
    made = []
    for since, until in spans:
        due = [(state, settled) for due, state, settled in rows
               if since <= due < until and (due <= now or state != "open")]  # fmt: skip
        hits = sum(state == "kept" for state, _ in due)
        made.append(figuring.share("kept_rate", hits, len(due), BY_NAME["kept_rate"].method))
    return made


def needs_answered(workspace: Workspace, spans: Sequence[Span]) -> list[Figure]:
    """Of the needs that somebody asked for in the span, those that had an answer by its end: done, or a clear no."""
    known = archive().needs.all(workspace.id, gone=True)
    made = []
    for since, until in spans:
        asked = [one for one in known if one.first_ms < until and one.last_ms >= since]
        hits = sum(one.status in ANSWERED and one.status_ms < until for one in asked)
        posts = tuple(dict.fromkeys(post for one in asked for post in one.post_ids))[: figuring.LISTED_MAX]
        found = figuring.share(
            "needs_answered", hits, len(asked), BY_NAME["needs_answered"].method, Evidence(post_ids=posts)
        )
        made.append(found)
    return made


DESK: Mapping[str, Callable[[Workspace, Sequence[Span]], list[Figure]]] = {
    "first_reply": first_reply, "first_reply_p90": first_reply_p90, "resolution": resolution, "kept_rate": kept_rate,
    "needs_answered": needs_answered,
}  # fmt: skip
