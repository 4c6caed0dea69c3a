"""What stands after the colon of a field, as a node: text, host, language, one of a few words, number or date."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from palabre.errors import QueryError
from palabre.match.ast import Field, Range
from palabre.match.facts import bare_site
from palabre.match.fields import RANGED, FieldSpec, Shape, nearest
from palabre.match.lexer import Kind, Lexeme
from palabre.text.facts import fold_value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DATE = re.compile(
    r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z?)?)?)?"
)
NUMBER = re.compile(r"(\d{1,15}(?:\.\d{1,20})?(?:e[+-]?\d\d?)?)([kKmM]?)")
COMPARISON = re.compile(r"(>=|<=|=>|=<|≥|≤|>|<|=)\s*(.*)", re.DOTALL)
SAME = {"=>": ">=", "=<": "<=", "≥": ">=", "≤": "<="}
BOUNDS = re.compile(r"\s*(\S+)\s+(?:TO|to|À|à)\s+(\S+)\s*")
SIGNED = ("author", "tag", "mention")  # their values may be typed with @ or #
VALUED_ONCE = ("lang", "country", "region", "city", "network", "kind", "parent", "root")  # one value a post
YEARS = range(1000, 9999)
Bounds = tuple[float, float]


def read_value(spec: FieldSpec, lexeme: Lexeme) -> Field | Range:
    """The node of one value. Raises QueryError with the place of the value."""
    if spec.shape in RANGED:
        low, high = read_range(spec, lexeme)
        if low is not None and high is not None and low > high:
            raise fault("query.range_inverted", lexeme, suggestion=swapped(lexeme.text))
        return Range(spec.name, low, high)
    if lexeme.kind is not Kind.VALUE:
        raise fault("query.field_no_range", lexeme, name=spec.name)
    value = CLEANERS.get(spec.shape, clean_text)(spec, lexeme)
    if not value.strip("*"):
        raise fault("query.field_value", lexeme, name=spec.name)
    return Field(spec.name, (value,))


def fault(key: str, lexeme: Lexeme, *, suggestion: str | None = None, **params: object) -> QueryError:
    return QueryError(key, start=lexeme.start, end=lexeme.end, suggestion=suggestion, **params)


def clean_text(spec: FieldSpec, lexeme: Lexeme) -> str:
    """Folded, without the sign of a handle or a tag, runs of * as one."""
    value = fold_value(lexeme.text)
    return re.sub(r"\*+", "*", re.sub(r"^[@#\s]+", "", value) if spec.name in SIGNED else value)


def clean_piece(spec: FieldSpec, lexeme: Lexeme) -> str:
    """A piece of an address: it may stand anywhere, so outer stars say nothing."""
    return re.sub(r"^[\s*]+|[\s*]+$", "", fold_value(lexeme.text))


def clean_host(spec: FieldSpec, lexeme: Lexeme) -> str:
    return re.sub(r"\*+", "*", bare_site(lexeme.text))


def clean_uri(spec: FieldSpec, lexeme: Lexeme) -> str:
    return fold_value(lexeme.text)


def clean_lang(spec: FieldSpec, lexeme: Lexeme) -> str:
    """``fr`` or ``fr-CA``; a name of a language is refused with a hint."""
    value = fold_value(lexeme.text).replace("_", "-")
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", value):
        raise fault("query.bad_lang", lexeme, suggestion=value[:2] if value[:2].isalpha() else None, text=lexeme.text)
    return value


def clean_choice(spec: FieldSpec, lexeme: Lexeme) -> str:
    value = fold_value(lexeme.text)
    if value not in spec.choices:
        known = ", ".join(spec.choices)
        meant = nearest(value, spec.choices)
        raise fault("query.bad_choice", lexeme, suggestion=meant, text=lexeme.text, name=spec.name, known=known)
    return value


CLEANERS: dict[Shape, Callable[[FieldSpec, Lexeme], str]] = {
    Shape.PIECE: clean_piece,
    Shape.HOST: clean_host,
    Shape.URI: clean_uri,
    Shape.LANG: clean_lang,
    Shape.CHOICE: clean_choice,
}


def read_range(spec: FieldSpec, lexeme: Lexeme) -> tuple[float | None, float | None]:
    """``[a TO b]``, ``>=a`` or ``a`` as (low, high), both ends included; None is open."""
    bounds = date_bounds if spec.shape is Shape.DATE else number_bounds
    if lexeme.kind is Kind.RANGE:
        found = BOUNDS.fullmatch(lexeme.text)
        if not found:
            raise fault("query.range_form", lexeme, name=spec.name)
        low, high = (None if text == "*" else bounds(text, lexeme) for text in found.groups())
        return (low[0] if low else None), (high[1] if high else None)
    compared = COMPARISON.fullmatch(lexeme.text) if lexeme.kind is Kind.COMPARE else None
    first, last = bounds(compared[2] if compared else lexeme.text, lexeme)
    whole = spec.name != "rating"
    return {
        "=": (first, last),
        ">": (beyond(last, 1, whole=whole), None),
        ">=": (first, None),
        "<": (None, beyond(first, -1, whole=whole)),
        "<=": (None, last),
    }[SAME.get(compared[1], compared[1]) if compared else "="]


def beyond(value: float, way: int, *, whole: bool) -> float:
    """The next value above or below: of whole numbers and milliseconds, or the next number at all."""
    if whole:
        return math.floor(value) + 1 if way > 0 else math.ceil(value) - 1
    return math.nextafter(value, math.inf * way)


def number_bounds(text: str, lexeme: Lexeme) -> Bounds:
    """``1500``, ``1.5k``, ``2M`` as (value, value)."""
    found = NUMBER.fullmatch(text)
    if not found:
        raise fault("query.bad_number", lexeme, text=text)
    value = float(found[1]) * {"k": 1e3, "m": 1e6}.get(found[2].lower(), 1)
    exact = int(value) if value.is_integer() else value
    return exact, exact


def date_bounds(text: str, lexeme: Lexeme) -> Bounds:
    """``2024``, ``2024-02``, ``2024-02-03`` or a moment, UTC, as its first and last millisecond."""
    found = DATE.fullmatch(text)
    try:
        if found and int(found[1]) in YEARS:
            return period(*found.groups())
    except ValueError:
        pass
    raise fault("query.bad_date", lexeme, text=text)


def period(
    year: str | None,
    month: str | None,
    day: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    milli: str | None,
) -> Bounds:
    """First and last millisecond of the year, month, day, minute, second or millisecond. Raises ValueError."""
    day_of = int(year or 0), int(month or 1), int(day or 1)
    start = datetime(*day_of, int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
    first = (start - EPOCH) // timedelta(milliseconds=1) + int((milli or "0").ljust(3, "0"))
    if milli:
        return first, first
    days = calendar.monthrange(start.year, start.month)[1] if month else 366 if calendar.isleap(start.year) else 365
    length = 1_000 if second else 60_000 if minute else 86_400_000 if day else days * 86_400_000
    return first, first + length - 1


def swapped(text: str) -> str | None:
    """The bounds of an inverted range the right way round."""
    found = BOUNDS.fullmatch(text)
    return f"[{found[2]} TO {found[1]}]" if found else None
