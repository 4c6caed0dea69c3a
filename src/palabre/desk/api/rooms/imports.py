"""Files to be imported: sending one, how it is read, its import, and those before it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.collect.files.columns import FIELDS
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import FileIn, body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, When, Who, listed, ms
from palabre.desk.api.screens import Values, deed
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.imports import access, reading
from palabre.desk.imports.forms import ReadForm
from palabre.desk.imports.models import WAITING

FIELD: Any = Literal[tuple(FIELDS)]
COLUMN = Annotated[str, Field(min_length=1, max_length=500)]


class ImportOut(Row):
    """state: arriving, waiting, queued, running, done, failed or stopped; size, arrived, done: bytes; said: what became
    of the posts, offered = stored + unchanged + quarantined; error: key of what stopped it."""

    name: str
    state: str
    kind: str
    size: int
    arrived: int
    done: int
    posts: int
    said: dict[str, Any]
    error: str = Field(alias="error_key")
    made: When = ms("made")
    ended: When = ms("ended")
    user: Who = None


class ColumnOut(Schema):
    """field: what the column is read as, "" for nothing."""

    name: str
    field: str
    samples: list[str]


class LookOut(Schema):
    """A file that waits, as it would be read. rows: looked at; posts: those of them that can be read, the first with
    their texts; missing: what no column holds; error: key of what forbids reading it."""

    kind: str
    encoding: str
    rows: int
    posts: int
    first_texts: list[str]
    columns: list[ColumnOut]
    missing: list[str]
    error: str
    ready: bool


class FileOut(Schema):
    """look: of a file that waits for start_import."""

    imported: ImportOut
    look: LookOut | None


@operation("GET", "/imports", listed(ImportOut))
def file_imports(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.imports(seat_of(request, "manager"))}


@operation("GET", "/imports/{uid}", FileOut)
def file_import(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    row = access.found(seat_of(request, "manager"), uid)
    return {"imported": row, "look": look_out(reading.shown(row)) if row.state == WAITING else None}


def look_out(shown: reading.Shown) -> Values:
    found = shown.look
    return {
        "kind": found.kind,
        "encoding": found.encoding,
        "rows": found.rows,
        "posts": found.n,
        "first_texts": [post.text for post in found.posts],
        "columns": [{"name": one.name, "field": one.field, "samples": list(one.samples)} for one in found.columns],
        "missing": list(shown.missing),
        "error": found.fault.key if found.fault else "",
        "ready": shown.ready,
    }


def columns(values: Values, said: Values) -> None:
    """field → column as the page sends it; where nothing is said of the columns, they stay."""
    given = said.pop("columns", None)
    values.update(said)
    if given is not None:
        values["map"] = [f"{field}={column}" for field, column in given.items()] or [""]


ONE = "/imports/{uid}"
COLUMNS: Any = (dict[FIELD, COLUMN] | None, None)
deed("POST", "/imports", "imports:index", "send_file", body("ImportIn", file=(FileIn, ...)), then=file_import,
     status=201)  # fmt: skip
deed("PATCH", ONE, "imports:one", "read_file_as", body("ImportChange", ReadForm, part=True, columns=COLUMNS),
     then=file_import, fill=columns, begins=True)  # fmt: skip
deed("POST", f"{ONE}/forget", "imports:forget", "forget_reading", then=file_import)
deed("POST", f"{ONE}/start", "imports:start", "start_import", then=file_import)
deed("DELETE", ONE, "imports:leave", "leave_import")
