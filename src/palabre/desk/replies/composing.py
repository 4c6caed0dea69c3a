"""What the composer shows, and what its form says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict

from palabre.archive import PostRow
from palabre.collect.sending import Abilities
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.outbox import access as outbox
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.promises.access import Proposal
from palabre.desk.replies import access, advising, drafting, message
from palabre.desk.replies.models import WRITABLE, Reply
from palabre.desk.teams import access as teams
from palabre.desk.today import access as today
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, fresh_id
from palabre.engage.moments import moment_ms
from palabre.engage.promises import due_at

UID = re.compile(r"[0-9a-f]{32}")
SHOWN_MS = 3_600_000  # how long what was just sent stays beside the composer
LINK = re.compile(r"https?://")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A reply of the case that is not being written by the reader: its sending, when it has one."""

    reply: Reply
    sending: Sending | None

    @property
    def seconds(self) -> int:
        """Until it leaves."""
        return max(0, -(-(self.sending.due_ms - now_ms()) // 1000)) if self.sending else 0

    @property
    def moves(self) -> bool:
        """Whether it is worth asking again soon."""
        if self.sending is None:
            return False
        return self.sending.state == "sending" or (self.sending.state == "queued" and self.seconds < 120)


@dataclass(frozen=True, slots=True)
class Count:
    """n of limit characters, as the platform counts (limit 0: none known); usd: what the platform takes for it."""

    n: int
    limit: int
    usd: float = 0.0

    @property
    def over(self) -> int:
        return max(0, self.n - self.limit) if self.limit else 0


def count(reply: Reply) -> Count:
    n = outbox.length(reply.channel, reply.text)
    able = abilities_of(reply.channel)
    return Count(n, able.chars_max, able.usd_linked if LINK.search(reply.text) else able.usd)


def abilities_of(channel: Channel | None) -> Abilities:
    return outbox.abilities(channel) if channel else Abilities()


def context(
    request: HttpRequest, seat: Seat, case: Case, error: Exception | None = None, **more: Any
) -> dict[str, Any]:
    """Everything the composer shows. more: what the form said, where it was not kept."""
    rows = message.posts(case)
    reply = more.pop("reply", None) or drafting.mine(seat, case) or _blank(seat, case, rows, request.GET)
    row = next((one for one in rows if one.post_id == reply.post_id), None) or message.answered(reply)
    fitting = message.channels_for(seat, row) if row else []
    return {
        "case": case,
        "reply": reply,
        "rows": rows,
        "row": row,
        "channels": fitting,
        "able": abilities_of(reply.channel),
        "count": count(reply),
        "advice": advising.advice(seat, reply, row, lang_of(request)),
        "under_way": under_way(seat, case, reply),
        "needs": teams.needs_approval(reply, seat.user),
        "holder": holder(seat, case),
        "seen": inbox.last_reply(case),
        "zone": today.zone_of(seat).key,
        "error": error,
    } | more


def _blank(seat: Seat, case: Case, rows: list[PostRow], asked: QueryDict) -> Reply:
    """A reply that is not kept yet, to the last post of the person or to the one asked for."""
    wanted = asked.get("post", "")
    row = next((one for one in rows if str(one.post_id) == wanted), None) or message.asking(case, rows)
    fitting = message.channels_for(seat, row) if row else []
    return Reply(
        workspace=seat.workspace, uid=fresh_id(), case=case, by=seat.user, text="", version=0, private=case.private,
        post_id=row.post_id if row else None, uri=row.post.uri if row else "", channel=fitting[0] if fitting else None,
    )  # fmt: skip


def holder(seat: Seat, case: Case) -> User | None:
    """Who answers just now, if it is somebody else."""
    held = case.locked_by if case.locked_until_ms > now_ms() else None
    return held if held and held.pk != seat.user.pk else None


def under_way(seat: Seat, case: Case, but: Reply) -> list[UnderWay]:
    """Replies of the case that are somebody else's, that wait, or that just left."""
    found = [one for one in access.of_case(seat, case) if one.uid != but.uid]
    sendings = outbox.of(seat.workspace, "reply", [one.uid for one in found])
    listed = [UnderWay(one, sendings.get(one.uid)) for one in found]
    return [one for one in listed if _shown(one, seat)]


def _shown(one: UnderWay, seat: Seat) -> bool:
    if one.reply.state == "sent_off":
        sent = one.sending is not None and one.sending.state in ("sent", "deleted")
        return not sent or (one.sending is not None and now_ms() - one.sending.sent_ms < SHOWN_MS)
    return one.reply.state == "proposed" or (one.reply.state in WRITABLE and one.reply.by_id != seat.user.pk)


# What the form says


def written(request: HttpRequest, seat: Seat, case: Case) -> drafting.Written:
    """The form, with what it may choose from checked again."""
    form = request.POST
    rows = message.posts(case)
    row = next((one for one in rows if str(one.post_id) == form.get("post", "")), rows[0] if rows else None)
    fitting = message.channels_for(seat, row) if row else []
    channel = next((one for one in fitting if one.uid == form.get("channel")), fitting[0] if fitting else None)
    text = form.get("text", "").replace("\r\n", "\n").replace("\x00", "")
    private = case.private or (form.get("private") == "1" and abilities_of(channel).private)
    asked = row.post.lang if row else ""
    return drafting.Written(
        uid=form.get("uid", "") if UID.fullmatch(form.get("uid", "")) else fresh_id(),
        text=text, channel=channel, post_id=row.post_id if row else None, uri=row.post.uri if row else "",
        private=private, lang=advising.language(text, asked), version=_number(form.get("version", "")),
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def version(request: HttpRequest) -> int:
    return _number(request.POST.get("version", ""))


def due_ms(request: HttpRequest, seat: Seat) -> int:
    """The moment set, on the clock of the member's wall. Raises InputError."""
    return moment_ms(request.POST.get("due", ""), today.zone_of(seat).key, now_ms())


def kept_promises(request: HttpRequest, seat: Seat, proposals: list[Proposal]) -> list[dict[str, object]]:
    """Of the promises found, those that were not unticked, each with the day that was set for it."""
    form, zone = request.POST, today.zone_of(seat)
    shown, ticked, days = form.getlist("shown"), set(form.getlist("promise")), form.getlist("day")
    set_days = dict(zip(shown, days, strict=False))
    wanted = [one for one in proposals if one.words not in shown or one.words in ticked]
    return [{"words": one.words, "due_ms": _due(one, set_days.get(one.words, ""), zone)} for one in wanted]


def _due(one: Proposal, day: str, zone: ZoneInfo) -> int:
    """As found, unless another day was set."""
    if not day or day == one.due[:10]:
        return one.due_ms
    try:
        return due_at(datetime.fromisoformat(day).date().isoformat(), zone)
    except ValueError:
        return one.due_ms
