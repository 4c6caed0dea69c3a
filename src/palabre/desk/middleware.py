"""What every answer of the desk passes through: identity, headers, language, refusals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from palabre.archive.failures import translate
from palabre.desk.design.language import of_request
from palabre.desk.design.views import not_found, refused
from palabre.desk.workspaces.access import SignInNeeded
from palabre.errors import InputError, NotFoundError, PalabreError

Next = Callable[[HttpRequest], HttpResponseBase]
PRIVATE = "private, no-store"
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


class RequestIdentity:
    """A number for each request, shown on error pages and written in the log."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.identity = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.identity  # type: ignore[attr-defined]
        return response


class Headers:
    """What Django does not set itself; a page is kept by nobody, a hashed file by everybody."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Cache-Control", PRIVATE)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class Language:
    """Speaks the user's language: their setting, else the cookie, else what the browser asks for."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.lang = lang = of_request(request)  # type: ignore[attr-defined]
        with translation.override(lang):
            response = self.get_response(request)
        response.setdefault("Content-Language", lang)
        response.setdefault("Vary", "Accept-Language, Cookie")
        return response


class Refusals:
    """Turns what a view raises into a page: sign-in needed, not found, wrong input, or the archive said no."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, SignInNeeded):
            return to_sign_in(request)
        if isinstance(exception, NotFoundError | Http404):
            return not_found(request, exception)
        if isinstance(exception, PalabreError):
            return refused(request, exception, status=400 if isinstance(exception, InputError) else 503)
        if isinstance(exception, OperationalError):  # another writer held the tables too long, or the disk is full
            where = Path(str(connection.settings_dict["NAME"])).name
            return refused(request, translate(exception.__cause__ or exception, where), status=503)
        return None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again; a part of a page asks the browser to go there whole."""
    back = request.get_full_path() if request.method == "GET" and not request.headers.get("HX-Request") else ""
    url = "/sign-in" + (f"?{urlencode({'next': back})}" if back else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return redirect(url)
