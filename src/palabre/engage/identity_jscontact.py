"""JSContact (RFC 9553): a Card, or a list of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import orjson

from palabre.engage.identity_contact import Contact, Read, attempted
from palabre.errors import InputError

OF_KIND = {"individual": "human", "org": "organisation", "group": "organisation"}


def read_cards(text: str) -> Iterator[Read]:
    """line: the place of the card in the list, from 1. Raises InputError: people.file_unreadable."""
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError("people.file_unreadable", line=error.lineno) from error
    for number, card in enumerate(given if isinstance(given, list) else [given], 1):
        yield attempted(number, partial(values_of, card))


def values_of(card: Any) -> Mapping[str, Any]:
    if not isinstance(card, Mapping) or card.get("@type", "Card") != "Card":
        raise InputError("people.file_entry")
    services = entries(card, "onlineServices")
    return {
        "uid": str(card.get("uid", "")).removeprefix("urn:uuid:"),
        "kind": OF_KIND.get(str(card.get("kind", "individual")), "human"),
        "name": name_of(card.get("name")),
        "organisation": next(iter(texts(card, "organizations", "name")), ""),
        "job": next(iter(texts(card, "titles", "name")), ""),
        "emails": texts(card, "emails", "address"),
        "phones": [one.removeprefix("tel:") for one in texts(card, "phones", "number")],
        "site": next(iter(texts(card, "links", "uri")), ""),
        "accounts": [str(one["uri"]) for one in services if one.get("uri")],
        "lang": next(iter(texts(card, "preferredLanguages", "language")), "") or card.get("language", ""),
        "tags": list(card["keywords"]) if isinstance(card.get("keywords"), Mapping) else [],
        "relation": str(card.get("palabre.local:relation", "")),
        "addressed": str(card.get("palabre.local:addressed", "")),
        **place_of(entries(card, "addresses")),
    }


def entries(card: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The values of a map of objects, preferred ones first (RFC 9553 §1.5.3)."""
    given = card.get(name)
    found = [one for one in given.values() if isinstance(one, Mapping)] if isinstance(given, Mapping) else []
    return sorted(found, key=lambda one: one["pref"] if isinstance(one.get("pref"), int) else 101)


def texts(card: Mapping[str, Any], name: str, part: str) -> list[str]:
    return [str(one[part]) for one in entries(card, name) if one.get(part)]


def name_of(name: Any) -> str:
    if not isinstance(name, Mapping):
        return ""
    parts = name.get("components")
    said = [str(one.get("value", "")) for one in parts if isinstance(one, Mapping)] if isinstance(parts, list) else []
    return str(name.get("full") or " ".join(said))


def place_of(addresses: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    for one in addresses:
        parts = one.get("components")
        known = {str(p.get("kind")): str(p.get("value", "")) for p in parts if isinstance(p, Mapping)} if parts else {}
        return {"city": known.get("locality", ""), "country": known.get("country", "")}
    return {}


def card_of(contact: Contact) -> dict[str, Any]:
    """What is empty is left out."""
    made: dict[str, Any] = {
        "@type": "Card",
        "version": "1.0",
        "uid": f"urn:uuid:{contact.uid}" if contact.uid else "",
        "kind": "org" if contact.kind == "organisation" else "individual",
        "name": {"full": contact.name},
        "organizations": {"o": {"name": contact.organisation}} if contact.organisation else {},
        "titles": {"t": {"name": contact.job}} if contact.job else {},
        "emails": numbered("e", "address", contact.emails),
        "phones": numbered("p", "number", contact.phones),
        "links": {"l": {"uri": contact.site}} if contact.site else {},
        "onlineServices": numbered("s", "uri", contact.accounts),
        "preferredLanguages": {"l": {"language": contact.lang}} if contact.lang else {},
        "addresses": {"a": {"components": components(contact)}} if components(contact) else {},
        "keywords": dict.fromkeys(contact.tags, True),
        "palabre.local:relation": contact.relation,
        "palabre.local:addressed": contact.addressed,
    }
    return {name: value for name, value in made.items() if value}


def numbered(letter: str, part: str, values: Iterable[str]) -> dict[str, dict[str, str]]:
    return {f"{letter}{n}": {part: value} for n, value in enumerate(values, 1)}


def components(contact: Contact) -> list[dict[str, str]]:
    pairs = (("locality", contact.city), ("country", contact.country))
    return [{"kind": kind, "value": value} for kind, value in pairs if value]


def write_cards(contacts: Iterable[Contact]) -> bytes:
    return orjson.dumps([card_of(one) for one in contacts], option=orjson.OPT_INDENT_2)
