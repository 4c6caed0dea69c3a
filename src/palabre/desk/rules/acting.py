"""What a rule does, once, and with its name on every event. There is no way to send anything from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Max

from palabre.archive import PostRow
from palabre.archive.folds import Reason
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.rules.models import Rule, RuleRun
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage import rules
from palabre.engage.rules import Action

FOLD_WEIGHT = 1.0


Told = dict[str, Any]  # {"kind", "value", "done"}


class GoneError(Exception):
    """A rule names a member or a team that is there no more."""


def paused(rule: Rule, key: str) -> None:
    """The house switches a rule off, and says why; somebody must switch it on again."""
    Rule.objects.of(rule.workspace).filter(pk=rule.pk).update(state="paused", paused_key=key, paused_ms=now_ms())
    rule.state, rule.paused_key = "paused", key


def within_limits(rule: Rule) -> bool:
    """Whether it may touch one more this hour; else it is paused now."""
    now = now_ms()
    since = RuleRun.objects.of(rule.workspace).filter(
        of=rule, at_ms__gt=now - rules.HOUR_MS, at_ms__gte=rule.on_since_ms
    )
    if not rules.tripped(since.values_list("at_ms", flat=True), now, rule.hourly_max):
        return True
    paused(rule, "rules.paused.breaker")
    return False


def touch(rule: Rule, subject: str, *, case: Case | None = None, post: PostRow | None = None) -> bool:
    """Does what the rule says with something, once: the row that says so and what it did are one transaction. False:
    it was done before, or the rule was paused instead."""
    if RuleRun.objects.of(rule.workspace).filter(of=rule, subject=subject).exists() or not within_limits(rule):
        return False
    try:
        with transaction.atomic():
            run, made = RuleRun.objects.of(rule.workspace).get_or_create(
                workspace=rule.workspace, of=rule, subject=subject,
                defaults={"version": rule.version, "at_ms": now_ms(), "post_id": post.post_id if post else None},
            )  # fmt: skip
            if made:
                done, case = _done(rule, subject, case, post)
                run.did, run.case = done, case
                run.save(update_fields=["did", "case"])
    except GoneError:
        paused(rule, "rules.paused.gone")
        return False
    return made


def _done(
    rule: Rule, subject: str, case: Case | None, post: PostRow | None
) -> tuple[list[dict[str, Any]], Case | None]:
    """What each action did, and the case it was about. Opening comes first: the others need a case."""
    actions = sorted(rule.pure.actions, key=lambda one: one.kind != "open")
    told: list[Told] = []
    for place, action in enumerate(actions):
        done = case is not None or post is not None
        if action.kind == "fold":
            done = post is not None and _fold(rule, action, post)
        elif action.kind == "open":
            case = case or (inbox.opened(rule.workspace, post) if post else None)
        elif case is not None:
            done = _on_case(rule, case, action, f"rule:{rule.pk}:{subject}:{place}"[:80])
        told.append(
            {"kind": action.kind, "value": action.value, "done": done and (case is not None or post is not None)}
        )
    if case is not None:
        did = [one["kind"] for one in told if one["done"]]
        inbox.happened(
            case, "rule", event_id=f"rule:{rule.pk}:{subject}"[:80], rule=rule.uid, name=rule.name,
            version=rule.version, did=did,
        )  # fmt: skip
    return told, case


def _fold(rule: Rule, action: Action, post: PostRow) -> bool:
    """Folds a post as noise with its named reason; one that a member brought back stays."""
    reason = Reason(action.value, FOLD_WEIGHT, f"rule {rule.name}"[:80])
    return bool(archive().folds.put(rule.workspace.pk, [(post.post_id, FOLD_WEIGHT, [reason])]))


def _on_case(rule: Rule, case: Case, action: Action, event_id: str) -> bool:
    """Whether it changed something. What a member decided is never taken from them."""
    named: Mapping[str, Any] = {"event_id": event_id, "rule": rule.uid}
    if action.kind == "label":
        return action.value not in case.labels and bool(inbox.happened(case, "labelled", label=action.value, **named))
    if action.kind == "urgent":
        return not case.urgent and bool(inbox.happened(case, "urgent", **named))
    if action.kind == "snooze":
        until = now_ms() + round(rules.number(action.value) * rules.HOUR_MS)
        return case.state == "open" and bool(inbox.happened(case, "snoozed", until_ms=until, **named))
    if action.kind == "team":
        return _route(rule, case, action, named)
    return case.assignee_id is None and _assign(rule, case, action, named)


def _route(rule: Rule, case: Case, action: Action, named: Mapping[str, Any]) -> bool:
    team = teams.team_named(rule.workspace, action.value)
    if team is None:
        raise GoneError
    return case.team_id is None and teams.routed(case, team, user=None, note=rule.name, **named)


def _assign(rule: Rule, case: Case, action: Action, named: Mapping[str, Any]) -> bool:
    able = teams.answerers(rule.workspace)
    if action.kind == "assign":
        chosen = next((user for user in able if user.uid == action.value), None)
    else:
        chosen = _chosen(rule.workspace, action)
    if chosen is None:
        raise GoneError
    return bool(inbox.happened(case, "assigned", to=chosen.pk, **named))


def _chosen(workspace: Workspace, action: Action) -> User | None:
    """Whose turn it is in a team, or who has the least to do."""
    team = teams.team_named(workspace, action.value)
    members = {user.uid: user for user in teams.members(team)} if team else {}
    if not members:
        return None
    numbers = {user.pk: uid for uid, user in members.items()}
    given = {
        numbers[row["data__to"]]: row["last"]
        for row in CaseEvent.objects.of(workspace)
        .filter(kind="assigned", data__to__in=list(numbers))
        .order_by()
        .values("data__to")
        .annotate(last=Max("pk"))
    }
    if action.kind == "round_robin":
        return members[rules.in_turn(list(members), given)]
    live = Case.objects.of(workspace).filter(merged_into=None, assignee__in=list(numbers)).exclude(state="resolved")
    load = {numbers[row["assignee"]]: row["n"] for row in live.order_by().values("assignee").annotate(n=Count("pk"))}
    return members[rules.least_busy(list(members), load, given)]
