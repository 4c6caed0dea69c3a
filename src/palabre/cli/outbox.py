"""`palabre outbox`: what waits to leave, what left, what nobody can tell about; and what a person found of it.

``list`` gives one line a sending (``--json``: one object, fields ``uid, state, kind, channel, due_ms, sent_ms, url,
error``); ``settle UID there|not-there|look|cancel`` says of one what a person saw on its platform. Nothing is sent from
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._desk import workspace_of
from palabre.errors import InputError
from palabre.messages import default_language, say

if TYPE_CHECKING:
    from palabre.desk.outbox.models import Sending

FINDINGS = ("there", "not-there", "look", "cancel")
OPEN = ("queued", "sending", "unknown", "refused")
WORKSPACE = click.option("--workspace", "slug", default="default", show_default=True, help=say("outbox.help.workspace"))


@click.group(help=say("outbox.help.verb"))
def command() -> None:
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()


@command.command("list", help=say("outbox.help.list"))
@WORKSPACE
@click.option("--all", "everything", is_flag=True, help=say("outbox.help.all"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help=say("outbox.help.limit"))
@click.option("--json", "as_json", is_flag=True, help=say("outbox.help.json"))
def listed(slug: str, everything: bool, limit: int, as_json: bool) -> None:
    from palabre.desk.outbox.models import Sending

    rows = Sending.objects.of(workspace_of(slug)).select_related("channel")
    wanted = rows if everything else rows.filter(state__in=OPEN)
    found = [as_object(one) for one in wanted.order_by("-pk")[:limit]]
    for one in found:
        click.echo(orjson.dumps(one) if as_json else line(one))
    if not found and not as_json:
        click.echo(say("outbox.help.nothing"))


@command.command("settle", help=say("outbox.help.settle"))
@click.argument("uid")
@click.argument("finding", type=click.Choice(FINDINGS))
@click.option("--url", default="", metavar="URL", help=say("outbox.help.url"))
@WORKSPACE
def settled(uid: str, finding: str, url: str, slug: str) -> None:
    from palabre.desk.outbox import acts
    from palabre.desk.outbox.models import Sending

    found = Sending.objects.of(workspace_of(slug)).select_related("channel").filter(uid=uid).first()
    if found is None:
        raise InputError("outbox.help.no_sending", uid=uid)
    acting: dict[str, Any] = {"not-there": acts.is_not_there, "look": acts.look_again, "cancel": acts.take_back}
    done = acts.is_there(found, url) if finding == "there" else acting[finding](found)
    if not done:
        raise InputError("outbox.help.not_now", state=found.state)
    found.refresh_from_db()
    click.echo(line(as_object(found)))


def as_object(sending: Sending) -> dict[str, Any]:
    said = say(sending.error_key, default_language(), **sending.error_params) if sending.error_key else ""
    return {
        "uid": sending.uid, "state": sending.state, "kind": sending.kind, "channel": sending.channel.name,
        "due_ms": sending.due_ms, "sent_ms": sending.sent_ms, "url": sending.url, "error": said,
    }  # fmt: skip


def line(one: dict[str, Any]) -> str:
    state = say(f"outbox.sending.{one['state']}")
    return "  ".join(part for part in (one["uid"], state, one["channel"], one["url"], one["error"]) if part)
