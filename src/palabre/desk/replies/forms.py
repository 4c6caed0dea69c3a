"""Forms of replies."""

from __future__ import annotations

from django import forms

from palabre.desk.design.forms import DeskForm


class WordForm(DeskForm):
    words = "replies.word"

    word = forms.CharField(max_length=80)
    say = forms.CharField(max_length=120, required=False)
    lang = forms.ChoiceField(choices=[("", ""), ("fr", ""), ("en", "")], required=False)
