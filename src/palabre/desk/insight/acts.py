"""What the acts of the Trust room share: who did it, what is forgotten after it, where one goes back to."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from palabre.desk.insight.memory import MEMORY
from palabre.desk.mentions import summary
from palabre.desk.mentions.selection import Selection
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat

IDS_MAX = 500  # posts of one act


def who(seat: Seat) -> str:
    """As the lists name them; "" for an owner without a name or an address."""
    return str(seat.user.label or seat.user.email or "")[:80]


def ids_of(request: HttpRequest, name: str) -> list[int]:
    """The numbers posted under a name, each once."""
    texts = [text for text in request.POST.getlist(name)[:IDS_MAX] if text.isascii() and text.isdecimal()]
    return list(dict.fromkeys(int(text) for text in texts if len(text) <= 18))


def done(request: HttpRequest, seat: Seat, what: str, about: str, said: str = "") -> None:
    """Noted in the journal; pages that were kept are made again; ``said`` on the next page."""
    audit.note(request, seat, what, about)
    MEMORY.forget()
    summary.MEMORY.forget()
    if said:
        messages.success(request, said)


def to_stream(seat: Seat, asked: str) -> HttpResponse:
    """Back to the stream as it was asked: only words of the stream come back."""
    here = reverse("mentions:stream", kwargs={"workspace_slug": seat.workspace.slug})
    return redirect(f"{here}?{Selection.parse(asked).address()}")


def to_page(seat: Seat, name: str, **words: str) -> HttpResponse:
    """To a page of Understand, with its answer."""
    here = reverse(f"insight:{name}", kwargs={"workspace_slug": seat.workspace.slug})
    return redirect(f"{here}?{urlencode({'all': '1', **words})}")


def listed(ids: Sequence[int]) -> str:
    """Ids for the journal."""
    return ", ".join(map(str, ids[:10])) + (" …" if len(ids) > 10 else "")
