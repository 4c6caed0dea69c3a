"""What the desk's tables say of a person in places that do not hang on them: a note on somebody else's case, the
journal, a saved search, a report that was kept. Found by what names them, wherever it stands, and put out.

A table needs to say nothing for this: every text and every JSON column of every row of a workspace is looked through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from palabre.desk.people.models import Challenge, Fact, Handle, Home, Merge, Person, Suggestion
from palabre.desk.workspaces.models import Owned, Workspace

NOTHING = "—"
BOOKS = (Person, Handle, Fact, Challenge, Suggestion, Merge, Home)  # whom to erase is read there; they go by themselves
SAYING = ("workspaces.auditentry", "reports.firing")  # these repeat a title or a promise, whole
Whose = Callable[[Collection[int]], Q]
TOLD: tuple[tuple[str, str, Whose], ...] = (
    ("inbox.Case", "title", lambda persons: Q(person__in=persons)),
    ("promises.Promise", "words", lambda persons: Q(person__in=persons) | Q(case__person__in=persons)),
)
HANDLE_CHARS = 6  # a shorter plain handle is a word like another: only "@handle" is surely theirs
NAME_CHARS = 8
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Traces:
    """names: what names the person and nobody else (addresses, handles, a full name); said: texts that are about them,
    as other tables repeat them whole."""

    names: tuple[str, ...]
    said: frozenset[str] = frozenset()

    @property
    def pattern(self) -> re.Pattern[str]:
        """Any of the names, as a word of its own."""
        longest = sorted(self.names, key=len, reverse=True)
        return re.compile(rf"(?<![\w@])@?(?:{'|'.join(map(re.escape, longest))})(?![\w-])", re.IGNORECASE)


def traces(workspace: Workspace, persons: Collection[int], names: Collection[tuple[str, str]] = ()) -> Traces:
    """What there is of persons. names: more of their accounts, as (network, uri)."""
    known = Handle.objects.of(workspace).filter(person__in=persons)
    found = [named(uri.removeprefix("mailto:")) for _, uri in names]
    for row in known:
        found += [row.uri.removeprefix("mailto:"), row.url, named(row.handle), full(row.name)]
    people = Person.objects.of(workspace).filter(pk__in=persons)
    called = [name for one in people for name in (one.name, *map(str, one.own.values()))]
    found += map(full, called)
    said = {part for text in told(workspace, persons) for part in (text, text[:80], text[:200])}
    return Traces(tuple(dict.fromkeys(one for one in found if one)), frozenset({*said, *called} - {"", NOTHING}))


def named(handle: str) -> str:
    """A handle as it surely names somebody; "" for none."""
    plain = handle.lstrip("@")
    if not plain:
        return ""
    return plain if len(plain) >= HANDLE_CHARS or not plain.isalnum() else f"@{plain}"


def full(name: str) -> str:
    """A name of several words; a first name alone is many people's."""
    return name if len(name) >= NAME_CHARS and len(name.split()) > 1 else ""


def told(workspace: Workspace, persons: Collection[int]) -> Iterator[str]:
    """The titles of their cases and the words of promises made to them."""
    for label, column, whose in TOLD:
        rows = apps.get_model(label)._base_manager.filter(whose(persons), workspace=workspace)
        yield from rows.values_list(column, flat=True)


def cleaned(value: Any, found: Traces, *, whole: bool = True) -> Any:
    """A text or plain data without them. whole: texts that are about them go too."""
    if isinstance(value, str):
        return NOTHING if whole and value in found.said else found.pattern.sub(NOTHING, value)
    if isinstance(value, Mapping):
        return {name: cleaned(one, found, whole=whole) for name, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one, found, whole=whole) for one in value]
    return value


def sweep(workspace: Workspace, found: Traces) -> int:
    """Every table of a workspace but the books of persons; how many rows were changed. Small steps: others write
    meanwhile, and cut off it can be begun again."""
    if not found.names:
        return 0
    owned = [one for one in apps.get_models() if issubclass(one, Owned) and one not in BOOKS]
    return sum(swept(model, workspace, found) for model in owned)


def swept(model: type[models.Model], workspace: Workspace, found: Traces) -> int:
    """One table."""
    columns = texts_of(model)
    if not columns:
        return 0
    whole = model._meta.label_lower in SAYING
    rows = suspects(model, workspace, columns, found, whole=whole)
    numbers, n = list(rows.values_list("pk", flat=True)), 0
    for start in range(0, len(numbers), AT_ONCE):
        for row in model._base_manager.filter(pk__in=numbers[start : start + AT_ONCE]):
            was = {name: getattr(row, name) for name in columns}
            now = {name: cleaned(value, found, whole=whole) for name, value in was.items()}
            changed = {name: value for name, value in now.items() if value != was[name]}
            if changed:
                n += model._base_manager.filter(pk=row.pk).update(**changed)
    return n


def texts_of(model: type[models.Model]) -> list[str]:
    """Columns with texts or plain data; not those that rows are known by."""
    keys = {name for one in model._meta.constraints for name in getattr(one, "fields", ())}
    return [
        one.name
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField | models.TextField | models.JSONField)
        and not one.unique
        and one.name not in keys
    ]


def suspects(model: type[models.Model], workspace: Workspace, columns: list[str], found: Traces, *, whole: bool) -> Any:
    """Rows that may name them: the database looks, in any case, at texts and at JSON as it is written."""
    texts = [name for name in columns if not isinstance(model._meta.get_field(name), models.JSONField)]
    wanted = Q()
    for needle in (*found.names, *(found.said if whole else ())):
        escaped = json.dumps(needle)[1:-1]
        for name in columns:
            wanted |= Q(**{f"as_{name}__icontains": needle})
            if name not in texts and escaped != needle:
                wanted |= Q(**{f"as_{name}__icontains": escaped})
    read = {f"as_{name}": Cast(name, models.TextField()) for name in columns}
    return model._base_manager.filter(workspace=workspace).annotate(**read).filter(wanted)
