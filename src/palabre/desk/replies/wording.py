"""The house's own list of words to avoid in replies."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.replies import access
from palabre.desk.replies.forms import WordForm
from palabre.desk.replies.models import Word
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated


@require_http_methods(["GET", "POST"])
@seated(post="manager")
def words(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, and a word more."""
    form = WordForm(request, posted(request))
    if form.is_valid() and _added(seat, form):
        audit.note(request, seat, "word_added", form.cleaned_data["word"])
        messages.success(request, speak("replies.done.word_added", lang_of(request)))
        return redirect("replies:words", workspace_slug=seat.workspace.slug)
    context = {"form": form, "words": access.words(seat)}
    return render(request, "replies/words.html", context, status=400 if form.errors else 200)


def _added(seat: Seat, form: WordForm) -> bool:
    try:
        with transaction.atomic():
            Word.objects.add(seat.workspace, made_ms=now_ms(), **form.cleaned_data)
    except IntegrityError:
        form.complain("word", "replies.word.known")
        return False
    return True


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.word(seat, uid)
    audit.note(request, seat, "word_removed", found.word)
    found.delete()
    return redirect("replies:words", workspace_slug=seat.workspace.slug)
