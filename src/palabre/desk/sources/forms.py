"""Forms of sources. The form of a connector is made from its options: a new connector needs no line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from palabre.archive.types import Source
from palabre.collect.contract import Connector, Option
from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.sources.words import duration
from palabre.errors import PalabreError
from palabre.messages import catalogue

RHYTHMS = (60, 300, 900, 1_800, 3_600, 21_600, 86_400, 604_800)
OPML_BYTES_MAX = 5_000_000
VALUE_CHARS_MAX = 2_000
LIST_CHARS_MAX = 20_000
SECRET_CHARS_MAX = 8_000
OPTION, CLEAR = "option_", "clear_"


def field_of(option: Option, kept: bool) -> forms.Field:
    """The field of an option. kept: a secret that is set already and may stay."""
    needed = option.required and not kept
    if option.kind == "flag":
        return forms.BooleanField(required=False)
    if option.kind == "choice":
        return forms.ChoiceField(choices=[(value, value) for value in option.choices], required=needed)
    if option.kind == "number":
        return forms.FloatField(required=needed, min_value=0, max_value=1e12)
    if option.kind == "date":
        return forms.DateField(required=needed, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    return forms.CharField(required=needed, **text_options(option))


def text_options(option: Option) -> dict[str, Any]:
    """Length and widget of what is typed as text: text, url, list, secret."""
    if option.kind == "secret":
        shown = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})
        return {"max_length": SECRET_CHARS_MAX, "widget": shown}
    if option.kind == "list" or option.name == "template":
        return {"max_length": LIST_CHARS_MAX, "widget": forms.Textarea(attrs={"rows": 3})}
    mode = {"inputmode": "url", "placeholder": "https://"} if option.kind == "url" else {}
    return {"max_length": VALUE_CHARS_MAX, "widget": forms.TextInput(attrs={"autocomplete": "off", **mode})}


class SourceForm(DeskForm):
    """Name, rhythm, what to keep, and the options of a connector."""

    words = "sources.form"
    name = forms.CharField(max_length=200, required=False)
    rhythm = forms.ChoiceField()
    keep = forms.ChoiceField(choices=[("all", "all"), ("matched", "matched")])

    def __init__(
        self, request: HttpRequest, connector: Connector, *args: Any, secrets: Sequence[str] = (), **kwargs: Any
    ) -> None:
        self.connector, self.secrets, self.about = connector, tuple(secrets), connector.describe()
        own = {f"{OPTION}{option.name}": field_of(option, option.name in secrets) for option in self.about.options}
        removable = [one for one in self.about.options if one.kind == "secret" and one.name in secrets]
        own |= {f"{CLEAR}{one.name}": forms.BooleanField(required=False) for one in removable if not one.required}
        self.base_fields = own | type(self).base_fields  # type: ignore[misc]  # Django copies it from the instance
        super().__init__(request, *args, **kwargs)
        chosen = int(self.initial.get("rhythm") or self.about.rhythm_seconds)
        steps = sorted({*RHYTHMS, chosen})
        self.fields["rhythm"].choices = [(str(n), duration(n, self.speaks)) for n in steps]  # type: ignore[attr-defined]  # a choice field

    def _dress(self, name: str, entry: forms.Field) -> None:
        super()._dress(name, entry)
        option = self.option_of(name)
        if option is None:
            return
        if name.startswith(CLEAR):
            entry.label = speak("sources.form.clear", self.speaks, name=self.label(option))
            entry.help_text = ""
            return
        entry.label = self.label(option)
        kept = option.kind == "secret" and option.name in self.secrets
        entry.help_text = (
            speak(f"sources.form.{'kept' if kept else option.kind}", self.speaks) if self.has_help(kept, option) else ""
        )
        if isinstance(entry, forms.ChoiceField):
            entry.choices = [(value, self.choice_words(option, value)) for value in option.choices]

    def has_help(self, kept: bool, option: Option) -> bool:
        return kept or f"sources.form.{option.kind}" in catalogue(self.speaks)

    def label(self, option: Option) -> str:
        return speak(f"connector_{self.about.name}.option.{option.name}", self.speaks)

    def choice_words(self, option: Option, value: str) -> str:
        key = f"sources.choice.{self.about.name}.{option.name}.{value}"
        return speak(key, self.speaks) if key in catalogue(self.speaks) else value

    def option_of(self, name: str) -> Option | None:
        """The option behind a field."""
        bare = name.removeprefix(OPTION).removeprefix(CLEAR)
        return next((one for one in self.about.options if one.name == bare and bare != name), None)

    def answers(self, name: str) -> bool:
        """Whether only answering through the source needs this field."""
        option = self.option_of(name)
        return option is not None and option.answering

    @property
    def hearing_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not self.answers(name)]

    @property
    def answering_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if self.answers(name)]

    @property
    def answering_open(self) -> bool:
        """Those fields are shown at once where one is set, or wrong."""
        ours = [one for one in self.about.options if one.answering]
        kept = any(one.name in self.secrets for one in ours if one.kind == "secret")
        given = (self.initial.get(f"{OPTION}{one.name}") not in (None, "", one.default) for one in ours)
        return kept or any(given) or any(entry.errors for entry in self.answering_fields)

    def given(self) -> tuple[dict[str, object], dict[str, str]]:
        """(configuration, secrets) as typed; what was left empty is left out."""
        config: dict[str, object] = {}
        secrets: dict[str, str] = {}
        for option in self.about.options:
            value = self.cleaned_data.get(f"{OPTION}{option.name}")
            if value in (None, ""):
                continue
            if option.kind == "secret":
                secrets[option.name] = str(value)
            else:
                config[option.name] = value.isoformat() if option.kind == "date" else value
        return config, secrets

    def cleared(self) -> list[str]:
        """Secrets that are to be taken away."""
        return [one.name for one in self.about.options if self.cleaned_data.get(f"{CLEAR}{one.name}")]

    def clean(self) -> dict[str, Any]:
        """The connector has the last word on its configuration; its complaint goes to the field it names."""
        values = super().clean() or {}
        if not self.errors:
            try:
                values["config"] = dict(self.connector.validate(self.given()[0]))
            except PalabreError as error:
                self.blame(error)
        return values

    def blame(self, error: PalabreError) -> None:
        """Puts an error where it belongs."""
        name = f"{OPTION}{error.params.get('option', '')}"
        if name not in self.fields:
            name = next((f"{OPTION}{guess}" for guess in ("value", "url") if error.params.get(guess)), "")
        said = dict(error.params)
        option = self.option_of(name)
        if option is not None:
            said["option"] = self.label(option)
        sentence = speak(error.key, self.speaks, **said)
        self.add_error(name if name in self.fields else None, ValidationError(sentence))


def initial_of(connector: Connector, source: Source | None) -> dict[str, object]:
    """What the form shows at first: the source as it is, or the connector's defaults. Never a secret."""
    about = connector.describe()
    config: Mapping[str, object] = source.config if source else {}
    found = {
        f"{OPTION}{one.name}": shown(config.get(one.name, one.default)) for one in about.options if one.kind != "secret"
    }
    if source is None:
        return found | {"rhythm": str(about.rhythm_seconds), "keep": about.keep}
    return found | {"name": source.name, "rhythm": str(source.rhythm_seconds), "keep": source.keep}


def shown(value: object) -> object:
    """A value as a field shows it: a list one entry a line."""
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value


class SiteForm(DeskForm):
    words = "sources.find"
    site = forms.CharField(max_length=VALUE_CHARS_MAX, widget=forms.TextInput(attrs={"inputmode": "url"}))


class OpmlForm(DeskForm):
    words = "sources.opml"
    file = forms.FileField()

    def clean_file(self) -> Any:
        """Size is checked before anything is read."""
        found = self.cleaned_data["file"]
        if found.size > OPML_BYTES_MAX:
            self.complain("file", "sources.opml.too_large", limit=OPML_BYTES_MAX // 1_000_000)
        return found


class PeriodForm(DeskForm):
    """A past period, both days included, UTC."""

    words = "sources.period"
    since = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.complain("until", "sources.period.reversed")
        if since and since.year < 1990:
            self.complain("since", "sources.period.too_old")
        return values
