"""What comes into the inbox: a manager decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from palabre.desk import beats
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import upkeep
from palabre.desk.inbox.folding import intake_of
from palabre.desk.inbox.forms import IntakeForm
from palabre.desk.inbox.models import CaseIntake
from palabre.desk.outbox import access as outbox
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated

FIELDS = ("mentions", "intents", "kinds", "sure_percent", "days", "answer_hours")


@require_http_methods(["GET", "POST"])
@seated("agent", post="manager")
def settings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page; what is kept makes the pass look at the last days again."""
    intake = intake_of(seat.workspace)
    form = IntakeForm(request, posted(request), initial={name: getattr(intake, name) for name in FIELDS})
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        CaseIntake.objects.of(seat.workspace).filter(pk=intake.pk).update(stamp=-1, **values)
        upkeep.again(seat.workspace)
        audit.note(request, seat, "inbox_changed")
        beats.nudge("inbox.intake")
        messages.success(request, speak("inbox.settings.kept", lang_of(request)))
        return redirect(reverse("inbox:settings", kwargs={"workspace_slug": seat.workspace.slug}))
    context = {"form": form, "channels": outbox.channels(seat)}
    return render(request, "inbox/settings.html", context, status=400 if form.errors else 200)
