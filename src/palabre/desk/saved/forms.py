"""The form of a saved reply."""

from __future__ import annotations

from typing import Any

from django import forms

from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.saved.models import VARIANTS, SavedReply
from palabre.desk.workspaces.access import Seat
from palabre.engage.saved import SHORTCUT, TEXT_CHARS_MAX, fields
from palabre.errors import InputError


class SavedForm(DeskForm):
    words = "saved.form"
    name = forms.CharField(max_length=80)
    folder = forms.CharField(max_length=60, required=False, widget=forms.TextInput(attrs={"list": "folders"}))
    shortcut = forms.CharField(max_length=31, required=False)

    def __init__(self, request: Any, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.seat = seat
        for name in VARIANTS:
            box = forms.Textarea(attrs={"rows": "7", "lang": name[:2]})
            self.fields[name] = forms.CharField(max_length=TEXT_CHARS_MAX, required=False, widget=box)
            self._dress(name, self.fields[name])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in VARIANTS:
            self._reads(name, values.get(name, ""))
        if not any(values.get(name) for name in VARIANTS) and not self.errors:
            self.complain(VARIANTS[0], "saved.no_text")
        values["shortcut"] = values.get("shortcut", "").strip().lstrip("/").lower()
        if values["shortcut"] and not SHORTCUT.fullmatch(values["shortcut"]):
            self.complain("shortcut", "saved.bad_shortcut")
        self._free(values)
        return values

    def _reads(self, name: str, text: str) -> None:
        try:
            fields(text)
        except InputError as error:
            self.add_error(name, speak(error.key, self.speaks, **error.params))

    def _free(self, values: dict[str, Any]) -> None:
        """Name and shortcut are those of one."""
        others = SavedReply.objects.of(self.seat.workspace).exclude(uid=self.initial.get("uid"))
        for name in ("name", "shortcut"):
            if values.get(name) and others.filter(**{name: values[name]}).exists():
                self.complain(name, f"saved.{name}_taken")
