"""Forms of objectives, outcomes and experiments."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import DeskForm
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case
from palabre.desk.mentions import access as mentions
from palabre.desk.objectives import access
from palabre.desk.objectives.models import MEANS, OUTCOMES, STATES
from palabre.desk.outbox import access as outbox
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership
from palabre.desk.workspaces.names import called
from palabre.measure.catalogue import BY_NAME, DEFINITIONS, POSTS
from palabre.measure.ranges import AMOUNT_MAX, CERTAINTIES, CURRENCIES

CASES_MAX = 200
PERIODS = (7, 14, 30, 90)
IDS = re.compile(r"(?:post=|posts?/|^|[\s,;])(\d{1,18})(?=$|[\s,;&/?#])")
YEAR = timedelta(days=366)


def day_field(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def amount_field() -> forms.FloatField:
    return forms.FloatField(
        required=False, min_value=0, max_value=AMOUNT_MAX, widget=forms.NumberInput(attrs={"step": "any", "min": "0"})
    )


def members(seat: Seat, lang: str) -> list[tuple[str, str]]:
    """("", nobody) and every member, as choices."""
    held = Membership.objects.of(seat.workspace).select_related("user").order_by("user__name")
    return [("", ""), *((one.user.uid, called(one.user, lang)) for one in held)]


def watches(seat: Seat) -> list[tuple[str, str]]:
    return [(str(watch_id), watch.name) for watch_id, watch in mentions.watches(seat).items()]


class ObjectiveForm(DeskForm):
    words = "objectives.form"
    sentence = forms.CharField(max_length=200)
    why = forms.CharField(max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    owner = forms.ChoiceField(required=False)
    horizon = day_field(required=False)
    state = forms.ChoiceField(choices=[(one, one) for one in STATES], initial="running")
    learned = forms.CharField(max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["owner"].choices = members(seat, self.speaks)  # type: ignore[attr-defined]
        if not kwargs.get("initial", {}).get("sentence"):
            del self.fields["learned"]


class MeanForm(DeskForm):
    words = "objectives.mean"
    kind = forms.ChoiceField(choices=[(one, one) for one in MEANS])
    text = forms.CharField(max_length=200, required=False)
    watch = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(required=False)
    low = amount_field()
    high = amount_field()
    currency = forms.ChoiceField(choices=[(one, one) for one in CURRENCIES])

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.channels = outbox.channels(seat)
        self.fields["watch"].choices = [("", ""), *watches(seat)]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", ""), *((one.uid, one.name) for one in self.channels)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind")
        if kind == "budget":
            check_range(self, given, needed=True)
        elif kind in ("watch", "channel") and not given.get(str(kind)):
            self.complain(str(kind), "desk.form.required")
        elif kind in ("people", "misc") and not given.get("text"):
            self.complain("text", "desk.form.required")
        return given


def check_range(form: DeskForm, given: dict[str, Any], *, needed: bool) -> None:
    """A range has both ends in order; one end alone is an exact amount."""
    low, high = given.get("low"), given.get("high")
    if low is None and high is None:
        if needed and not form.errors:
            form.complain("low", "desk.form.required")
        return
    given["low"], given["high"] = (high if low is None else low), (low if high is None else high)
    if given["low"] > given["high"]:
        form.complain("high", "proof.wrong_way")


class StepForm(DeskForm):
    words = "objectives.step"
    text = forms.CharField(max_length=200)
    due = day_field(required=False)
    owner = forms.ChoiceField(required=False)

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["owner"].choices = members(seat, self.speaks)  # type: ignore[attr-defined]


class MeasureForm(DeskForm):
    """target: in the unit that the help says: per cent for shares, hours for times."""

    words = "objectives.measuring"
    name = forms.ChoiceField()
    watches = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    better = forms.ChoiceField(choices=[("", ""), ("up", "up"), ("down", "down")], required=False)
    target = forms.FloatField(required=False, widget=forms.NumberInput(attrs={"step": "any"}))
    days = forms.TypedChoiceField(choices=[(one, one) for one in PERIODS], coerce=int, initial=30)
    base_until = day_field(required=False)

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        named = [(one.name, speak(f"objectives.measure.{one.name}", self.speaks)) for one in DEFINITIONS]
        self.fields["name"].choices = named  # type: ignore[attr-defined]
        self.fields["watches"].choices = watches(seat)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        unit = BY_NAME[given["name"]].unit if given.get("name") in BY_NAME else ""
        target = given.get("target")
        if target is not None and unit in LIMITS and not LIMITS[unit][0] <= target <= LIMITS[unit][1]:
            self.complain("target", f"objectives.measuring.limit.{unit}")
        return given


LIMITS = {"share": (0, 100), "score": (-1, 1), "seconds": (0, 100_000)}
SCALE = {"share": 0.01, "seconds": 3_600.0}


def in_unit(name: str, target: float | None) -> float | None:
    """A target as typed, in the figure's own unit."""
    return None if target is None else target * SCALE.get(BY_NAME[name].unit, 1.0)


class OutcomeForm(DeskForm):
    words = "proof.form"
    kind = forms.ChoiceField(choices=[(one, one) for one in OUTCOMES])
    text = forms.CharField(max_length=200)
    on = day_field()
    objective = forms.ChoiceField(required=False)
    case = forms.ChoiceField(required=False)
    promise = forms.ChoiceField(required=False)
    need = forms.ChoiceField(required=False)
    posts = forms.CharField(required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}))
    low = amount_field()
    high = amount_field()
    currency = forms.ChoiceField(choices=[(one, one) for one in CURRENCIES])
    basis = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
    certainty = forms.ChoiceField(choices=[(one, one) for one in CERTAINTIES], initial="possible")

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.seat = seat
        chosen = self.data.get("case") or self.initial.get("case") or ""
        for name, choices in choices_of(seat, self.speaks, chosen).items():
            self.fields[name].choices = [("", ""), *choices]  # type: ignore[attr-defined]

    def clean_posts(self) -> list[int]:
        """Numbers of posts, or addresses of their pages; only posts of this workspace."""
        text = self.cleaned_data["posts"]
        ids = list(dict.fromkeys(int(found) for found in IDS.findall(text)))[:200]
        there = {row.post_id for row in archive().posts.many(self.seat.workspace.id, ids)}
        if text.strip() and (not ids or set(ids) - there):
            self.complain(
                "posts", "proof.unknown_posts", ids=", ".join(str(one) for one in ids if one not in there) or text[:40]
            )
        return ids

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        check_range(self, given, needed=False)
        amount = given.get("low") is not None
        if amount and not any(given.get(name) for name in ("case", "need", "posts")):
            self.complain("case", "proof.no_conversation")
        if amount and not given.get("basis", "").strip():
            self.complain("basis", "proof.no_basis")
        return given


def choices_of(seat: Seat, lang: str, chosen: str) -> dict[str, list[tuple[str, str]]]:
    """What an outcome may be linked with; chosen: the uid of a case that is there however old it is."""
    space = seat.workspace
    cases = Case.objects.of(space).filter(merged_into=None).order_by("-changed_ms")
    rows = [*cases.filter(uid=chosen), *cases.exclude(uid=chosen)[:CASES_MAX]]
    promises = Promise.objects.of(space).order_by("-made_ms")[:CASES_MAX]
    return {
        "objective": [(one.uid, one.words) for one in access.objectives(space)],
        "case": [(one.uid, one.title or one.uid[:8]) for one in rows],
        "promise": [(one.uid, one.words) for one in promises],
        "need": [(str(one.need_id), one.title_in(lang)) for one in archive().needs.all(space.id)],
    }


class ExperimentForm(DeskForm):
    words = "experiment.form"
    hypothesis = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    change = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    changed = day_field()
    name = forms.ChoiceField()
    hoped = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])
    watches = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    beside = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    days_before = forms.IntegerField(min_value=7, max_value=365, initial=28)
    days_after = forms.IntegerField(min_value=7, max_value=365, initial=28)
    objective = forms.ChoiceField(required=False)

    def __init__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        daily = [one.name for one in DEFINITIONS if one.origin == POSTS and not one.name.startswith("board_")]
        named = [(one, speak(f"objectives.measure.{one}", self.speaks)) for one in daily]
        choices: dict[str, list[tuple[str, str]]] = {"name": named, "watches": watches(seat), "beside": watches(seat)}
        choices["objective"] = [("", ""), *((one.uid, one.words) for one in access.objectives(seat.workspace))]
        for field, pairs in choices.items():
            self.fields[field].choices = pairs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if set(given.get("watches") or ()) & set(given.get("beside") or ()):
            self.complain("beside", "experiment.same_watch")
        changed = given.get("changed")
        if changed and not to_datetime(0).date() + timedelta(days=7_300) < changed < to_datetime(
            now_ms()
        ).date() + timedelta(days=366):
            self.complain("changed", "desk.form.invalid")
        return given


class ConcludeForm(DeskForm):
    words = "experiment.conclude"
    learned = forms.CharField(max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
