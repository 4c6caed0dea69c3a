"""A process that bears workers of the outbox, so that each can be killed without paying for its start.

Commands on stdin, one JSON list a line, one JSON answer a line on stdout:
["make", n, channels] queues n replies; ["start"] forks a worker and gives its pid; ["state"] counts sendings by state;
["report"] gives every sending with its events. Waits are those of the product, shortened a hundredfold.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from typing import Any

CLIENT_SECONDS = 0.25  # less than LATE_SECONDS of the platform
ENOUGH_MS = 1_200  # certainly longer than any call


class HttpSender:
    """The sender of the fake platform."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, message: Any, config: Any, means: Any) -> Any:
        from palabre.collect.sending import CUT, LATE, SAID, SERVER, UNREACHED, WAIT, Sent
        from palabre.errors import RefusedError, UnknownOutcomeError

        asked = urllib.request.Request(f"{self.url}?key={message.key}", data=b"", method="POST")
        try:
            with urllib.request.urlopen(asked, timeout=CLIENT_SECONDS) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 429:
                raise RefusedError(WAIT, retry_after=0.05, host="x") from error
            if error.code < 500:
                raise RefusedError(SAID, host="x", said="no") from error
            raise UnknownOutcomeError(SERVER, host="x") from error
        except TimeoutError as error:
            raise UnknownOutcomeError(LATE, host="x") from error
        except OSError as error:
            if isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                raise RefusedError(UNREACHED, retry_after=0.05, host="x") from error
            raise UnknownOutcomeError(CUT, host="x") from error
        return Sent(f"{self.url}{message.key}", at_ms=1_790_000_000_000)

    def find(self, message: Any, config: Any, means: Any) -> Any:
        from palabre.collect.sending import LATE, Sent
        from palabre.errors import UnknownOutcomeError

        try:
            with urllib.request.urlopen(f"{self.url}?key={message.key}", timeout=5):
                return Sent(f"{self.url}{message.key}", at_ms=1_790_000_000_000)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise UnknownOutcomeError(LATE, host="x") from error


def prepare(url: str) -> None:
    """Django, tables, a workspace, and waits that a test can wait for."""
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()
    from palabre import plugins
    from palabre.desk.outbox import courier, looking, settling

    plugins.sender = lambda name: HttpSender(url)  # type: ignore[assignment, return-value]
    settling.FIRST_LOOK_MS = 50
    looking.LOOKS_SECONDS = (0.3,) * 20  # type: ignore[assignment]
    looking.over_ms = lambda: ENOUGH_MS
    courier.WAIT_SECONDS = courier.WAIT_SECONDS_MAX = 0.05


def make(n: int, channels: int) -> list[str]:
    """n replies, sent off."""
    from palabre.collect.sending import Outgoing
    from palabre.desk.engine import archive
    from palabre.desk.inbox.models import Case
    from palabre.desk.outbox.access import send_off
    from palabre.desk.outbox.models import Channel
    from palabre.desk.replies.models import Reply
    from palabre.desk.workspaces.models import Workspace
    from palabre.desk.workspaces.people import local_owner

    workspace, owner = Workspace.objects.get(), local_owner()
    here = list(Channel.objects.of(workspace))
    for number in range(len(here), channels):
        source = archive().sources.add(workspace.id, "feed", f"S{number}", {"url": f"https://x.example/{number}"})
        here.append(
            Channel.objects.add(workspace, source_id=source.source_id, connector="feed", name=source.name, made_ms=1)
        )
    made = []
    for number in range(n):
        case = Case.objects.add(workspace, title="x", opened_ms=1, changed_ms=1, waiting_since_ms=1)
        reply = Reply.objects.add(workspace, case=case, text="x", state="sent_off", made_ms=1, changed_ms=1)
        made.append(send_off(here[number % channels], "reply", reply.uid, Outgoing("x", ""), owner).key)
    return made


def work() -> None:
    """The beats of the outbox, as in the product, until killed."""
    from palabre.desk import beats
    from palabre.desk.outbox.beats import BEATS

    while True:
        for beat in BEATS:
            beats.once(beat)
        time.sleep(0.005)


def fork() -> int:
    """A worker; no connection may cross a fork."""
    from django.db import connections

    from palabre.desk import engine

    connections.close_all()
    engine.archive().close()
    engine.archive.cache_clear()
    child = os.fork()
    if child:
        return child
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    try:
        work()
    finally:
        os._exit(1)


def state() -> dict[str, int]:
    from django.db.models import Count

    from palabre.desk.outbox.models import Sending

    rows = Sending.queue.order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows} | {"untold": Sending.queue.filter(told=False).count()}


def report() -> list[dict[str, Any]]:
    from palabre.desk.inbox.models import CaseEvent
    from palabre.desk.outbox.models import Sending
    from palabre.desk.replies.models import Reply
    from palabre.desk.workspaces.models import Workspace

    workspace = Workspace.objects.get()
    events = [one.data.get("sending") for one in CaseEvent.objects.of(workspace).filter(kind="reply")]
    replies = dict(Reply.objects.of(workspace).values_list("uid", "state"))
    fields = ("key", "uid", "state", "tries", "late", "told", "error_key", "about")
    rows = Sending.queue.values(*fields)
    return [{**row, "events": events.count(row["uid"]), "reply": replies[row["about"]]} for row in rows]


def answer(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    prepare(sys.argv[1])
    answer("ready")
    commands = {"make": make, "start": fork, "state": state, "report": report}
    for line in sys.stdin:
        name, *words = json.loads(line)
        answer(commands[name](*words))  # type: ignore[operator]


if __name__ == "__main__":
    main()
