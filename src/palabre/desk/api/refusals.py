"""What goes wrong, as JSON: ``{"key", "message"}`` in the language the program asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from palabre.desk.api.auth import Throttled
from palabre.desk.design.language import lang_of
from palabre.errors import InputError, NotFoundError, PalabreError, QueryError
from palabre.messages import say


class Refused(Exception):
    """What a screen did not do. fields: (field, sentence) of a form; message: what the page says, "" for nothing."""

    def __init__(self, status: int, message: str = "", fields: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.fields = status, message, fields


def refuse(api: NinjaAPI, request: HttpRequest, status: int, key: str, **params: Any) -> HttpResponse:
    """An answer with its sentence; more: what else the body says."""
    more = params.pop("more", {})
    body = {"key": key, "message": say(key, lang_of(request), **params), **more}
    return api.create_response(request, body, status=status)


def known(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    """An error of the house. A query says where it is wrong."""
    if isinstance(error, NotFoundError):
        return refuse(api, request, 404, "api.not_found")
    status = 400 if isinstance(error, InputError) else 503
    more: dict[str, Any] = {}
    if isinstance(error, QueryError):
        more = {"start": error.start, "end": error.end, "suggestion": error.suggestion}
    return refuse(api, request, status, error.key, **error.params, more=more)


def invalid(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    """Which values cannot be used; never the values themselves."""
    places = [place_of(one) for one in error.errors]
    names = ", ".join(str(place["where"]).rpartition(".")[2] for place in places)
    return refuse(api, request, 422, "api.invalid", names=names, more={"fields": places})


def place_of(fault: Any) -> dict[str, str]:
    """Where a value stands, as the description names it, what is wrong with it, and of a closed list what is known."""
    parts = [str(part) for part in fault["loc"]]
    while len(parts) > 1 and parts[0] == "body":
        parts = parts[1:]
    known = str(fault.get("ctx", {}).get("expected", ""))
    return {"where": ".".join(parts), "what": str(fault["type"])} | ({"known": known} if known else {})


def refused(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    """What a screen says, in its sentences; where it has none, that it was not done."""
    if error.fields:
        names = ", ".join(dict.fromkeys(name for name, _ in error.fields))
        places = [{"where": name, "what": sentence} for name, sentence in error.fields]
        return refuse(api, request, error.status, "api.invalid", names=names, more={"fields": places})
    more = {"message": error.message} if error.message else {}
    return refuse(api, request, error.status, "api.refused", more=more)


def unauthorised(api: NinjaAPI, request: HttpRequest) -> HttpResponse:
    answer = refuse(api, request, 401, "api.unauthorised")
    answer["WWW-Authenticate"] = 'Bearer realm="palabre"'
    return answer


def throttled(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    answer = refuse(api, request, 429, "api.throttled", n=error.seconds)
    answer["Retry-After"] = str(error.seconds)
    return answer


def bad_request(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    """What ninja itself refuses, such as a body that is no JSON."""
    return refuse(api, request, error.status_code, "api.unreadable")


def install(api: NinjaAPI) -> None:
    """Gives every kind of error its answer."""
    api.add_exception_handler(PalabreError, lambda request, error: known(api, request, error))
    api.add_exception_handler(Http404, lambda request, _error: refuse(api, request, 404, "api.not_found"))
    api.add_exception_handler(ValidationError, lambda request, error: invalid(api, request, error))
    api.add_exception_handler(Refused, lambda request, error: refused(api, request, error))
    api.add_exception_handler(AuthenticationError, lambda request, _error: unauthorised(api, request))
    api.add_exception_handler(Throttled, lambda request, error: throttled(api, request, error))
    api.add_exception_handler(HttpError, lambda request, error: bad_request(api, request, error))
