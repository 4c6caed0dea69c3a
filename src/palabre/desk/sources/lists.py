"""Many feeds at once: found on a site, read from an OPML file, given out as one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from palabre import plugins, sourcing
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.inbound.views import pipeline
from palabre.desk.panel import discovery
from palabre.desk.sources import access
from palabre.desk.sources.adding import descriptions, groups
from palabre.desk.sources.forms import OpmlForm, SiteForm
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import PalabreError

FEEDS_MAX = 20


@require_POST
@seated("manager")
def find(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Feeds that a site announces; then those that somebody ticked are added."""
    if request.POST.getlist("feed"):
        return taken(request, seat)
    form = SiteForm(request, request.POST)
    found: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            found = discovery.feeds_of(form.cleaned_data["site"], FEEDS_MAX)
        except PalabreError as error:
            form.complain("site", error.key, **error.params)
        else:
            if not found:
                form.complain("site", "sources.find.none")
    return again(request, site_form=form, found=found, known=known(seat))


def again(
    request: HttpRequest, site_form: SiteForm | None = None, opml_form: OpmlForm | None = None, **more: object
) -> HttpResponse:
    """The page where a source is chosen, with what was found or what was wrong."""
    forms = {"site_form": site_form or SiteForm(request), "opml_form": opml_form or OpmlForm(request)}
    wrong = any(form.errors for form in forms.values())
    return render(
        request,
        "sources/choose.html",
        {"groups": groups(descriptions()), **forms, **more},
        status=400 if wrong else 200,
    )


def known(seat: Seat) -> set[str]:
    """Addresses of feeds that are there already."""
    return {str(one.config.get("url", "")) for one in access.sources(seat) if one.connector == sourcing.FEED}


def taken(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Adds the ticked feeds: (address, title) pairs; what is there already or is no address is left out."""
    connector, there, n = plugins.connector(sourcing.FEED), known(seat), 0
    for value in request.POST.getlist("feed")[:FEEDS_MAX]:
        url, _, title = value.partition(" ")
        try:
            config = dict(connector.validate({"url": url[:2000]}))
        except PalabreError:
            continue
        if config["url"] in there:
            continue
        rhythm = connector.describe().rhythm_seconds
        name = (title or url)[: sourcing.NAME_CHARS_MAX]
        archive().sources.add(seat.workspace.id, sourcing.FEED, name, config, rhythm_seconds=rhythm)
        there.add(str(config["url"]))
        n += 1
    audit.note(request, seat, "source_added", f"{n} × RSS")
    messages.success(request, speak("sources.find.added", lang_of(request), n=n))
    return redirect("sources:index", workspace_slug=seat.workspace.slug)


@require_POST
@seated("manager")
def take_in(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An OPML file of at most 5 MB."""
    form = OpmlForm(request, request.POST, request.FILES)
    if form.is_valid():
        try:
            done = sourcing.add_feeds(pipeline(), seat.workspace.id, form.cleaned_data["file"].read())
        except PalabreError as error:
            form.complain("file", error.key, **error.params)
        else:
            audit.note(request, seat, "source_added", f"OPML: {done['added']}")
            messages.success(request, speak("sources.opml.done", lang_of(request), **done, n=done["added"]))
            return redirect("sources:index", workspace_slug=seat.workspace.slug)
    return again(request, opml_form=form)


@require_GET
@seated()
def give_out(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every feed, as OPML 2.0."""
    body = sourcing.feeds_as_opml(pipeline(), seat.workspace.id)
    name = f'attachment; filename="{seat.workspace.slug}-feeds.opml"'
    return HttpResponse(body, content_type="text/x-opml; charset=utf-8", headers={"Content-Disposition": name})
