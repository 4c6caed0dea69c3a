"""One cell as a value: dates, counts, flags, languages, lists. ValueError: it is not one."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from palabre.collect.files.names import inverted
from palabre.model import PostKind
from palabre.text.dates import parse_date

MONTHS = dict(zip(re.findall("...", "JanFebMarAprMayJunJulAugSepOctNovDec"), range(1, 13), strict=True))
TWITTER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d) (\d{4})")
NUMERIC = re.compile(
    r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d\d)"
    r"(?:[ T,à]+(\d{1,2})[:.h](\d\d)(?:[:.](\d\d))?(?:\.\d+)?\s*([AaPp][Mm])?)?Z?"
)
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?")
WORDS_TRUE = {"1", "true", "t", "yes", "y", "oui", "o", "vrai", "x", "1.0"}
WORDS_FALSE = {"", "0", "false", "f", "no", "n", "non", "faux", "none", "null", "nan", "0.0"}
NOTHING = {"", "nan", "none", "null", "na", "n/a", "-", "nat", "\\n"}
MULTIPLES = {"k": 1_000, "m": 1_000_000, "md": 1_000_000_000, "b": 1_000_000_000}

LANGUAGES = inverted("languages")
UNKNOWN_LANGUAGES = {
    "",
    "und",
    "unknown",
    "language undefined",
    "undefined",
    "zxx",
    "qme",
    "qam",
    "qct",
    "qht",
    "qst",
    "inconnue",
    "other",
}
KINDS: Mapping[str, PostKind] = {
    **{str(kind): kind for kind in PostKind},
    **dict.fromkeys(("retweet", "repost", "reblog", "share", "announce", "partage"), PostKind.RESHARE),
    **dict.fromkeys(("reply", "response", "reponse", "in_reply_to"), PostKind.REPLY),
    **dict.fromkeys(("comment", "commentaire"), PostKind.COMMENT),
    **dict.fromkeys(("review", "avis"), PostKind.REVIEW),
    **dict.fromkeys(("news", "blog", "press", "presse", "editorial"), PostKind.ARTICLE),
    **dict.fromkeys(("mail", "email", "e-mail"), PostKind.MESSAGE),
}


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """A UTC moment as epoch milliseconds; ValueError if there is no such day."""
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()) * 1000


def offset_ms(zone: str) -> int:
    """+02:00 or +0200 in milliseconds; nothing, Z and UTC are 0."""
    if zone[:1] not in ("+", "-"):
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return minutes * (60_000 if zone[0] == "+" else -60_000)


def iso_ms(text: str) -> int | None:
    found = ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, part, zone = found.groups("")
    moment = ms(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    return moment + int((part + "000")[:3]) - offset_ms(zone)


def twitter_ms(text: str) -> int | None:
    """Tue Oct 31 23:36:20 +0000 2017"""
    found = TWITTER.fullmatch(text)
    if found is None:
        return None
    month, day, hour, minute, second, sign, zh, zm, year = found.groups()
    moment = ms(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second))
    return moment - offset_ms(sign + zh + zm)


def numeric_ms(text: str, day_first: bool) -> int | None:
    """31/10/2017 23:36, 31-10-2017 23.36, 10/31/2017 11:36 PM"""
    found = NUMERIC.fullmatch(text)
    if found is None:
        return None
    first, second_, year, hour, minute, second, half = found.groups("")
    day, month = (first, second_) if day_first else (second_, first)
    hours = int(hour or 0) % 12 + 12 * (half.lower() == "pm") if half else int(hour or 0)
    return ms(
        int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), hours, int(minute or 0), int(second or 0)
    )


def epoch_ms(number: float) -> int:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size."""
    size = abs(number)
    for limit, factor in ((1e11, 1000.0), (1e14, 1.0), (1e17, 1e-3)):
        if size < limit:
            return round(number * factor)
    return round(number * 1e-6)


@lru_cache(maxsize=20_000)
def date_of(text: str, day_first: bool = True) -> int:
    """A written date as epoch milliseconds, 0 for an empty cell. ValueError if it is no date."""
    bare = text.strip()
    if bare.casefold() in NOTHING:
        return 0
    found = iso_ms(bare) or twitter_ms(bare)
    if found is None and (found := numeric_ms(bare, day_first)) is None:
        found = written_ms(bare)
    if found is None:
        raise ValueError("date")
    return found


def written_ms(text: str) -> int | None:
    """An epoch number, or whatever else people write."""
    if re.fullmatch(r"-?\d{9,19}(\.\d+)?", text):
        return epoch_ms(float(text))
    return parse_date(text) if re.search(r"\d", text) and len(text) < 80 else None


def any_date(value: object, day_first: bool = True) -> int:
    """The same for a cell that may be a number or a moment already."""
    if value is None:
        return 0
    if isinstance(value, datetime):
        return round((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 0 if value != value else epoch_ms(value)
    return date_of(str(value), day_first)


def count_of(value: object) -> int | None:
    """12, "12", "12.0", "1 234", "1,234", "1,2 k" as a whole number; None for an empty cell."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return None if value != value else int(value)
    text = str(value).strip().casefold().replace("\xa0", "").replace("\u202f", "").replace(" ", "")
    return None if text in NOTHING else written_count(text)


def written_count(text: str) -> int:
    found = re.fullmatch(r"([+-]?[\d.,]+)(k|m|md|b)?", text)
    if found is None:
        raise ValueError("count")
    digits, multiple = found.groups()
    if multiple:
        return round(float(digits.replace(",", ".")) * MULTIPLES[multiple])
    if re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", digits):
        return int(re.sub(r"[.,]", "", digits))
    if "." in digits and "," in digits:  # the last one parts the decimals
        whole, _, decimals = digits.replace(",", ".").rpartition(".")
        digits = f"{whole.replace('.', '')}.{decimals}"
    return int(float(digits.replace(",", ".")))


def number_of(value: object) -> float | None:
    """A number with a decimal point or comma; None for an empty cell."""
    text = "" if value is None else str(value).strip().casefold()
    return None if text in NOTHING else float(text.replace(",", ".").split("/")[0])


def flag_of(value: object) -> bool:
    """Yes or no, in French or English; an empty cell is no."""
    text = "" if value is None else str(value).strip().casefold()
    if text in WORDS_TRUE:
        return True
    if text in WORDS_FALSE:
        return False
    raise ValueError("flag")


@lru_cache(maxsize=2_000)
def language_of(text: str) -> str:
    """fr, fr-FR, fra, French, français as "fr"; "" when unknown. What is not understood is kept if it is short."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", text.strip().casefold()) if not unicodedata.combining(sign)
    )
    if bare in UNKNOWN_LANGUAGES or bare in NOTHING:
        return ""
    if bare in LANGUAGES:
        return LANGUAGES[bare]
    code = re.match(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*$", bare)
    return three_to_two(code[1]) if code else ""


def three_to_two(code: str) -> str:
    """ISO 639-2 or 639-3 as 639-1 where the two begin alike or are well known."""
    known = {
        "fra": "fr",
        "fre": "fr",
        "eng": "en",
        "deu": "de",
        "ger": "de",
        "spa": "es",
        "ita": "it",
        "por": "pt",
        "nld": "nl",
        "ara": "ar",
    }
    return known.get(code, code)


def kind_of(text: str) -> PostKind | None:
    """A word for a kind of post; None if it says nothing we know."""
    return KINDS.get(text.strip().casefold().split("_")[0].split(" ")[0]) if text else None


def items_of(value: object) -> list[str]:
    """A list cell: a list, a JSON list, or words separated by commas, semicolons, bars or spaces."""
    if value is None or value == "":
        return []
    if isinstance(value, str) and value.startswith("["):
        with contextlib.suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)
    if isinstance(value, list | tuple):
        return [found for one in value if (found := leaf(one))]
    return [part for part in re.split(r"[,;|\s]+", str(value)) if part and part.casefold() not in NOTHING]


def leaf(value: object) -> str:
    """The text of one element of a list: itself, or what an object calls its text, URL or name."""
    if isinstance(value, Mapping):
        names = ("expanded_url", "url", "uri", "text", "tag", "name", "username", "screen_name", "acct", "href")
        return next((str(value[name]) for name in names if value.get(name)), "")
    return "" if value is None else str(value)


def looks_like_date(text: str) -> bool:
    """Whether it is a date with the day first, or with the month first."""
    return is_date(text, True) or is_date(text, False)


def is_date(text: str, day_first: bool) -> bool:
    try:
        return date_of(text, day_first) != 0
    except (ValueError, OverflowError):
        return False


def looks_like_count(text: str) -> bool:
    try:
        return count_of(text) is not None
    except (ValueError, OverflowError):
        return False


def looks_like_flag(text: str) -> bool:
    return text.strip().casefold() in WORDS_TRUE | WORDS_FALSE


def looks_like_language(text: str) -> bool:
    return bool(language_of(text)) or text.strip().casefold() in UNKNOWN_LANGUAGES
