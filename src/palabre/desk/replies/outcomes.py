"""What becomes of a reply when the outbox knows: sent, refused, taken back, heard again."""

from __future__ import annotations

from palabre.archive import PostRow
from palabre.desk.inbox import access as inbox
from palabre.desk.outbox.access import Outcome
from palabre.desk.outbox.models import Sending
from palabre.desk.promises import access as promises
from palabre.desk.replies.models import Reply


def of(sending: Sending) -> Reply | None:
    found = Reply.objects.of(sending.workspace).filter(uid=sending.about)
    return found.select_related("case", "case__person").first()


def settled(sending: Sending) -> None:
    """Sent: the clock of the case stops, promises go into the ledger. Not taken: the draft is its author's again."""
    reply = of(sending)
    if reply is None:
        return
    if sending.state == "sent":
        _sent(reply, sending)
    else:
        back = "approved" if reply.approved_by_id else "draft"
        Reply.objects.of(reply.workspace).filter(pk=reply.pk, state="sent_off").update(state=back, due_ms=0)


def _sent(reply: Reply, sending: Sending) -> None:
    particulars = {"reply": reply.uid, "sending": sending.uid, "url": sending.url, "late": sending.late}
    inbox.answered(reply.case, sending.sent_ms, user=sending.by, event_id=f"sending:{sending.uid}", **particulars)
    for one in reply.promises or ():
        promises.made(
            reply.workspace, str(one["words"]), int(one["due_ms"]), from_kind="reply", from_uid=reply.uid,
            case=reply.case, person=reply.case.person, owner=sending.by, uri=sending.url or sending.uri,
        )  # fmt: skip


def heard(sending: Sending, row: PostRow) -> None:
    """Our own post, in the case it answers in."""
    reply = of(sending)
    if reply is not None:
        inbox.joined(reply.case, row, ours=True)


OUTCOMES = {"reply": Outcome(settled, heard)}
