"""The three doors. They answer machines: plain text, no cookie, no session, sizes bounded before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from palabre.desk.clock import CLOCK
from palabre.desk.engine import archive
from palabre.errors import InputError, ItemError, NotFoundError
from palabre.messages import say

if TYPE_CHECKING:
    from palabre.pipeline import Pipeline

BODY_BYTES_MAX = 5_000_000
View = Callable[[HttpRequest, str], HttpResponse]


@cache
def pipeline() -> Pipeline:
    """The road that pushed items take; it needs no network."""
    from palabre.pipeline import Pipeline

    kept = archive()
    return Pipeline(kept, None, CLOCK, kept.settings)


def plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def door(view: View) -> View:
    """Unknown addresses answer 404, too much 413; what is wrong with a request is said in one sentence."""

    @wraps(view)
    def answered(request: HttpRequest, token: str) -> HttpResponse:
        if int(request.headers.get("content-length") or 0) > BODY_BYTES_MAX:
            return plain("", 413)
        try:
            return view(request, token)
        except NotFoundError as error:
            return plain(say(error.key, "en"), 404)
        except InputError as error:
            refused = plain(say(error.key, "en", **error.params), getattr(error, "status", 400))
            if error.retry_after:
                refused["Retry-After"] = str(int(error.retry_after))
            return refused

    return answered


@csrf_exempt
@require_http_methods(["GET", "POST"])
@door
def websub(request: HttpRequest, token: str) -> HttpResponse:
    """A hub checks that we asked (GET), or pushes a feed (POST). What it did not sign is received and ignored."""
    from palabre import pushes

    if request.method == "GET":
        challenge = pushes.verified(pipeline(), token, request.GET.dict())
        return plain("", 404) if challenge is None else plain(challenge)
    with suppress(ItemError):  # W3C WebSub 7.1: a wrong signature is acknowledged, and the content ignored
        pushes.websub_push(pipeline(), token, lower(request), request.body)
    return plain("")


@csrf_exempt
@require_POST
@door
def webmention(request: HttpRequest, token: str) -> HttpResponse:
    """A page says that it mentions one of ours; it is looked at later (202)."""
    from palabre import pushes

    pushes.webmention_notice(pipeline(), token, request.POST.dict())
    return plain("", 202)


@csrf_exempt
@require_POST
@door
def webhook(request: HttpRequest, token: str) -> HttpResponse:
    """A signed delivery. The answer says how many posts it brought, and nothing of them."""
    from palabre import pushes

    receipt = pushes.webhook_push(pipeline(), token, lower(request), request.body)
    return plain(say("pushes.accepted", "en", n=receipt.offered))


def lower(request: HttpRequest) -> dict[str, str]:
    """The headers with lower-case names."""
    return {name.lower(): value for name, value in request.headers.items()}
