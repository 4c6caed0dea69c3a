"""Forms of teams and approval paths."""

from __future__ import annotations

from typing import Any

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.mentions import networks
from palabre.desk.teams import access
from palabre.desk.teams.models import APPROVERS, Team
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import ROLES
from palabre.desk.workspaces.names import called

WORDS_CHARS_MAX, REPLIES_MAX = 500, 1_000


class TeamForm(DeskForm):
    words = "teams.form"
    name = forms.CharField(max_length=80)
    about = forms.CharField(max_length=200, required=False)
    department = forms.BooleanField(required=False)
    members = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, request: Any, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        people = [(user.uid, called(user, self.speaks)) for user in access.answerers(seat.workspace)]
        self.fields["members"].choices = people  # type: ignore[attr-defined]


class PathForm(DeskForm):
    """What is left empty asks nothing."""

    words = "teams.path"
    name = forms.CharField(max_length=80)
    roles = forms.MultipleChoiceField(
        required=False, choices=[(role, role) for role in ROLES[1:]], widget=forms.CheckboxSelectMultiple
    )
    networks = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    labels = forms.CharField(max_length=WORDS_CHARS_MAX, required=False)
    first_replies = forms.IntegerField(min_value=0, max_value=REPLIES_MAX, required=False)
    approver = forms.ChoiceField(choices=[(role, role) for role in APPROVERS])
    team = forms.ChoiceField(required=False)
    on = forms.BooleanField(required=False)

    def __init__(self, request: Any, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        found = [(team.uid, team.name) for team in access.teams(seat)]
        known = networks.choices(seat.workspace, self.speaks, self.initial.get("networks", ()))
        self.fields["networks"].choices = known  # type: ignore[attr-defined]
        self.fields["team"].choices = [("", self._choice("team", "", "")), *found]  # type: ignore[attr-defined]


def words_of(text: str) -> list[str]:
    """Words separated by commas, each once."""
    return list(dict.fromkeys(part for one in text.split(",") if (part := " ".join(one.split()))))


def values_of(team: Team) -> dict[str, Any]:
    """What the form of a team begins with."""
    return {
        "name": team.name,
        "about": team.about,
        "department": team.department,
        "members": [user.uid for user in team.members.all()],
    }
