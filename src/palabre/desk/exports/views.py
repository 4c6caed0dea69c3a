"""A saved view as files and as a feed."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.exports import access, feed, giving
from palabre.desk.exports.forms import NamedForm
from palabre.desk.mentions.access import asked, saved_view
from palabre.desk.mentions.models import SavedView
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.exports.leaving import Leaving, leaving, rows_max
from palabre.exports.masks import mask_of
from palabre.exports.writers import FORMATS, MEDIA_TYPES, chunks, write

IN_MEMORY_BYTES = 5_000_000


def page_of(request: HttpRequest, seat: Seat, view: SavedView, form: NamedForm, fresh: str = "") -> HttpResponse:
    """What can be done with a view. fresh: an address that was just made, shown once."""
    question = asked(seat, view.selection)
    n = question.count(seconds=2.0).n
    most = rows_max(question.archive, "csv")
    context = {"view": view, "form": form, "kinds": FORMATS, "links": access.links(seat, view), "fresh": fresh}
    context |= {"n": n, "most": most, "over": n > most}
    return render(request, "exports/page.html", context, status=400 if form.errors else 200)


@require_GET
@seated()
def page(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return page_of(request, seat, saved_view(seat, uid), NamedForm(request))


@require_GET
@seated()
def file(request: HttpRequest, seat: Seat, uid: str) -> HttpResponseBase:
    """The file, under pseudonyms."""
    view = saved_view(seat, uid)
    kind = request.GET.get("kind", "csv")
    made = leaving(asked(seat, view.selection), access.place(seat), kind)
    audit.note(request, seat, "export", f"{view.name} · {kind} · {made.n}")
    return answer(made, kind, view.name)


@require_POST
@seated("manager")
def named(request: HttpRequest, seat: Seat, uid: str) -> HttpResponseBase:
    """The file with names: for a manager, with a reason, noted."""
    view = saved_view(seat, uid)
    form = NamedForm(request, request.POST)
    if not form.is_valid():
        return page_of(request, seat, view, form)
    kind, reason = form.cleaned_data["kind"], form.cleaned_data["reason"]
    made = leaving(asked(seat, view.selection), access.place(seat), kind, named=True, reason=reason)
    audit.note(request, seat, "export_named", f"{view.name[:60]} · {kind} · {made.n} · {reason}")
    return answer(made, kind, view.name)


def answer(made: Leaving, kind: str, name: str) -> HttpResponseBase:
    """CSV and NDJSON leave as they are read; the others are made in a file without a name first."""
    headers = {"Content-Disposition": f'attachment; filename="{filename(name)}.{kind}"'}
    if kind in ("csv", "ndjson"):
        return StreamingHttpResponse(pieces(made, kind), content_type=MEDIA_TYPES[kind], headers=headers)
    spooled = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  # the response closes it
    write(kind, made.columns, made.rows(), binary(spooled))
    spooled.seek(0)
    return FileResponse(spooled, content_type=MEDIA_TYPES[kind], headers=headers)


def pieces(made: Leaving, kind: str) -> Iterator[bytes]:
    """The file in pieces; the mark in front makes Excel read accents rightly."""
    for _, piece in chunks(kind, made.columns, made.rows(), bom=True):
        yield piece


def binary(file: object) -> BinaryIO:
    return file  # type: ignore[return-value]  # what tempfile wraps


def filename(name: str) -> str:
    """Letters, digits and hyphens: nothing that a header or a disk takes amiss."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "palabre"


# Feeds


@require_POST
@seated()
def make_link(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """An address for a feed reader, shown once."""
    view = saved_view(seat, uid)
    token = giving.link(request, seat, view)
    fresh = request.build_absolute_uri(reverse("exports:feed", kwargs={"token": token}))
    return page_of(request, seat, view, NamedForm(request), fresh)


@require_POST
@seated()
def revoke_link(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    link = access.own_link(seat, uid)
    view = link.view
    link.delete()
    audit.note(request, seat, "feed_link_revoked", view.name)
    messages.success(request, speak("exports.feed_done", lang_of(request)))
    return redirect("exports:page", workspace_slug=seat.workspace.slug, uid=view.uid)


@require_GET
def atom(request: HttpRequest, token: str) -> HttpResponse:
    """The feed. The token in the address is the only key."""
    seat, view = access.by_address(token)
    question = asked(seat, view.selection)
    mask = mask_of(question.archive, access.place(seat).uid)
    body = feed.atom(request, seat.workspace.slug, view.name, question.rows(limit=feed.ENTRIES), mask)
    headers = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8", headers=headers)
