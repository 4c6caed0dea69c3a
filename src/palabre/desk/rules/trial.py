"""A rule tried on history: how many posts or cases it would have touched, which, and what it would have done. Nothing
is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from palabre.archive import Filters, PostRow
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case
from palabre.desk.rules import facts
from palabre.desk.rules.models import Rule, RuleTrial
from palabre.desk.service import access as service
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage import rules
from palabre.search import ask

DAYS = (7, 30)
DAY_MS = 86_400_000
LOOK_MAX, PAGE, SAMPLE = 20_000, 500, 20
# what SQL can narrow: condition -> field of Filters
NARROW = {"watch": "watch_ids", "network": "networks", "source": "source_ids", "intent": "intents", "tone": "tones"}
IDS = frozenset({"watch", "source"})


@dataclass
class Tally:
    """What a trial has found so far. hours: hour -> how many touched."""

    looked: int = 0
    touched: int = 0
    whole: bool = True
    sample: list[dict[str, Any]] = field(default_factory=list)
    hours: Counter[int] = field(default_factory=Counter)

    def add(self, about: dict[str, Any], at_ms: int) -> None:
        self.touched += 1
        self.hours[at_ms // rules.HOUR_MS] += 1
        if len(self.sample) < SAMPLE:
            self.sample.append(about)


def tried(rule: Rule, days: int, who: User) -> RuleTrial:
    """Tries a rule and keeps what came of it: this version may be switched on."""
    since, tally = now_ms() - days * DAY_MS, Tally()
    if rule.about == rules.POST:
        _posts(rule, since, tally)
    else:
        _cases(rule, since, tally)
    Rule.objects.of(rule.workspace).filter(pk=rule.pk).update(tried_version=rule.version)
    rule.tried_version = rule.version
    return RuleTrial.objects.add(
        rule.workspace, of=rule, version=rule.version, days=days, looked=tally.looked, touched=tally.touched,
        hour_most=max(tally.hours.values(), default=0), whole=tally.whole, sample=tally.sample, who=who, at_ms=now_ms(),
    )  # fmt: skip


def _posts(rule: Rule, since_ms: int, tally: Tally) -> None:
    pure, hours = rule.pure, service.hours(rule.workspace)
    asker = facts.Asker(rule.workspace, rules.queries([pure]))
    seen = 0
    for rows in _pages(rule.workspace, narrowed(pure, since_ms)):
        seen += len(rows)
        for row, fact in zip(rows, facts.of_posts(rule.workspace, rows, asker, hours), strict=True):
            if rules.fires(pure, fact):
                tally.add({"post": row.post_id}, row.sort_ms)
        if seen >= LOOK_MAX and len(rows) == PAGE:
            tally.looked, tally.whole = seen, False
            return
    tally.looked = archive().count(rule.workspace.pk, filters=Filters(since_ms=since_ms)).n


def _pages(workspace: Workspace, filters: Filters) -> Iterator[Sequence[PostRow]]:
    """Posts, newest first."""
    asked, before = ask(archive(), workspace.pk, "", filters), None
    while True:
        rows = asked.rows(before, PAGE)
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        before = rows[-1].post_id


def narrowed(rule: rules.Rule, since_ms: int) -> Filters:
    """What SQL can leave out beforehand, where every condition must hold."""
    found = Filters(since_ms=since_ms)
    for one in rule.conditions if rule.every else ():
        if one.field in NARROW and not one.negated:
            values = tuple(int(value) for value in one.values if value.isdecimal()) if one.field in IDS else one.values
            found = replace(found, **{NARROW[one.field]: values or (0,)})  # type: ignore[arg-type]
    return found


def _cases(rule: Rule, since_ms: int, tally: Tally) -> None:
    """Cases opened since then, as they are now."""
    pure = rule.pure
    asker = facts.Asker(rule.workspace, rules.queries([pure]))
    rows = Case.objects.of(rule.workspace).filter(merged_into=None, opened_ms__gte=since_ms)
    listed = list(rows.select_related("person", "team").order_by("-opened_ms", "-pk")[:LOOK_MAX])
    tally.looked, tally.whole = len(listed), len(listed) < LOOK_MAX
    for start in range(0, len(listed), PAGE):
        part = listed[start : start + PAGE]
        for case, fact in zip(part, facts.of_cases(rule.workspace, part, asker), strict=True):
            if rules.fires(pure, fact):
                tally.add({"case": case.uid}, case.opened_ms)
