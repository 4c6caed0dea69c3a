"""Dates as the world writes them, as epoch milliseconds.

Fast and certain forms first (ISO 8601, W3CDTF, RFC 822 and its variants, epoch numbers, French and English
month names); dateparser, slow to load, only for what remains. A date without a zone is read in ``zone``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_tz

FIRST_YEAR, LAST_YEAR = 1900, 2200
TRUSTED_FROM_MS = 631_152_000_000  # 1990-01-01: before the Web; a date before it is a default somebody forgot to fill
CHARS_MAX = 100
MONTH_NAMES = """
janvier janv jan january|fevrier fevr fev feb february|mars mar march|avril avr apr april|mai may|juin jun june
|juillet juil jul july|aout aou aug august|septembre sept sep september|octobre oct october|novembre nov november
|decembre dec december
"""
MONTHS = {name: place for place, names in enumerate(MONTH_NAMES.split("|"), 1) for name in names.split()}
ISO = re.compile(
    r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?"
    r"(?:[T ]\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.I,
)
CLOCK = (
    r"(?:[\s,]*(?:a|at|,|-|–|—|\||·|t)?\s*(\d{1,2})\s*(?::|h)\s*(\d{2})?"
    r"(?:\s*(?::|m(?:in)?)\s*(\d{2}))?\s*([ap]\.?m\.?)?)?"
)
ZONE = r"\s*(z|utc|gmt|cest|cet|[+-]\d{2}:?\d{2})?"
WEEKDAY = r"(?:(?:le\s+)?[a-z]{2,9}\.?,?\s+)?(?:le\s+)?"
DAY_FIRST = re.compile(
    WEEKDAY + r"(\d{1,2})(?:er|st|nd|rd|th|eme|e)?\s+(?:of\s+)?([a-z]{3,9})\.?,?\s+(\d{4})" + CLOCK + ZONE
)
MONTH_FIRST = re.compile(WEEKDAY + r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + CLOCK + ZONE)
NUMERIC = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})" + CLOCK + ZONE)
ZONES = {"z": 0, "utc": 0, "gmt": 0, "cet": 3600, "cest": 7200}
EPOCH_UNITS = ((1e17, 1e-6), (1e14, 1e-3), (1e11, 1.0), (0.0, 1e3))  # from which size: ns, µs, ms, s


def parse_date(text: str | float | None, *, zone: tzinfo = UTC, day_first: bool = True) -> int | None:
    """Epoch milliseconds, or None when it is no date. Never raises. day_first: 03/04/2026 is 3 April."""
    if isinstance(text, int | float):
        return of_number(float(text))
    plain = plain_form(text or "")
    if not plain or len(plain) > CHARS_MAX:
        return None
    if re.fullmatch(r"-?\d{9,19}(\.\d+)?", plain):
        return of_number(float(plain))
    for read in (of_iso, of_names, of_rfc822, of_figures if day_first else of_american):
        found = read(plain, zone)
        if found is not None:
            return found
    return of_anything(plain, zone)


def clamp(published_ms: int, now_ms: int) -> int:
    """The moment to sort by: the date given, or now where it cannot be true (unknown, before 1990, in the future)."""
    return published_ms if not date_fault(published_ms, now_ms) else now_ms


def date_fault(published_ms: int, now_ms: int) -> str:
    """``""``, ``"unknown"``, ``"past"`` (before 1990) or ``"future"``."""
    if published_ms == 0:
        return "unknown"
    if published_ms < TRUSTED_FROM_MS:
        return "past"
    return "future" if published_ms > now_ms else ""


def plain_form(text: str) -> str:
    """Lower case, no accents, no odd spaces: what the patterns are written for."""
    flat = unicodedata.normalize("NFKD", text[: 4 * CHARS_MAX])
    return " ".join("".join(char for char in flat if not unicodedata.combining(char)).lower().split())


def of_number(number: float) -> int | None:
    """Epoch in seconds, milli-, micro- or nanoseconds, told apart by size."""
    factor = next((unit for size, unit in EPOCH_UNITS if abs(number) >= size), None)
    if factor is None or not 0 < number < 1e19:
        return None
    ms = round(number * factor)
    return ms if ms < 7_258_118_400_000 else None  # 2200


def made(parts: tuple[int, ...], zone: tzinfo, seconds_east: int | None = None, micro: int = 0) -> int | None:
    """(year, month, day, hour, minute, second) as epoch ms. 24:00 and a leap second are the next instant."""
    year, month, day, hour, minute, second = parts
    if not FIRST_YEAR <= year <= LAST_YEAR or hour > 24 or minute > 59 or second > 60:
        return None
    try:
        moment = datetime(year, month, day, tzinfo=UTC if seconds_east is not None else zone)
        wall = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)
        instant = (moment + wall).astimezone(UTC) - timedelta(seconds=seconds_east or 0)
    except (ValueError, OverflowError):  # no such day, or a number of forty figures
        return None
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def seconds_east(text: str | None) -> int | None:
    """``+0200``, ``-03:30``, ``z``, ``cest`` as seconds; None when there is no zone."""
    if not text:
        return None
    if text in ZONES:
        return ZONES[text]
    figures = text[1:].replace(":", "").ljust(4, "0")
    value = int(figures[:2]) * 3600 + int(figures[2:4]) * 60
    return -value if text[0] == "-" else value


def of_iso(text: str, zone: tzinfo) -> int | None:
    """ISO 8601 and W3CDTF, down to a year alone; any number of decimals."""
    match = ISO.fullmatch(text)
    if not match or (len(text) == 6 and text.isdecimal()):
        return None
    year, month, day, hour, minute, second = (
        int(match[place] or default) for place, default in zip(range(1, 7), (0, 1, 1, 0, 0, 0), strict=True)
    )
    micro = int((match[7] or "").ljust(6, "0")[:6])
    return made((year, month, day, hour, minute, second), zone, seconds_east(match[8]), micro)


def of_rfc822(text: str, zone: tzinfo) -> int | None:
    """RFC 822, 1123, 850, asctime, and what feeds make of them (one-figure hours, two-figure years, zone names)."""
    if ":" not in text:
        return None
    try:
        found = parsedate_tz(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if found is None or found[1] < 1:
        return None
    named = found[9] if re.search(r"[+-]\d{3,4}\b|\b(gmt|utc?|z|[ecmp][sd]t)\b", text) else None
    return made(found[:6], zone, named)


def of_names(text: str, zone: tzinfo) -> int | None:
    """``sam., 21 nov. 2026 14:05``, ``le 1er août 2026 à 9h``, ``November 21, 2026 at 2:05 pm``."""
    match = DAY_FIRST.fullmatch(text)
    if match:
        day, month = match[1], match[2]
    else:
        match = MONTH_FIRST.fullmatch(text)
        if not match:
            return None
        month, day = match[1], match[2]
    number = MONTHS.get(month)
    return of_match(match, (int(match[3]), number, int(day)), zone) if number else None


def of_figures(text: str, zone: tzinfo) -> int | None:
    """``21/11/2026 14:05``; the month first only where the day cannot be a month."""
    match = NUMERIC.fullmatch(text)
    if not match:
        return None
    day, month = int(match[1]), int(match[2])
    day, month = (month, day) if month > 12 >= day else (day, month)
    return of_match(match, (int(match[3]), month, day), zone)


def of_american(text: str, zone: tzinfo) -> int | None:
    """``11/21/2026 2:05 PM``; the day first only where the month cannot be one."""
    match = NUMERIC.fullmatch(text)
    if not match:
        return None
    month, day = int(match[1]), int(match[2])
    day, month = (month, day) if month > 12 >= day else (day, month)
    return of_match(match, (int(match[3]), month, day), zone)


def of_match(match: re.Match[str], date: tuple[int, int, int], zone: tzinfo) -> int | None:
    """A date with the clock and zone that CLOCK and ZONE found as groups 4 to 8."""
    hour, minute, second = (int(match[place] or 0) for place in (4, 5, 6))
    half = (match[7] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return made((*date, hour, minute, second), zone, seconds_east(match[8]))


def of_anything(text: str, zone: tzinfo) -> int | None:
    """dateparser, in French and English, for whole dates only: nothing relative, nothing without its year."""
    if not re.search(r"\d{4}", text) or not re.search(r"[a-z]{3}", text):
        return None
    import dateparser

    settings = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time", "custom-formats"],
        "DATE_ORDER": "DMY",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    try:
        found = dateparser.parse(text, languages=["fr", "en"], settings=settings)
    except Exception:  # whatever it trips over, it is not a date to us
        return None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    return int(aware.timestamp() * 1000)
