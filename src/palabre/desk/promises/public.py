"""What a person sees of the promises made to them: theirs alone, on a page nobody can guess and no engine lists."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre.desk.api.bucket import Buckets
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.promises import access, ledger
from palabre.desk.today.access import house_country, house_zone
from palabre.desk.workspaces.attempts import client_address
from palabre.messages import LANGUAGES

VISITS = Buckets(size=20, per_minute=20)  # for an address; the token itself has 256 bits
SECRET = {"X-Robots-Tag": "noindex, nofollow, noarchive"}
TOO_MANY = 429


@require_GET
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """Both languages are one click away; no name of a member, no note, no case is in it."""
    wait = VISITS.take(client_address(request, settings.PALABRE.trusted_proxies), now_ms())
    if wait:
        answer = render(request, "promises/public_wait.html", {"seconds": round(wait) + 1}, status=TOO_MANY)
        answer["Retry-After"] = str(round(wait) + 1)
        return hidden(answer)
    link, found = access.by_address(token)
    wall = ledger.Wall(house_zone(), house_country(), now_ms())
    lang = spoken(request, link.person.lang)
    rows = [one for one in ledger.in_order(found, wall) if one.state != "withdrawn"]
    context = {
        "lang": lang,
        "house": link.workspace.name,
        "groups": ledger.grouped(ledger.lines(rows, wall, lang)),
        "other": next(code for code in LANGUAGES if code != lang),
        "zone": str(wall.zone),
    }
    return hidden(render(request, "promises/public.html", context))


def spoken(request: HttpRequest, preferred: str) -> str:
    """As asked in the address, else as the person speaks, else as their browser asks."""
    asked = request.GET.get("lang", "")
    return next((code for code in (asked, preferred) if code in LANGUAGES), lang_of(request))


def hidden(answer: HttpResponse) -> HttpResponse:
    """No engine lists it; its address goes to nobody."""
    for name, value in SECRET.items():
        answer[name] = value
    return answer
