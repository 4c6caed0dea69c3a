"""The outbox's page: what needs somebody, what is about to leave, what left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre.desk.calendar import access as calendar
from palabre.desk.calendar.models import Publication
from palabre.desk.clock import now_ms
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Sending
from palabre.desk.replies import access
from palabre.desk.replies.models import Reply
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat, seated

SHOWN = 50
REFUSED_SHOWN_MS = 30 * 86_400_000
GROUPS = (
    ("unknown", ("unknown",)),
    ("refused", ("refused",)),
    ("waiting", ("queued", "sending")),
    ("sent", ("sent", "deleted")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A sending with the reply or the publication it is of, None for another thing."""

    sending: Sending
    reply: Reply | None
    publication: Publication | None = None


@require_GET
@seated()
def outbox_page(request: HttpRequest, seat: Seat) -> HttpResponse:
    return render(request, "replies/outbox.html", board(seat))


@require_GET
@seated()
def outbox_part(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The lists alone."""
    return render(request, "replies/part_outbox.html", board(seat))


def board(seat: Seat) -> dict[str, Any]:
    proposed = access.proposed(seat)
    groups = [(name, lines(seat, states)) for name, states in GROUPS]
    return {
        "to_approve": [(one, teams.may_approve(seat, one)) for one in proposed],
        "groups": [(name, found) for name, found in groups if found],
        "channels": outbox.channels(seat),
        "ill": [one for one in outbox.channels(seat) if one.state == "broken"],
        "empty": not proposed and not any(found for _, found in groups),
    }


def lines(seat: Seat, states: tuple[str, ...]) -> list[Line]:
    """Of these states; what is to leave by its moment, the rest newest first. A refusal that was dealt with is gone."""
    rows = outbox.sendings(seat).filter(state__in=states)
    if states == ("refused",):
        rows = rows.filter(made_ms__gte=now_ms() - REFUSED_SHOWN_MS)
    found = list(rows.order_by("due_ms" if "queued" in states else "-pk")[:SHOWN])
    replies = {one.uid: one for one in access.replies(seat).filter(uid__in=[row.about for row in found])}
    planned = calendar.of_sendings(seat, [row.about for row in found if row.kind == "publication"])
    listed = [Line(row, replies.get(row.about), planned.get(row.about)) for row in found]
    return [one for one in listed if one.sending.state != "refused" or _still_open(seat, one)]


def _still_open(seat: Seat, line: Line) -> bool:
    """A refused reply that was neither sent again nor thrown away."""
    if line.reply is None:
        return True
    last = outbox.of(seat.workspace, "reply", [line.reply.uid])[line.reply.uid]
    return last.pk == line.sending.pk and line.reply.state not in ("discarded", "sent_off")
