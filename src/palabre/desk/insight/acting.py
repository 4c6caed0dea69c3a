"""What the acts of Understand share: noted in the journal, answers forgotten, back to where one was."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.insight.memory import MEMORY
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError


def done(request: HttpRequest, seat: Seat, what: str, about: str, page: str, words: str = "") -> HttpResponse:
    """After something was done. what: of ``auth.did``; page: where to go on, words: of its address."""
    audit.note(request, seat, what, about)
    MEMORY.forget()
    messages.success(request, speak("insight_page.done", lang_of(request)))
    return back(seat, page, words)


def undone(request: HttpRequest, seat: Seat, error: InputError, page: str, words: str = "") -> HttpResponse:
    """After something that could not be done, with the reason."""
    messages.error(request, speak(error.key, lang_of(request), **error.params))
    return back(seat, page, words)


def back(seat: Seat, page: str, words: str = "") -> HttpResponseRedirect:
    """To a page of Understand, with its answer in it."""
    here = reverse(f"insight:{page}", kwargs={"workspace_slug": seat.workspace.slug})
    return redirect(f"{here}?{words}&all=1" if words else f"{here}?all=1")


def whole(text: str) -> int:
    """A number typed or in an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
