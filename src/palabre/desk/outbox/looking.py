"""Sendings that nobody can tell about: the platform is read, with growing waits, until it says. Nothing is sent here.

Found: sent, though late. Not there, twice and long enough after: certainly not taken, and a person may send it again,
under a new key. Neither, after all looks: it stays unknown, shown with what to do.
"""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db.models import F

from palabre.collect.sending import FORBIDDEN, HELD, TOKEN
from palabre.desk.clock import now_ms
from palabre.desk.outbox import courier, settling
from palabre.desk.outbox.models import Sending
from palabre.desk.outbox.speaking import outgoing, voice
from palabre.errors import PalabreError

LOG = logging.getLogger("palabre.desk.outbox")
OVER_MS = 120_000  # at least; see `over_ms`
MISSED = 2
LOOKS_SECONDS = (5, 30, 150, 300, 900, 3_600, 14_400, 43_200)  # after each look, until the next
AT_ONCE = 20
_STARTED = threading.Event()  # set once this process has looked at what earlier ones left


def run() -> int:
    """One round: how many were looked for."""
    adopt()
    due = Sending.queue.filter(state="unknown", look_ms__gt=0, look_ms__lte=now_ms())
    return sum(look(sending) for sending in due.select_related("channel").order_by("look_ms")[:AT_ONCE])


def adopt() -> int:
    """What a process left behind that ended in the middle becomes unknown. At the start of this one, at once: if
    another process is sending it just now, what that one finds out still counts."""
    before = now_ms() - (over_ms() if _STARTED.is_set() else 0)
    _STARTED.set()
    left = Sending.queue.filter(state="sending", tried_ms__lte=before).select_related("channel")
    return sum(settling.unknown(one, settling.CUT_OFF, {"host": one.channel.name}) for one in left[: AT_ONCE * 50])


def over_ms() -> int:
    """How long after an attempt no call can be under way: it left within `courier.LEAVES_MS` or not at all, and an
    exchange ends when the settings say. Who is still sending then was cut off; what a platform does not show then, and
    twice, it does not have."""
    limits = settings.PALABRE
    exchange = limits.connect_seconds + limits.read_seconds + limits.total_seconds
    return max(OVER_MS, courier.LEAVES_MS + round(exchange * 1000))


def look(sending: Sending) -> bool:
    """Reads the platform once, if no other process is about to."""
    wait = LOOKS_SECONDS[sending.looks] if sending.looks < len(LOOKS_SECONDS) else 0
    now = now_ms()
    mine = Sending.queue.filter(pk=sending.pk, state="unknown", looks=sending.looks)
    if mine.update(looks=F("looks") + 1, looked_ms=now, look_ms=now + wait * 1000 if wait else 0) != 1:
        return False
    sending.looks, sending.looked_ms = sending.looks + 1, now
    try:
        speaking = voice(sending.channel)
        got = speaking.sender.find(outgoing(sending), speaking.config, speaking.means)
    except PalabreError as error:
        if error.key in (TOKEN, FORBIDDEN):
            settling.broken(sending.channel, error)
        return True
    except Exception:
        LOG.exception("sending %s: it could not be looked for", sending.uid)
        return True
    if got is not None:
        settling.sent(sending, got, late=True)
    else:
        missed(sending)
    return True


def missed(sending: Sending) -> None:
    """The platform does not show it: believed the second time, and not too soon after the attempt; never of what its
    moderators hold, which is shown once they let it through."""
    settling.change(sending, ("unknown",), missed=sending.missed + 1)
    if sending.error_key != HELD and sending.missed >= MISSED and sending.looked_ms - sending.tried_ms >= over_ms():
        settling.refused(sending, settling.NOT_THERE, {"host": sending.channel.name}, ("unknown",))
