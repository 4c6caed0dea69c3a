"""What a screen does, done for a program: the operation runs the very view of the screen, with its body as the form.

    deed("POST", "/rules", "rules:new", "add_rule", RULE, then=rule, status=201)

Role, scope of the workspace, checks, journal and sentences are those of the screen, since it is the screen that acts;
a deed that is built anew for programs would be a second one, and the two would drift. The view asks its usual door
(`workspaces.access.member`), which knows the seat that a token gave. What the screen begins with holds for what the
body does not say, so a PATCH changes what it names. The answer is that of an operation that reads, never the page.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from django.contrib.messages import constants
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.db.models.signals import post_save
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.datastructures import MultiValueDict
from ninja import Status

from palabre.desk.api.bodies import FileIn
from palabre.desk.api.operations import ANSWERS, operation
from palabre.desk.api.refusals import Refused
from palabre.desk.api.rows import Nothing
from palabre.desk.api.shapes import Closed, Id
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.workspaces.access import Seat

Values = dict[str, Any]
Fill = Callable[[Values, Values], None]
IDS = re.compile(r"{(?:(?P<kind>\w+):)?(?P<name>\w+)}")
MADE: ContextVar[list[Model] | None] = ContextVar("palabre_api_made", default=None)


def said_over(values: Values, said: Values) -> None:
    """The usual way from a body to a form: each field under its own name."""
    values.update(said)


@dataclass(frozen=True, slots=True)
class Deed:
    """route: of the screen; then: the operation whose answer is given, None for no content. fill: from the body to the
    fields of the form; routed: fields of the body that are parts of the route; fixed: parts that are always the same;
    asks: fields of the body that the screen has in its address; alias: an id of our address → its name in the route;
    made: the model of what is new, where the screen does not lead to it; begins: the screen shows a form first; strict:
    where the screen only warns, nothing was done."""

    route: str
    then: Callable[..., Any] | None
    status: int
    fill: Fill = said_over
    routed: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    alias: Mapping[str, str] = field(default_factory=dict)
    made: type[Model] | None = None
    begins: bool = False
    strict: bool = False


DEEDS: dict[str, list[str]] = {}  # route of a screen → operations that run it
FILES: dict[str, str] = {}  # route of a file → the operation that gives it


def deed(
    method: str, path: str, route: str, name: str, body: type[Closed] | None = None, *, then: Any = None,
    status: int = 0, scope: str = "", **more: Any,
) -> None:  # fmt: skip
    """Registers the operation of a deed. status: 200 with an answer, 204 without, if it is not said; more: of Deed."""
    one = Deed(route, then, status or (200 if then else 204), **more)
    DEEDS.setdefault(route, []).append(name)
    answer = ANSWERS[then.__name__] if then else None
    operation(method, path, answer, one.status, scope)(runner(one, name, path, body))


def file(
    path: str, route: str, name: str, *, scope: str = "", media: str = "application/octet-stream",
    alias: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Registers an operation that answers with a file as the screen gives it."""

    def whole(request: HttpRequest, ids: Values) -> HttpResponseBase:
        kwargs = {(alias or {}).get(key, key): value for key, value in ids.items()}
        return asked(inside(request, "GET", {}, request.GET.dict()), route, kwargs)

    body = {"content": {media: {"schema": {"type": "string", "format": "binary"}}}, "description": "OK"}
    FILES[route] = name
    operation("GET", path, None, 200, scope, openapi_extra={"responses": {200: body}})(called(whole, name, path, None))


def runner(one: Deed, name: str, path: str, body: type[Closed] | None) -> Callable[..., Any]:
    """The function of the operation of a deed."""

    def act(request: HttpRequest, ids: Values) -> Any:
        said = ids.pop("body", None)
        return done(one, request, said, ids)

    return called(act, name, path, body)


def called(
    act: Callable[[HttpRequest, Values], Any], name: str, path: str, body: type[Closed] | None
) -> Callable[..., Any]:
    """A function with its ids and its body as parameters of their types."""

    def run(request: HttpRequest, workspace_slug: str, **given: Any) -> Any:
        return act(request, given)

    kinds = {found["name"]: Id if found["kind"] else Uid for found in IDS.finditer(path)}
    usual = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("request", usual), inspect.Parameter("workspace_slug", usual, annotation=str)]
    parameters += [inspect.Parameter(key, usual, annotation=kind) for key, kind in kinds.items()]
    if body is not None:
        default = None if issubclass(body, Nothing) else inspect.Parameter.empty
        parameters.append(inspect.Parameter("body", usual, annotation=body, default=default))
    run.__name__ = run.__qualname__ = name
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what ninja reads
    return run


def done(one: Deed, request: HttpRequest, body: Closed | None, ids: Values) -> Any:
    """Runs the view; then the answer of ``then``, about what it leads to or made."""
    said = spoken(body)
    kwargs = {one.alias.get(name, name): value for name, value in ids.items()}
    kwargs |= {**one.fixed, **{name: said.pop(name) for name in one.routed}}
    query = {name: said.pop(name) for name in one.asks if name in said}
    values: Values = begun(request, one.route, kwargs) if one.begins else dict(body.begins_with if body else {})
    one.fill(values, said)
    with creations() as made:
        response = asked(inside(request, "POST", values, query, strict=one.strict), one.route, kwargs)
    if one.then is None:
        return Status(one.status, None)
    return Status(one.status, one.then(request, **answer_ids(one, ids, response, made)))


def spoken(body: Closed | None) -> Values:
    """What a body says; what it leaves out, or null, it does not."""
    return {} if body is None else {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}


def answer_ids(one: Deed, ids: Values, response: HttpResponseBase, made: list[Model]) -> Values:
    """The parameters of ``then``: those of where the screen leads, over those of the address."""
    known = {**ids, **led_to(response)}
    fresh = next((row for row in made if one.made and isinstance(row, one.made)), None)
    if fresh is not None:
        known["uid"] = fresh.uid  # type: ignore[attr-defined]  # every model that is shown has one
    known |= {ours: known[theirs] for ours, theirs in one.alias.items() if theirs in known}
    wanted = inspect.signature(one.then or done).parameters
    return {name: value for name, value in known.items() if name in wanted}


def led_to(response: HttpResponseBase) -> Values:
    """What the address of a redirect names."""
    url = getattr(response, "url", "")
    return dict(resolve(urlsplit(url).path).kwargs) if url else {}


def begun(request: HttpRequest, route: str, kwargs: Values) -> Values:
    """What the form of the screen begins with."""
    inner = inside(request, "GET", {})
    viewed(inner, route, kwargs)
    form = inner.forms[0]
    return {entry.name: entry.value() for entry in form}


def asked(inner: Any, route: str, kwargs: Values) -> HttpResponseBase:
    """The answer of the view, when it did what was asked. Raises Refused with what it says otherwise."""
    response = viewed(inner, route, kwargs)
    errors: list[str] = inner._messages.errors
    if inner.complaints:
        raise Refused(422, fields=inner.complaints)
    if errors or response.status_code >= 400:
        raise Refused(400, message=" ".join(errors))
    return response


def viewed(inner: Any, route: str, kwargs: Values) -> HttpResponseBase:
    """The view behind a route of a workspace, called. Http404 for parts that no address has."""
    seat: Seat = inner.program
    try:
        match = resolve(reverse(route, kwargs={"workspace_slug": seat.workspace.slug, **kwargs}))
    except NoReverseMatch:
        raise Http404 from None
    answer: HttpResponseBase = match.func(inner, *match.args, **match.kwargs)
    return answer


class Said:
    """Stands where the messages of a page are kept; errors: what a page would have said from this level on."""

    def __init__(self, level: int) -> None:
        self.errors: list[str] = []
        self.level = level

    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        if level >= self.level:
            self.errors.append(str(message))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def inside(
    request: HttpRequest, method: str, values: Values, query: Mapping[str, Any] | None = None, strict: bool = False
) -> Any:
    """The request as the view gets it: of the same caller, with a form for a body, no session and no cookie."""
    inner: Any = copy(request)
    seat: Seat = request.auth  # type: ignore[attr-defined]  # set by ninja
    level = constants.WARNING if strict else constants.ERROR
    inner.__dict__.pop("headers", None)
    inner.META = {name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")}
    inner.method, inner.GET, inner.COOKIES = method, posted(query or {})[0], {}
    inner._post, inner._files = posted(values)
    inner.user, inner.program, inner._messages = seat.user, seat, Said(level)
    inner.complaints, inner.forms = [], []
    return inner


def posted(values: Mapping[str, Any]) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """Values as a browser sends them: a box that is not ticked is not there."""
    post, files = QueryDict(mutable=True), MultiValueDict[str, Any]()
    for name, value in values.items():
        if isinstance(value, dict) and set(value) <= set(FileIn.model_fields):
            files[name] = SimpleUploadedFile(value.get("name", "file"), value["text"].encode())
        elif isinstance(value, list | tuple | set):
            post.setlist(name, [typed(one) for one in value])
        elif value not in (None, False):
            post[name] = typed(value)
    return post, files


def typed(value: Any) -> str:
    """A value as one types it."""
    if value is True:
        return "on"
    return value.isoformat() if isinstance(value, date | time) else str(value)


@contextmanager
def creations() -> Iterator[list[Model]]:
    """The rows of the desk that are made meanwhile."""
    made: list[Model] = []
    token = MADE.set(made)
    try:
        yield made
    finally:
        MADE.reset(token)


def seen(instance: Model, created: bool, **_rest: Any) -> None:
    """Every row that is written passes here; outside of `creations` nobody listens."""
    made = MADE.get()
    if created and made is not None:
        made.append(instance)


post_save.connect(seen, dispatch_uid="palabre.desk.api.screens")
