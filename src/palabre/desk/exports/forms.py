"""The form of an export with names."""

from __future__ import annotations

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.exports.leaving import REASON_CHARS_MIN
from palabre.exports.writers import FORMATS


class NamedForm(DeskForm):
    words = "exports.form"
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in FORMATS])
    reason = forms.CharField(min_length=REASON_CHARS_MIN, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
