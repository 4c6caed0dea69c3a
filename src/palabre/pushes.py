"""What is pushed to us: WebSub, Webmention, signed webhooks. The desk's doors call these; nothing here knows Django.

Each source that others may push to has an address of its own, ``/in/<what>/<token>``. The token is derived from the
house's key: nothing to store, nothing to guess. What comes in takes the ordinary road: guard, match, one transaction.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

from palabre import plugins
from palabre.archive import Receipt, RunStats, Source
from palabre.collect.feed import websub
from palabre.collect.webhook import connector as webhook
from palabre.collect.webmention import connector as webmention
from palabre.errors import InputError, NotFoundError
from palabre.model import RawItem
from palabre.pipeline import Pipeline
from palabre.road.guard import Heap, add_item, batch_from
from palabre.road.ready import delivery, ready

SEEN_MAX = 2_000  # delivery ids remembered by a source; far more than arrive within the five minutes a signature lives
HOLD_MS = 10_000  # longer than a cursor takes to be read and written, shorter than a crash should block a source
BUSY_SECONDS = 30.0
RENEW_SHARE = 0.8  # of a WebSub lease
ONE_PUSH = Lock()  # a source's cursor is read, then written: one push at a time in this process


def token_of(pipeline: Pipeline, source_id: int) -> str:
    """The token of a source's address: its number and 32 hexadecimal digits."""
    key = pipeline.archive.vault.derived("push")
    return f"{source_id}-{hmac.new(key, str(source_id).encode(), hashlib.sha256).hexdigest()[:32]}"


def source_of(pipeline: Pipeline, token: str, connector: str) -> Source:
    """The source of an address. NotFoundError: wrong token, source gone, paused or of another kind."""
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError("pushes.unknown")
    if not hmac.compare_digest(token.encode(), token_of(pipeline, int(number)).encode()):
        raise NotFoundError("pushes.unknown")
    source = pipeline.archive.sources.get(int(number))
    if source.connector != connector or source.state != "active":
        raise NotFoundError("pushes.unknown")
    return source


class Busy(InputError):
    """The source is at work and its cursor cannot be touched; the sender comes again."""

    status = 503


@contextmanager
def held(pipeline: Pipeline, source: Source) -> Iterator[None]:
    """The source's lease: no run reads or writes its cursor meanwhile, in any process. Busy when a run has it."""
    now_ms = pipeline.clock.now_ms()
    if not pipeline.archive.sources.claim(source.source_id, now_ms + HOLD_MS):
        raise Busy("pushes.busy", retry_after=BUSY_SECONDS)
    try:
        yield
    finally:
        pipeline.archive.sources.release(source.source_id)


def deliver(
    pipeline: Pipeline, source: Source, items: Sequence[RawItem], cursor: Mapping[str, object] | None
) -> Receipt:
    """Pushed items through the road, in one transaction with the source's new cursor (None leaves it to the polls)."""
    connector, heap, started_ms = plugins.connector(source.connector), Heap(), pipeline.clock.now_ms()
    for item in items:
        add_item(heap, item, lambda one: connector.map(one, source.config), pipeline.settings.post_bytes_max)
    workspace_id = source.workspace_id
    reader = pipeline.readers.of(workspace_id)
    batch = ready(batch_from(heap), pipeline.panels.of(workspace_id), pipeline.languages, reader)
    run = RunStats(started_ms)
    done = delivery(batch, source.workspace_id, source.source_id, cursor=cursor, run=run, keep=source.keep)
    receipt = pipeline.archive.write(done)
    pipeline.archive.sources.finish_push(source.source_id, started_ms)
    return receipt


# WebSub


def callback(pipeline: Pipeline, source: Source) -> str:
    """Where a hub reaches us; "" when settings.site_url is not set."""
    return websub.callback_url(pipeline.settings.site_url, token_of(pipeline, source.source_id))


def secret_of(pipeline: Pipeline, source: Source, topic: str) -> str:
    return websub.secret_for(pipeline.archive.vault.derived("websub").hex(), str(source.source_id), topic)


def wants_hub(source: Source, now_ms: int) -> bool:
    """A feed with a hub whose subscription was never made, or has lived four fifths of its lease."""
    if source.connector != "feed" or not source.cursor.get("hub") or not source.config.get("websub", True):
        return False
    renew = source.cursor.get("renew_ms")
    return not isinstance(renew, int) or renew <= now_ms


def subscribe(pipeline: Pipeline, source: Source) -> bool:
    """Asks the hub of a feed to push. False where nothing is to be done. Raises FetchError when the hub refuses."""
    address = callback(pipeline, source)
    if not address or pipeline.net is None or not wants_hub(source, pipeline.clock.now_ms()):
        return False
    hub, topic = str(source.cursor["hub"]), str(source.cursor.get("topic") or source.config["url"])
    retry = pipeline.clock.now_ms() + 3_600_000
    pipeline.archive.sources.note(source.source_id, topic=topic, renew_ms=retry)
    websub.subscribe(pipeline.net, hub, topic, address, secret_of(pipeline, source, topic))
    return True


def verified(pipeline: Pipeline, token: str, query: Mapping[str, str]) -> str | None:
    """The challenge to send back to a hub, or None; the lease it grants is noted."""
    source = source_of(pipeline, token, "feed")
    answer = websub.verify(query, str(source.cursor.get("topic", "")))
    if answer is not None:
        lease_ms = int(websub.lease_seconds(query) * 1000 * RENEW_SHARE)
        renew = pipeline.clock.now_ms() + lease_ms
        pipeline.archive.sources.note(source.source_id, renew_ms=renew)
    return answer


def websub_push(pipeline: Pipeline, token: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """A fat ping. Raises websub.SignatureError when it is not the hub's, ItemError when it is no feed."""
    with ONE_PUSH:
        source = source_of(pipeline, token, "feed")
        topic = str(source.cursor.get("topic", ""))
        items = websub.receive(secret_of(pipeline, source, topic), body, headers, topic)
        return deliver(pipeline, source, items, None)


# Webmention


def webmention_notice(pipeline: Pipeline, token: str, form: Mapping[str, str]) -> None:
    """Queues a notification; the source is due at once and looks at it. Raises webmention.MentionRefused; Busy while
    the queue is gone through, since that run would write its own over it."""
    with ONE_PUSH, held(pipeline, source_of(pipeline, token, "webmention")):
        source = source_of(pipeline, token, "webmention")
        hosts = [str(host) for host in source.config.get("hosts", ())]  # type: ignore[attr-defined]  # JSON list
        cursor = webmention.enqueue(source.cursor, webmention.accept(form, hosts))
        now = pipeline.clock.now_ms()
        pipeline.archive.sources.change(source.source_id, cursor=cursor, next_due_ms=now)


# Signed webhooks


def webhook_push(pipeline: Pipeline, token: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """One signed request. Raises Refusal (with an HTTP status); a delivery that came before is refused with 200."""
    with ONE_PUSH:
        source = source_of(pipeline, token, "webhook")
        before = [str(one) for one in source.cursor.get("seen", ())]  # type: ignore[attr-defined]  # JSON list
        fresh: list[str] = []

        def seen(delivery_id: str) -> bool:
            fresh.append(delivery_id)
            return delivery_id in before

        secrets = pipeline.archive.sources.secrets(source.source_id)
        items = webhook.receive(source.config, secrets, headers, body, pipeline.clock.now_ms(), seen)
        return deliver(pipeline, source, items, {**source.cursor, "seen": [*before, *fresh][-SEEN_MAX:]})
