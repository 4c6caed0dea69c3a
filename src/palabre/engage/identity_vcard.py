"""vCard: 2.1, 3.0 and 4.0 are read (RFC 6350 and before). Written is 4.0, with SOCIALPROFILE (RFC 9554), or 3.0 (RFC
2426) for address books that take no other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import vobject

from palabre.engage.identity_contact import Contact, Read, attempted
from palabre.errors import InputError

CARD_CHARS_MAX = 200_000
LINE_END = re.compile(r"\r\n|\r|\n")  # of a file; other ends of lines that Python knows stand inside values
HEAVY = re.compile(r"^(?:item\d+\.)?(?:PHOTO|LOGO|SOUND|KEY)\b", re.IGNORECASE)  # never kept
ADDRESS_PARTS = ("city", "country")
LINE_BYTES = 75


def read_vcards(text: str) -> Iterator[Read]:
    """Each card between BEGIN and END; what lies outside is passed over."""
    for line, lines in cards(text):
        yield attempted(line, partial(values_of, lines))


def cards(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, lines) of each card; one that never ends is given as far as it goes."""
    start, kept = 0, list[str]()
    for number, line in enumerate(LINE_END.split(text), 1):
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            if start:
                yield start, kept
            start, kept = number, [line]
        elif start:
            kept.append(line)
            if word == "END:VCARD":
                yield start, kept
                start, kept = 0, []
    if start:
        yield start, kept


def values_of(lines: Sequence[str]) -> Mapping[str, Any]:
    """Raises InputError for a card without an end."""
    if lines[-1].strip().upper() != "END:VCARD":
        raise InputError("people.file_cut")
    light = "\r\n".join(without_pictures(lines))
    if len(light) > CARD_CHARS_MAX:
        raise InputError("people.file_entry")
    card = vobject.readOne(light, allowQP=True)
    return {**names(card), **rest(card)}


def without_pictures(lines: Sequence[str]) -> Iterator[str]:
    """Pictures and keys are long and nothing of ours; their folded lines go with them."""
    skipping = False
    for line in lines:
        if line[:1] not in (" ", "\t"):
            skipping = bool(HEAVY.match(line))
        if not skipping:
            yield line


def first(card: Any, name: str) -> str:
    found = card.contents.get(name, [])
    return text_of(found[0].value) if found else ""


def every(card: Any, name: str) -> list[str]:
    return [text_of(one.value) for one in card.contents.get(name, [])]


def text_of(value: Any) -> str:
    """A value of vobject as text: lists are joined, structures are written out."""
    if isinstance(value, (list, tuple)):
        return " ".join(text_of(one) for one in value if one)
    return str(value).strip()


def names(card: Any) -> dict[str, Any]:
    whole = first(card, "fn")
    if not whole and "n" in card.contents:
        parts = card.contents["n"][0].value
        whole = " ".join(text_of(getattr(parts, name, "")) for name in ("given", "additional", "family")).strip()
    kind = first(card, "kind").lower() or first(card, "x-addressbookserver-kind").lower()
    return {
        "name": whole,
        "kind": "organisation" if kind in ("org", "organization", "group") else "human",
        "uid": first(card, "uid").removeprefix("urn:uuid:"),
    }


def rest(card: Any) -> dict[str, Any]:
    urls = every(card, "url")
    social = every(card, "socialprofile") + every(card, "x-socialprofile")
    return {
        "organisation": first(card, "org").split(";")[0],
        "job": first(card, "title") or first(card, "role"),
        "emails": [mail.removeprefix("mailto:") for mail in every(card, "email")],
        "phones": [number.removeprefix("tel:") for number in every(card, "tel")],
        "lang": first(card, "lang"),
        "site": urls[0] if urls else "",
        "accounts": [one for one in social if one.startswith(("http://", "https://", "at://", "did:"))],
        "tags": [tag for one in card.contents.get("categories", []) for tag in listed(one.value)],
        **address(card),
    }


def listed(value: Any) -> list[str]:
    return [text_of(one) for one in value] if isinstance(value, list) else text_of(value).split(",")


def address(card: Any) -> dict[str, str]:
    found = card.contents.get("adr", [])
    where = found[0].value if found else None
    return {name: text_of(getattr(where, name, "")) for name in ADDRESS_PARTS} if where is not None else {}


def write_vcard(contact: Contact, version: str = "4.0") -> str:
    """Lines folded at 75 octets, CRLF. version: 4.0, or 3.0, which has no language and no kind."""
    lines = ["BEGIN:VCARD", f"VERSION:{version}", f"FN:{escaped(contact.name)}"]
    lines += of_three(contact) if version == "3.0" else of_four(contact)
    single = (("ORG", contact.organisation), ("TITLE", contact.job), ("URL", contact.site))
    lines += [f"{name}:{escaped(value)}" for name, value in single if value]
    if contact.city or contact.country:
        lines.append(f"ADR:;;;{escaped(contact.city)};;;{escaped(contact.country)}")
    lines += [f"EMAIL:{escaped(mail)}" for mail in contact.emails]
    lines += [f"TEL:{escaped(number)}" for number in contact.phones]
    social = "X-SOCIALPROFILE" if version == "3.0" else "SOCIALPROFILE;VALUE=uri"
    lines += [f"{social}:{address}" for address in contact.accounts]
    if contact.tags:
        lines.append(f"CATEGORIES:{','.join(map(escaped, contact.tags))}")
    return "".join(folded(line) for line in [*lines, "END:VCARD"])


def of_four(contact: Contact) -> list[str]:
    kind = "org" if contact.kind == "organisation" else "individual"
    found = [("KIND", kind), ("UID", f"urn:uuid:{contact.uid}" if contact.uid else ""), ("LANG", contact.lang)]
    return [f"{name}:{value}" for name, value in found if value]


def of_three(contact: Contact) -> list[str]:
    """N is owed there: which part of a name is the family's is not known, so that it stays whole."""
    uid = [f"UID:{contact.uid}"] if contact.uid else []
    return [f"N:{escaped(contact.name)};;;;", *uid]


def escaped(text: str) -> str:
    """RFC 6350 §3.4."""
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")


def folded(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character."""
    parts, part, size = list[str](), "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part, size = part + sign, size + width
    return "\r\n".join([*parts, part]) + "\r\n"
