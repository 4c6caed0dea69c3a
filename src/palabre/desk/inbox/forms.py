"""The forms of the inbox."""

from __future__ import annotations

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.inbox.folding import KINDS, MINDED
from palabre.model import WatchKind

WAYS = ("phone", "visit", "letter", "")
INTENTS = (*MINDED, "purchase", "suggestion")


class NewCase(DeskForm):
    words = "inbox.new"

    title = forms.CharField(max_length=200)
    person = forms.CharField(max_length=200, required=False)
    way = forms.ChoiceField(choices=[(one, one) for one in WAYS], required=False)
    note = forms.CharField(max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    urgent = forms.BooleanField(required=False)
    mine = forms.BooleanField(required=False, initial=True)


class IntakeForm(DeskForm):
    """Which mentions come in. What is said to us always does."""

    words = "inbox.settings"

    mentions = forms.BooleanField(required=False)
    intents = forms.MultipleChoiceField(
        choices=[(one, one) for one in INTENTS], required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        choices=[(str(one), str(one)) for one in WatchKind], required=False, widget=forms.CheckboxSelectMultiple,
        initial=list(KINDS),
    )  # fmt: skip
    sure_percent = forms.IntegerField(min_value=50, max_value=99)
    days = forms.IntegerField(min_value=1, max_value=90)
    answer_hours = forms.IntegerField(min_value=1, max_value=720)
