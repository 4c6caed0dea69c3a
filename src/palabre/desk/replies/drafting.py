"""What becomes of a reply before it leaves: written, proposed, approved or returned, sent off. One conditional update a
step, on the state and the version that its reader saw: nobody approves or sends what they did not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.replies.message import answered, outgoing
from palabre.desk.replies.models import TEXT_CHARS_MAX, WRITABLE, Reply
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User
from palabre.desk.workspaces.names import called
from palabre.errors import InputError

UNDO_MS = 10_000
REMARK_CHARS_MAX = 500
Promises = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Written:
    """What the form says. uid: made with the form, so that sending the form twice writes one reply; version: that the
    form was made of, 0 for a reply that did not exist; promises: None to find them when it is sent."""

    uid: str
    text: str
    channel: Channel | None = None
    post_id: int | None = None
    uri: str = ""
    private: bool = False
    lang: str = ""
    version: int = 0
    promises: Promises | None = None


def mine(seat: Seat, case: Case) -> Reply | None:
    """The reply that this member is writing in a case."""
    rows = Reply.objects.of(seat.workspace).filter(case=case, by=seat.user, state__in=WRITABLE)
    return rows.select_related("channel", "case", "approved_by").order_by("-changed_ms", "-pk").first()


def write(seat: Seat, case: Case, written: Written) -> Reply:
    """Keeps what the form says; one that was sent off stays as it is. Raises InputError: too long, or written elsewhere
    meanwhile."""
    if len(written.text) > TEXT_CHARS_MAX:
        raise InputError("replies.far_too_long", n=len(written.text), limit=TEXT_CHARS_MAX)
    found = _existing(seat, case, written)
    if found.state not in WRITABLE:
        return found
    values = {
        "text": written.text, "channel": written.channel, "post_id": written.post_id, "uri": written.uri[:1000],
        "private": written.private, "lang": written.lang,
    }  # fmt: skip
    changed = any(getattr(found, name) != value for name, value in values.items())
    if not changed and written.promises is None:
        return found
    state = {"state": "draft", "approved_by": None} if changed and found.state == "approved" else {}
    fresh: dict[str, Any] = {**(values if changed else {}), **state, "promises": written.promises or None}
    _step(found, WRITABLE, written.version or found.version, rises=changed, **fresh)
    return found


def _existing(seat: Seat, case: Case, written: Written) -> Reply:
    """The reply of the form, made now if it is new. Http404 for one of somebody else."""
    rows = Reply.objects.of(seat.workspace).filter(uid=written.uid, case=case, by=seat.user)
    found = rows.select_related("channel", "case").first()
    if found is not None:
        return found
    now = now_ms()
    try:
        with transaction.atomic():
            return Reply.objects.add(
                seat.workspace, uid=written.uid, case=case, by=seat.user, text=written.text, channel=written.channel,
                post_id=written.post_id, uri=written.uri[:1000], private=written.private, lang=written.lang,
                promises=written.promises or None, made_ms=now, changed_ms=now,
            )  # fmt: skip
    except IntegrityError:
        found = rows.first()
        if found is None:
            raise Http404 from None
        return found


def unkept(seat: Seat, case: Case, written: Written) -> Reply:
    """What the form says, to be shown again: it is not in the database."""
    return Reply(
        workspace=seat.workspace, uid=written.uid, case=case, by=seat.user, text=written.text, version=written.version,
        channel=written.channel, post_id=written.post_id, uri=written.uri, private=written.private,
    )  # fmt: skip


def _step(reply: Reply, states: Sequence[str], version: int, *, rises: bool = False, **values: Any) -> None:
    """Writes if the reply is still what its reader saw. Raises InputError when it is not."""
    values["changed_ms"] = now_ms()
    values["version"] = version + 1 if rises else version
    rows = Reply.objects.of(reply.workspace).filter(pk=reply.pk, state__in=states, version=version)
    if rows.update(**values) != 1:
        raise InputError("replies.changed_meanwhile")
    for name, value in values.items():
        setattr(reply, name, value)


def discard(reply: Reply) -> None:
    _step(reply, WRITABLE, reply.version, state="discarded")


# Approval


def propose(reply: Reply, user: User) -> None:
    """Asks somebody else to read it. Raises InputError: empty, too long, no channel, changed meanwhile."""
    check(reply)
    _step(reply, WRITABLE, reply.version, state="proposed", approved_by=None, remark="")
    inbox.happened(reply.case, "drafted", user=user, reply=reply.uid, version=reply.version)


def withdraw(reply: Reply, version: int) -> None:
    """Its author goes on writing."""
    _step(reply, ("proposed",), version, state="draft")


def approve(seat: Seat, reply: Reply, version: int) -> None:
    """Raises InputError: not one's to approve, or not the version that was read."""
    if not teams.may_approve(seat, reply):
        raise InputError("replies.not_yours_to_approve")
    _step(reply, ("proposed",), version, state="approved", approved_by=seat.user, read_text=reply.text, remark="")
    inbox.happened(reply.case, "approved", user=seat.user, reply=reply.uid, version=version)


def give_back(seat: Seat, reply: Reply, version: int, remark: str) -> None:
    """Back to its author, with what to change. Raises InputError as `approve`, and when nothing is remarked."""
    if not teams.may_approve(seat, reply):
        raise InputError("replies.not_yours_to_approve")
    if not remark.strip():
        raise InputError("replies.no_remark")
    said = remark.strip()[:REMARK_CHARS_MAX]
    _step(reply, ("proposed",), version, state="returned", remark=said, read_text=reply.text)
    inbox.happened(reply.case, "returned", user=seat.user, reply=reply.uid, version=version)


# Leaving


def check(reply: Reply) -> None:
    """Whether it could leave as it is. Raises InputError."""
    if not reply.text.strip():
        raise InputError("replies.empty")
    if inbox.withdrawn(reply.case) or (reply.post_id is not None and answered(reply) is None):
        raise InputError("replies.gone")
    if reply.channel is None:
        raise InputError("replies.no_channel")
    limit = outbox.abilities(reply.channel).chars_max
    n = outbox.length(reply.channel, reply.text)
    if limit and n > limit:
        raise InputError("replies.too_long", n=n, limit=limit)


def send_off(seat: Seat, reply: Reply, version: int, due_ms: int = 0) -> Sending:
    """Puts a reply into the outbox, with ten seconds to take it back, or for its moment. Twice is once. Raises
    InputError: somebody else has the case, it must be approved first, it changed meanwhile, or `check`."""
    known = outbox.of(seat.workspace, "reply", [reply.uid]).get(reply.uid)
    if reply.state == "sent_off" and known is not None:
        return known
    check(reply)
    assert reply.channel is not None  # noqa: S101  # checked
    needs = reply.by is not None and bool(teams.needs_approval(reply, reply.by))
    leaving = outgoing(reply)  # which asks the archive: no transaction waits for it
    with transaction.atomic():
        hold(seat, reply.case)
        if needs and reply.state != "approved":
            raise InputError("replies.needs_approval")
        try:
            _step(reply, ("approved",) if needs else WRITABLE, version, state="sent_off", due_ms=due_ms)
        except InputError:
            return _sent_already(seat, reply)
        due = due_ms or now_ms() + UNDO_MS
        return outbox.send_off(reply.channel, "reply", reply.uid, leaving, seat.user, due)


def _sent_already(seat: Seat, reply: Reply) -> Sending:
    """The sending of one that another request sent off just before. Raises InputError when there is none."""
    fresh = Reply.objects.of(seat.workspace).get(pk=reply.pk)
    known = outbox.of(seat.workspace, "reply", [reply.uid]).get(reply.uid)
    if fresh.state != "sent_off" or known is None:
        raise InputError("replies.changed_meanwhile")
    return known


def hold(seat: Seat, case: Case) -> None:
    """Only who holds the case may send. Raises InputError with who does."""
    if not inbox.claim(case, seat.user) or not inbox.holds(case, seat.user):
        held = Case.objects.of(seat.workspace).select_related("locked_by").get(pk=case.pk)
        raise InputError("replies.held", name=called(held.locked_by, settings.PALABRE.lang))
