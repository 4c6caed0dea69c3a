"""Forms of hours and targets."""

from __future__ import annotations

from typing import Any

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.mentions import networks
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError
from palabre.measure.hours import parse_hours
from palabre.text.holidays import COUNTRIES

MINUTES_MAX = 60 * 24 * 366
UNITS = {"m": 1, "min": 1, "h": 60, "j": 1_440, "d": 1_440}
WHOLE = "all"


class HoursForm(DeskForm):
    words = "service.hours"
    team = forms.ChoiceField(required=False)
    hours = forms.CharField(max_length=300)
    zone = forms.CharField(max_length=60)
    country = forms.ChoiceField(choices=[("", ""), *((code, code) for code in COUNTRIES)], required=False)

    def __init__(self, request: Any, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["team"].choices = team_choices(self, seat)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if {"hours", "zone", "country"} <= set(values):
            try:
                parse_hours(values["hours"], values["zone"], values["country"])
            except InputError as error:
                place = "zone" if error.key == "sla.bad_zone" else "hours"
                self.add_error(place, speak(error.key, self.speaks, **error.params))
        return values


class TargetForm(DeskForm):
    words = "service.target"
    team = forms.ChoiceField(required=False)
    network = forms.ChoiceField(required=False)
    urgent = forms.BooleanField(required=False)
    first = forms.CharField(max_length=20, required=False)
    next = forms.CharField(max_length=20, required=False)
    resolution = forms.CharField(max_length=20, required=False)
    clock = forms.ChoiceField(choices=[("business", ""), ("calendar", "")], widget=forms.RadioSelect)

    def __init__(self, request: Any, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["team"].choices = team_choices(self, seat)  # type: ignore[attr-defined]
        known = networks.choices(seat.workspace, self.speaks, [self.initial.get("network", "")])
        everywhere = ("", self._choice("network", "", ""))
        self.fields["network"].choices = [everywhere, *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in ("first", "next", "resolution"):
            try:
                values[name] = minutes_of(values.get(name, ""))
            except InputError as error:
                self.complain(name, error.key, **error.params)
        if not self.errors and not any(values[name] for name in ("first", "next", "resolution")):
            self.complain("first", "service.no_target")
        return values


def team_choices(form: DeskForm, seat: Seat) -> list[tuple[str, str]]:
    """Every team, after the whole workspace."""
    return [("", form._choice("team", "", "")), *((team.uid, team.name) for team in teams.teams(seat))]


def minutes_of(text: str) -> int | None:
    """ "90 min", "4 h", "2 j", "1 h 30" or "4h30" in minutes; None for nothing. Raises InputError."""
    words = text.lower().replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    if not words:
        return None
    total, digits, unit = 0, "", ""
    for sign in [*words, "?"]:
        if sign.isascii() and sign.isdigit():
            if unit:
                total, digits, unit = total + _minutes(digits, unit, text), "", ""
            digits += sign
        elif sign != "?":
            unit += sign
    if digits:  # "1h30": the last number without a word is minutes; alone it is hours
        total += _minutes(digits, unit or ("m" if total else "h"), text)
    if not 0 < total <= MINUTES_MAX:
        raise InputError("service.bad_length", text=text)
    return total


def _minutes(digits: str, unit: str, text: str) -> int:
    if unit not in UNITS or not digits or len(digits) > 7:
        raise InputError("service.bad_length", text=text)
    return int(digits) * UNITS[unit]


def written(minutes: int | None) -> str:
    """The same back, as a person would write it."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if hours and rest else f"{hours} h" if hours else f"{rest} min"
