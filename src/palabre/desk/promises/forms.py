"""Forms of the ledger."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.promises.access import proposed
from palabre.desk.promises.ledger import Wall
from palabre.desk.workspaces.names import called
from palabre.engage.promises import end_of, in_workdays, ms_of

DATE = {"type": "date"}
WORKDAYS_MAX = 260
YEARS = range(1990, 2200)  # beyond, a calendar of some zone ends


def day_field(**more: Any) -> forms.DateField:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(DATE, "%Y-%m-%d"), **more)


class DueForm(DeskForm):
    """A due moment: a day, an hour of it, or so many days of work from now."""

    due_day = day_field()
    due_hour = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    workdays = forms.IntegerField(required=False, min_value=1, max_value=WORKDAYS_MAX)

    def __init__(self, *args: Any, wall: Wall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wall = wall

    @property
    def due_ms(self) -> int:
        """0 where nothing was said."""
        values = self.cleaned_data
        day: date | None = values.get("due_day")
        if day is None and values.get("workdays"):
            day = in_workdays(self.wall.now_ms, values["workdays"], self.wall.zone, self.wall.country)
        return due_of(day, values.get("due_hour"), self.wall.zone)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        day = values.get("due_day")
        if day and day.year not in YEARS:
            self.complain("due_day", "promise_page.fault.far")
        if values.get("due_hour") and not day:
            self.complain("due_day", "promise_page.fault.hour")
        return values


def due_of(day: date | None, hour: time | None, zone: ZoneInfo) -> int:
    if day is None:
        return 0
    return end_of(day, zone) if hour is None else ms_of(datetime.combine(day, hour, zone))


class AddForm(DueForm):
    words = "promise_page.form"
    said = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": "2"}))
    uri = forms.URLField(required=False, max_length=1000, assume_scheme="https")
    owner = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, owners: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["said", "due_day", "due_hour", "workdays", "owner", "uri"])
        self.fields["owner"].choices = owner_choices(owners, self.speaks)  # type: ignore[attr-defined]

    @property
    def due_ms(self) -> int:
        """Where no day was chosen, that of the words."""
        said = proposed(self.cleaned_data["said"], "", self.wall.now_ms, self.wall.zone, self.wall.country)
        return super().due_ms or next((one.due_ms for one in said), 0)


class LaterForm(DueForm):
    words = "promise_page.later"
    said = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": "2"}))
    why = forms.CharField(max_length=500)
    told = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["due_day", "due_hour", "workdays", "why", "said", "told"])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and not self.due_ms:
            self.complain("due_day", "promise_page.fault.no_day")
        elif not self.errors and self.due_ms <= self.wall.now_ms:
            self.complain("due_day", "promise_page.fault.past")
        return values


class SettleForm(DeskForm):
    """state: which button; note: a reason; proof: what shows that it was kept."""

    words = "promise_page.settle"
    state = forms.ChoiceField(choices=[("kept", ""), ("broken", ""), ("withdrawn", "")])
    proof = forms.CharField(required=False, max_length=1000)
    note = forms.CharField(required=False, max_length=500)
    on_day = day_field()


def owner_choices(owners: list[Any], lang: str) -> list[tuple[str, str]]:
    return [("", "—"), *((user.uid, called(user, lang)) for user in owners)]
