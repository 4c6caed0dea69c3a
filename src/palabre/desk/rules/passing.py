"""The pass over what is new: posts that were heard and read, and cases in which something happened. It can be cut off
anywhere: where it was is kept after each step, and a rule touches a thing once."""

from __future__ import annotations

from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.rules import access
from palabre.desk.rules.models import Rule, RuleMark
from palabre.desk.workspaces.models import Workspace
from palabre.engage import rules

STEP, STEPS_A_BEAT = 500, 20
STIRRING = ("opened", "customer", "reopened", "resumed")  # events after which a case is looked at


def run() -> int:
    """One round over all workspaces: how many things were touched."""
    return each(Workspace.objects.all(), once)


def once(workspace: Workspace) -> int:
    """What is new in one workspace."""
    if not Rule.objects.of(workspace).filter(state="on").exists():
        return 0
    mark = mark_of(workspace)
    return posts(workspace, mark) + cases(workspace, mark) + by_time(workspace)


def mark_of(workspace: Workspace) -> RuleMark:
    """How far the rules have looked; from here on where they never did: history is for trials."""
    found = RuleMark.objects.of(workspace).first()
    if found is not None:
        return found
    return RuleMark.objects.of(workspace).get_or_create(workspace=workspace, defaults=newest(workspace))[0]


def newest(workspace: Workspace) -> dict[str, int]:
    """The last post and the last event there are."""
    rows = archive().search(workspace.pk, limit=1)
    event = CaseEvent.objects.of(workspace).order_by("-pk").values_list("pk", flat=True).first()
    return {"post": rows[0].post_id if rows else 0, "event": event or 0}


def begin(workspace: Workspace) -> None:
    """The first rule that is switched on looks at what comes from now on."""
    if not Rule.objects.of(workspace).filter(state="on").exists():
        mark = mark_of(workspace)
        RuleMark.objects.of(workspace).filter(pk=mark.pk).update(**newest(workspace))


def posts(workspace: Workspace, mark: RuleMark) -> int:
    """Posts in the order they came, up to the first that waits to be read."""
    touched = 0
    for _ in range(STEPS_A_BEAT):
        rows = archive().posts.after(workspace.pk, mark.post, STEP)
        known = archive().readings.of(workspace.pk, [row.post_id for row in rows])
        unread = next((row.post_id for row in rows if row.post_id not in known), None)
        waits = unread is not None and archive().readings.waits(workspace.pk)
        ready = [row for row in rows if unread is None or not waits or row.post_id < unread]
        if ready:
            touched += access.apply_to_posts(workspace, ready)
            moved(mark, post=ready[-1].post_id)
        if waits or len(rows) < STEP:
            break
    return touched


def cases(workspace: Workspace, mark: RuleMark) -> int:
    """Cases in which somebody asked or that came back, since the last time."""
    touched = 0
    for _ in range(STEPS_A_BEAT):
        events = CaseEvent.objects.of(workspace).filter(pk__gt=mark.event).order_by("pk")
        new = list(events.values_list("pk", "case_id", "kind")[:STEP])
        if not new:
            break
        stirred = {case for _, case, kind in new if kind in STIRRING}
        live = Case.objects.of(workspace).filter(pk__in=stirred, merged_into=None).exclude(state="resolved")
        touched += access.apply_to_cases(workspace, list(live.select_related("person", "team").order_by("pk")))
        moved(mark, event=new[-1][0])
    return touched


def by_time(workspace: Workspace) -> int:
    """Cases that wait, for rules that hold by the passing of time alone."""
    if not any(rules.timed(one.pure) for one in access.working(workspace, rules.CASE)):
        return 0
    waiting = Case.objects.of(workspace).filter(merged_into=None, waiting_since_ms__gt=0, waiting_since_ms__lt=now_ms())
    listed = waiting.exclude(state="resolved").select_related("person", "team").order_by("waiting_since_ms")
    return access.apply_to_cases(workspace, list(listed[: STEP * STEPS_A_BEAT]))


def moved(mark: RuleMark, **values: int) -> None:
    for name, value in values.items():
        setattr(mark, name, value)
    RuleMark.objects.of(mark.workspace).filter(pk=mark.pk).update(**values)
