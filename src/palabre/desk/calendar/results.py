"""What publications brought, at which hours people answered, and the rhythm that was promised beside the kept one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.calendar import access, objectives
from palabre.desk.calendar.forms import RhythmForm
from palabre.desk.calendar.models import Publication, Rhythm
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.outbox.access import sendings
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.rhythm import Kept, kept, parts, stands_out
from palabre.insight.brought import Brought, Own, brought, own_publications
from palabre.insight.parties import our_accounts
from palabre.model import Figure
from palabre.understand.figuring import share

DAY_MS = 86_400_000
PERIODS = (30, 90, 365)
SHOWN = 60
WEEKS_SHOWN = 26


@dataclass(frozen=True, slots=True)
class Result:
    """A publication with what it brought. own: as it was heard; title, uid: of the calendar, "" for one made
    elsewhere."""

    title: str
    uid: str
    network: str
    at_ms: int
    brought: Brought


def ours(seat: Seat, uris: Sequence[str]) -> frozenset[str]:
    """Accounts that speak for us: those marked so, and those that our own publications came back from."""
    heard = archive().posts.by_uris(seat.workspace.id, list(uris))
    found = {row.post.account.uri for row in heard.values() if row.post.account}
    return our_accounts(archive(), seat.workspace.id) | found


def of_publication(seat: Seat, found: Publication) -> list[Result]:
    """What it brought on each channel where it is."""
    rows = access.variants(found)
    sent = access.sendings(seat.workspace, rows)
    there = {
        row.uri: (one, row) for one in rows if (row := sent.get(one.uid)) and row.state == "sent" and row.uri
    }  # fmt: skip
    got = brought(archive(), seat.workspace.id, list(there), ours(seat, list(there)))
    return [
        Result(found.title, found.uid, one.channel.name, row.sent_ms, got[uri]) for uri, (one, row) in there.items()
    ]  # fmt: skip


def of_period(seat: Seat, days: int) -> list[Result]:
    """All of ours in the last days, newest first: from the calendar, and those that our accounts made elsewhere."""
    until = now_ms()
    mine = access.sent_uris(seat.workspace)
    own = own_publications(archive(), seat.workspace.id, ours(seat, list(mine)), until - days * DAY_MS, until)
    shown = merged(seat, own, mine, until - days * DAY_MS)[:SHOWN]
    got = brought(archive(), seat.workspace.id, [one[0] for one in shown], ours(seat, list(mine)))
    return [Result(title, uid, network, at_ms, got[uri]) for uri, title, uid, network, at_ms in shown]


def merged(seat: Seat, own: Sequence[Own], mine: dict[str, Any], since_ms: int) -> list[tuple[str, str, str, str, int]]:
    """(uri, title, uid, network, when) of each, once."""
    rows = [
        (one.uri, mine[one.uri].publication.title if one.uri in mine else one.text[:120],
         mine[one.uri].publication.uid if one.uri in mine else "", one.network, one.sort_ms)
        for one in own
    ]  # fmt: skip
    heard = {row[0] for row in rows}
    rest = [(uri, one) for uri, one in mine.items() if uri not in heard and one.publication.published_ms >= since_ms]
    rows += [(uri, one.publication.title, one.publication.uid, one.channel.name, one.publication.published_ms)
             for uri, one in rest]  # fmt: skip
    return sorted(rows, key=lambda row: -row[4])


@require_GET
@seated()
def results(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What each brought, and the hours of the week at which people answered."""
    given = request.GET.get("days", "")
    days = int(given) if given in map(str, PERIODS) else 90
    found = of_period(seat, days)
    heard = [one for one in found if one.brought.heard]
    hours = parts([(one.at_ms, int(one.brought.replies.value or 0)) for one in heard], access.zone_of(seat.workspace))
    context = {
        "results": found,
        "days": days,
        "periods": PERIODS,
        "hours": hours,
        "best": stands_out(hours),
        "top": max((one.high or 0 for one in hours), default=0),
        "told": [one for one in hours if one.mean is not None],
        "unheard": len(found) - len(heard),
        "known": bool(our_accounts(archive(), seat.workspace.id)) or bool(found),
    }
    return render(request, "calendar/results.html", context)


# Rhythm, themes and objectives


@dataclass(frozen=True, slots=True)
class Beat:
    """A channel with its promise, None without one, and how it was kept."""

    channel: Any
    rhythm: Rhythm | None
    kept: Kept | None
    last_ms: int
    n: int
    form: RhythmForm

    @property
    def weeks(self) -> Sequence[Any]:
        return self.kept.weeks[-WEEKS_SHOWN:] if self.kept else ()


@dataclass(frozen=True, slots=True)
class Share:
    """Publications of a theme or for an objective. name: "" for none."""

    name: str
    figure: Figure
    uids: tuple[str, ...]


@require_GET
@seated()
def rhythm(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The promised rhythm beside the kept one; what we speak of, against what we listen for."""
    return rhythm_page(request, seat)


def rhythm_page(request: HttpRequest, seat: Seat, refused: dict[int, RhythmForm] | None = None) -> HttpResponse:
    out = list(access.publications(seat.workspace).filter(state__in=("scheduled", "published")))
    served = objectives.known(seat)
    by_objective = shares([(one, [one.objective_uid]) for one in out], "objective_share")
    context = {
        "beats": beats(request, seat, refused or {}),
        "themes": shares([(one, one.themes or [""]) for one in out], "theme_share"),
        "objectives": [(served.get(one.name) or name_of(one, out), one) for one in by_objective],
        "silent": [words for uid, words in served.items() if uid not in {one.name for one in by_objective}],
        "n": len(out),
        "now": now_ms(),
    }
    return render(request, "calendar/rhythm.html", context, status=400 if refused else 200)


def name_of(one: Share, out: Sequence[Publication]) -> str:
    return next((each.objective for each in out if each.objective_uid == one.name), "") if one.name else ""


def shares(pairs: Sequence[tuple[Publication, Sequence[str]]], name: str) -> list[Share]:
    """The share of publications of each word, the widest first. One of two themes counts for both."""
    counted = Counter(word for _, words in pairs for word in set(words))
    return [
        Share(word, share(name, n, len(pairs), f"calendar.method.{name}"),
              tuple(one.uid for one, words in pairs if word in words))
        for word, n in counted.most_common()
    ]  # fmt: skip


def beats(request: HttpRequest, seat: Seat, refused: dict[int, RhythmForm]) -> list[Beat]:
    promised = {one.channel_id: one for one in access.rhythms(seat.workspace)}
    times = published_times(seat)
    zone, found = access.zone_of(seat.workspace), []
    for channel in access.channels(seat):
        one, sent = promised.get(channel.pk), sorted(times.get(channel.pk, ()))
        held = kept(sent, one.per_week, one.since_ms, now_ms(), zone) if one else None
        form = refused.get(channel.pk) or RhythmForm(
            request, initial={"per_week": one.per_week if one else 3}, auto_id=f"f-{channel.uid}-%s"
        )
        found.append(Beat(channel, one, held, sent[-1] if sent else 0, len(sent), form))
    return found


def published_times(seat: Seat) -> dict[int, list[int]]:
    """Channel → when publications went out there."""
    rows = sendings(seat).filter(kind=access.KIND, state__in=("sent", "deleted"), sent_ms__gt=0)
    found: dict[int, list[int]] = {}
    for channel_id, sent_ms in rows.values_list("channel_id", "sent_ms"):
        found.setdefault(channel_id, []).append(sent_ms)
    return found


@require_POST
@seated("manager")
def promise_rhythm(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A rhythm from this week on; 0 takes the promise back. A changed one begins anew: the past is not rewritten."""
    from palabre.desk.outbox import access as outbox

    channel = outbox.channel(seat, uid)
    form = RhythmForm(request, request.POST, auto_id=f"f-{channel.uid}-%s")
    if not form.is_valid():
        return rhythm_page(request, seat, {channel.pk: form})
    per_week, rows = form.cleaned_data["per_week"], Rhythm.objects.of(seat.workspace).filter(channel=channel)
    if per_week == 0:
        rows.delete()
    elif not rows.filter(per_week=per_week).exists():
        values = {"per_week": per_week, "since_ms": this_monday(seat), "by": seat.user}
        Rhythm.objects.of(seat.workspace).update_or_create(
            workspace=seat.workspace, channel=channel, defaults=values
        )  # fmt: skip
    audit.note(request, seat, "rhythm_promised", f"{channel.name} · {per_week}")
    messages.success(request, speak("calendar.saved", lang_of(request)))
    return redirect("calendar:rhythm", workspace_slug=seat.workspace.slug)


def this_monday(seat: Seat) -> int:
    from datetime import timedelta

    from palabre.engage.rhythm import midnight

    zone = access.zone_of(seat.workspace)
    today = datetime.fromtimestamp(now_ms() / 1000, zone).date()
    return midnight(today - timedelta(days=today.weekday()), zone)
