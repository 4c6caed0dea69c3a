"""Persons as contacts of an address book, and contacts as persons: told first, taken in after a yes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import facts, index, profiles
from palabre.desk.people.models import CORE, RELATIONS, Fact, Handle, Intake, Person
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.identity_contact import MAIL, Contact, Read, kind_of, read_contacts
from palabre.engage.identity_csv import COLUMNS, row_of
from palabre.engage.identity_jscontact import write_cards
from palabre.engage.identity_refused import refused
from palabre.engage.identity_vcard import write_vcard
from palabre.errors import InputError
from palabre.exports.writers import Column, chunks

CHUNK = 400
MEDIA = {"vcf": "text/vcard; charset=utf-8", "jscontact": "application/jscontact+json",
         "csv": "text/csv; charset=utf-8"}  # fmt: skip
SUFFIX = {"vcf": "vcf", "jscontact": "json", "csv": "csv"}
FACTS = {"organisation": "organisation", "job": "job", "city": "city", "country": "country", "site": "site"}
MANY = {"phones": "phone", "tags": "tag"}


# Out


def contacts(workspace: Workspace, persons: Iterable[Person]) -> Iterator[Contact]:
    """In the order given."""
    listed = list(persons)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        handles: dict[int, list[Handle]] = {}
        known: dict[int, list[Fact]] = {}
        for one in Handle.objects.of(workspace).filter(person__in=part):
            handles.setdefault(one.person_id, []).append(one)
        for fact in Fact.objects.of(workspace).filter(person__in=part):
            known.setdefault(fact.person_id, []).append(fact)
        yield from (contact_of(one, handles.get(one.pk, []), known.get(one.pk, [])) for one in part)


def contact_of(person: Person, handles: Sequence[Handle], known: Sequence[Fact]) -> Contact:
    said: dict[str, list[str]] = {}
    for fact in known:
        said.setdefault(fact.name, []).append(fact.value)
    mails = [one.uri.removeprefix("mailto:") for one in handles if one.network == "mail"]
    accounts = [*(one.url or one.uri for one in handles if one.network != "mail"), *said.get(profiles.NAME, [])]
    single: dict[str, Any] = {name: said.get(fact, [""])[0] for name, fact in FACTS.items()}
    many: dict[str, Any] = {name: tuple(said.get(fact, ())) for name, fact in MANY.items()}
    core = {name: getattr(person, name) for name in CORE}
    emails = tuple(dict.fromkeys([*mails, *said.get("email", [])]))
    return Contact(uid=person.uid, emails=emails, accounts=tuple(accounts), **single, **many, **core)


def written(kind: str, found: Iterable[Contact]) -> bytes:
    """The file. CSV is safe to open in a spreadsheet."""
    if kind == "vcf":
        return "".join(map(write_vcard, found)).encode()
    if kind == "jscontact":
        return write_cards(found)
    columns = [Column(name) for name in COLUMNS]
    return b"".join(piece for _, piece in chunks("csv", columns, map(row_of, found), bom=True))


# In


def looked_at(workspace: Workspace, name: str, data: bytes, by: User | None, kind: str = "") -> Intake:
    """What would become of a file: nothing is taken in yet. kind: "" to tell it by how it begins. Raises InputError."""
    known, rows, faults = Known(workspace), [], []
    for read in read_contacts(kind or kind_of(data), data):
        if read.fault:
            faults.append([read.line, read.fault, dict(read.params)])
        else:
            row = told(workspace, known, read)
            rows.append(row)
            faults += [[read.line, f"people.refused.{subject}", {"word": word}] for subject, word in row.pop("refused")]
    if not rows and not faults:
        raise InputError("people.file_empty")
    return Intake.objects.add(
        workspace, name=name[:200], rows=rows, faults=faults[:1_000], by=by, made_ms=now_ms()
    )  # fmt: skip


class Known:
    """Who is there already, by what tells them apart; and what the file itself said before."""

    def __init__(self, workspace: Workspace) -> None:
        rows: Any = Handle.objects.of(workspace).values_list("uri", "url", "person__uid")
        self.by: dict[str, str] = {}
        for uri, url, uid in rows:
            self.by |= {uri: uid} | ({url: uid} if url else {})
        mails: Any = Fact.objects.of(workspace).filter(name="email").values_list("value", "person__uid")
        self.by |= {f"mailto:{value.lower()}": uid for value, uid in mails}
        unheard: Any = Fact.objects.of(workspace).filter(name=profiles.NAME).values_list("value", "person__uid")
        self.by |= dict(unheard)
        self.uids = set(Person.objects.of(workspace).filter(merged_into=None).values_list("uid", flat=True))
        self.said: dict[str, int] = {}

    def person(self, contact: Contact) -> str:
        """The uid of whom a contact is; "" when nobody can tell. A name alone tells nobody."""
        if contact.uid in self.uids:
            return contact.uid
        return next((self.by[mark] for mark in marks(contact) if mark in self.by), "")


def marks(contact: Contact) -> list[str]:
    return [*(f"mailto:{mail}" for mail in contact.emails), *contact.accounts]


def told(workspace: Workspace, known: Known, read: Read) -> dict[str, Any]:
    """what: new, known, twice (in this file) or kept_out (they asked to be forgotten)."""
    contact, refusals = allowed(read.contact)
    uid, what = known.person(contact), "new"
    if any(archive().authors.kept_out(workspace.id, "mail", f"mailto:{mail}", mail) for mail in contact.emails):
        what = "kept_out"
    elif uid:
        what = "known"
    elif any(mark in known.said for mark in marks(contact)):
        what = "twice"
    known.said |= dict.fromkeys(marks(contact), read.line)
    return {"line": read.line, "what": what, "person": uid, "contact": asdict(contact), "refused": refusals}


def allowed(contact: Contact) -> tuple[Contact, list[tuple[str, str]]]:
    """The contact without labels that may not be kept and addresses that are none, and these with their subject."""
    from dataclasses import replace

    subjects = [(refused(tag), tag) for tag in contact.tags]
    wrong = [("mail", mail) for mail in contact.emails if not MAIL.fullmatch(mail)]
    emails = tuple(mail for mail in contact.emails if MAIL.fullmatch(mail))
    kept = tuple(tag for subject, tag in subjects if not subject)
    relation = contact.relation if contact.relation in RELATIONS else ""
    lang = contact.lang if contact.lang in ("fr", "en") else ""
    return replace(contact, tags=kept, emails=emails, relation=relation, lang=lang), [
        *(one for one in subjects if one[0]),
        *wrong,
    ]


@transaction.atomic
def taken_in(intake: Intake, purpose: str, basis: str, by: User | None) -> tuple[int, int]:
    """New persons, and known ones to whom something was added. What a person already says is not overwritten."""
    workspace, why = intake.workspace, {"purpose": purpose, "basis": basis, "source": intake.name, "by": by}
    fresh = [contact_from(row) for row in intake.rows if row["what"] == "new"]
    for start in range(0, len(fresh), CHUNK):
        made_new(workspace, fresh[start : start + CHUNK], why)
    persons = Known(workspace)
    added = 0
    for row in intake.rows:
        if row["what"] in ("known", "twice"):
            contact = contact_from(row)
            person = Person.objects.of(workspace).filter(uid=persons.person(contact), merged_into=None).first()
            added += bool(person and completed(person, contact, why))
    intake.delete()
    return len(fresh), added


def contact_from(row: dict[str, Any]) -> Contact:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in row["contact"].items()}
    return Contact(**values)  # type: ignore[arg-type]


def says(row: dict[str, Any]) -> list[str]:
    """What a row brings beside the name, as one reads it: its addresses, then its facts."""
    contact = contact_from(row)
    lines = (contact.emails, contact.phones, contact.accounts, [value for _, value in pairs(contact)])
    said = dict.fromkeys(one for line in lines for one in line if one != contact.name)
    return list(said)[:8]


def made_new(workspace: Workspace, fresh: Sequence[Contact], why: dict[str, Any]) -> None:
    now = now_ms()
    persons = [
        Person(workspace=workspace, made_ms=now, changed_ms=now, search=searched(one),
               **{name: getattr(one, name) for name in CORE})
        for one in fresh
    ]  # fmt: skip
    Person.objects.of(workspace).bulk_create(persons)
    heard = archive().authors.of_addresses(workspace.id, (address for one in fresh for address in one.accounts))
    known = [row for person, one in zip(persons, fresh, strict=True) for row in facts_of(person, one, heard, why, now)]
    Fact.objects.of(workspace).bulk_create(known)
    handles = [row for person, one in zip(persons, fresh, strict=True) for row in handles_of(person, one, heard, why)]
    Handle.objects.of(workspace).bulk_create(handles, ignore_conflicts=True)


def searched(one: Contact) -> str:
    return index.searched((one.name, *one.emails, *one.phones, *one.accounts, one.organisation, one.job, one.city,
                           *one.tags))  # fmt: skip


def pairs(one: Contact) -> list[tuple[str, str]]:
    """(name of a fact, value) of everything that is a fact."""
    found = [(fact, getattr(one, name)) for name, fact in FACTS.items()]
    found += [(fact, value) for name, fact in MANY.items() for value in getattr(one, name)]
    return [pair for pair in dict.fromkeys(found) if pair[1]]


def facts_of(person: Person, one: Contact, heard: profiles.Heard, why: dict[str, Any], now: int) -> list[Fact]:
    core = [(name, getattr(one, name)) for name in CORE if getattr(one, name)]
    return [
        Fact(workspace=person.workspace, person=person, name=name, value=value, since_ms=now, **why)
        for name, value in [*core, *pairs(one), *profiles.unheard(one, heard)]
    ]


def handles_of(person: Person, one: Contact, heard: profiles.Heard, why: dict[str, Any]) -> list[Handle]:
    """E-mail addresses; and accounts that were heard."""
    mails = [
        Handle(workspace=person.workspace, person=person, network="mail", uri=f"mailto:{mail}", handle=mail,
               proof="reviewed", linked_ms=now_ms(), linked_by=why["by"])
        for mail in one.emails
    ]  # fmt: skip
    return mails + [
        profiles.handle(person, account, why["by"]) for address in one.accounts for account in heard.get(address, [])
    ]


def completed(person: Person, one: Contact, why: dict[str, Any]) -> bool:
    """Adds what is missing; whether anything was."""
    heard = archive().authors.of_addresses(person.workspace_id, one.accounts)
    known = set(Fact.objects.of(person.workspace).filter(person=person).values_list("name", "value"))
    missing = [pair for pair in [*pairs(one), *profiles.unheard(one, heard)] if pair not in known]
    core = {name: getattr(one, name) for name in CORE if getattr(one, name) and not getattr(person, name)}
    handles = handles_of(person, one, heard, why)
    before = Handle.objects.of(person.workspace).filter(person=person).count()
    Handle.objects.of(person.workspace).bulk_create(handles, ignore_conflicts=True)
    for name, value in [*core.items(), *missing]:
        facts.add(person, name, value, **why)
    index.refreshed(person)
    return bool(core or missing) or Handle.objects.of(person.workspace).filter(person=person).count() > before
