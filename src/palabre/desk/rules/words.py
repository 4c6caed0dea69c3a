"""A rule in words: its conditions and its actions as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.mentions import access as mentions
from palabre.desk.mentions.facets import naming
from palabre.desk.rules.models import Rule
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.names import called
from palabre.engage.rules import Action, Condition
from palabre.messages import catalogue

MANY = ("watch", "source", "intent", "tone", "language", "relation")


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: watches, sources, members and teams."""

    watch: Mapping[str, str]
    source: Mapping[str, str]
    user: Mapping[str, str]
    team: Mapping[str, str]


def names_of(seat: Seat, lang: str) -> Names:
    return Names(
        {str(number): one.name for number, one in mentions.watches(seat).items()},
        {str(one.source_id): one.name for one in archive().sources.all(seat.workspace.pk)},
        {user.uid: called(user, lang) for user in teams.answerers(seat.workspace)},
        {team.uid: team.name for team in teams.teams(seat)},
    )


def conditions(rule: Rule, names: Names, lang: str) -> list[str]:
    return [condition(one, names, lang) for one in rule.pure.conditions]


def condition(one: Condition, names: Names, lang: str) -> str:
    """ "tone: negative", "network: none of mail, web", "waits for 4 hours at least"."""
    values = ", ".join(_value(one.field, value, names, lang) for value in one.values)
    return speak(f"rules.says.{'not' if one.negated else 'is'}", lang, what=_field(one.field, lang), values=values)


def _field(name: str, lang: str) -> str:
    return speak(f"rules.form.{name}.label", lang)


def _value(field: str, value: str, names: Names, lang: str) -> str:
    if field in ("watch", "source"):
        return getattr(names, field).get(value) or speak("rules.gone", lang)
    if field == "network":
        return naming(lang, {}, {})(field, value)
    key = f"rules.form.{field}.{value}"
    return speak(key, lang) if key in catalogue(lang) else value


def actions(rule: Rule, names: Names, lang: str) -> list[str]:
    return [action(one, names, lang) for one in rule.pure.actions]


def action(one: Action, names: Names, lang: str) -> str:
    """ "label “delivery”", "give to Alice", "hand to Legal" …"""
    value = one.value
    if one.kind == "assign":
        value = names.user.get(one.value) or speak("rules.gone", lang)
    elif one.kind in ("team", "round_robin", "least_busy"):
        value = names.team.get(one.value) or speak("rules.gone", lang)
    elif one.kind == "fold":
        value = speak(f"rules.form.do_fold.{one.value}", lang)
    return speak(f"rules.does.{one.kind}", lang, value=value)


def did(run: Any, names: Names, lang: str) -> list[tuple[str, bool]]:
    """What a run did: (words, whether it changed something)."""
    return [(action(Action(one["kind"], one["value"]), names, lang), bool(one["done"])) for one in run.did]
