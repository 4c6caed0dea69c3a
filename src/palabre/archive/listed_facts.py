"""The facts that posting lists know of a post beside its words, by the name of the field that asks for them. Pure.

Values are folded as queries fold them. Not listed: what is asked for by pieces (addresses), and what the index knows
(network, language, kind). Of authors the account is listed, for names change without the post (`account_names`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from palabre.archive.index_keys import FACT
from palabre.text.facts import assets_of, fold_value, from_end, handles_of, host, states_of, texts_of

BLANK = "\u2060"  # in the place of a blank, which no key may hold; folding leaves none in a value
STATES = ("kind", "parent", "reshare_of", "quote_of", "verified", "sensitive")
ASSETS = ("links", "media", "tags", "mentions", "title")
PLACES = ("country", "region", "city")
COLUMNS = (*STATES, *ASSETS, "url", *PLACES)


def fact_key(name: str, value: str) -> str:
    return f"{FACT}{name}:{value.replace(' ', BLANK)}"


def fact_keys(columns: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """The keys of each post, with spaces between. columns: COLUMNS at least, by name."""
    states = map(stated, columns["kind"], *(map(bool, columns[name]) for name in STATES[1:]))
    assets = map(provided, *(map(bool, columns[name]) for name in ASSETS[:-1]), map(titled, columns["title"]))
    places = map(placed, *(columns[name] for name in PLACES))
    values = map(named, columns["tags"], columns["mentions"])
    for some in zip(states, assets, map(site, columns["url"]), places, values, strict=True):
        yield " ".join(filter(None, some))


@lru_cache(maxsize=10_000)
def stated(kind: str, *flags: bool) -> str:
    row = dict(zip(STATES, (kind, *flags), strict=True))
    return " ".join(fact_key("is", state) for state in states_of(row))


@lru_cache(maxsize=32)
def provided(*flags: bool) -> str:
    row = {name: ("x",) if flag else () for name, flag in zip(ASSETS[:-1], flags, strict=False)}
    return " ".join(fact_key("has", asset) for asset in assets_of({**row, "title": "x" if flags[-1] else ""}))


def titled(title: str) -> bool:
    return bool(title and fold_value(title))


def site(url: str) -> str:
    name = host(url) if url else ""
    return fact_key("site", from_end(name)) if name else ""


@lru_cache(maxsize=10_000)
def placed(*places: str) -> str:
    return joined((name, fold_value(place)) for name, place in zip(PLACES, places, strict=True))


def named(tags: Sequence[str], mentions: Sequence[str]) -> str:
    found = [("tag", tag) for tag in texts_of({"tags": tags}, "tags")] if tags else []
    found += [("mention", handle) for handle in handles_of({"mentions": mentions})] if mentions else []
    return joined(found)


def joined(values: Iterable[tuple[str, str]]) -> str:
    """The keys of facts that have a value of their own, where there is one."""
    return " ".join(fact_key(name, value) for name, value in values if value)
