"""Forms of endpoints."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest

from palabre.clock import to_ms
from palabre.desk.design.forms import DeskForm
from palabre.desk.hooks.finding import KINDS
from palabre.errors import PalabreError
from palabre.net.addresses import parse_target

DAY_MS = 86_400_000
DATE: dict[str, Any] = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


class EndpointForm(DeskForm):
    """known: it has an address already, which may stay as it is."""

    words = "hooks.form"
    name = forms.CharField(max_length=120)
    url = forms.CharField(max_length=1_000, widget=forms.URLInput)
    kinds = forms.MultipleChoiceField(
        choices=[(one, one) for one in KINDS], required=False, widget=forms.CheckboxSelectMultiple
    )
    with_words = forms.BooleanField(required=False)

    def __init__(self, request: HttpRequest, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["url"].required = not known

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url and not usable(url):
            self.complain("url", "hooks.bad_url")
        return url


def usable(url: str) -> bool:
    """Whether it is an address of the web; where it leads is judged at each call, when its name is looked up."""
    try:
        parse_target(url)
    except (ValueError, PalabreError):
        return False
    return urlsplit(url).scheme in ("https", "http")


class PeriodForm(DeskForm):
    """Days of a replay, both of them in it."""

    words = "hooks.period"
    since = forms.DateField(widget=forms.DateInput(**DATE))
    until = forms.DateField(widget=forms.DateInput(**DATE))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.complain("until", "hooks.bad_period")
        return given

    def span(self) -> tuple[int, int]:
        """[since_ms, until_ms) of a valid form, in UTC."""
        ends = (self.cleaned_data["since"], self.cleaned_data["until"])
        first, last = (to_ms(datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in ends)
        return first, last + DAY_MS
