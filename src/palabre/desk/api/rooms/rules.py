"""Rules: what they ask and do, their trial on history, on and off, their order, what they did."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Schema

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, Thing, When, Who, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Id, Limit
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.rules import access, trial
from palabre.desk.rules.forms import LISTED, NOT, SEVERAL, RuleForm
from palabre.desk.rules.models import RuleTrial


class RuleOut(Row):
    """conditions: {field, values, negated}; actions: {kind, value}; every: all conditions, not one of them; stops: no
    rule after it is asked; tried_version: only a version that was tried can be switched on."""

    name: str
    about: str
    conditions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    every: bool
    stops: bool
    rank: int
    state: str
    version: int
    tried_version: int
    hourly_max: int
    paused_because: str
    on_since: When = ms("on_since")

    @staticmethod
    def resolve_paused_because(obj: Any) -> str:
        return str(obj.paused_key)


class TrialOut(Schema):
    """What a rule would have touched; nothing was done. whole: all of the days were looked at; sample: posts, cases."""

    version: int
    days: int
    looked: int
    touched: int
    hour_most: int
    whole: bool
    sample: list[dict[str, Any]]
    who: Who
    at: When = ms("at")


class RunOut(Schema):
    """Something that a rule touched; did: kind, value, and whether it was done."""

    version: int
    post: int | None
    case: Thing
    at: When = ms("at")
    did: list[dict[str, Any]]

    @staticmethod
    def resolve_post(obj: Any) -> int | None:
        return None if obj.post_id is None else int(obj.post_id)


@operation("GET", "/rules", listed(RuleOut), scope="answer")
def rule_list(request: HttpRequest, workspace_slug: str) -> Any:
    """In the order they are asked."""
    return {"items": access.all_rules(seat_of(request))}


@operation("GET", "/rules/{uid}", RuleOut, scope="answer")
def rule(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.rule(seat_of(request), uid)


@operation("GET", "/rules/{uid}/runs", listed(RunOut), scope="answer")
def rule_runs(request: HttpRequest, workspace_slug: str, uid: Uid, limit: Limit = 50) -> Any:
    """What it did, newest first."""
    seat = seat_of(request)
    return {"items": access.log(seat, access.rule(seat, uid))[:limit]}


@operation("GET", "/rules/{uid}/trials", listed(TrialOut), scope="answer")
def rule_trials(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    seat = seat_of(request)
    return {"items": RuleTrial.objects.of(seat.workspace).filter(of=access.rule(seat, uid)).select_related("who")[:20]}


NOTS: Any = {NOT + name: (bool | None, None) for name in (*SEVERAL, *LISTED)}
RULE = "/rules/{uid}"
ANSWER: Any = {"scope": "answer"}
deed("POST", "/rules", "rules:new", "add_rule",
     body("RuleIn", RuleForm, begins=("about", "every", "hourly_max"), **NOTS), then=rule, status=201, begins=True,
     **ANSWER)  # fmt: skip
deed("PATCH", RULE, "rules:edit", "change_rule", body("RuleChange", RuleForm, part=True, **NOTS), then=rule,
     begins=True, **ANSWER)  # fmt: skip
deed("POST", f"{RULE}/trials", "rules:try", "try_rule", body("RuleTry", days=(Literal[tuple(trial.DAYS)], ...)),
     then=rule_trials, **ANSWER)  # fmt: skip
deed("POST", f"{RULE}/state", "rules:switch", "switch_rule", body("RuleState", state=(Literal["on", "off"], ...)),
     then=rule, **ANSWER)  # fmt: skip
deed("POST", f"{RULE}/place", "rules:move", "move_rule", body("RulePlace", way=(Literal["up", "down"], ...)), then=rule,
     **ANSWER)  # fmt: skip
deed("POST", f"{RULE}/restore", "rules:restore", "restore_rule", body("RuleRestore", version=(Id, ...)), then=rule,
     **ANSWER)  # fmt: skip
deed("DELETE", RULE, "rules:remove", "remove_rule", **ANSWER)
