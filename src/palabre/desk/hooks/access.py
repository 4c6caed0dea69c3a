"""The only doors to endpoints, events and deliveries."""

from __future__ import annotations

from typing import Any

from palabre.desk.hooks.models import Delivery, Endpoint, Event
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def endpoint(seat: Seat, uid: str) -> Endpoint:
    return one(Endpoint.objects.of(seat.workspace), uid=uid)


def endpoints(workspace: Workspace) -> Any:
    return Endpoint.objects.of(workspace)


def delivery(seat: Seat, uid: str) -> Delivery:
    return one(Delivery.objects.of(seat.workspace).select_related("endpoint", "event"), uid=uid)


def deliveries(found: Endpoint) -> Any:
    """Newest first, as a query set."""
    return Delivery.objects.of(found.workspace).filter(endpoint=found).select_related("event")


def events(workspace: Workspace) -> Any:
    """Newest first, as a query set."""
    return Event.objects.of(workspace)
