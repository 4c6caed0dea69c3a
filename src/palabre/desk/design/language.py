"""Which language a request is answered in: French and English are equals."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from palabre.messages import LANGUAGES

COOKIE = "palabre-lang"


def wanted(accept: str) -> str:
    """The best of our languages in an Accept-Language header, "" if it names none."""
    best, best_weight = "", 0.0
    for part in accept[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        code = tag.strip()[:2].lower()
        value = _weight(weight)
        if code in LANGUAGES and value > best_weight:
            best, best_weight = code, value
    return best


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def of_request(request: HttpRequest) -> str:
    """The user's setting, else the cookie, else what the browser asks for, else the house's language."""
    user = getattr(request, "user", None)
    candidates = (
        getattr(user, "lang", "") if user is not None and user.is_authenticated else "",
        request.COOKIES.get(COOKIE, ""),
        wanted(request.headers.get("Accept-Language", "")),
        settings.PALABRE.lang,
    )
    return next((lang for lang in candidates if lang in LANGUAGES), LANGUAGES[0])


def lang_of(request: HttpRequest) -> str:
    """The language already chosen for this request."""
    return getattr(request, "lang", "") or of_request(request)
