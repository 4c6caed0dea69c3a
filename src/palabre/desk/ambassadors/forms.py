"""Forms of recognition."""

from __future__ import annotations

from typing import Any

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.engage.disclosure import KINDS, NATURES, obliges

CURRENCIES = ("EUR", "GBP", "USD", "CHF", "CAD")


class RecognitionForm(DeskForm):
    """How somebody was thanked."""

    words = "recognition.form"
    on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(choices=[(one, one) for one in KINDS])
    nature = forms.ChoiceField(choices=[(one, one) for one in NATURES])
    what = forms.CharField(max_length=300)
    low = forms.FloatField(required=False, min_value=0, max_value=1e9)
    high = forms.FloatField(required=False, min_value=0, max_value=1e9)
    currency = forms.ChoiceField(choices=[(one, one) for one in CURRENCIES], required=False)
    disclosed = forms.BooleanField(required=False)

    def is_told(self) -> bool:
        """What has a price is only entered once the person was told to disclose it."""
        given = self.cleaned_data
        high = max((one for one in (given["low"], given["high"]) if one is not None), default=None)
        if obliges(given["nature"], high) and not given["disclosed"]:
            self.complain("disclosed", "recognition.form.disclosed.needed")
        return not self.errors

    def values(self) -> dict[str, Any]:
        """Fields of `Recognition`."""
        given = self.cleaned_data
        names = ("on", "kind", "nature", "low", "high", "disclosed")
        return {name: given[name] for name in names} | {
            "words": given["what"].strip(),
            "currency": given["currency"] or "EUR",
        }
