"""Adding a source, and changing what one is set to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from palabre import plugins, sourcing
from palabre.archive.types import Source
from palabre.collect.contract import Connector, Description
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.sources import access, terms, visits
from palabre.desk.sources.acts import to_source
from palabre.desk.sources.forms import OpmlForm, SiteForm, SourceForm, initial_of
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import PalabreError

GROUPS = ("free", "key", "paid")
FIRST = ("feed", "webpage", "mastodon", "bluesky_jetstream")


@dataclass(frozen=True, slots=True)
class Group:
    """name: free, key or paid."""

    name: str
    connectors: tuple[Description, ...]


def group_of(about: Description) -> str:
    """paid: each item has a price; key: a secret is required that a platform gives; free: neither."""
    if about.price_per_item:
        return "paid"
    return "key" if any(one.kind == "secret" and one.required for one in about.options) else "free"


def descriptions() -> list[Description]:
    """Every connector that can be loaded, the usual ones first."""
    found = []
    for name in plugins.registered():
        try:
            found.append(plugins.connector(name).describe())
        except PalabreError:
            continue  # a broken plugin must not take the page away; `palabre doctor` names it
    return sorted(found, key=lambda one: (FIRST.index(one.name) if one.name in FIRST else len(FIRST), one.name))


def groups(found: Iterable[Description]) -> list[Group]:
    listed = list(found)
    made = [Group(name, tuple(one for one in listed if group_of(one) == name)) for name in GROUPS]
    return [one for one in made if one.connectors]


@require_GET
@seated("manager")
def choose(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What can be listened to."""
    context = {"groups": groups(descriptions()), "site_form": SiteForm(request), "opml_form": OpmlForm(request)}
    return render(request, "sources/choose.html", context)


def connector_of(name: str) -> Connector:
    """Http404 for one that is not installed."""
    if name not in plugins.registered():
        raise Http404
    return plugins.connector(name)


@require_http_methods(["GET", "POST"])
@seated("manager")
def add(request: HttpRequest, seat: Seat, connector: str) -> HttpResponse:
    """A new source of that connector."""
    made = connector_of(connector)
    form = SourceForm(request, made, posted(request), initial=initial_of(made, None))
    if form.is_valid():
        return added(request, seat, form)
    context = {
        "form": form,
        "about": made.describe(),
        "terms": terms.terms(connector, lang_of(request)),
        "can_estimate": visits.can_estimate(connector),
    }
    return render(request, "sources/add.html", context, status=400 if form.errors else 200)


def added(request: HttpRequest, seat: Seat, form: SourceForm) -> HttpResponse:
    values, about = form.cleaned_data, form.about
    kept = archive().sources.add(
        seat.workspace.id,
        about.name,
        values["name"] or sourcing.default_name(speak(f"connector_{about.name}.title", form.speaks), values["config"]),
        values["config"],
        keep=values["keep"],
        rhythm_seconds=int(values["rhythm"]),
        secrets=form.given()[1],
    )
    audit.note(request, seat, "source_added", kept.name)
    messages.success(request, speak("sources.done.source_added", form.speaks, name=kept.name))
    return to_source(seat, kept.source_id)


@require_http_methods(["GET", "POST"])
@seated("manager")
def settings(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """What a source is set to. Secrets are written, never shown."""
    kept = access.source(seat, source_id)
    made = connector_of(kept.connector)
    secrets = access.secret_names(seat, source_id)
    form = SourceForm(request, made, posted(request), initial=initial_of(made, kept), secrets=secrets)
    if form.is_valid():
        return changed(request, seat, kept, form)
    context = {"form": form, "about": made.describe(), "source": kept}
    return render(request, "sources/settings.html", context, status=400 if form.errors else 200)


def changed(request: HttpRequest, seat: Seat, kept: Source, form: SourceForm) -> HttpResponse:
    """Another configuration is another place to listen: the cursor of the old one does not fit it."""
    values = form.cleaned_data
    fresh: dict[str, Any] = {} if values["config"] == dict(kept.config) else {"cursor": {}}
    archive().sources.change(
        kept.source_id,
        seat.workspace.id,
        name=values["name"] or kept.name,
        config=values["config"],
        keep=values["keep"],
        rhythm_seconds=int(values["rhythm"]),
        **fresh,
    )
    for name, value in {**dict.fromkeys(form.cleared(), ""), **form.given()[1]}.items():
        archive().sources.set_secret(kept.source_id, seat.workspace.id, name, value)
    audit.note(request, seat, "source_changed", kept.name)
    messages.success(request, speak("sources.done.source_changed", lang_of(request), name=kept.name))
    return redirect("sources:source", workspace_slug=seat.workspace.slug, source_id=kept.source_id)
