"""The facts beside the text: does a post (a row of POSTS) fulfil ``site:…``, ``followers:>1000`` … Pure functions.

The engines may compute these by column; what is written here is what they must find. Comparison is on folded values:
case, accents and width aside. A fact that is absent ("" or null) fulfils nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from palabre.match.ast import Field, Range
from palabre.text.facts import (
    Row,
    assets_of,
    fold_value,
    handles_of,
    host,
    langs_of,
    names_of,
    states_of,
    text_of,
    texts_of,
)


def bare_site(value: str) -> str:
    """``https://www.example.org/page`` and ``*.example.org`` as ``example.org``, folded."""
    rest = fold_value(value).split("://", 1)[-1]
    return re.sub(r"^(?:\*?\.|www\.)+|\.+$", "", re.split(r"[/?#:\s]", rest, maxsplit=1)[0])


def fits(pattern: str, value: str) -> bool:
    """A whole value; ``*`` stands for any run of characters, ``?`` for one. An absent value fits nothing.

    The greedy walk: only the last star is ever tried again, so the cost is at most len(pattern) x len(value).
    """
    at = seen = 0
    star, mark = -1, 0
    while seen < len(value):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, seen
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", value[seen]):
            at, seen = at + 1, seen + 1
        elif star >= 0:
            mark += 1
            at, seen = star + 1, mark
        else:
            return False
    return value != "" and not pattern[at:].strip("*")


def fits_host(pattern: str, name: str) -> bool:
    """The host itself or one of its parent domains: ``example.org`` fits ``blog.example.org``, ``fr`` fits both."""
    labels = name.split(".") if name else []
    return any(fits(pattern, ".".join(labels[at:])) for at in range(len(labels)))


def whole(column: str) -> Callable[[Row, str], bool]:
    return lambda row, value: fits(value, text_of(row, column))


def among(values: Callable[[Row], list[str]]) -> Callable[[Row, str], bool]:
    return lambda row, value: any(fits(value, found) for found in values(row))


def same(column: str) -> Callable[[Row, str], bool]:
    return lambda row, value: value != "" and text_of(row, column) == value


def in_source(row: Row, value: str) -> bool:
    return fits(value, text_of(row, "network")) or fits_host(value, host(str(row.get("url") or "")))


CHECKS: Mapping[str, Callable[[Row, str], bool]] = MappingProxyType(
    {
        "url": lambda row, value: value in text_of(row, "url"),
        "site": lambda row, value: fits_host(value, host(str(row.get("url") or ""))),
        "link": lambda row, value: any(value in link for link in texts_of(row, "links")),
        "author": among(names_of),
        "lang": among(langs_of),
        "country": whole("country"),
        "region": whole("region"),
        "city": whole("city"),
        "source": in_source,
        "network": whole("network"),
        "kind": whole("kind"),
        "parent": same("parent"),
        "root": same("root"),
        "tag": among(lambda row: texts_of(row, "tags")),
        "mention": among(handles_of),
        "is": among(states_of),
        "has": among(assets_of),
    }
)


def holds(field: Field, row: Row) -> bool:
    """One of the values is true of the post. KeyError: no such field."""
    check = CHECKS[field.name]
    return any(check(row, value) for value in field.values)


def within(span: Range, row: Row) -> bool:
    """The number is known and lies in the range, ends included. A date of 0 is not known."""
    value = row.get("published_ms" if span.name == "published" else span.name)
    if not isinstance(value, int | float) or (span.name == "published" and value == 0):
        return False
    return (span.low is None or value >= span.low) and (span.high is None or value <= span.high)
