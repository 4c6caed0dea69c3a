"""Deliveries: each endpoint at its own pace, none behind a slow one; what fails comes again, later each time.

A delivery is claimed before it leaves, by putting its due time a little ahead: cut off in between, it comes again under
the same ``webhook-id``, by which who receives it knows it. At least once, then, and never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import orjson

from palabre.clock import to_datetime
from palabre.desk import post
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.hooks import calling, sealing, wording
from palabre.desk.hooks.calling import Letter, Outcome
from palabre.desk.hooks.models import DELIVERED, FAILED, WAITING, Delivery, Endpoint, Event
from palabre.desk.reports.building import site
from palabre.engage.deliveries import again_ms, given_up, rest_ms
from palabre.errors import PalabreError
from palabre.logs import logger

BATCH, TOGETHER = 20, 8
CLAIM_MS = 2 * 60_000
ATTEMPTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Round:
    """What one endpoint is given now."""

    endpoint: Endpoint
    url: str
    secrets: tuple[str, ...]
    letters: tuple[Letter, ...]


def run() -> int:
    """What is due, at every endpoint that may be called. How many were taken."""
    now = now_ms()
    ready = Endpoint.everywhere.filter(state="active", rest_until_ms__lte=now).select_related("workspace", "by")
    rounds = [one for endpoint in ready if (one := prepared(endpoint, now)) is not None]
    return sum(outcome.taken for outcome in told(rounds))


def told(rounds: Sequence[Round]) -> list[Outcome]:
    """Calls endpoints side by side; what became of it is written as soon as one endpoint is through."""
    made: list[Outcome] = []
    if not rounds:
        return made
    with ThreadPoolExecutor(min(TOGETHER, len(rounds)), "hooks") as pool:
        under_way = {pool.submit(calling.call_all, one.url, one.secrets, one.letters): one for one in rounds}
        for future in as_completed(under_way):
            one, outcomes = under_way[future], future.result()
            release(one, outcomes)
            made += [settled(one.endpoint, outcome) for outcome in outcomes]
    return made


def prepared(endpoint: Endpoint, now: int) -> Round | None:
    """Claims what is due, oldest first. None: nothing is; or what is sealed opens no more: the endpoint says so, and
    the others are told all the same."""
    waiting = Delivery.queue.filter(endpoint=endpoint, state=WAITING, due_ms__lte=now).select_related("event")
    due = list(waiting.order_by("due_ms", "pk")[:BATCH])
    try:
        url, secrets = (url_of(endpoint), secrets_of(endpoint, now)) if due else ("", ())
    except PalabreError as error:
        Endpoint.everywhere.filter(pk=endpoint.pk).update(state="broken", error_key=error.key, error_params={})
        return None
    mine = [row for row in due if claimed(row, now)]
    letters = tuple(Letter(row.pk, row.event.uid, body_of(endpoint, row.event)) for row in mine)
    return Round(endpoint, url, secrets, letters) if letters else None


def claimed(row: Delivery, now: int) -> bool:
    mine = Delivery.queue.filter(pk=row.pk, state=WAITING, due_ms=row.due_ms)
    return bool(mine.update(due_ms=now + CLAIM_MS))


def release(one: Round, outcomes: Sequence[Outcome]) -> None:
    """What was claimed and not tried waits for the next round."""
    tried = {outcome.number for outcome in outcomes}
    left = [letter.number for letter in one.letters if letter.number not in tried]
    Delivery.queue.filter(pk__in=left, state=WAITING).update(due_ms=now_ms())


def url_of(endpoint: Endpoint) -> str:
    return sealing.opened(endpoint.url, f"{endpoint.uid} url")


def secrets_of(endpoint: Endpoint, now: int) -> tuple[str, ...]:
    """Those that sign: while one is being replaced, both."""
    known = [sealing.opened(endpoint.secret, f"{endpoint.uid} secret")]
    if endpoint.old_secret and endpoint.old_until_ms > now:
        known.append(sealing.opened(endpoint.old_secret, f"{endpoint.uid} old"))
    return tuple(known)


def body_of(endpoint: Endpoint, event: Event) -> bytes:
    """``type``, ``timestamp`` and ``data``, as Standard Webhooks has them; addresses in full where ours is known."""
    data = dict(event.data)
    if "api" in data:
        data["api"] = f"{site()}{data['api']}"
    if endpoint.words and (words := wording.of(event)):
        data["words"] = words
    return orjson.dumps({"type": event.kind, "timestamp": to_datetime(event.at_ms).isoformat(), "data": data})


def settled(endpoint: Endpoint, outcome: Outcome) -> Outcome:
    """Writes what became of an attempt."""
    row = Delivery.queue.filter(pk=outcome.number).first()
    if row is None or not outcome.called:
        postponed(endpoint, row, outcome)
        return outcome
    row.attempts = [*row.attempts, attempt(outcome)][-ATTEMPTS_KEPT:]
    row.tries, row.first_ms = row.tries + 1, row.first_ms or outcome.at_ms
    if outcome.taken:
        row.state, row.done_ms = DELIVERED, now_ms()
    else:
        row.due_ms = again_ms(row.tries, now_ms(), outcome.wait_ms)
        row.state = WAITING if row.due_ms else FAILED
    row.save(update_fields=["attempts", "tries", "first_ms", "state", "done_ms", "due_ms"])
    (well if outcome.taken else ill)(endpoint, row, outcome)
    return outcome


def attempt(outcome: Outcome) -> dict[str, object]:
    return {"at_ms": outcome.at_ms, "status": outcome.status, "error": outcome.error, "params": dict(outcome.params),
            "took_ms": outcome.took_ms}  # fmt: skip


def postponed(endpoint: Endpoint, row: Delivery | None, outcome: Outcome) -> None:
    """It was not called at all: nothing is counted."""
    until = now_ms() + max(outcome.wait_ms, 1_000)
    if row is not None:
        Delivery.queue.filter(pk=row.pk).update(due_ms=until)
        Endpoint.everywhere.filter(pk=endpoint.pk).update(rest_until_ms=until)


def well(endpoint: Endpoint, row: Delivery, outcome: Outcome) -> None:
    Endpoint.everywhere.filter(pk=endpoint.pk).update(
        failures=0, rest_until_ms=0, ok_ms=outcome.at_ms, error_key="", error_params={}
    )
    endpoint.failures = 0


def ill(endpoint: Endpoint, row: Delivery, outcome: Outcome) -> None:
    """The endpoint rests; perhaps it is given up, and who set it up hears of it."""
    rows = Endpoint.everywhere.filter(pk=endpoint.pk)
    endpoint.failures += 1
    said = {"error_key": outcome.error, "error_params": dict(outcome.params)}
    rows.update(failures=endpoint.failures, rest_until_ms=rest_ms(endpoint.failures, now_ms()), **said)
    kept = rows.values_list("ok_ms", flat=True).first() or 0
    if given_up(outcome.status, row.state == FAILED, row.first_ms, kept) and rows.filter(state="active").update(
        state="broken"
    ):
        notify(endpoint, outcome)


def notify(endpoint: Endpoint, outcome: Outcome) -> None:
    """A letter to who set it up, where letters can leave; its page says it anyway."""
    address = endpoint.by.email if endpoint.by and endpoint.by.is_active else ""
    if not (address and post.ready()):
        return
    from django.conf import settings

    lang = settings.PALABRE.lang
    why = speak(outcome.error, lang, **outcome.params)
    words = speak("hooks.letter.text", lang, name=endpoint.name, host=endpoint.host, why=why)
    page = f"{site()}/w/{endpoint.workspace.slug}/house/webhooks/{endpoint.uid}" if site() else ""
    try:
        post.send(address, speak("hooks.letter.subject", lang, name=endpoint.name), f"{words}\n\n{page}\n")
    except PalabreError as error:
        logger("hooks").warning("notice", error=error.key)
