"""The form of an address book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from palabre.desk.addressbook.acts import Wish
from palabre.desk.addressbook.models import Book
from palabre.desk.addressbook.server import plain
from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.people import access as people
from palabre.desk.people.models import PURPOSES
from palabre.desk.workspaces.access import Seat
from palabre.engage.carddav import folder
from palabre.errors import PalabreError
from palabre.net.addresses import parse_target


class BookForm(DeskForm):
    """book: that is set up already; its password may stay as it is."""

    words = "addressbook.form"
    url = forms.CharField(max_length=1_000, widget=forms.URLInput)
    user = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        max_length=500, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    purposes = forms.MultipleChoiceField(choices=[(one, one) for one in PURPOSES], widget=forms.CheckboxSelectMultiple)
    listed = forms.ChoiceField(required=False)

    def __init__(self, request: HttpRequest, seat: Seat, book: Book | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.book, self.lists = book, {one.uid: one for one in people.lists(seat.workspace)}
        everybody = ("", speak("addressbook.form.everybody", self.speaks))
        self.offer("purposes", [(one, speak(f"people.consent.{one}", self.speaks)) for one in PURPOSES])
        self.offer("listed", [everybody, *((uid, one.name) for uid, one in self.lists.items())])

    def offer(self, name: str, pairs: list[tuple[str, str]]) -> None:
        entry = self.fields[name]
        if isinstance(entry, forms.ChoiceField):
            entry.choices = pairs

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        url = url if "://" in url else f"https://{url}"
        if not usable(url):
            self.complain("url", "addressbook.bad_url")
        elif plain(url):
            self.complain("url", "addressbook.plain")
        return folder(url)

    def clean(self) -> dict[str, Any]:
        """A kept password belongs to the server it was given for."""
        given = super().clean() or {}
        kept = self.book is not None and bool(self.book.password) and not given.get("password")
        if self.book and kept and given.get("url") and origin(given["url"]) != origin(self.book.url):
            self.complain("password", "addressbook.other_server")
        return given

    def wish(self) -> Wish:
        kept = self.cleaned_data
        return Wish(
            kept["url"], kept["user"], kept["password"], tuple(kept["purposes"]), self.lists.get(kept["listed"])
        )


def usable(url: str) -> bool:
    try:
        return parse_target(url).scheme in ("https", "http")
    except (ValueError, PalabreError):
        return False


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])
