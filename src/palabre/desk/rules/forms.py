"""The form of a rule: every condition and every action has its place, and what is left empty asks and does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.mentions import access as mentions
from palabre.desk.mentions import networks
from palabre.desk.rules.models import Rule
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.names import called
from palabre.engage import rules
from palabre.engage.rules import Action, Condition
from palabre.errors import InputError, QueryError
from palabre.match.limits import Limits
from palabre.match.parser import parse
from palabre.model import INTENTS, TONES

RELATIONS = ("customer", "partner", "employee", "press", "authority", "public")
LANGUAGES = ("fr", "en")
HOURLY_MAX = 10_000
LISTED = ("label",)  # written as words between commas
SEVERAL = ("watch", "network", "source", "intent", "tone", "language", "relation")
GROUPS = (
    ("said", ("watch", "text", "intent", "tone", "offence", "language")),
    ("where", ("network", "source", "private")),
    ("who", ("followers", "known_person", "relation", "legitimacy")),
    ("when", ("outside_hours", "waiting_hours", "label", "urgent")),
)
NOT = "not_"


def boxes(values: Sequence[str]) -> forms.MultipleChoiceField:
    listed = [(value, value) for value in values]
    return forms.MultipleChoiceField(choices=listed, required=False, widget=forms.CheckboxSelectMultiple)


def line(most: int = 400) -> forms.CharField:
    return forms.CharField(max_length=most, required=False)


def yes_no() -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", ""), ("yes", ""), ("no", "")], required=False)


CODE = forms.Textarea(attrs={"rows": "2", "class": "code", "spellcheck": "false"})


class RuleForm(DeskForm):
    words = "rules.form"
    name = forms.CharField(max_length=80)
    about = forms.ChoiceField(choices=[(one, "") for one in ("case", "post")], widget=forms.RadioSelect)
    every = forms.ChoiceField(choices=[("all", ""), ("any", "")], widget=forms.RadioSelect)
    watch = boxes(())
    text = forms.CharField(
        required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": "2", "class": "code"})
    )
    intent = boxes((*INTENTS, "none"))
    tone = boxes(TONES)
    offence = line(6)
    language = boxes(LANGUAGES)
    network = boxes(())
    source = boxes(())
    private = yes_no()
    followers = line(12)
    known_person = yes_no()
    relation = boxes(RELATIONS)
    legitimacy = line(6)
    outside_hours = yes_no()
    waiting_hours = line(8)
    label = line()
    urgent = yes_no()
    do_open = forms.BooleanField(required=False)
    do_fold = forms.ChoiceField(required=False, choices=[("", ""), *((one, one) for one in rules.FOLD_REASONS)])
    do_label = line(60)
    do_urgent = forms.BooleanField(required=False)
    do_assign = forms.ChoiceField(required=False)
    do_team = forms.ChoiceField(required=False)
    do_snooze = line(6)
    stops = forms.BooleanField(required=False)
    hourly_max = forms.IntegerField(min_value=1, max_value=HOURLY_MAX)
    why = line(200)

    def __init__(self, request: Any, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.seat = seat
        for name in (*SEVERAL, *LISTED):
            self.fields[NOT + name] = forms.BooleanField(required=False, label=speak("rules.not", self.speaks))
        found = mentions.watches(seat).values()
        self._choices("watch", [(str(one.watch_id), one.name) for one in found])
        self._choices("network", networks.choices(seat.workspace, self.speaks, self.initial.get("network", ())))
        self._choices("source", [(str(one.source_id), one.name) for one in archive().sources.all(seat.workspace.pk)])
        everyone = [(f"assign {user.uid}", called(user, self.speaks)) for user in teams.answerers(seat.workspace)]
        listed = teams.teams(seat)
        turns = [(f"{kind} {one.uid}", speak(f"rules.turn.{kind}", self.speaks, name=one.name))
                 for one in listed for kind in ("round_robin", "least_busy")]  # fmt: skip
        nobody = [("", speak("rules.form.do_assign.none", self.speaks))]
        self._choices("do_assign", [*nobody, *everyone, *turns])
        no_team = [("", speak("rules.form.do_team.none", self.speaks))]
        self._choices("do_team", [*no_team, *((one.uid, one.name) for one in listed)])

    def _choices(self, name: str, listed: list[tuple[str, str]]) -> None:
        self.fields[name].choices = listed  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """(group, [(field, its "none of these" or None)]) of the conditions; choices without values are left out."""
        return [
            (group, [(self[name], self[NOT + name] if NOT + name in self.fields else None)
                     for name in names if getattr(self.fields[name], "choices", True)])
            for group, names in GROUPS
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.errors:
            return values
        values["rule"] = rule = self._rule(values)
        try:
            rules.checked(rule)
        except InputError as error:
            self.add_error(PLACES.get(error.key), speak(error.key, self.speaks, **error.params))
        if values["text"].strip():
            self._reads(values["text"])
        if (
            Rule.objects.of(self.seat.workspace)
            .filter(name=values["name"])
            .exclude(uid=self.initial.get("uid"))
            .exists()
        ):
            self.complain("name", "teams.name_taken")
        return values

    def _reads(self, text: str) -> None:
        lists = archive().watches.lists(self.seat.workspace.pk)
        try:
            parse(text, lists=lists, limits=Limits.of(settings.PALABRE))
        except QueryError as error:
            self.add_error("text", speak(error.key, self.speaks, **error.params))

    def _rule(self, values: dict[str, Any]) -> rules.Rule:
        conditions = tuple(_conditions(values))
        every = values["every"] == "all"
        return rules.Rule("", 0, values["about"], conditions, tuple(_actions(values)), every, values["stops"])


PLACES = {"rules.bad_snooze": "do_snooze", "rules.needs_case": "do_open", "rules.post_only": "about"}


def _conditions(values: dict[str, Any]) -> list[Condition]:
    found = []
    for name in (name for _, names in GROUPS for name in names):
        given = values.get(name)
        listed = given if isinstance(given, list) else _words(name, given or "")
        if listed:
            found.append(Condition(name, tuple(listed), bool(values.get(NOT + name))))
    return found


def _words(name: str, text: str) -> list[str]:
    """One text, or the words between commas."""
    if name not in LISTED:
        return [text.strip()] if text.strip() else []
    kept = [" ".join(one.split()) for one in text.split(",")]
    return list(dict.fromkeys(one for one in kept if one))


def _actions(values: dict[str, Any]) -> list[Action]:
    kind, _, uid = values["do_assign"].partition(" ")
    found = [
        Action("open") if values["do_open"] else None,
        Action("fold", values["do_fold"]) if values["do_fold"] else None,
        Action("label", values["do_label"].strip()) if values["do_label"].strip() else None,
        Action("urgent") if values["do_urgent"] else None,
        Action("team", values["do_team"]) if values["do_team"] else None,
        Action(kind, uid) if kind else None,
        Action("snooze", values["do_snooze"].strip()) if values["do_snooze"].strip() else None,
    ]
    return [one for one in found if one]


def values_of(rule: Rule | None) -> dict[str, Any]:
    """What the form begins with."""
    if rule is None:
        return {"about": "case", "every": "all", "hourly_max": 60}
    found: dict[str, Any] = {"uid": rule.uid, "name": rule.name, "about": rule.about, "stops": rule.stops,
                             "every": "all" if rule.every else "any", "hourly_max": rule.hourly_max}  # fmt: skip
    for one in rule.pure.conditions:
        found[one.field] = list(one.values) if one.field in SEVERAL else ", ".join(one.values)
        found[NOT + one.field] = one.negated
    for action in rule.pure.actions:
        if action.kind in {"assign", "round_robin", "least_busy"}:
            found["do_assign"] = f"{action.kind} {action.value}"
        else:
            found[f"do_{action.kind}"] = action.value or True
    return found
