"""Forms of the stream."""

from __future__ import annotations

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.mentions.models import NAME_CHARS_MAX


class ViewForm(DeskForm):
    """A saved view's name, and who sees it."""

    words = "mentions.view"
    name = forms.CharField(max_length=NAME_CHARS_MAX)
    shared = forms.BooleanField(required=False)
