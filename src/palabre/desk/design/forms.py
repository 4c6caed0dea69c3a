"""The form every form of the desk is: labels, help and errors are messages, in the reader's language.

A field's label is the message ``<words>.<field>.label``; its help ``<words>.<field>.help`` where there is one; a choice
``<words>.<field>.<value>``. Django links help and errors to the field by ``aria-describedby``.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, QueryDict

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.messages import catalogue

GENERAL = ("required", "invalid", "max_length", "min_length", "invalid_choice", "min_value", "max_value")


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST is a POST all the same."""
    return request.POST if request.method == "POST" else None


class DeskForm(forms.Form):
    """words: prefix of the form's messages. ``form.complain(field, key)`` adds an error by key."""

    words = "desk.form"

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"auto_id": "f-%s", "use_required_attribute": False}
        super().__init__(*args, **(usual | kwargs))
        self.speaks = lang_of(request)
        self._told: list[tuple[str, str]] | None = getattr(request, "complaints", None)
        getattr(request, "forms", []).append(self)
        for name, entry in self.fields.items():
            self._dress(name, entry)

    def _dress(self, name: str, entry: forms.Field) -> None:
        entry.label = speak(f"{self.words}.{name}.label", self.speaks)
        entry.help_text = self._if_known(f"{self.words}.{name}.help", "")
        limits = _limits(entry)
        entry.error_messages |= {code: speak(f"desk.form.{code}", self.speaks, **limits) for code in GENERAL}
        if isinstance(entry, forms.ChoiceField):
            entry.choices = [(value, self._choice(name, value, text)) for value, text in _pairs(entry)]

    def _choice(self, name: str, value: object, text: object) -> str:
        return self._if_known(f"{self.words}.{name}.{value or 'none'}", str(text))

    def _if_known(self, key: str, otherwise: str) -> str:
        return speak(key, self.speaks) if key in catalogue(self.speaks) else otherwise

    def add_error(self, field: str | None, error: Any) -> None:
        """The same; and a program that runs the screen is told (`palabre.desk.api.screens`)."""
        super().add_error(field, error)
        if self._told is not None:
            self._told.append((field or "", str(list(self.errors[field or NON_FIELD_ERRORS])[-1])))

    def complain(self, name: str | None, key: str, /, **params: object) -> None:
        """An error by message key, on a field or (None) on the form."""
        self.add_error(name, ValidationError(speak(key, self.speaks, **params)))


def _limits(entry: forms.Field) -> dict[str, object]:
    """What the error sentences may name."""
    pairs = {"limit": ("max_length", "max_value"), "least": ("min_length", "min_value")}
    return {
        word: next((getattr(entry, name) for name in names if getattr(entry, name, None) is not None), "")
        for word, names in pairs.items()
    }


def _pairs(entry: forms.ChoiceField) -> list[tuple[Any, Any]]:
    """(value, text) of a field without groups."""
    choices: Any = entry.choices
    return list(choices)
