"""Reports that leave by themselves: made once a turn, kept, then sent to each address at most once for sure.

A turn that was missed while the machine was off comes once. The copy of a turn is unique, and an address is noted as
being written to before its letter leaves: what is cut off there is unknown, and is not sent again by itself.
"""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from palabre.desk import post
from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.reports import access, building
from palabre.desk.reports.making import period_words
from palabre.desk.reports.models import Copy, Report
from palabre.desk.workspaces.access import Seat
from palabre.engage.schedule import Rhythm
from palabre.errors import PalabreError
from palabre.logs import logger
from palabre.measure.report import Document, Figures

TRIES_MAX, AGAIN_MS = 6, 10 * 60_000
BUILD_AGAIN_MS = 30 * 60_000
CLAIM_MS = 10 * 60_000
TEXT_FIGURES = 12
WAITS, SENDING, SENT, FAILED, UNKNOWN = "waits", "sending", "sent", "failed", "unknown"


def rhythm(report: Report) -> Rhythm | None:
    """None: it does not leave by itself."""
    if not report.every:
        return None
    return Rhythm(report.every, report.minute, report.zone, report.weekday, report.monthday)


def run() -> int:
    """Makes what is due, and sends what waits. How many letters left."""
    now = now_ms()
    reports = Report.due.filter(next_ms__gt=0, next_ms__lte=now).select_related("workspace", "owner")
    each(reports, lambda report: make(report, now))
    return each(Copy.due.filter(next_ms__gt=0, next_ms__lte=now).select_related("workspace", "by"), deliver)


def make(report: Report, now: int) -> Copy | None:
    """The copy of the last turn; None where it is there already or cannot be made (the report says why)."""
    beat, seat = rhythm(report), access.seat_of(report.workspace, report.owner)
    if beat is None or seat is None:
        fail(report, "reports.owner_gone" if beat else "", 0)
        return None
    turn = beat.turn(now)
    try:
        made = building.fresh_copy(seat, report, turn_ms=turn)
        made.sent, made.next_ms = dict.fromkeys(report.addresses, WAITS), now
        with transaction.atomic():
            made.save(force_insert=True)
            Report.due.filter(pk=report.pk).update(next_ms=beat.after(now), error_key="", error_params={})
    except IntegrityError:  # another process made it
        Report.due.filter(pk=report.pk).update(next_ms=beat.after(now))
        return None
    except PalabreError as error:
        fail(report, error.key, now + BUILD_AGAIN_MS, error.params)
        return None
    return made


def fail(report: Report, key: str, again_ms: int, params: object = None) -> None:
    plain = {name: str(value) for name, value in dict(params or {}).items()}  # type: ignore[call-overload]
    Report.due.filter(pk=report.pk).update(error_key=key[:100], error_params=plain, next_ms=again_ms)


def deliver(copy: Copy) -> int:
    """To every address that waits, if no other process writes to them."""
    if not claimed(copy):
        return 0
    seat = access.seat_of(copy.workspace, copy.by)
    copy.sent = {to: UNKNOWN if state == SENDING else state for to, state in copy.sent.items()}
    if seat is None:
        return given_up(copy)
    attached = files(seat, copy) if WAITS in copy.sent.values() and post.ready() else ()
    sent = sum(to_one(copy, seat, to, attached) for to, state in list(copy.sent.items()) if state == WAITS)
    settle(copy)
    return sent


def claimed(copy: Copy) -> bool:
    """Whether this process may write to its addresses: it is due a while later then, and with each letter again. What
    is cut off comes again at that time."""
    ahead = now_ms() + CLAIM_MS
    mine = Copy.due.filter(pk=copy.pk, next_ms=copy.next_ms).update(next_ms=ahead)
    copy.next_ms = ahead
    return mine == 1


def given_up(copy: Copy) -> int:
    copy.sent = {to: FAILED if state == WAITS else state for to, state in copy.sent.items()}
    noted(copy, 0)
    return 0


def settle(copy: Copy) -> None:
    """Whether it is tried again, and when."""
    copy.tries += 1
    if WAITS not in copy.sent.values() or copy.tries >= TRIES_MAX:
        given_up(copy)
    else:
        noted(copy, now_ms() + AGAIN_MS * 2 ** (copy.tries - 1))


def noted(copy: Copy, next_ms: int) -> None:
    """Writes what is known of its letters."""
    copy.next_ms = next_ms
    copy.save(update_fields=["sent", "tries", "next_ms"])


def to_one(copy: Copy, seat: Seat, to: str, attached: tuple[post.Attached, ...]) -> int:
    copy.sent[to] = SENDING
    noted(copy, now_ms() + CLAIM_MS)
    try:
        post.send(to, subject(copy), text(seat, copy), attached=attached)
        copy.sent[to] = SENT
    except PalabreError as error:
        logger("reports").warning("digest", error=error.key)
        copy.sent[to] = WAITS if post.certain(error) else UNKNOWN
    noted(copy, now_ms() + CLAIM_MS)
    return int(copy.sent[to] == SENT)


def files(seat: Seat, copy: Copy) -> tuple[post.Attached, ...]:
    """The files that go with the letter; a PDF that cannot be made is left out, the letter says where the report is."""
    made, found = building.of_copy(copy), []
    for kind in copy.files or ["html"]:
        try:
            body = building.written(seat, made, kind, building.site())
        except PalabreError as error:
            logger("reports").warning("digest file", kind=kind, error=error.key)
            continue
        found.append((building.filename(copy.title, copy.made_ms, kind), building.MEDIA[kind].partition(";")[0], body))
    return tuple(found)


def subject(copy: Copy) -> str:
    """Its label comes first, as TLP 2.0 asks of letters."""
    return f"{copy.tlp} · {copy.title} · {period_words(copy.lang, (copy.since_ms, copy.until_ms))}"


def text(seat: Seat, copy: Copy) -> str:
    """The figures in words, and where the rest is."""
    made = building.of_copy(copy)
    lines = [copy.tlp, "", made.title, made.period, made.versus, ""]
    lines += [f"- {line}" for line in figures(made)]
    if building.site():
        here = reverse("reports:copy", kwargs={"workspace_slug": seat.workspace.slug, "uid": copy.uid})
        lines += ["", speak("reports.letter.read", copy.lang), f"{building.site()}{here}"]
    lines += ["", speak("reports.letter.why", copy.lang, house=seat.workspace.name), "", copy.tlp]
    return "\n".join(lines) + "\n"


def figures(made: Document) -> list[str]:
    cards = [card for part in made.parts if isinstance(part, Figures) for card in part.cards]
    return [
        ", ".join(bit for bit in (f"{one.label}{speak('desk.colon', made.lang)}{one.shown}",
                                  one.between, one.n, one.change) if bit)
        for one in cards[:TEXT_FIGURES]
    ]  # fmt: skip


def can_write() -> bool:
    return post.ready() and bool(settings.PALABRE.smtp_host)
