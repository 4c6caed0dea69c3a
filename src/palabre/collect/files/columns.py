"""Which column holds what: a guess from names in French and English, checked against the values.

A field is a name of `POSTS`, or one of three that are not: ``id`` (an id inside its network), ``time`` (the hour,
where the date is apart) and ``reshare`` (a flag).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from palabre.collect.files.names import table
from palabre.collect.files.values import looks_like_count, looks_like_date, looks_like_flag, looks_like_language

ALIASES: Mapping[str, tuple[str, ...]] = {name: tuple(aliases) for name, aliases in table("columns").items()}
FIELDS = tuple(ALIASES)
DAY_FIRST = {"day": True, "month": False}  # option dates: what comes first in 03/04/2026, where somebody says so
COUNTS = ("followers", "likes", "replies", "reshares", "views")
Check = Callable[[str], bool]
CHECKS: Mapping[str, Check] = {
    "published_ms": looks_like_date,
    "edited_ms": looks_like_date,
    "lang": looks_like_language,
    "verified": looks_like_flag,
    "reshare": looks_like_flag,
    "sensitive": looks_like_flag,
    "url": lambda value: value.startswith(("http://", "https://", "www.")),
    "account_url": lambda value: value.startswith(("http://", "https://", "www.")),
    "time": lambda value: bool(re.match(r"\d{1,2}[:h]\d{2}", value)),
    "rating": lambda value: looks_like_count(value) and 0 <= float(value.replace(",", ".")) <= 5,
    **dict.fromkeys(COUNTS, looks_like_count),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """field is in column; confidence from 0 to 1; samples: at most three values, shortened."""

    field: str
    column: str
    confidence: float
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a table's columns mean. network: of every post whose row does not say; day_first: 03/04 is 3 April."""

    columns: Mapping[str, str]
    network: str = ""
    day_first: bool = True
    guesses: tuple[Guess, ...] = field(default=())


@cache
def plain(name: str) -> str:
    """A column name without case, accents, camel case and signs: "Publié le" and "publieLe" are publie_le."""
    spaced = re.sub(r"(?<=[a-zé0-9])(?=[A-Z])", "_", name.strip())
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "_", bare.casefold()).strip("_")


def name_score(field_name: str, column: str) -> float:
    """How much a column's name speaks for a field: 1 to 0.8 for a known name, 0.5 for one that ends with it."""
    names = ALIASES[field_name]
    if column in names:
        return 1.0 - 0.2 * names.index(column) / len(names)
    ends = field_name in COUNTS and any(column.endswith("_" + name) for name in names[:8])
    return 0.5 if ends else 0.0


def value_score(field_name: str, samples: Sequence[str]) -> float:
    """Share of the samples that look like the field; 1 where nothing can be checked."""
    check = CHECKS.get(field_name)
    filled = [sample for sample in samples if sample]
    if check is None or not filled:
        return 1.0
    return sum(map(check, filled)) / len(filled)


def candidates(samples: Mapping[str, Sequence[str]]) -> list[Guess]:
    """Every (field, column) pair that is possible, the best first."""
    found = []
    for column, values in samples.items():
        shown = tuple(value[:60] for value in values if value)[:3]
        for name in FIELDS:
            by_name = name_score(name, plain(column))
            by_value = value_score(name, values) if by_name else 0.0
            if by_name and by_value >= 0.5:
                found.append(Guess(name, column, round(by_name * by_value, 2), shown))
    return sorted(found, key=lambda guess: -guess.confidence)


def chosen(guesses: Sequence[Guess]) -> dict[str, Guess]:
    """One column a field and one field a column, the surest first."""
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for guess in guesses:
        if guess.field not in taken and guess.column not in used:
            taken[guess.field] = guess
            used.add(guess.column)
    return taken


def by_content(samples: Mapping[str, Sequence[str]], used: set[str]) -> Guess | None:
    """The column of the longest prose, for a table whose names say nothing."""
    best: Guess | None = None
    longest = 12.0
    for column, values in samples.items():
        prose = [
            value for value in values if value.count(" ") >= 2 and value[0] not in "[{" and not looks_like_date(value)
        ]
        mean = sum(map(len, prose)) / len(prose) if prose else 0.0
        if column not in used and len(prose) * 2 >= len(values) and mean > longest:
            longest, best = mean, Guess("text", column, 0.4, tuple(value[:60] for value in prose[:3]))
    return best


def date_by_content(samples: Mapping[str, Sequence[str]], used: set[str]) -> Guess | None:
    """The first column whose every sample is a written date."""
    for column, values in samples.items():
        filled = [value for value in values if value]
        if column not in used and filled and all(len(v) > 7 and not v.isdigit() and looks_like_date(v) for v in filled):
            return Guess("published_ms", column, 0.4, tuple(filled[:3]))
    return None


def guess(samples: Mapping[str, Sequence[str]]) -> tuple[Guess, ...]:
    """The meaning of a table's columns. samples: some values of each column, as text."""
    taken = chosen(candidates(samples))
    used = {found.column for found in taken.values()}
    for name, fallback in (("text", by_content), ("published_ms", date_by_content)):
        found = None if name in taken or (name == "text" and "title" in taken) else fallback(samples, used)
        if found is not None:
            taken[name] = found
            used.add(found.column)
    return tuple(sorted(taken.values(), key=lambda one: FIELDS.index(one.field)))


def asked(options: Mapping[str, str]) -> dict[str, str]:
    """The columns that the user named: option ``map.text = Contenu`` is field text in column Contenu."""
    return {key.removeprefix("map."): column for key, column in options.items() if key.startswith("map.")}


def network_hint(columns: Sequence[str]) -> str:
    """A network that the names of the columns give away."""
    names = {plain(column) for column in columns}
    if any(name.startswith(("tweet", "retweet")) or name.endswith("tweet_id") for name in names):
        return "x"
    return "youtube" if {"video_id", "channel_id"} <= names else ""


def is_day_first(samples: Sequence[str], default: bool = True) -> bool:
    """Whether 03/04/2026 is 3 April in these samples: a number above 12 decides, else the default."""
    pairs = [
        (int(found[1]), int(found[2])) for s in samples if (found := re.match(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]\d", s))
    ]
    if any(first > 12 for first, _ in pairs):
        return True
    return False if any(second > 12 for _, second in pairs) else default


def mapped(samples: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> Mapped:
    """The mapping of a table: what the user said, then the guess."""
    wanted = asked(options)
    free = {column: values for column, values in samples.items() if column not in wanted.values()}
    guesses = tuple(found for found in guess(free) if found.field not in wanted) if options.get("guess") != "no" else ()
    sure = tuple(Guess(name, column, 1.0, tuple(samples.get(column, ()))[:3]) for name, column in wanted.items())
    columns = {found.field: found.column for found in (*guesses, *sure)}
    dates = samples.get(columns.get("published_ms", ""), ())
    network = options.get("network") or network_hint(list(samples))
    day_first = is_day_first(dates, options.get("delimiter") != ",")
    return Mapped(columns, network, DAY_FIRST.get(options.get("dates", ""), day_first), sure + guesses)
