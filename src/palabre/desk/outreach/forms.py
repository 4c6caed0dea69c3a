"""Forms of going out to people."""

from __future__ import annotations

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.outreach.models import OUTCOMES


class OutcomeForm(DeskForm):
    words = "outreach.outcome"
    outcome = forms.ChoiceField(choices=[(name, "") for name in OUTCOMES], widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=500)


class WeekForm(DeskForm):
    words = "outreach.week"
    per_week = forms.IntegerField(min_value=0, max_value=100)
