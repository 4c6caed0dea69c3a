"""Outgoing webhooks: endpoints, what became of each event, replays."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.refusals import Refused
from palabre.desk.api.rows import Row, When, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Closed, Limit
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.hooks import access, acts, forms
from palabre.desk.hooks.finding import KINDS
from palabre.desk.workspaces import audit


class EndpointOut(Row):
    """kinds: those it is told, none for all; words: texts go along; failures: in a row."""

    name: str
    host: str
    kinds: list[str]
    words: bool
    state: str
    failures: int
    ok: When = ms("ok")
    made: When = ms("made")


class SecretOut(Schema):
    """secret: what events are signed with (Standard Webhooks); shown this once."""

    endpoint: EndpointOut
    secret: str


class EndpointIn(Closed):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    url: Annotated[str, Field(min_length=1, max_length=1_000)]
    kinds: list[Literal[tuple(KINDS)]] = []  # type: ignore[valid-type]  # noqa: RUF012  # pydantic copies it
    with_words: bool = False


class DeliveryOut(Row):
    """An event for an endpoint. message: its ``webhook-id``; attempts: when, status, took_ms."""

    message: str
    kind: str
    state: str
    tries: int
    due: When = ms("due")
    done: When = ms("done")
    attempts: list[dict[str, Any]]

    @staticmethod
    def resolve_message(obj: Any) -> str:
        return str(obj.event.uid)

    @staticmethod
    def resolve_kind(obj: Any) -> str:
        return str(obj.event.kind)


@operation("GET", "/webhooks", listed(EndpointOut), scope="house")
def webhooks(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.endpoints(seat_of(request, "manager").workspace)}


@operation("GET", "/webhooks/{uid}", EndpointOut, scope="house")
def webhook(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.endpoint(seat_of(request, "manager"), uid)


@operation("GET", "/webhooks/{uid}/deliveries", listed(DeliveryOut), scope="house")
def webhook_deliveries(
    request: HttpRequest, workspace_slug: str, uid: Uid, state: Literal["", "waiting", "delivered", "failed"] = "",
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """Newest first."""
    found = access.deliveries(access.endpoint(seat_of(request, "manager"), uid))
    return {"items": (found.filter(state=state) if state else found)[:limit]}


@operation("POST", "/webhooks", SecretOut, 201, scope="house")
def add_webhook(request: HttpRequest, workspace_slug: str, body: EndpointIn) -> Any:
    """The endpoint and its secret; what happens from now on is told."""
    seat = seat_of(request, "manager")
    if not forms.usable(body.url):
        raise Refused(422, fields=[("url", speak("hooks.bad_url", lang_of(request)))])
    made, secret = acts.make(seat, body.name, body.url, list(body.kinds), body.with_words)
    audit.note(request, seat, "hook_made", made.name)
    return Status(201, {"endpoint": made, "secret": secret})


@operation("POST", "/webhooks/{uid}/secret", SecretOut, scope="house")
def rotate_secret(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    """A new secret; for a day the one before signs too."""
    seat = seat_of(request, "manager")
    found = access.endpoint(seat, uid)
    secret = acts.rotate(found)
    audit.note(request, seat, "hook_rotated", found.name)
    return {"endpoint": found, "secret": secret}


HOOK: Any = {"scope": "house"}
ONE = "/webhooks/{uid}"
deed("PATCH", ONE, "hooks:edit", "change_webhook", body("EndpointChange", forms.EndpointForm, part=True), then=webhook,
     begins=True, **HOOK)  # fmt: skip
deed("POST", f"{ONE}/state", "hooks:state", "pause_webhook",
     body("EndpointState", state=(Literal["active", "paused"], ...)), then=webhook, **HOOK)  # fmt: skip
deed("POST", f"{ONE}/test", "hooks:test", "test_webhook", then=webhook, **HOOK)
deed("POST", f"{ONE}/replay", "hooks:replay_period", "replay_webhook", body("EndpointReplay", forms.PeriodForm),
     then=webhook_deliveries, **HOOK)  # fmt: skip
deed("POST", "/deliveries/{uid}/replay", "hooks:replay", "replay_delivery", then=webhook, **HOOK)
deed("DELETE", ONE, "hooks:remove", "remove_webhook", **HOOK)
