"""What a rule decides, from facts alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from palabre.engage import rules
from palabre.engage.rules import Action, Condition, Facts, Rule
from palabre.errors import InputError

KNOWN = Facts(
    watches=("3", "5"), network="mastodon", source="7", intents=("complaint",), tone="negative", language="fr",
    offence=40.0, followers=1_200, known_person=True, relation="customer", legitimacy=62.0, private=False,
    outside_hours=True, labels=("vip",), urgent=False, waiting_hours=5.5, found=frozenset({"frein OR pneu"}),
)  # fmt: skip
NOTHING = Facts()


@pytest.mark.parametrize(
    ("field", "values", "known", "nothing"),
    [
        ("watch", ("5",), True, False),
        ("watch", ("9",), False, False),
        ("network", ("mail", "mastodon"), True, False),
        ("source", ("7",), True, False),
        ("intent", ("question", "complaint"), True, False),
        ("intent", ("none",), False, False),
        ("tone", ("negative",), True, False),
        ("language", ("fr",), True, False),
        ("offence", ("40",), True, False),
        ("offence", ("40,5",), False, False),
        ("followers", ("1000",), True, False),
        ("followers", ("5000",), False, False),
        ("known_person", ("yes",), True, False),
        ("known_person", ("no",), False, True),
        ("relation", ("press", "customer"), True, False),
        ("legitimacy", ("60",), True, False),
        ("private", ("no",), True, True),
        ("outside_hours", ("yes",), True, False),
        ("label", ("vip",), True, False),
        ("urgent", ("yes",), False, False),
        ("waiting_hours", ("5",), True, False),
        ("waiting_hours", ("6",), False, False),
        ("text", ("frein OR pneu",), True, False),
        ("text", ("autre",), False, False),
    ],
)
def test_a_condition_holds(field: str, values: tuple[str, ...], known: bool, nothing: bool) -> None:
    condition = Condition(field, values)
    assert (rules.holds(condition, KNOWN), rules.holds(condition, NOTHING)) == (known, nothing)


@pytest.mark.parametrize("field", ["intent", "tone", "language", "offence", "followers", "legitimacy", "label"])
def test_what_is_not_known_holds_in_neither_direction(field: str) -> None:
    for negated in (False, True):
        assert not rules.holds(Condition(field, ("1",), negated), NOTHING)


def test_a_post_that_was_read_without_an_intent_has_none() -> None:
    assert rules.holds(Condition("intent", ("none",)), replace(NOTHING, intents=()))


def test_not_turns_an_answer_around() -> None:
    assert rules.holds(Condition("tone", ("positive",), negated=True), KNOWN)
    assert not rules.holds(Condition("tone", ("negative",), negated=True), KNOWN)


def a_rule(uid: str = "r", **values: Any) -> Rule:
    usual: dict[str, Any] = {
        "version": 1, "about": "case", "conditions": (Condition("tone", ("negative",)),),
        "actions": (Action("label", "x"),),
    }  # fmt: skip
    return Rule(uid, **(usual | values))


def test_rules_decide_in_their_order_until_one_stops() -> None:
    listed = [a_rule("a"), a_rule("no", conditions=(Condition("tone", ("positive",)),)), a_rule("b", stops=True),
              a_rule("c")]  # fmt: skip
    assert [one.rule.uid for one in rules.decide(listed, KNOWN)] == ["a", "b"]


def test_every_condition_or_one_of_them() -> None:
    two = (Condition("tone", ("negative",)), Condition("language", ("en",)))
    assert not rules.fires(a_rule(conditions=two), KNOWN)
    assert rules.fires(a_rule(conditions=two, every=False), KNOWN)
    assert not rules.fires(a_rule(conditions=()), KNOWN)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"conditions": ()}, "rules.no_condition"),
        ({"actions": ()}, "rules.no_action"),
        ({"actions": (Action("send", "Bonjour"),)}, "rules.no_action"),
        ({"actions": (Action("label", " "),)}, "rules.no_value"),
        ({"actions": (Action("fold", "spam"),)}, "rules.post_only"),
        ({"about": "post"}, "rules.needs_case"),
        ({"about": "post", "actions": (Action("open"), Action("fold", "spam"))}, "rules.open_and_fold"),
        ({"about": "post", "actions": (Action("fold", "whim"),)}, "rules.no_value"),
        ({"about": "post", "conditions": (Condition("waiting_hours", ("3",)),)}, "rules.case_only"),
        ({"conditions": (Condition("followers", ("many",)),)}, "rules.bad_number"),
        ({"conditions": (Condition("network", ("",)),)}, "rules.no_value"),
        ({"conditions": (Condition("moon", ("full",)),)}, "rules.no_value"),
        ({"actions": (Action("snooze", "9999"),)}, "rules.bad_snooze"),
        ({"conditions": (Condition("private", ("yes",)),) * 21}, "rules.too_many"),
    ],
)
def test_what_cannot_be_followed_is_refused(values: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as refused:
        rules.checked(a_rule(**values))
    assert refused.value.key == key


def test_no_action_sends() -> None:
    assert not {"send", "reply", "publish", "answer"} & set(rules.ACTIONS)


def test_round_robin_goes_round() -> None:
    given: dict[str, int] = {}
    turns = []
    for at in range(7):
        who = rules.in_turn(["a", "b", "c"], given)
        given[who] = at
        turns.append(who)
    assert turns == ["a", "b", "c", "a", "b", "c", "a"]


def test_least_busy_has_the_fewest_and_waited_longest() -> None:
    assert rules.least_busy(["a", "b", "c"], {"a": 2, "b": 1, "c": 1}, {"b": 9, "c": 4}) == "c"
    assert rules.least_busy(["a", "b"], {}, {}) == "a"


@pytest.mark.parametrize(("n", "is_tripped"), [(4, False), (5, True), (6, True)])
def test_the_breaker_counts_one_hour(n: int, is_tripped: bool) -> None:
    now = 10 * rules.HOUR_MS
    old = [now - rules.HOUR_MS - 1] * 50
    assert rules.tripped([*old, *range(now - n, now)], now, 5) is is_tripped


def test_a_rule_survives_being_kept() -> None:
    rule = a_rule(conditions=(Condition("network", ("mail", "web"), True),), actions=(Action("snooze", "4"),))
    kept = rules.as_json(rule)
    assert rules.conditions_of(kept["conditions"]) == rule.conditions
    assert rules.actions_of(kept["actions"]) == rule.actions
