"""Forms of the panel."""

from __future__ import annotations

from typing import Any

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.model import WatchKind

QUERY_CHARS_MAX = 100_000
KINDS = [(str(kind), str(kind)) for kind in WatchKind]
DIALECTS = [(name, name.title()) for name in ("brandwatch", "talkwalker", "meltwater")]


def box(rows: int, css: str = "code", **attrs: str) -> forms.Textarea:
    """A text area for things that no spelling checker should touch."""
    plain = {"rows": str(rows), "class": css, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
    return forms.Textarea(attrs=plain | attrs)


class WatchForm(DeskForm):
    """mode: simple (three boxes) or query (the language)."""

    words = "panel.watch"
    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=KINDS)
    mode = forms.ChoiceField(choices=[("simple", ""), ("query", "")], widget=forms.RadioSelect, initial="query")
    any = forms.CharField(required=False, max_length=QUERY_CHARS_MAX, widget=box(3, ""))
    all = forms.CharField(required=False, max_length=QUERY_CHARS_MAX, widget=box(2, ""))
    none = forms.CharField(required=False, max_length=QUERY_CHARS_MAX, widget=box(2, ""))
    query = forms.CharField(required=False, max_length=QUERY_CHARS_MAX, widget=box(6))
    why = forms.CharField(required=False, max_length=200)
    anyway = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("any", "all", "none", "query"):  # one of them is needed, which one depends on the mode
            self.fields[name].one_of = True  # type: ignore[attr-defined]


class TestForm(DeskForm):
    words = "panel.test"
    text = forms.CharField(max_length=5_000, widget=box(3, ""))
    must_match = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.RadioSelect, initial="yes")


class ImportForm(DeskForm):
    words = "panel.import"
    dialect = forms.ChoiceField(choices=DIALECTS)
    text = forms.CharField(max_length=QUERY_CHARS_MAX, widget=box(8))


class ListForm(DeskForm):
    words = "panel.list"
    name = forms.RegexField(regex=r"^[\w-]{1,60}$", max_length=60)
    query = forms.CharField(max_length=QUERY_CHARS_MAX, widget=box(5))


class StartForm(DeskForm):
    """The first questions of the wizard."""

    words = "panel.start"
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    site = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"inputmode": "url"}))
    rivals = forms.CharField(max_length=2_000, required=False, widget=box(3, ""))
    languages = forms.MultipleChoiceField(
        choices=[("fr", "Français"), ("en", "English")], initial=["fr", "en"], widget=forms.CheckboxSelectMultiple
    )
