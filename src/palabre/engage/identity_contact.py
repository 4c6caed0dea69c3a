"""A person as address books tell of one, whatever the format. Pure.

for read in read_contacts("vcf", data): read.contact or read.fault
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from palabre.errors import InputError, PalabreError

FORMATS = ("vcf", "jscontact", "csv")
BYTES_MAX = 15_000_000
CONTACTS_MAX = 10_000
VALUES_MAX = 20  # of one kind, of one contact
CHARS_MAX = 300
SINGLE = ("uid", "name", "kind", "relation", "lang", "addressed", "organisation", "job", "city", "country", "site")
MANY = ("emails", "phones", "accounts", "tags")
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
# How spreadsheets, pictures and PDF begin: read as a table they would be one of nonsense.
NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b")


@dataclass(frozen=True, slots=True)
class Contact:
    """accounts: addresses of profiles; kind: human or organisation; the rest in the words of the address book."""

    name: str = ""
    uid: str = ""
    kind: str = "human"
    relation: str = ""
    lang: str = ""
    addressed: str = ""
    organisation: str = ""
    job: str = ""
    city: str = ""
    country: str = ""
    site: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """One entry of a file. line: where it begins, from 1; fault: a message key and its values, "" where it is well."""

    line: int
    contact: Contact = Contact()
    fault: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


def made(values: Mapping[str, Any]) -> Contact:
    """A contact of whatever was found: cut, cleaned, each value once. Raises InputError: people.file_nameless."""
    kept: dict[str, Any] = {name: clean(str(values.get(name) or "")) for name in SINGLE}
    for name in MANY:
        cleaned = (clean(str(one)) for one in values.get(name) or ())
        kept[name] = tuple(dict.fromkeys(one for one in cleaned if one))[:VALUES_MAX]
    kept["emails"] = tuple(one.lower() for one in kept["emails"] if "@" in one)
    kept["kind"] = kept["kind"] if kept["kind"] in ("human", "organisation") else "human"
    kept["lang"] = kept["lang"][:2].lower()
    kept["name"] = kept["name"] or (kept["organisation"] if kept["kind"] == "organisation" else "")
    if not kept["name"]:
        kept["name"] = next(iter((*kept["emails"], kept["organisation"])), "")
    if not kept["name"]:
        raise InputError("people.file_nameless")
    return Contact(**kept)


def clean(text: str) -> str:
    """On one line, without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:CHARS_MAX]


def decoded(data: bytes) -> str:
    """UTF-8, else UTF-16 where a mark says so, else Windows-1252: what address books write."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def kind_of(data: bytes) -> str:
    """Of FORMATS, by how it begins; the last one for anything else."""
    head = decoded(data[:4_000]).lstrip()
    if any(line.strip().upper() == "BEGIN:VCARD" for line in head.splitlines()):
        return "vcf"
    return "jscontact" if head[:1] in ("{", "[") else "csv"


def read_contacts(kind: str, data: bytes) -> Iterator[Read]:
    """Every entry, well or not. Raises InputError: people.file_large, people.file_many, people.file_unreadable,
    people.file_no_text, people.file_empty."""
    if not data.strip():
        raise InputError("people.file_empty")
    if data.startswith(NO_TEXT):
        raise InputError("people.file_no_text")
    if len(data) > BYTES_MAX:
        raise InputError("people.file_large", most=BYTES_MAX // 1_000_000)
    for n, read in enumerate(reader_of(kind)(decoded(data)), 1):
        if n > CONTACTS_MAX:
            raise InputError("people.file_many", most=CONTACTS_MAX)
        yield read


def reader_of(kind: str) -> Callable[[str], Iterator[Read]]:
    if kind == "vcf":
        from palabre.engage.identity_vcard import read_vcards

        return read_vcards
    if kind == "jscontact":
        from palabre.engage.identity_jscontact import read_cards

        return read_cards
    from palabre.engage.identity_csv import read_rows

    return read_rows


def attempted(line: int, make: Callable[[], Mapping[str, Any]]) -> Read:
    """One entry; what is wrong with it is told, the others go on."""
    try:
        return Read(line, made(make()))
    except PalabreError as error:
        return Read(line, fault=error.key, params=dict(error.params))
    except Exception:
        return Read(line, fault="people.file_entry")
