"""Rules: conditions that decide what is done with a post or a case. Pure: facts in, decisions out; nothing is done.

    rule = Rule("r1", 3, "case", (Condition("intent", ("complaint",)),), (Action("label", "delivery"),))
    decide([rule], Facts(intents=("complaint",)))     # (Decision(rule, (Action("label", "delivery"),)),)

No action sends anything: there is no word for it in `ACTIONS`. A condition that asks something nobody knows (a post
without a reading, an account that does not say its followers) does not hold, whatever its direction: a rule never acts
on what was not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from palabre.errors import InputError

POST, CASE = "post", "case"
ABOUT = (POST, CASE)
HOUR_MS = 3_600_000
# What is compared with values, one of which must hold; "not" turns the answer around.
CHOSEN = ("watch", "network", "source", "intent", "tone", "language", "relation", "label")
NUMBERS = ("offence", "followers", "legitimacy", "waiting_hours")  # at least so much
YES_NO = ("known_person", "private", "outside_hours", "urgent")
FIELDS = (*CHOSEN, *NUMBERS, *YES_NO, "text")
OF_CASES = frozenset({"label", "waiting_hours", "urgent", "legitimacy"})  # a post without a case has none of these
ACTIONS = ("label", "assign", "team", "round_robin", "least_busy", "open", "fold", "urgent", "snooze")
ON_CASES = frozenset(ACTIONS) - {"open", "fold"}
FOLD_REASONS = ("spam", "promotion", "duplicate", "off_topic", "homonym", "rule")
VALUES_MAX, CONDITIONS_MAX, ACTIONS_MAX = 50, 20, 10
SNOOZE_HOURS_MAX = 24 * 90


@dataclass(frozen=True, slots=True)
class Condition:
    """field: of FIELDS; values: texts; negated: it must not hold. NUMBERS: at least the one value; "offence" in
    percent; YES_NO: values is ("yes",) or ("no",); "text": a query of the query language."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """kind: of ACTIONS; value: the label, the member's or team's uid, the reason of a fold, the hours of a snooze."""

    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """about: of ABOUT; every: all conditions must hold, else one of them; stops: no later rule looks at what it
    touched."""

    uid: str
    version: int
    about: str
    conditions: tuple[Condition, ...]
    actions: tuple[Action, ...]
    every: bool = True
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a post, or of a case and the last post of the person in it. None: not known. watches, sources:
    ids as texts; offence, legitimacy: 0 to 100; relation: "" for none; labels and urgent: None where there is no case;
    found: the texts of queries that find the post."""

    watches: tuple[str, ...] = ()
    network: str = ""
    source: str = ""
    intents: tuple[str, ...] | None = None
    tone: str | None = None
    language: str = ""
    offence: float | None = None
    followers: int | None = None
    known_person: bool = False
    relation: str = ""
    legitimacy: float | None = None
    private: bool = False
    outside_hours: bool = False
    labels: tuple[str, ...] | None = None
    urgent: bool | None = None
    waiting_hours: float | None = None
    found: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule would have done."""

    rule: Rule
    actions: tuple[Action, ...]


def decide(rules: Sequence[Rule], facts: Facts) -> tuple[Decision, ...]:
    """The rules that hold, in their order, up to the first that stops."""
    made = []
    for rule in rules:
        if not fires(rule, facts):
            continue
        made.append(Decision(rule, rule.actions))
        if rule.stops:
            break
    return tuple(made)


def fires(rule: Rule, facts: Facts) -> bool:
    """Whether a rule holds; one without conditions never does."""
    answers = (holds(one, facts) for one in rule.conditions)
    return bool(rule.conditions) and (all(answers) if rule.every else any(answers))


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a condition holds; what is not known never does."""
    answer = _answer(condition, facts)
    return answer is not None and answer is not condition.negated


def _answer(condition: Condition, facts: Facts) -> bool | None:
    """None: nobody knows."""
    name, values = condition.field, condition.values
    if name == "text":
        return bool(set(values) & facts.found)
    if name in CHOSEN:
        return _is_one_of(name, values, facts)
    known = getattr(facts, name)
    if known is None or not values:
        return None
    if name in NUMBERS:
        return bool(known >= number(values[0]))
    return bool(known) is (values[0] == "yes")


SEVERAL = {"watch": "watches", "intent": "intents", "label": "labels"}


def _is_one_of(name: str, values: Sequence[str], facts: Facts) -> bool | None:
    """Whether one of the values is the fact, or among them. No intent at all is "none"."""
    if name in SEVERAL:
        several = getattr(facts, SEVERAL[name])
        if several is None:
            return None
        return bool(set(values) & (set(several) or {"none"}))
    one = getattr(facts, name)
    return None if one is None or (one == "" and name == "language") else one in values


def number(text: str) -> float:
    """A number as people write it, with a point or a comma. Raises InputError."""
    try:
        found = float(text.replace(",", ".").strip())
    except ValueError as error:
        raise InputError("rules.bad_number", text=text[:40]) from error
    if not 0 <= found < 1e15:
        raise InputError("rules.bad_number", text=text[:40])
    return found


def checked(rule: Rule) -> Rule:
    """The same rule if it can be followed. Raises InputError that says what is missing."""
    if not rule.conditions:
        raise InputError("rules.no_condition")
    if not rule.actions:
        raise InputError("rules.no_action")
    if len(rule.conditions) > CONDITIONS_MAX or len(rule.actions) > ACTIONS_MAX:
        raise InputError("rules.too_many", conditions=CONDITIONS_MAX, actions=ACTIONS_MAX)
    for condition in rule.conditions:
        _checked_condition(rule, condition)
    for action in rule.actions:
        _checked_action(rule, action)
    return rule


def _checked_condition(rule: Rule, condition: Condition) -> None:
    if condition.field not in FIELDS or not any(value.strip() for value in condition.values):
        raise InputError("rules.no_value")
    if rule.about == POST and condition.field in OF_CASES:
        raise InputError("rules.case_only")
    if condition.field in NUMBERS:
        number(condition.values[0])


def _checked_action(rule: Rule, action: Action) -> None:
    kinds = {one.kind for one in rule.actions}
    if action.kind not in ACTIONS:
        raise InputError("rules.no_action")
    if action.kind in ON_CASES and rule.about == POST and "open" not in kinds:
        raise InputError("rules.needs_case")
    if action.kind in {"open", "fold"} and rule.about == CASE:
        raise InputError("rules.post_only")
    if {"open", "fold"} <= kinds:
        raise InputError("rules.open_and_fold")
    if action.kind not in {"open", "urgent"} and not action.value.strip():
        raise InputError("rules.no_value")
    if action.kind == "fold" and action.value not in FOLD_REASONS:
        raise InputError("rules.no_value")
    if action.kind == "snooze" and not 0 < number(action.value) <= SNOOZE_HOURS_MAX:
        raise InputError("rules.bad_snooze", hours=SNOOZE_HOURS_MAX)


def queries(rules: Iterable[Rule]) -> list[str]:
    """The queries that some rules ask, each once."""
    texts = (value for rule in rules for one in rule.conditions if one.field == "text" for value in one.values)
    return list(dict.fromkeys(texts))


def timed(rule: Rule) -> bool:
    """Whether it may begin to hold by the passing of time alone."""
    return any(one.field in {"waiting_hours", "outside_hours"} for one in rule.conditions)


def in_turn(members: Sequence[str], given: Mapping[str, int]) -> str:
    """Round robin: who was given something longest ago; those who never were come first, in the order listed. members:
    not empty; given: member -> when last (ms, or any number that rises)."""
    return min(members, key=lambda one: (given.get(one, -1), members.index(one)))


def least_busy(members: Sequence[str], load: Mapping[str, int], given: Mapping[str, int]) -> str:
    """Who has the fewest open cases; of equals, who was given something longest ago."""
    return min(members, key=lambda one: (load.get(one, 0), given.get(one, -1), members.index(one)))


def tripped(times_ms: Iterable[int], now_ms: int, most: int) -> bool:
    """The circuit breaker: whether one more within the hour would be more than ``most``."""
    return sum(now_ms - HOUR_MS < at <= now_ms for at in times_ms) >= most


def as_json(rule: Rule) -> dict[str, Any]:
    """Conditions and actions as the desk keeps them."""
    return {
        "conditions": [{"field": one.field, "values": list(one.values), "not": one.negated} for one in rule.conditions],
        "actions": [{"kind": one.kind, "value": one.value} for one in rule.actions],
    }


def conditions_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(str(one["field"]), tuple(map(str, one["values"]))[:VALUES_MAX], bool(one.get("not"))) for one in kept
    )


def actions_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Action, ...]:
    return tuple(Action(str(one["kind"]), str(one.get("value", ""))) for one in kept)
