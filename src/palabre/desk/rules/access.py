"""The only doors to rules, and to what they do by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from palabre.archive import PostRow
from palabre.desk.clock import now_ms
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.rules import facts
from palabre.desk.rules.acting import touch
from palabre.desk.rules.models import Rule, RuleRun, RuleVersion
from palabre.desk.service import access as service
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage import rules

FIELDS = ("name", "about", "conditions", "actions", "every", "stops", "hourly_max")


def rule(seat: Seat, uid: str) -> Rule:
    return one(Rule.objects.of(seat.workspace), uid=uid)


def all_rules(seat: Seat) -> list[Rule]:
    """In the order they are asked."""
    return list(Rule.objects.of(seat.workspace))


def log(seat: Seat, found: Rule) -> Any:
    """What a rule touched, newest first, as a query set."""
    return RuleRun.objects.of(seat.workspace).filter(of=found).select_related("case")


def kept(workspace: Workspace, known: Rule | None, values: dict[str, Any], who: User, why: str = "") -> Rule:
    """A new rule at the end of the order, or a new version of one, which is off until it was tried again."""
    now = now_ms()
    if known is None:
        last = Rule.objects.of(workspace).order_by("-rank").values_list("rank", flat=True).first()
        found = Rule.objects.add(workspace, rank=(last or 0) + 1, made_ms=now, **values)
    else:
        Rule.objects.of(workspace).filter(pk=known.pk).update(version=known.version + 1, state="off", **values)
        found = Rule.objects.of(workspace).get(pk=known.pk)
    told = {name: getattr(found, name) for name in FIELDS}
    RuleVersion.objects.add(workspace, of=found, version=found.version, rule=told, who=who, why=why, at_ms=now)
    return found


def working(workspace: Workspace, about: str) -> list[Rule]:
    """The rules that are on, in their order."""
    return list(Rule.objects.of(workspace).filter(state="on", about=about))


def apply_to_posts(workspace: Workspace, rows: Sequence[PostRow]) -> int:
    """Asks the rules about posts that were read; safe to call twice with the same. How many were touched."""
    known = working(workspace, rules.POST)
    if not known or not rows:
        return 0
    asker = facts.Asker(workspace, rules.queries([one.pure for one in known]))
    told = facts.of_posts(workspace, rows, asker, service.hours(workspace))
    by_uid = {one.uid: one for one in known}
    return sum(
        _touched(by_uid, rules.decide([one.pure for one in known], fact), f"post:{row.post_id}", post=row)
        for row, fact in zip(rows, told, strict=True)
    )


def apply(workspace: Workspace, case: Case, event: CaseEvent | None = None) -> int:
    """Asks the rules about a case; each touches it once, and again when it comes back after a resolution. event: what
    just happened to it. How many touched it."""
    return apply_to_cases(workspace, [case])


def apply_to_cases(workspace: Workspace, cases: Sequence[Case]) -> int:
    """The same for several."""
    known = working(workspace, rules.CASE)
    if not known or not cases:
        return 0
    pure = [one.pure for one in known]
    told = facts.of_cases(workspace, cases, facts.Asker(workspace, rules.queries(pure)))
    by_uid = {one.uid: one for one in known}
    return sum(
        _touched(by_uid, rules.decide(pure, fact), _subject(case), case=case)
        for case, fact in zip(cases, told, strict=True)
    )


def _subject(case: Case) -> str:
    """A case from its opening, or from its last resolution, on."""
    resolved = CaseEvent.objects.of(case.workspace).filter(case=case, kind="resolved").count()
    return f"case:{case.pk}:{resolved}"


def _touched(by_uid: dict[str, Rule], made: Sequence[rules.Decision], subject: str, **about: Any) -> int:
    n = 0
    for decision in made:
        found = by_uid[decision.rule.uid]
        timed = rules.timed(decision.rule) and about.get("case") is not None
        key = f"{subject}:{about['case'].waiting_since_ms}" if timed else subject
        n += found.state == "on" and touch(found, key, **about)
    return n
