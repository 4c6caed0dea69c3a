"""Forms of reports and alerts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.hooks.forms import usable
from palabre.desk.mentions import access as mentions
from palabre.desk.reports.blocks import BLOCKS, CHARTS
from palabre.desk.reports.models import PERIODS, VERSUS
from palabre.desk.workspaces.access import Seat
from palabre.engage.alerting import KINDS
from palabre.engage.schedule import EVERY, local
from palabre.engage.standard_webhooks import key_of
from palabre.errors import PalabreError
from palabre.measure.catalogue import DEFINITIONS
from palabre.measure.report import TLP
from palabre.messages import LANGUAGES

ADDRESSES_MAX = 50
TEXT_CHARS = 8_000
HOUR = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)?")
SIGNALS = ("weak", "rumour", "coordination", "spike")
DATE = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


def day_field() -> forms.DateField:
    return forms.DateField(required=False, widget=forms.DateInput(**DATE))  # type: ignore[arg-type]


def watch_choices(seat: Seat) -> list[tuple[str, str]]:
    return [(str(watch_id), watch.name) for watch_id, watch in mentions.watches(seat).items()]


def minutes_of(text: str) -> int | None:
    """« 8:30 », « 8h30 » or « 8h » as minutes of the day; None for anything else."""
    found = HOUR.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2] or 0) if found else None


def clock_of(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class WithClock(DeskForm):
    """Fields that several forms share: hours of the day, a zone, addresses of e-mail."""

    def hour(self, name: str) -> int:
        """A valid hour as minutes; complains otherwise."""
        found = minutes_of(self.cleaned_data.get(name) or "")
        if found is None:
            self.complain(name, "reports.bad_hour")
        return found or 0

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        try:
            local(now_ms(), zone)
        except PalabreError as error:
            self.complain("zone", error.key, **error.params)
        return zone

    def clean_addresses(self) -> list[str]:
        """One a line, or separated by commas."""
        given = [one for one in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if one]
        for one in given[: ADDRESSES_MAX + 1]:
            try:
                validate_email(one)
            except ValidationError:
                self.complain("addresses", "reports.bad_address", address=one[:60])
        if len(given) > ADDRESSES_MAX:
            self.complain("addresses", "reports.too_many_addresses", n=ADDRESSES_MAX)
        return list(dict.fromkeys(given))


class ReportForm(WithClock):
    words = "reports.form"
    title = forms.CharField(max_length=160)
    period = forms.ChoiceField(choices=[(one, one) for one in PERIODS], initial="month")
    since = day_field()
    until = day_field()
    versus = forms.ChoiceField(choices=[(one, one) for one in VERSUS], required=False, initial="before")
    lang = forms.ChoiceField(choices=[(one, one) for one in LANGUAGES])
    tlp = forms.ChoiceField(choices=[(one, one) for one in TLP], initial="TLP:AMBER")
    every = forms.ChoiceField(choices=[("", ""), *((one, one) for one in EVERY)], required=False)
    weekday = forms.TypedChoiceField(choices=[(one, one) for one in range(7)], coerce=int, required=False)
    monthday = forms.IntegerField(min_value=1, max_value=31, required=False)
    at = forms.CharField(max_length=5, initial="08:00", required=False)
    zone = forms.CharField(max_length=60)
    addresses = forms.CharField(required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}))
    formats = forms.MultipleChoiceField(
        choices=[("pdf", "pdf"), ("html", "html")], required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["weekday"] = given.get("weekday") or 0
        given["minute"] = self.hour("at") if given.get("every") else minutes_of(given.get("at") or "") or 480
        if given.get("every") and not given.get("addresses") and "addresses" not in self.errors:
            self.complain("addresses", "desk.form.required")
        if given.get("period") == "fixed":
            since, until = given.get("since"), given.get("until")
            if since is None or until is None:
                self.complain("since" if since is None else "until", "desk.form.required")
            elif until < since:
                self.complain("until", "reports.wrong_way")
        return given


class BlockForm(DeskForm):
    words = "reports.block_form"
    kind = forms.ChoiceField(choices=[(one, one) for one in BLOCKS])
    text = forms.CharField(required=False, max_length=TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 3}))
    figures = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    charts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    watches = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    rows = forms.IntegerField(min_value=1, max_value=100, required=False)

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        choices = {
            "kind": [(one, speak(f"reports.block.{one}", self.speaks)) for one in BLOCKS],
            "figures": [(one.name, speak(f"objectives.measure.{one.name}", self.speaks)) for one in DEFINITIONS],
            "charts": [(one, speak(f"reports.charts.{one}", self.speaks)) for one in CHARTS],
            "watches": watch_choices(seat),
        }
        for name, pairs in choices.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") in ("title", "text") and not (given.get("text") or "").strip():
            self.complain("text", "desk.form.required")
        return given

    def block(self) -> dict[str, Any]:
        """A valid form as a block: only what its kind reads."""
        given, kind = self.cleaned_data, self.cleaned_data["kind"]
        kept: dict[str, Any] = {"kind": kind}
        if kind in ("title", "text"):
            return kept | {"text": given["text"].strip()}
        if kind in ("figures", "charts"):
            kept |= {"names": given[kind]}
        if given["watches"]:
            kept |= {"watch_ids": [int(one) for one in given["watches"]]}
        return kept | ({"rows": given["rows"]} if given["rows"] else {})


class AlertForm(WithClock):
    words = "alerts.form"
    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=[(one, one) for one in KINDS])
    watches = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    threshold = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)
    hours = forms.IntegerField(required=False, min_value=1, max_value=168, initial=24)
    signals = forms.MultipleChoiceField(
        choices=[(one, one) for one in SIGNALS], required=False, widget=forms.CheckboxSelectMultiple
    )
    lang = forms.ChoiceField(choices=[(one, one) for one in LANGUAGES])
    addresses = forms.CharField(required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}))
    hook = forms.CharField(required=False, max_length=1_000, widget=forms.URLInput)
    hook_secret = forms.CharField(
        required=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    chat = forms.CharField(required=False, max_length=1_000, widget=forms.URLInput)
    forget_hook = forms.BooleanField(required=False)
    forget_chat = forms.BooleanField(required=False)
    quiet_from = forms.CharField(required=False, max_length=5)
    quiet_until = forms.CharField(required=False, max_length=5)
    zone = forms.CharField(max_length=60)
    cooldown_minutes = forms.IntegerField(min_value=0, max_value=10_080, initial=60)
    active = forms.BooleanField(required=False, initial=True)

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        self.known: Any = kwargs.pop("known", None)
        super().__init__(request, *args, **kwargs)
        self.fields["watches"].choices = watch_choices(seat)  # type: ignore[attr-defined]
        for name in ("hook", "chat"):
            if not (self.known and getattr(self.known, name)):
                del self.fields[f"forget_{name}"]

    def clean_hook(self) -> str:
        return self.web("hook")

    def clean_chat(self) -> str:
        return self.web("chat")

    def web(self, name: str) -> str:
        url = str(self.cleaned_data[name]).strip()
        if url and not usable(url):
            self.complain(name, "alerts.bad_url")
        return url

    def clean_hook_secret(self) -> str:
        secret = str(self.cleaned_data["hook_secret"]).strip()
        if secret:
            try:
                key_of(secret)
            except PalabreError as error:
                self.complain("hook_secret", error.key, **error.params)
        return secret

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        quiet = [given.get(name) for name in ("quiet_from", "quiet_until")]
        for name in ("quiet_from", "quiet_until"):
            given[f"{name}_minutes"] = self.hour(name) if any(quiet) else 0
        if (
            given.get("kind") in ("volume", "rumour")
            and given.get("threshold") is None
            and "threshold" not in self.errors
        ):
            self.complain("threshold", "desk.form.required")
        kept = [
            self.known and getattr(self.known, name) and not given.get(f"forget_{name}") for name in ("hook", "chat")
        ]
        if not any((given.get("addresses"), given.get("hook"), given.get("chat"), *kept)) and not self.errors:
            self.complain(None, "alerts.no_way")
        return given
