"""Our own messages come back by listening, as anyone's: they are recognised by their uri."""

from __future__ import annotations

import logging
from collections import defaultdict

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.outbox.models import Sending
from palabre.desk.outbox.settling import outcomes

LOG = logging.getLogger("palabre.desk.outbox")
SPAN_MS = 14 * 86_400_000  # later, a platform that is listened to would have shown it
AT_ONCE = 500


def run() -> int:
    """One round: how many of ours were heard."""
    waiting: dict[int, list[Sending]] = defaultdict(list)
    for sending in Sending.queue.filter(state="sent", heard=False, sent_ms__gte=now_ms() - SPAN_MS)[:AT_ONCE]:
        if sending.uri:
            waiting[sending.workspace_id].append(sending)
    return sum(_heard(workspace_id, sendings) for workspace_id, sendings in waiting.items())


def _heard(workspace_id: int, sendings: list[Sending]) -> int:
    found = archive().posts.by_uris(workspace_id, [sending.uri for sending in sendings])
    n = 0
    for sending in sendings:
        if sending.uri in found and sending.kind in outcomes():
            with transaction.atomic():
                if Sending.queue.filter(pk=sending.pk, heard=False).update(heard=True):
                    outcomes()[sending.kind].heard(sending, found[sending.uri])
                    n += 1
    return n
