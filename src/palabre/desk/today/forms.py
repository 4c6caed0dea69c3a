"""How somebody takes their day."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.engage.brief import MINUTES_MAX, MINUTES_MIN
from palabre.errors import InputError
from palabre.measure.hours import zone_named
from palabre.text.holidays import COUNTRIES

AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
HOURS = [(str(hour), f"{hour:02d}:00") for hour in range(24)]


def zones() -> list[str]:
    """Names that people know, by area."""
    return sorted(["UTC", *(name for name in available_timezones() if name.partition("/")[0] in AREAS)])


class HabitForm(DeskForm):
    words = "today.habit"
    minutes = forms.IntegerField(min_value=MINUTES_MIN, max_value=MINUTES_MAX)
    zone = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}))
    country = forms.ChoiceField(required=False, choices=[("", "—"), *((name, name) for name in COUNTRIES)])
    mail_on = forms.BooleanField(required=False)
    mail_hour = forms.ChoiceField(choices=HOURS)
    mail_days = forms.MultipleChoiceField(
        required=False, choices=[(str(day), "") for day in range(7)], widget=forms.CheckboxSelectMultiple
    )

    def clean_zone(self) -> str:
        name = str(self.cleaned_data["zone"]).strip()
        try:
            zone_named(name)
        except InputError:
            self.complain("zone", "today.fault.zone")
        return name

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("mail_on") and not values.get("mail_days"):
            self.complain("mail_days", "today.fault.days")
        return values
