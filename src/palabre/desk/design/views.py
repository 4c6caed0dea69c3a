"""Pages that belong to no room: errors, the choice of language and theme, the pulse."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.design.context import THEME_COOKIE
from palabre.desk.design.language import COOKIE
from palabre.errors import PalabreError
from palabre.messages import LANGUAGES

YEAR_SECONDS = 365 * 24 * 3600
LOG = logging.getLogger("palabre.desk")


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(request, "desk/error.html", {"error": name}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "forbidden", 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "csrf", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such thing, or not yours: one page for both, the same to the byte for everyone."""
    if hasattr(request, "seat"):
        del request.seat
    return _page(request, "not_found", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    LOG.error("request %s failed", getattr(request, "identity", ""))
    return _page(request, "server", 500)


def refused(request: HttpRequest, error: PalabreError, status: int) -> HttpResponse:
    """An error of the house that no view caught, in its own words."""
    return render(request, "desk/error.html", {"error": "refused", "reason": error}, status=status)


def back(request: HttpRequest, fallback: str = "/") -> HttpResponseRedirect:
    """To the page the form came from, never to another host."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(url if safe else fallback)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language: with the user, and in a cookie for the sign-in page."""
    chosen = request.POST.get("lang", "")
    answer = back(request)
    if chosen in LANGUAGES:
        _remember(request, "lang", chosen)
        answer.set_cookie(COOKIE, chosen, YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps light, dark or as the system says."""
    chosen = request.POST.get("theme", "")
    answer = back(request)
    if chosen in {"auto", "light", "dark"}:
        _remember(request, "theme", chosen)
        answer.set_cookie(THEME_COOKIE, chosen, YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


def _remember(request: HttpRequest, name: str, value: str) -> None:
    if request.user.is_authenticated:
        setattr(request.user, name, value)
        request.user.save(update_fields=[name])


@require_GET
def pulse(request: HttpRequest) -> HttpResponse:
    """For monitors: the process answers."""
    return HttpResponse("ok", content_type="text/plain")
