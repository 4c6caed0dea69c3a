"""What people do with a publication. Each act asks for the state it needs; a text that was changed loses its approval.

A sending leaves only after approval, and only for the version that was approved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from palabre.collect.sending import Outgoing
from palabre.desk.calendar import access
from palabre.desk.calendar.models import Publication, Variant
from palabre.desk.clock import now_ms
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Channel
from palabre.desk.workspaces.access import Seat
from palabre.engage.editorial import WRITABLE, may_approve
from palabre.errors import InputError

TEXT_FIELDS = ("title", "text", "lang")


def made(seat: Seat, channels: Mapping[Channel, str], **values: Any) -> Publication:
    """A new publication: an idea until it has a text. channels: with their own text, "" for the common one."""
    now = now_ms()
    with transaction.atomic():
        state = "draft" if values.get("text") or any(channels.values()) else "idea"
        fresh = Publication.objects.add(
            seat.workspace, state=state, made_ms=now, changed_ms=now, writer=seat.user, **values
        )
        for channel, text in channels.items():
            Variant.objects.add(seat.workspace, publication=fresh, channel=channel, text=text)
    return fresh


def change(
    seat: Seat, found: Publication, channels: Mapping[Channel, str], seen_ms: int | None = None, **values: Any
) -> bool:
    """Writes what a form says; True when the text changed: then it is a draft again, in a new version, and what was
    scheduled is taken back. seen_ms: ``changed_ms`` of what the writer had before their eyes, None for a program.
    Raises InputError when it cannot be changed any more, `CrossedError` when somebody changed it in between."""
    with transaction.atomic():
        fresh = locked(found, WRITABLE)
        if seen_ms is not None and fresh.changed_ms != seen_ms:
            raise CrossedError("calendar.crossed")
        before = {one.channel_id: one.text for one in access.variants(found)}
        after = {channel.pk: text for channel, text in channels.items()}
        rewritten = before != after or any(values.get(name, getattr(found, name)) != getattr(found, name)
                                           for name in TEXT_FIELDS)  # fmt: skip
        if rewritten:
            withdrawn(found)
            _keep_variants(found, channels)
            values |= {"version": found.version + 1, "approved_by": None, "writer": seat.user, "remark": ""}
            values["state"] = "draft" if values.get("text") or any(after.values()) else "idea"
        write(found, **values)
    if not rewritten and values.get("due_ms", 0):
        _due_again(found)
    return rewritten


class CrossedError(InputError):
    """Two members wrote at once: the second must see what the first did."""


def _keep_variants(found: Publication, channels: Mapping[Channel, str]) -> None:
    """Those that were sent stay, whatever the form says: they are out there."""
    sent = access.sendings(found.workspace, access.variants(found))
    rows = Variant.objects.of(found.workspace).filter(publication=found)
    rows.exclude(channel__in=list(channels)).exclude(
        uid__in=[uid for uid, row in sent.items() if row.state == "sent"]
    ).delete()
    for channel, text in channels.items():
        Variant.objects.of(found.workspace).update_or_create(
            workspace=found.workspace, publication=found, channel=channel, defaults={"text": text}
        )


def write(found: Publication, **values: Any) -> None:
    for name, value in values.items():
        setattr(found, name, value)
    found.changed_ms = now_ms()
    found.save(update_fields=[*values, "changed_ms"])


def locked(found: Publication, states: Sequence[str]) -> Publication:
    """The row as it is now, if it is in one of these states. Raises InputError ``calendar.moved_on``."""
    fresh: Publication = Publication.objects.of(found.workspace).select_for_update().get(pk=found.pk)
    if fresh.state not in states:
        raise InputError("calendar.moved_on")
    for name in ("state", "version", "due_ms", "approved_by_id"):
        setattr(found, name, getattr(fresh, name))
    return fresh


def move(found: Publication, due_ms: int) -> None:
    """To another moment; what is scheduled leaves then. Raises InputError."""
    with transaction.atomic():
        locked(found, WRITABLE)
        write(found, due_ms=due_ms)
    _due_again(found)


def _due_again(found: Publication) -> None:
    """What waits in the outbox waits for the new moment."""
    if found.state == "scheduled":
        for sending in access.sendings(found.workspace, access.variants(found)).values():
            outbox.move(sending, found.due_ms)


def propose(found: Publication, version: int) -> None:
    ready(found)
    _step(found, version, ("draft",), state="proposed", remark="")


def send_back(found: Publication, version: int, remark: str) -> None:
    _step(found, version, ("proposed", "approved"), state="draft", approved_by=None, remark=remark[:500])


def approve(seat: Seat, found: Publication, version: int) -> None:
    """The version that was read, by somebody who may. Raises InputError."""
    _may_approve(seat, own=found.writer_id == seat.user.pk)
    ready(found)
    _step(found, version, ("draft", "proposed"), state="approved", approved_by=seat.user, remark="")


def _may_approve(seat: Seat, *, own: bool) -> None:
    rule = access.habit(seat.workspace).approval
    if not may_approve(rule, own=own, manager=seat.may("manager")):
        raise InputError(f"calendar.approval.{rule}")


def may_correct(seat: Seat) -> None:
    """What is changed where it is published is read by nobody else first: as if one approved one's own text. Raises
    InputError."""
    _may_approve(seat, own=True)


def _step(found: Publication, version: int, states: Sequence[str], **values: Any) -> None:
    """One change of state, if nothing changed since it was read. Raises InputError."""
    with transaction.atomic():
        locked(found, states)
        if found.version != version:
            raise InputError("calendar.other_version")
        write(found, **values)


def ready(found: Publication) -> None:
    """Whether it could be published: it has channels, a text, and fits. Raises InputError."""
    rows = access.variants(found)
    if not rows:
        raise InputError("calendar.no_channel")
    for one in rows:
        if not one.words.strip():
            raise InputError("calendar.no_text", name=one.channel.name)
        limit, size = outbox.abilities(one.channel).chars_max, outbox.length(one.channel, one.words)
        if limit and size > limit:
            raise InputError("calendar.too_long", name=one.channel.name, size=size, limit=limit)


def schedule(seat: Seat, found: Publication, *, now: bool = False) -> None:
    """Sends the approved version off, for its moment or at once. Raises InputError."""
    due_ms = now_ms() if now else found.due_ms
    if not due_ms:
        raise InputError("calendar.no_date")
    if due_ms < now_ms() - 60_000:
        raise InputError("calendar.past")
    ready(found)
    with transaction.atomic():
        locked(found, ("approved", "failed"))
        if found.approved_by_id is None:
            raise InputError("calendar.moved_on")
        write(found, state="scheduled", due_ms=due_ms)
        for one in access.variants(found):
            outbox.send_off(one.channel, access.KIND, one.uid, _message(found, one), seat.user, due_ms)


def _message(found: Publication, one: Variant) -> Outgoing:
    return Outgoing(one.words, "", subject=found.title, lang=found.lang)


def take_back(found: Publication) -> None:
    """Out of the outbox, approved still. Raises InputError when some of it has left."""
    with transaction.atomic():
        locked(found, ("scheduled",))
        if not withdrawn(found):
            raise InputError("calendar.has_left")
        write(found, state="approved")


def withdrawn(found: Publication) -> bool:
    """Whether nothing of it leaves any more; what has left stays where it is."""
    rows = access.sendings(found.workspace, access.variants(found)).values()
    taken = [outbox.take_back(row) for row in rows if row.state in ("queued", "sending", "unknown")]
    if not all(taken):
        raise InputError("calendar.has_left")
    return bool(taken)


def removed(found: Publication) -> None:
    """A publication that was never published goes. Raises InputError."""
    with transaction.atomic():
        locked(found, ("idea", "draft", "proposed", "approved", "failed"))
        if any(row.state == "sent" for row in access.sendings(found.workspace, access.variants(found)).values()):
            raise InputError("calendar.has_left")
        found.delete()
