"""The facts beside the text of a post (a row of POSTS), as they are compared: case, accents and width aside. Pure.

Queries ask for them (`match.facts`), and posting lists know them by key (`archive.listed_facts`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

Row = Mapping[str, object]
DROPPED = frozenset({"Mn", "Me", "Cf", "Cc"})


def fold_value(value: str) -> str:
    """A value as it is compared: compatibility forms, case, accents and invisible signs gone, outer blanks too."""
    if value.isascii() and value.isprintable():
        return value.lower().strip()
    spread = unicodedata.normalize("NFKD", value).casefold()
    kept = "".join(sign for sign in unicodedata.normalize("NFKD", spread) if unicodedata.category(sign) not in DROPPED)
    return kept.strip()


def host(url: str) -> str:
    """The host of an address, folded, without user, port and ``www.``; "" if there is none."""
    try:
        return fold_value(urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def from_end(name: str) -> str:
    """A host as its labels from the last on, a dot behind each, so that all hosts below another begin like it."""
    return "".join(f"{label}." for label in reversed(name.split(".")))


def text_of(row: Row, column: str) -> str:
    return fold_value(str(row.get(column) or ""))


def texts_of(row: Row, column: str) -> list[str]:
    """A list column, folded; the signs # and @ before a tag or a handle are not part of it."""
    values = row.get(column)
    found = values if isinstance(values, Iterable) and not isinstance(values, str) else ()
    return [fold_value(str(value)).lstrip("#@") for value in found]


def names_of(row: Row) -> list[str]:
    """What an author answers to: handle, its part before the server, name, permanent address."""
    handle = text_of(row, "account_handle").lstrip("@")
    return [handle, handle.split("@", 1)[0], text_of(row, "account_name"), text_of(row, "account_uri")]


def handles_of(row: Row) -> list[str]:
    """The mentioned accounts: as given, and the part before the server of ``name@server``."""
    return [name for value in texts_of(row, "mentions") for name in (value, value.split("@", 1)[0])]


def langs_of(row: Row) -> list[str]:
    """``fr-ca`` answers to itself and to ``fr``."""
    tag = text_of(row, "lang").replace("_", "-")
    return [tag, tag.split("-", 1)[0]]


def states_of(row: Row) -> list[str]:
    """What ``is:`` can say of a post."""
    kind = text_of(row, "kind")
    facts = {
        "reply": kind == "reply" or bool(row.get("parent")),
        "reshare": kind == "reshare" or bool(row.get("reshare_of")),
        "quote": bool(row.get("quote_of")),
        "verified": bool(row.get("verified")),
        "sensitive": bool(row.get("sensitive")),
    }
    return [name for name, holds in facts.items() if holds]


def assets_of(row: Row) -> list[str]:
    """What ``has:`` can say of a post."""
    columns = {"link": "links", "media": "media", "tag": "tags", "mention": "mentions"}
    found = [name for name, column in columns.items() if texts_of(row, column)]
    return [*found, "title"] if text_of(row, "title") else found
