"""Sends what is due, each message at most once, from as many processes as there are.

    queued ── claimed (one row updated, committed) ──► sending ── the one call ──► sent, refused, queued again, unknown

Method: claim by conditional update, as healthchecks' ``sendalerts``; the state is on the disk before the call begins.
A crash leaves ``sending``, which `looking` turns into ``unknown``. Queued again is only what certainly was not taken.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from palabre.collect.sending import CUT, FORBIDDEN, TOKEN
from palabre.desk.clock import now_ms
from palabre.desk.outbox import settling
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.outbox.speaking import Voice, outgoing, voice
from palabre.errors import PalabreError, RefusedError, ThrottledError, UnknownOutcomeError

LOG = logging.getLogger("palabre.desk.outbox")
AT_ONCE = 50  # messages of a channel in one round
CHANNELS_AT_ONCE = 4
TRIES_MAX = 40  # of a message that the platform keeps asking to wait; about ten hours
WAIT_SECONDS, WAIT_SECONDS_MAX = 5.0, 900.0
LEAVES_MS = 30_000  # what has not left by then stays: who looks for it must be able to say that it will not come


def run() -> int:
    """One round: how many messages were handed to a platform. A slow channel holds up no other."""
    channels = list(_channels())
    if len(channels) <= 1:
        return sum(map(serve, channels))
    with ThreadPoolExecutor(min(len(channels), CHANNELS_AT_ONCE), "outbox") as pool:
        return sum(pool.map(_apart, channels))


def _channels() -> Sequence[Channel]:
    """Those that work and have something due."""
    now = now_ms()
    due = Sending.queue.filter(state="queued", due_ms__lte=now).values("channel")
    return list(Channel.doors.filter(pk__in=due, state="active", free_ms__lte=now).order_by("pk"))


def _apart(channel: Channel) -> int:
    try:
        return serve(channel)
    finally:
        connection.close()


def serve(channel: Channel) -> int:
    """What is due on a channel, the oldest first, at its pace."""
    try:
        speaking = voice(channel)
    except PalabreError as error:
        settling.broken(channel, error)
        return 0
    n = 0
    while n < AT_ONCE and (sending := _next(channel)) is not None and _turn(channel):
        if claim(sending):
            carry(sending, speaking)
            n += 1
    return n


def _next(channel: Channel) -> Sending | None:
    due = Sending.queue.filter(channel=channel, state="queued", due_ms__lte=now_ms())
    return due.select_related("channel").order_by("due_ms", "pk").first()


def _turn(channel: Channel) -> bool:
    """Takes the channel's next place, in every process at once; False: not now, or no longer."""
    now = now_ms()
    free = now + round(settings.PALABRE.send_interval_seconds * 1000)
    return bool(Channel.doors.filter(pk=channel.pk, state="active", free_ms__lte=now).update(free_ms=free))


def claim(sending: Sending) -> bool:
    """Makes the sending ours, for good, before anything leaves; False: another has it, or it was cancelled."""
    now = now_ms()
    with transaction.atomic(durable=True):
        mine = Sending.queue.filter(pk=sending.pk, state="queued", tries=sending.tries, due_ms__lte=now)
        fresh = {"looks": 0, "missed": 0, "look_ms": 0, "error_key": "", "error_params": {}}
        if mine.update(state="sending", tried_ms=now, tries=F("tries") + 1, **fresh) != 1:
            return False
    sending.state, sending.tried_ms, sending.tries = "sending", now, sending.tries + 1
    return True


def carry(sending: Sending, speaking: Voice) -> None:
    """The one call, and what became of it."""
    try:
        means = replace(speaking.means, until_ms=sending.tried_ms + LEAVES_MS)
        got = speaking.sender.send(outgoing(sending), speaking.config, means)
    except (RefusedError, ThrottledError) as error:
        turned_down(sending, error)
    except UnknownOutcomeError as error:
        settling.unknown(sending, error.key, error.params)
    except Exception:  # a fault of ours, perhaps after the message had left
        LOG.exception("sending %s: the sender failed", sending.uid)
        settling.unknown(sending, CUT, {"host": sending.channel.name})
    else:
        settling.sent(sending, got)


def turned_down(sending: Sending, error: PalabreError) -> None:
    """It was certainly not taken: it waits for the channel, waits for its turn, or goes back to its author."""
    if error.key in (TOKEN, FORBIDDEN):
        settling.broken(sending.channel, error)
        settling.waits(sending, sending.due_ms, error.key, error.params)
    elif error.retry_after is not None and sending.tries < TRIES_MAX:
        wait = max(error.retry_after, min(WAIT_SECONDS * 2.0 ** min(sending.tries - 1, 20), WAIT_SECONDS_MAX))
        settling.waits(sending, now_ms() + round(wait * 1000), error.key, error.params)
    else:
        settling.refused(sending, error.key, error.params)
