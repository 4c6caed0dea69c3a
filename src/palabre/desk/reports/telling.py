"""Telling alerts: by e-mail, by a signed webhook, to a chat; what waited together is one message.

A message is claimed before it leaves. A signed webhook carries the same id each time it is tried, so that trying again
is harmless; a letter or a line in a chat whose fate nobody can tell is not sent again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson
from django.urls import NoReverseMatch, reverse

from palabre.clock import to_datetime
from palabre.desk import post
from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.engine import net
from palabre.desk.insight.evidence import address
from palabre.desk.reports import access, building, sealing, watching
from palabre.desk.reports.models import Alert, Firing
from palabre.desk.workspaces.access import Seat
from palabre.engage.alerting import retry_ms
from palabre.engage.standard_webhooks import signed
from palabre.errors import FetchError, PalabreError
from palabre.logs import logger
from palabre.messages import catalogue
from palabre.net.response import status_error

CLAIM_MS = 10 * 60_000
ANSWER_BYTES_MAX = 20_000
SENT, FAILED, UNKNOWN, WAITS = "sent", "failed", "unknown", "waits"
EVENT = "alert.told"


@dataclass(frozen=True, slots=True)
class Line:
    """One firing in words. href: of the desk, "" where its address is not known."""

    says: str
    why: str
    href: str
    firing: Firing


def run() -> int:
    """Every message whose time has come. How many rules spoke."""
    now = now_ms()
    waiting = Firing.everywhere.filter(state__in=("held", "sending"), due_ms__lte=now)
    numbers = set(waiting.values_list("alert_id", flat=True))
    alerts = Alert.everywhere.filter(pk__in=numbers).select_related("workspace", "owner")
    return each(alerts, lambda alert: tell(alert, now))


def tell(alert: Alert, now: int) -> bool:
    """All that a rule has to say now, in one message."""
    seat = access.seat_of(alert.workspace, alert.owner)
    firings = claimed(alert, now) if seat else []  # in nobody's name nothing is told: it waits for who takes the rule
    if not firings or seat is None:
        return False
    if alert.muted_until_ms > now:
        return finish(alert, firings, {}, "kept", now)
    lines = [line(seat, alert, one) for one in firings]
    told, tries = dict(firings[0].told), firings[0].tries
    for way in ways(alert):
        if told.get(way, WAITS) == WAITS:
            told[way] = by_way(way, seat, alert, lines)
            Firing.everywhere.filter(pk__in=[one.pk for one in firings]).update(told=told)
    again = retry_ms(tries, now) if WAITS in told.values() else 0
    if again:
        for one in firings:
            Firing.everywhere.filter(pk=one.pk).update(state="held", due_ms=again, told=told)
        return False
    told = {way: FAILED if state == WAITS else state for way, state in told.items()}
    return finish(alert, firings, told, "failed" if told and SENT not in told.values() else "told", now)


def claimed(alert: Alert, now: int) -> list[Firing]:
    """Those that this process tells, under one message. One that was being told when its process ended goes on under
    the message it had: what had been tried there is unknown, but for the webhook, which may be tried again."""
    due = Firing.everywhere.filter(alert=alert, due_ms__lte=now)
    cut_off = due.filter(state="sending").first()
    begun = due.filter(state="held").exclude(message="").first()
    if cut_off or begun:
        message = (cut_off or begun).message  # type: ignore[union-attr]
        rows = list(due.filter(message=message, state__in=("held", "sending")))
    else:
        message, rows = f"msg_{uuid.uuid4().hex}", list(due.filter(state="held", message=""))
    mine = []
    for row in rows:
        was = Firing.everywhere.filter(pk=row.pk, state=row.state, due_ms=row.due_ms)
        if was.update(state="sending", due_ms=now + CLAIM_MS, message=message, tries=row.tries + 1):
            row.message, row.tries = message, row.tries + 1
            if row.state == "sending":
                row.told = {way: cut_short(way, state) for way, state in row.told.items()}
            mine.append(row)
    return mine


def cut_short(way: str, state: str) -> str:
    """What became of a way that was being tried when its process ended."""
    if state != "trying":
        return state
    return WAITS if way == "hook" else UNKNOWN


def finish(alert: Alert, firings: Sequence[Firing], told: dict[str, str], state: str, now: int) -> bool:
    Firing.everywhere.filter(pk__in=[one.pk for one in firings]).update(state=state, told=told, told_ms=now)
    if state == "told":
        Alert.everywhere.filter(pk=alert.pk).update(spoke_ms=now)
    return state == "told"


def ways(alert: Alert) -> list[str]:
    """mail:<address>, hook, chat: those that the rule has."""
    found = [f"mail:{to}" for to in alert.addresses]
    return found + [name for name in ("hook", "chat") if getattr(alert, name)]


def by_way(way: str, seat: Seat, alert: Alert, lines: Sequence[Line]) -> str:
    """What became of it: sent, unknown, failed (it never will) or waits (it may be tried again)."""
    firings = [one.firing for one in lines]
    Firing.everywhere.filter(pk__in=[one.pk for one in firings]).update(told={**firings[0].told, way: "trying"})
    try:
        if way.startswith("mail:"):
            post.send(way[5:], subject(alert, lines), text(seat, alert, lines))
        else:
            WAYS[way](seat, alert, lines)
    except PalabreError as error:
        logger("alerts").warning("telling", way=way.partition(":")[0], error=error.key)
        return state_of(way, error)
    return SENT


def state_of(way: str, error: PalabreError) -> str:
    """A webhook may always be tried again; the rest only where it surely did not arrive."""
    if isinstance(error, FetchError) and error.permanent:
        return FAILED
    return WAITS if way == "hook" or certain(way, error) else UNKNOWN


def certain(way: str, error: PalabreError) -> bool:
    """Whether it surely did not arrive."""
    if way.startswith("mail:"):
        return post.certain(error)
    return error.key not in ("net.timeout", "net.broken_answer", "net.truncated")


# in words


def line(seat: Seat, alert: Alert, one: Firing) -> Line:
    return Line(speak(one.title, alert.lang, **one.params), why_words(one, alert.lang), where(seat, one), one)


def why_words(one: Firing, lang: str) -> str:
    """The reasons as a list of words."""
    known = catalogue(lang)
    words = [
        speak(f"insight.reason.{kind}", lang, name=name) if f"insight.reason.{kind}" in known else speak(name, lang)
        for kind, name, _ in one.why
    ]
    return ", ".join(words)


def where(seat: Seat, one: Firing) -> str:
    """The page of the desk that shows it, with the address of the desk where that is known."""
    found = watching.evidence_of(one.evidence)
    path = page_of(seat, one) or (address(seat, found) if found else "")
    return f"{building.site()}{path}" if path and building.site() else ""


def page_of(seat: Seat, one: Firing) -> str:
    """The address of the page that shows it; ids that begin with a question mark are words of the address."""
    ids = {name: value for name, value in one.ids.items() if not name.startswith("?")}
    words = urlencode([(name[1:], value) for name, value in one.ids.items() if name.startswith("?")])
    try:
        path = reverse(one.route, kwargs={"workspace_slug": seat.workspace.slug, **ids}) if one.route else ""
    except NoReverseMatch:
        return ""
    return f"{path}?{words}" if words else path


def subject(alert: Alert, lines: Sequence[Line]) -> str:
    return speak("alerts.subject", alert.lang, name=alert.name, n=len(lines), first=lines[0].says[:120])


def text(seat: Seat, alert: Alert, lines: Sequence[Line]) -> str:
    """The message as text: what was seen, why, where; and what to do with too many of them."""
    made = [alert.name, ""]
    for one in lines:
        made.append(f"- {one.says}")
        made += [f"  {speak('alerts.because', alert.lang)} {one.why}"] if one.why else []
        made += [f"  {one.href}"] if one.href else []
    page = history(seat, alert)
    made += ["", speak("alerts.judge_here", alert.lang), page] if page else []
    return "\n".join(made) + "\n"


def history(seat: Seat, alert: Alert) -> str:
    path = reverse("reports:alert", kwargs={"workspace_slug": seat.workspace.slug, "uid": alert.uid})
    return f"{building.site()}{path}" if building.site() else ""


# by HTTP


def hook(seat: Seat, alert: Alert, lines: Sequence[Line]) -> None:
    """A signed call (Standard Webhooks): the event, its moment, and what was seen."""
    first = lines[0].firing
    body = orjson.dumps(event(seat, alert, lines))
    secret = sealing.opened(alert.hook_secret, f"{alert.uid} secret")
    headers = signed(secret, first.message or f"msg_{uuid.uuid4().hex}", now_ms(), body)
    call(sealing.opened(alert.hook, f"{alert.uid} hook"), headers, body)


def event(seat: Seat, alert: Alert, lines: Sequence[Line]) -> dict[str, object]:
    """``type``, ``timestamp`` and ``data``, as Standard Webhooks has them."""
    seen = [
        {"id": one.firing.uid, "says": one.says, "why": [[kind, name, n] for kind, name, n in one.firing.why],
         "n": one.firing.n, "url": one.href, "at": to_datetime(one.firing.at_ms).isoformat()}
        for one in lines
    ]  # fmt: skip
    data = {"workspace": seat.workspace.slug, "alert": alert.uid, "name": alert.name, "kind": alert.kind, "seen": seen}
    return {"type": EVENT, "timestamp": to_datetime(now_ms()).isoformat(), "data": data}


def chat(seat: Seat, alert: Alert, lines: Sequence[Line]) -> None:
    """The incoming webhook that Mattermost and Slack share: JSON with ``text``."""
    body = orjson.dumps({"text": marked(seat, alert, lines)})
    call(sealing.opened(alert.chat, f"{alert.uid} chat"), {"content-type": "application/json"}, body)


def marked(seat: Seat, alert: Alert, lines: Sequence[Line]) -> str:
    """Text for a chat. What comes from posts cannot call people nor make links."""
    made = [inert(alert.name)]
    for one in lines:
        because = f" ({speak('alerts.because', alert.lang)} {one.why})" if one.why else ""
        made.append(f"- {inert(one.says + because)}" + (f"\n  {one.href}" if one.href else ""))
    return "\n".join(made)


def inert(words: str) -> str:
    """No mention, no link, no markup: a sign that a chat would read gets a space without width after it."""
    safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"{sign}\u200b" if sign in "@#[]*_`~!|" else sign for sign in " ".join(safe.split()))


def call(url: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raises FetchError for anything but 2xx."""
    answer = net().request("POST", url, headers=headers, content=body, cap_bytes=ANSWER_BYTES_MAX)
    if not 200 <= answer.status < 300:
        raise status_error(answer.status, url)


WAYS: dict[str, Callable[[Seat, Alert, Sequence[Line]], None]] = {"hook": hook, "chat": chat}
