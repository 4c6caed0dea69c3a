"""Tables of persons: a row a person, the first row names the columns, in English or in French. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from palabre.engage.identity_contact import MANY, SINGLE, Contact, Read, attempted
from palabre.engage.identity_names import joined
from palabre.errors import InputError

COLUMNS = (*(name for name in SINGLE if name != "uid"), *MANY, "uid")
BETWEEN = " | "
ALIASES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "displayname", "nom", "nomcomplet", "contact", "personne", "person"),
    "first": ("firstname", "givenname", "prenom"),
    "last": ("lastname", "familyname", "surname", "nomdefamille"),
    "kind": ("kind", "type", "genre"),
    "relation": ("relation",),
    "lang": ("lang", "language", "langue"),
    "addressed": ("addressed", "formofaddress", "civilite", "salutation", "adresse"),
    "organisation": ("organisation", "organization", "company", "societe", "entreprise", "org"),
    "job": ("job", "title", "jobtitle", "fonction", "poste"),
    "city": ("city", "ville", "town"),
    "country": ("country", "pays"),
    "site": ("site", "website", "url", "siteweb"),
    "emails": ("emails", "email", "mail", "courriel", "emailaddress", "adresseemail", "email1value"),
    "phones": ("phones", "phone", "tel", "telephone", "mobile", "phone1value"),
    "accounts": ("accounts", "account", "comptes", "compte", "profile", "profil"),
    "tags": ("tags", "tag", "labels", "categories", "etiquettes", "etiquette", "groupmembership"),
    "uid": ("uid", "id"),
}
KINDS = {"human": "human", "humain": "human", "personne": "human", "organisation": "organisation",
         "organization": "organisation", "org": "organisation"}  # fmt: skip


def read_rows(text: str) -> Iterator[Read]:
    """Raises InputError: people.file_columns (no column is known), people.file_unreadable."""
    lines = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter(text))
    try:
        head = next(lines, [])
        names = {place: column(title) for place, title in enumerate(head)}
        if not {"name", "first", "last", "emails", "organisation"} & set(names.values()):
            raise InputError("people.file_columns", columns=", ".join(head[:8]) or "—")
        for row in lines:
            if any(cell.strip() for cell in row):
                yield attempted(lines.line_num, partial(values_of, names, row))
    except csv.Error as error:
        raise InputError("people.file_unreadable", line=lines.line_num) from error


def delimiter(text: str) -> str:
    """What stands most often in the first line."""
    head = text[: text.find("\n") if "\n" in text else len(text)]
    return max(",;\t|", key=head.count)


def column(title: str) -> str:
    """Of ALIASES; "" for a column that is not ours."""
    plain = joined(title)
    return next((name for name, others in ALIASES.items() if plain in others), "")


def values_of(names: Mapping[int, str], row: Sequence[str]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for place, cell in enumerate(row):
        name, value = names.get(place, ""), unguarded(cell.strip())
        if name in MANY and value:
            found.setdefault(name, []).extend(parts(value, name))
        elif name and value and not found.get(name):
            found[name] = value
    if "name" not in found:
        found["name"] = " ".join(found[name] for name in ("first", "last") if name in found)
    found["kind"] = KINDS.get(joined(found.get("kind", "")), "human")
    return found


def parts(value: str, name: str) -> list[str]:
    signs = "|;" if name == "accounts" else "|;,"
    for sign in signs[1:]:
        value = value.replace(sign, "|")
    return [one.strip() for one in value.split("|")]


def unguarded(cell: str) -> str:
    """What a spreadsheet-safe writer put an apostrophe before."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@\t\r＝＋－＠" else cell


def row_of(contact: Contact) -> list[str]:
    """In the order of COLUMNS."""
    return [BETWEEN.join(getattr(contact, name)) if name in MANY else getattr(contact, name) for name in COLUMNS]
