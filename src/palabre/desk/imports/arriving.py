"""A file on its way to the desk, in pieces small enough for every door between: a script of ours sends them."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.imports import access, keeping, reading
from palabre.desk.imports.models import ARRIVING, Import
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError

PIECE_BYTES = 4_000_000
READ_BYTES = 1 << 18


def number(text: str) -> int:
    """A count in a request; -1 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else -1


def address(seat: Seat, name: str, row: Import) -> str:
    return reverse(f"imports:{name}", kwargs={"workspace_slug": seat.workspace.slug, "uid": row.uid})


def refused(request: HttpRequest, error: InputError) -> JsonResponse:
    return JsonResponse({"error": speak(error.key, lang_of(request), **error.params)}, status=400)


@require_POST
@seated("manager")
def begin(request: HttpRequest, seat: Seat) -> JsonResponse:
    """Announces a file: its name and its size. The answer says where its pieces go, and how large they may be."""
    try:
        row = access.begin(seat, request.POST.get("name", ""), number(request.POST.get("size", "")))
    except InputError as error:
        return refused(request, error)
    return JsonResponse({"piece": address(seat, "piece", row), "bytes": PIECE_BYTES})


@require_POST
@seated("manager")
def piece(request: HttpRequest, seat: Seat, uid: str) -> JsonResponse:
    """The next bytes, from ``?at=`` on. 409 says from where they are wanted; next: the page of a file that is whole.
    400: the disk has become full meanwhile, and the file is discarded."""
    row = access.found(seat, uid)
    try:
        access.check_room()
    except InputError as error:
        if row.state == ARRIVING:
            keeping.discard_row(row)
        return refused(request, error)
    well = access.take(row, number(request.GET.get("at", "")), bounded(request))
    row.refresh_from_db()
    if row.arrived < row.size:
        return JsonResponse({"at": row.arrived}, status=200 if well else 409)
    if well:
        reading.welcome(row)
    return JsonResponse({"at": row.arrived, "next": address(seat, "one", row)})


def bounded(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes, no more than one piece."""
    left = PIECE_BYTES
    while left and (read := request.read(min(left, READ_BYTES))):
        left -= len(read)
        yield read


def taken(seat: Seat, name: str, size: int, pieces: Iterator[bytes]) -> Import:
    """A file that came whole, with a form. InputError as in `access.begin`."""
    row = access.begin(seat, name, size)
    try:
        access.take(row, 0, pieces)
        row.refresh_from_db()
        reading.welcome(row)
    except Exception:
        keeping.discard_row(row)
        raise
    return row
