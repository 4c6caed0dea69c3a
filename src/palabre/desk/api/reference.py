"""The reference of the API as a page of our own, made from the same description that programs read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre.desk.workspaces.access import Seat, seated

PREFIX = "/api/v1"
INSIDE = PREFIX + "/workspaces/{workspace_slug}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation. room: what its address is about; name: end of ``api.op.<name>``;
    parameters: (name, place, needed); fields: of the body."""

    method: str
    path: str
    name: str
    room: str
    scope: str
    parameters: tuple[tuple[str, str, bool], ...]
    fields: tuple[tuple[str, bool], ...]

    @property
    def short(self) -> str:
        """Its address without what nearly all of them begin with."""
        return self.path.removeprefix(INSIDE)


def entries() -> list[Entry]:
    """Every operation, in the order of the description."""
    schema = described()
    parts = schema["components"]["schemas"]
    return [
        entry(method.upper(), path, said, parts)
        for path, methods in schema["paths"].items()
        for method, said in methods.items()
    ]


@cache
def described() -> dict[str, Any]:
    """OpenAPI 3.1 of all operations; not to be changed. It is the same for everybody, in every language, and costs two
    seconds: made once a process, as the page is open to all the world."""
    from palabre.desk.api.endpoints import api  # two seconds: not before somebody asks

    return dict(api.get_openapi_schema(path_prefix=PREFIX + "/"))


def entry(method: str, path: str, said: Any, parts: Any) -> Entry:
    from palabre.desk.api.operations import SCOPES

    name = str(said["operationId"])
    given = tuple((one["name"], one["in"], bool(one.get("required"))) for one in said.get("parameters", ()))
    return Entry(method, path, name, said["tags"][0], SCOPES[name], given, body_fields(said, parts))


def body_fields(said: Any, parts: Any) -> tuple[tuple[str, bool], ...]:
    """(name, needed) of a JSON body."""
    content = said.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    found = parts.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    return tuple((name, name in found.get("required", ())) for name in found.get("properties", {}))


def rooms() -> list[tuple[str, list[Entry]]]:
    """(what they are about, the operations), by name."""
    found: dict[str, list[Entry]] = {}
    for one in entries():
        found.setdefault(one.room, []).append(one)
    return sorted(found.items())


def shown(example: str) -> dict[str, Any]:
    """What the page needs. example: the workspace its example names."""
    return {"groups": rooms(), "prefix": PREFIX, "inside": INSIDE, "example": example}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """For everybody: it says nothing of any workspace."""
    return render(request, "api/reference.html", shown("default"))


@require_GET
@seated("agent")
def page_here(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The same, inside a workspace: its name is in the example."""
    return render(request, "api/reference.html", shown(seat.workspace.slug))


@require_GET
def openapi(request: HttpRequest) -> JsonResponse:
    """What programs read: OpenAPI 3.1."""
    return JsonResponse(described())
