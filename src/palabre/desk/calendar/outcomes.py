"""What becomes of a publication when the outbox knows: all there, refused, taken back."""

from __future__ import annotations

from typing import Any

from palabre.archive import PostRow
from palabre.desk.calendar import access
from palabre.desk.calendar.models import Publication, Variant
from palabre.desk.outbox.access import Outcome
from palabre.desk.outbox.models import Sending
from palabre.desk.promises import access as promises
from palabre.engage.editorial import state_after


def settled(sending: Sending) -> None:
    """The state follows from all its sendings; its promises go into the ledger with the first that is there."""
    about = Variant.objects.of(sending.workspace).filter(uid=sending.about).select_related("publication").first()
    if about is None:
        return
    found = about.publication
    rows = access.sendings(sending.workspace, access.variants(found)).values()
    values: dict[str, Any] = {"state": state_after([row.state for row in rows])}
    if sending.state == "sent" and not found.published_ms:
        values["published_ms"] = sending.sent_ms
    Publication.objects.of(found.workspace).filter(pk=found.pk).update(**values)
    if sending.state == "sent":
        entered(found, sending)


def entered(found: Publication, sending: Sending) -> None:
    """Each promise once, however many channels it was published on."""
    for one in found.promises or ():
        promises.made(
            found.workspace, str(one["words"]), int(one["due_ms"]), from_kind="publication", from_uid=found.uid,
            owner=found.owner or sending.by, uri=sending.url or sending.uri,
        )  # fmt: skip


def heard(sending: Sending, row: PostRow) -> None:
    """Our own post came back: what it brings is counted from the archive, nothing to do here."""


OUTCOMES = {"publication": Outcome(settled, heard)}
