"""A file that waits, as its page shows it: how it would be read now, and what somebody changes about that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from palabre.collect.files.columns import FIELDS, asked, plain
from palabre.desk.imports import access, keeping
from palabre.desk.imports.forms import WRITTEN, ReadForm, mapped_options, mapping_kept, mapping_of
from palabre.desk.imports.models import WAITING, Import
from palabre.errors import InputError
from palabre.road.looking import Asked, Column, Look, look

COLUMNS_MAX = 400
SAYING = ("text", "title", "html", "reshare_of")
AUTHORS = ("account_uri", "account_id", "account_handle", "account_name", "account_url")


@dataclass(frozen=True, slots=True)
class Shown:
    """look: what the file says; missing: ends of message keys ``imports.missing.<…>``; ready: it can be imported."""

    look: Look
    missing: tuple[str, ...]
    ready: bool

    @property
    def n_bad(self) -> int:
        return sum(n for _, n in self.look.bad)

    @property
    def read_columns(self) -> list[Column]:
        return [one for one in self.look.columns if one.field]

    @property
    def other_columns(self) -> list[Column]:
        return [one for one in self.look.columns if not one.field][:COLUMNS_MAX]


def looked(row: Import, options: Mapping[str, str] | None = None, kind: str | None = None) -> Look:
    """The file as these options read it; those of the import where none are given."""
    given = row.options if options is None else options
    most = settings.PALABRE.post_bytes_max
    wanted = row.kind if kind is None else kind
    return look(keeping.path_of(row), Asked(wanted, given, keeping.unpacked_bytes_max(), most))


def shown(row: Import, maps: list[str] | None = None) -> Shown:
    """maps: "field=column" values that were refused, shown as they were sent."""
    found = looked(row)
    if maps:
        sent = {column: name for name, _, column in (one.partition("=") for one in maps)}
        found = replace(found, columns=tuple(replace(one, field=sent.get(one.name, "")) for one in found.columns))
    readable = bool(found.n or found.posts or (found.members and any(one.kind for one in found.members)))
    return Shown(found, tuple(missing(found)), readable and found.fault is None)


def missing(found: Look) -> list[str]:
    """What a table does not hold, the gravest first."""
    if not found.columns:
        return []
    fields, lacking = set(found.fields), []
    if not fields & set(SAYING):
        return ["text"]
    if "published_ms" not in fields:
        lacking.append("date")
    if not fields & set(AUTHORS):
        lacking.append("author")
    if found.plan is not None and not found.plan.mapped.network and not fields & {"network", "url"}:
        lacking.append("network")
    return lacking


def header_of(found: Look) -> str:
    """A digest of the columns, "" for what has none: files of one export have the same."""
    names = "\n".join(sorted(plain(one.name) or one.name for one in found.columns))
    return hashlib.sha256(names.encode("utf-8", "replace")).hexdigest() if names and found.header is not False else ""


def welcome(row: Import) -> None:
    """A file that has arrived: how the last one with these columns was read is proposed again."""
    found = looked(row)
    row.header = header_of(found)
    last = access.same_header(row, row.header)
    if last is not None and fits(row, last):
        row.kind, row.options = last.kind, last.options
    row.save(update_fields=["header", "kind", "options"])


def fits(row: Import, last: Import) -> bool:
    """Whether what was said of another file can be said of this one."""
    names = {one.name for one in looked(row, last.options, last.kind).columns}
    return bool(last.options) and set(asked(last.options).values()) <= names


def change(row: Import, form: ReadForm, maps: list[str] | None) -> None:
    """How the file is to be read from now on. maps: "field=column" values, None to leave the columns as they are.

    InputError: a field twice, or a column that is not there. Where the file is now cut into other columns, what was
    said of the old ones is forgotten."""
    written = form.options()
    kept = mapping_kept(row.options) if maps is None else chosen(maps)
    columns = {one.name for one in looked(row, written, form.cleaned_data["kind"]).columns}
    strange = set(asked(kept).values()) - columns
    if strange and not recut(row, written):
        raise InputError("imports.no_column", column=min(strange))
    row.options = written | ({} if strange else kept)
    row.kind = form.cleaned_data["kind"]
    Import.objects.of(row.workspace).filter(pk=row.pk, state=WAITING).update(kind=row.kind, options=row.options)


def recut(row: Import, written: Mapping[str, str]) -> bool:
    return any(row.options.get(name) != written.get(name) for name in WRITTEN)


def chosen(maps: list[str]) -> dict[str, str]:
    """Options of the columns. InputError: a field twice."""
    fields, twice = mapping_of(maps)
    if twice:
        raise InputError("imports.twice", field=twice[0])
    return mapped_options(fields)


def fields() -> tuple[str, ...]:
    """What a column may hold, what matters most first."""
    first = ("text", "title", "published_ms", "url", "account_name", "account_handle", "network", "lang")
    return (*first, *(name for name in FIELDS if name not in first))
