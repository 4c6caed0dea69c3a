"""How an operation of the API is registered: its name is its function's, its summary the message ``api.op.<name>``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import Router

from palabre.desk.api import shapes
from palabre.desk.api.auth import KEYS
from palabre.messages import say

SCOPES: dict[str, str] = {}  # what each operation needs, by its name
REFUSED = dict.fromkeys((400, 401, 404, 409, 422, 429), shapes.Refusal)
READING_POSTS = {"lint", "preview", "advise"}  # a POST that changes nothing
router = Router()
URLS: dict[str, str] = {}  # one name for all methods of an address
ANSWERS: dict[str, Any] = {}  # the shape of what each answers, by its name
Operation = Callable[..., Any]


def operation(
    method: str, path: str, answer: Any, status: int = 200, scope: str = "", **more: Any
) -> Callable[[Operation], Operation]:
    """Registers an operation under /workspaces/<slug>. scope: of `auth.KEYS`; read or write, by the method, if none is
    named; more: for the description."""

    def register(view: Operation) -> Operation:
        name = view.__name__
        ANSWERS[name] = answer
        SCOPES[name] = scope or ("read" if method == "GET" or name in READING_POSTS else "write")
        made = router.api_operation(
            [method],
            f"/workspaces/{{slug:workspace_slug}}{path}",
            response={status: answer, **REFUSED},
            auth=KEYS[SCOPES[name]],
            operation_id=name,
            url_name=URLS.setdefault(path, name),
            summary=say(f"api.op.{name}", "en"),
            tags=[room_of(path)],
            **more,
        )
        return made(view)

    return register


def room_of(path: str) -> str:
    """What an address is about: its first word."""
    return path.split("/")[1]
