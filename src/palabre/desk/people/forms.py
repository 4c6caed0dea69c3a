"""Forms of the room of persons."""

from __future__ import annotations

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.people.models import AGREED, BASES, KINDS, PURPOSES, RELATIONS

Pairs = list[tuple[str, str]]


def pairs(values: tuple[str, ...], *, empty: bool = False) -> Pairs:
    return [*([("", "")] if empty else []), *((value, value) for value in values)]


class WhyForm(DeskForm):
    """Where it is from, what for, on which ground."""

    words = "people.form"
    source = forms.CharField(max_length=200)
    purpose = forms.ChoiceField(choices=pairs(PURPOSES))
    basis = forms.ChoiceField(choices=pairs(BASES), initial="legitimate_interest")


class PersonForm(WhyForm):
    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=pairs(KINDS))
    relation = forms.ChoiceField(choices=pairs(RELATIONS, empty=True), required=False)
    lang = forms.ChoiceField(choices=pairs(("fr", "en"), empty=True), required=False)
    addressed = forms.CharField(max_length=80, required=False)
    field_order = ("name", "kind", "relation", "lang", "addressed", "source", "purpose", "basis")


class FactForm(WhyForm):
    name = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"list": "fact-names"}))
    value = forms.CharField(max_length=500)
    days = forms.IntegerField(min_value=1, max_value=36_500, required=False)
    words = "people.fact_form"
    field_order = ("name", "value", "source", "purpose", "basis", "days")


class ConsentForm(DeskForm):
    words = "people.consent_form"
    purpose = forms.ChoiceField(choices=pairs(PURPOSES))
    state = forms.ChoiceField(choices=pairs(AGREED))
    said = forms.CharField(max_length=300)


class NoteForm(DeskForm):
    words = "people.note_form"
    text = forms.CharField(max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))


class AddressForm(DeskForm):
    """An e-mail address, or an account that was heard, of a person."""

    words = "people.address_form"
    address = forms.CharField(max_length=500)
