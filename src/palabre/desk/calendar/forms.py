"""Forms of the calendar."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest

from palabre.desk.calendar import objectives
from palabre.desk.calendar.models import FEEDS, Publication, Variant
from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership
from palabre.engage.editorial import RULES, Slot, minute_of, on_wall, placed
from palabre.errors import InputError
from palabre.measure.hours import zone_named
from palabre.text.holidays import COUNTRIES

TEXT_CHARS, THEMES_MAX, THEME_CHARS = 50_000, 8, 60
TIME = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)")
USUAL_MINUTE = 9 * 60
OWN = "own_"


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "time"})


def minutes(text: str) -> int | None:
    """ "09:30" as a minute of the day; None for anything else."""
    match = TIME.fullmatch(text.strip()[:5])
    return int(match[1]) * 60 + int(match[2]) if match else None


class PublicationForm(DeskForm):
    """A publication with its moment and its channels. asks_which: the time given comes twice that day."""

    words = "calendar.form"
    title = forms.CharField(max_length=200)
    text = forms.CharField(max_length=TEXT_CHARS, required=False, widget=forms.Textarea(attrs={"rows": 7}))
    lang = forms.ChoiceField(choices=[("", ""), ("fr", "fr"), ("en", "en")], required=False)
    day = forms.DateField(required=False, widget=day_input())
    time = forms.CharField(max_length=5, required=False, widget=time_input())
    which = forms.ChoiceField(
        choices=[("first", ""), ("second", "")], required=False, widget=forms.RadioSelect()
    )  # fmt: skip
    themes = forms.CharField(max_length=400, required=False)
    objective = forms.ChoiceField(required=False)
    owner = forms.ChoiceField(required=False)
    asks_which = False

    def __init__(self, request: HttpRequest, seat: Seat, channels: Sequence[Channel], *args: Any, **kwargs: Any):
        super().__init__(request, *args, **kwargs)
        self.channels, self.members = channels, members(seat, self.speaks)
        self.served = objectives.known(seat)
        for name, pairs in (("owner", self.members), ("objective", self.served)):
            self.fields[name].choices = [("", "—"), *pairs.items()]  # type: ignore[attr-defined]
        for channel in channels:
            self.fields[f"on_{channel.uid}"] = forms.BooleanField(required=False, label=channel.name)
            self.fields[OWN + channel.uid] = forms.CharField(
                max_length=TEXT_CHARS, required=False, widget=forms.Textarea(attrs={"rows": 4})
            )

    @property
    def lines(self) -> list[tuple[Channel, Any, Any]]:
        """(channel, its box, its own text), for the template."""
        return [(one, self[f"on_{one.uid}"], self[OWN + one.uid]) for one in self.channels]

    def texts(self) -> dict[Channel, str]:
        """Own text of each channel that is ticked."""
        values = self.cleaned_data
        return {one: values[OWN + one.uid].strip() for one in self.channels if values[f"on_{one.uid}"]}

    def values(self, zone: ZoneInfo) -> dict[str, Any]:
        """Fields of `Publication`, but for the channels."""
        given = self.cleaned_data
        owner = Membership.doors.filter(user__uid=given["owner"]).first() if given["owner"] else None
        slot = self.slot(zone)
        return {
            "title": given["title"].strip(), "text": given["text"].strip(), "lang": given["lang"],
            "themes": themes(given["themes"]), "objective_uid": given["objective"],
            "objective": self.served.get(given["objective"], ""), "owner": owner.user if owner else None,
            "due_ms": slot.ms if slot else 0,
        }  # fmt: skip

    def slot(self, zone: ZoneInfo) -> Slot | None:
        """The moment given; None without a day."""
        day, minute = self.cleaned_data.get("day"), minutes(self.cleaned_data.get("time") or "")
        if day is None:
            return None
        return placed(day, USUAL_MINUTE if minute is None else minute, zone, self.cleaned_data["which"] == "second")

    def is_placed(self, zone: ZoneInfo) -> bool:
        """Whether the moment can be told; what cannot is complained of."""
        given = dict(self.cleaned_data)  # a complaint takes its value out of the form's own
        if given["time"] and minutes(given["time"]) is None:
            self.complain("time", "calendar.form.time.wrong")
        if given["time"] and given["day"] is None:
            self.complain("day", "calendar.form.day.needed")
        if given["day"] and not 1990 <= given["day"].year < 2200:
            self.complain("day", "calendar.form.day.far")
        elif not self.errors and (slot := self.slot(zone)) and slot.kind == "twice" and not given["which"]:
            self.asks_which = True
            self.complain("which", "calendar.twice.ask", time=given["time"])
        return not self.errors


def members(seat: Seat, lang: str) -> dict[str, str]:
    """Uid → name of those who may accompany a publication; oneself without a name is "you"."""
    held = Membership.objects.of(seat.workspace).select_related("user")
    return {
        one.user.uid: one.user.label or (speak("desk.nav.you", lang) if one.user == seat.user else one.user.uid[:6])
        for one in held
        if one.role != "reader"
    }


def themes(text: str) -> list[str]:
    """Words separated by commas, each once."""
    found = (" ".join(one.split())[:THEME_CHARS] for one in text.split(","))
    return list(dict.fromkeys(one for one in found if one))[:THEMES_MAX]


def initial(found: Publication, variants: Sequence[Variant], zone: ZoneInfo) -> dict[str, Any]:
    """What the form shows of a publication."""
    values: dict[str, Any] = {name: getattr(found, name) for name in ("title", "text", "lang")}
    values |= {"themes": ", ".join(found.themes), "objective": found.objective_uid}
    values["owner"] = found.owner.uid if found.owner else ""
    for one in variants:
        values |= {f"on_{one.channel.uid}": True, OWN + one.channel.uid: one.text}
    return values | (moment(found.due_ms, zone) if found.due_ms else {})


def moment(ms: int, zone: ZoneInfo) -> dict[str, Any]:
    """The fields that say this moment; ``which`` only where its time comes twice."""
    wall, minute = on_wall(ms, zone), minute_of(ms, zone)
    slot = placed(wall.date(), minute, zone)
    which = {"which": "first" if slot.ms == ms else "second"} if slot.kind == "twice" else {}
    return {"day": wall.date(), "time": f"{wall:%H:%M}", **which}


class HabitForm(DeskForm):
    """The clock, the holidays and the distance of a house."""

    words = "calendar.habit"
    zone = forms.CharField(max_length=60)
    country = forms.ChoiceField(choices=[("", ""), *((one, one) for one in COUNTRIES)], required=False)
    apart_hours = forms.IntegerField(min_value=0, max_value=168)
    approval = forms.ChoiceField(choices=[(one, one) for one in RULES], required=False)

    def is_known(self) -> bool:
        """Whether the time zone exists; complained of otherwise."""
        try:
            zone_named(self.cleaned_data["zone"])
        except InputError as error:
            self.complain("zone", error.key, **error.params)
        return not self.errors


class RhythmForm(DeskForm):
    words = "calendar.rhythm.form"
    per_week = forms.IntegerField(min_value=0, max_value=70)


class FeedForm(DeskForm):
    words = "calendar.feed.form"
    name = forms.CharField(max_length=80)
    what = forms.ChoiceField(choices=[(one, one) for one in FEEDS], required=False)


class FileForm(DeskForm):
    words = "calendar.file.form"
    file = forms.FileField(widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}))


def given_day(post: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(post.get("day", ""))
    except ValueError:
        return None
