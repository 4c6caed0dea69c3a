"""The page of an invitation: read, accept, decline, leave at any time. Its address is the only key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from palabre.desk.ambassadors import access, acts
from palabre.desk.ambassadors.models import Invite, Membership
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of

HEADERS = {"X-Robots-Tag": "noindex"}  # the usual Referrer-Policy: under no-referrer a browser hides where a form comes
# from even from us, and the answer would be refused


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, in the reader's language, and their answer."""
    found = access.by_address(token)
    if request.method == "POST":
        said(request, found)
        return redirect("ambassadors:answer", token=token)
    if not found.opened_ms:
        Invite.doors.filter(pk=found.pk).update(opened_ms=now_ms())
    member = membership(found)
    lang = lang_of(request)
    shown = member.consent.text if member else found.texts[lang]
    context = {
        "invite": found, "text": str(shown).split("\n"), "member": member, "house": found.workspace.name,
        "left": bool(found.answer == "yes" and member is None),
    }  # fmt: skip
    page = render(request, "ambassadors/answer.html", context)
    for name, value in HEADERS.items():
        page[name] = value
    return page


def membership(found: Invite) -> Membership | None:
    """The one that rests on this invitation, while it lasts."""
    rows = Membership.objects.of(found.workspace).filter(consent__invite=found, left_ms=0)
    return rows.select_related("consent").first()


def said(request: HttpRequest, found: Invite) -> None:
    """yes, no or leave; the yes is to the words in the language of the page."""
    given, lang = request.POST.get("answer", ""), request.POST.get("lang", "")
    member = membership(found)
    if given == "leave" and member is not None:
        acts.left(member, "person")
    elif given in ("yes", "no"):
        acts.answered(found, given, lang if lang in found.texts else lang_of(request))
