"""What members do with endpoints: set up, rotate the secret, go on, try, replay."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.hooks import calling, delivering, sealing
from palabre.desk.hooks.finding import TEST
from palabre.desk.hooks.models import WAITING, Delivery, Endpoint, Event
from palabre.desk.hooks.recording import begin, stop
from palabre.desk.workspaces.access import Seat
from palabre.engage.deliveries import SECRETS_TOGETHER_MS
from palabre.engage.standard_webhooks import new_secret

REPLAYED_MAX = 10_000


def make(seat: Seat, name: str, url: str, kinds: list[str], words: bool) -> tuple[Endpoint, str]:
    """The endpoint, and its secret to be shown once. What happens from now on is told."""
    fresh = Endpoint(workspace=seat.workspace, by=seat.user, made_ms=now_ms())
    secret = new_secret(secrets.token_bytes(32))
    fresh.secret = sealing.sealed(secret, f"{fresh.uid} secret")
    with transaction.atomic():
        begin(seat.workspace)
        change(fresh, name, url, kinds, words)
    return fresh, secret


def change(found: Endpoint, name: str, url: str, kinds: list[str], words: bool) -> None:
    """url: "" keeps the one it has."""
    found.name, found.kinds, found.words = name, kinds, words
    if url:
        found.url = sealing.sealed(url, f"{found.uid} url")
        found.host = urlsplit(url).netloc.rpartition("@")[2][:200]
    found.save()


def rotate(found: Endpoint) -> str:
    """The new secret, to be shown once; for a day the one before signs too."""
    fresh = new_secret(secrets.token_bytes(32))
    old = sealing.opened(found.secret, f"{found.uid} secret")
    found.old_secret = sealing.sealed(old, f"{found.uid} old")
    found.old_until_ms = now_ms() + SECRETS_TOGETHER_MS
    found.secret = sealing.sealed(fresh, f"{found.uid} secret")
    found.save(update_fields=["secret", "old_secret", "old_until_ms"])
    return fresh


def set_active(found: Endpoint, active: bool) -> None:
    """Going on, it begins with what waited."""
    found.state = "active" if active else "paused"
    found.failures, found.rest_until_ms = 0, 0
    if active:
        found.error_key, found.error_params = "", {}
        Delivery.objects.of(found.workspace).filter(endpoint=found, state=WAITING).update(due_ms=now_ms())
    found.save(update_fields=["state", "failures", "rest_until_ms", "error_key", "error_params"])


def remove(found: Endpoint) -> None:
    with transaction.atomic():
        workspace = found.workspace
        found.delete()
        stop(workspace)


def replay(found: Delivery) -> None:
    """Once more from the first attempt, under the same webhook-id."""
    again(found.endpoint, [found.event_id])


def replay_between(found: Endpoint, since_ms: int, until_ms: int) -> int:
    """Everything that happened in [since_ms, until_ms) and that it wants, delivered or not. How many."""
    rows = Event.objects.of(found.workspace).filter(at_ms__gte=since_ms, at_ms__lt=until_ms)
    wanted = rows.filter(kind__in=found.kinds) if found.kinds else rows
    numbers = list(wanted.exclude(kind=TEST).order_by("pk").values_list("pk", flat=True)[:REPLAYED_MAX])
    again(found, numbers)
    return len(numbers)


@transaction.atomic
def again(found: Endpoint, numbers: list[int]) -> None:
    now = now_ms()
    mine = Delivery.objects.of(found.workspace).filter(endpoint=found, event__in=numbers)
    known = set(mine.values_list("event_id", flat=True))
    mine.update(state=WAITING, due_ms=now, tries=0, first_ms=0)
    for number in numbers:
        if number not in known:
            Delivery.objects.add(found.workspace, endpoint=found, event_id=number, due_ms=now)


def test(seat: Seat, found: Endpoint) -> calling.Outcome:
    """A test event, called at once, whatever the state of the endpoint; one attempt, noted like any other."""
    now = now_ms()
    event = Event.objects.add(
        seat.workspace, key=f"test:{secrets.token_hex(12)}", kind=TEST, at_ms=now, made_ms=now,
        data={"workspace": seat.workspace.slug, "endpoint": found.uid},
    )  # fmt: skip
    row = Delivery.objects.add(seat.workspace, endpoint=found, event=event, due_ms=now + delivering.CLAIM_MS)
    letter = calling.Letter(row.pk, event.uid, delivering.body_of(found, event))
    outcome = calling.call(delivering.url_of(found), delivering.secrets_of(found, now), letter)
    state = "delivered" if outcome.taken else "failed"
    rows = Delivery.objects.of(seat.workspace).filter(pk=row.pk)
    rows.update(state=state, tries=1, first_ms=now, done_ms=now_ms(), attempts=[delivering.attempt(outcome)])
    return outcome
