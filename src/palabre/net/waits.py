"""What a server says about waiting: Retry-After and the rate-limit fields, as seconds from now. Pure.

RFC 9110 §10.2.3 (seconds or HTTP-date); the draft ``RateLimit`` fields; and what platforms really send: X and GitHub
give epoch seconds, Mastodon an ISO date, Reddit seconds. Dates are corrected by the server's own ``Date`` field, so
that a wrong clock on either side does not matter. Never more than a day: no server can silence us for longer.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from palabre.net.response import Headers

WAIT_MAX_SECONDS = 86_400.0
RESET_FIELDS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset-after")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
EPOCH_SECONDS_FROM, EPOCH_MS_FROM = 1e9, 1e12


def date_ms(text: str) -> int | None:
    """An HTTP-date (its three forms) or an ISO 8601 date as epoch milliseconds."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text.strip().replace("Z", "+00:00") if read is datetime.fromisoformat else text.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    return None


def server_now_ms(headers: Headers, now_ms: int) -> int:
    """What time it is for the server."""
    said = date_ms(headers.get("date", "")) if "date" in headers else None
    return now_ms if said is None else said


def delay_of(text: str, now_ms: int) -> float | None:
    """One field as seconds from ``now_ms``: a delay, an epoch in s or ms, or a date. None: it cannot be read."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        moment = date_ms(text)
        return None if moment is None else (moment - now_ms) / 1000
    number = float(text)
    if not isfinite(number):
        return None
    if number >= EPOCH_MS_FROM:
        return (number - now_ms) / 1000
    return number - now_ms / 1000 if number >= EPOCH_SECONDS_FROM else number


def combined_reset(headers: Headers) -> str:
    """The wait inside ``RateLimit: limit=10, remaining=0, reset=50`` or ``"default";r=0;t=50``; "" without."""
    match = re.search(r"\b(?:reset|t)=(\d+)", headers.get("ratelimit", ""))
    return match[1] if match else ""


def wait_seconds(headers: Headers, now_ms: int) -> float | None:
    """How long the server asks us to wait, in [0, 86 400] seconds; None when it does not say or cannot be read."""
    there = server_now_ms(headers, now_ms)
    fields = [
        headers.get("retry-after", ""),
        *(headers.get(name, "") for name in RESET_FIELDS),
        combined_reset(headers),
    ]
    for text in fields:
        delay = delay_of(text, there) if text else None
        if delay is not None:
            return min(max(delay, 0.0), WAIT_MAX_SECONDS)
    return None
