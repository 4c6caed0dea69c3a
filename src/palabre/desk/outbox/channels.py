"""Channels: which sources may be spoken through, and who we are there."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from palabre import plugins
from palabre.archive.types import Source
from palabre.collect.sending import Sender
from palabre.desk import beats
from palabre.desk.clock import now_ms
from palabre.desk.outbox import settling
from palabre.desk.outbox.models import Channel
from palabre.desk.outbox.speaking import voice
from palabre.desk.sources import access as sources
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError, PalabreError

ACCOUNT_CHARS = 300


def sender_of(connector: str) -> Sender | None:
    """None where people cannot be answered, or the plugin is broken."""
    try:
        return plugins.sender(connector)
    except PalabreError:
        return None


def speakable(seat: Seat) -> list[Source]:
    """Sources that have a sender and no channel yet, by name."""
    taken = set(Channel.objects.of(seat.workspace).values_list("source_id", flat=True))
    found = [one for one in sources.sources(seat) if one.source_id not in taken and sender_of(one.connector)]
    return sorted(found, key=lambda one: one.name.casefold())


def open_(seat: Seat, source: Source) -> Channel:
    """The channel of a source; one that is there already stays as it is. Raises InputError where it cannot speak."""
    if sender_of(source.connector) is None:
        raise InputError("outbox.mute", name=source.connector)
    try:
        with transaction.atomic():
            return Channel.objects.add(
                seat.workspace, source_id=source.source_id, connector=source.connector, name=source.name[:120],
                made_ms=now_ms(),
            )  # fmt: skip
    except IntegrityError:
        return Channel.objects.of(seat.workspace).get(source_id=source.source_id)


def check(channel: Channel) -> bool:
    """Asks the platform who we are; the channel works again, or is broken and says why. One call."""
    try:
        speaking = voice(channel)
        account = speaking.sender.account(speaking.config, speaking.means)
        speaking.sender.abilities(speaking.config, speaking.means)
    except PalabreError as error:
        settling.broken(channel, error)
        Channel.doors.filter(pk=channel.pk).update(checked_ms=now_ms())
        channel.refresh_from_db()
        return False
    state = channel.state if channel.state == "paused" else "active"
    well = {"account": account[:ACCOUNT_CHARS], "state": state, "error_key": "", "error_params": {}}
    Channel.doors.filter(pk=channel.pk).update(checked_ms=now_ms(), free_ms=0, **well)
    channel.refresh_from_db()
    beats.nudge("outbox.send")
    return True
