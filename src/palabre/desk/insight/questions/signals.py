"""The register of signals: dated hypotheses, who looks at each, what came of it; and how well each detector does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from palabre.archive.signals import OUTCOMES, STATUSES, Signal
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acts import who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.excerpts import Excerpt, excerpts
from palabre.desk.insight.memory import MEMORY
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.mentions.selection import day_of, start_of
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.insight.signals import record
from palabre.messages import catalogue
from palabre.model import Evidence

LOOKED, QUOTED = 8, 2  # posts of a signal read for its card, and shown on it
KINDS = ("spike", "weak", "coordination", "rumour")


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    kind, status = asked.word("what"), asked.word("state") or "open"
    noted = archive().signals.all(seat.workspace.id, kind=kind, status="" if status == "all" else status)
    found = [one for one in noted if wanted(one, asked.word("detector"), asked.word("judged"))]
    heads = excerpts(seat, [post_id for one in found for post_id in one.post_ids[:LOOKED]])
    context = {
        "signals": [card(one, quoted(one, heads), lang) for one in found],
        "state": status,
        "states": ["open", "watched", "settled", "dismissed", "all"],
        "what": kind,
        "kinds": KINDS,
        "statuses": STATUSES,
        "outcomes": OUTCOMES[1:],
        "record": record(archive(), seat.workspace.id),
        "today": now_ms(),
    }
    return Screen(context)


def wanted(one: Signal, detector: str, judged: str) -> bool:
    """Whether it is of that detector, and was judged so: decided either way, or confirmed with its day ("timed")."""
    decided = one.outcome in ("confirmed", "not_confirmed")
    timed = one.outcome == "confirmed" and bool(one.happened_ms)
    mine = not detector or detector == f"{one.detector}.{one.version}"
    return mine and {"decided": decided, "timed": timed}.get(judged, True)


def quoted(one: Signal, heads: Mapping[int, Excerpt]) -> list[Excerpt]:
    """Its first posts that do not say the same."""
    said = {heads[post_id].words.lower(): heads[post_id] for post_id in one.post_ids[:LOOKED] if post_id in heads}
    return list(said.values())[:QUOTED]


def card(one: Signal, heads: Sequence[Excerpt], lang: str) -> dict[str, Any]:
    """What its card says. overdue: nobody looked by the day that was set."""
    return {
        "one": one,
        "heads": heads,
        "says": hypothesis(one, lang),
        "review": day_of(one.review_ms).isoformat() if one.review_ms else "",
        "overdue": bool(one.review_ms and one.review_ms < now_ms() and one.status in ("open", "watched")),
        "posts": behind(one),
        "more": max(0, (len(behind(one).post_ids) or len(one.post_ids)) - len(heads)),
    }


def behind(one: Signal) -> Evidence:
    """The posts that its sentence counts: all those of a spike, of which the register keeps what explains it."""
    if one.kind == "spike" and one.evidence.post_ids:
        return one.evidence
    return Evidence(filters={"register": f"signal:{one.signal_id}", "scope": "all"})


def hypothesis(one: Signal, lang: str) -> str:
    """The sentence of a detector with its facts, or a member's own words."""
    if one.hypothesis not in catalogue(lang):
        return one.hypothesis
    return speak(one.hypothesis, lang, **shown(one.facts))


def shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a sentence takes them: lists joined, numbers short."""
    return {name: plain(value) for name, value in facts.items()}


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value if not isinstance(part, list))
    return round(value, 1) if isinstance(value, float) else value


@require_POST
@seated("agent")
def change(request: HttpRequest, seat: Seat, signal_id: int) -> HttpResponse:
    """What a member decides of a signal. NotFoundError for another workspace's."""
    given = request.POST
    review = start_of(iso_day(given.get("review", "")))
    archive().signals.change(
        seat.workspace.id,
        signal_id,
        who(seat),
        status=given.get("status") if given.get("status") in STATUSES else None,
        outcome=given.get("outcome") if given.get("outcome") in OUTCOMES else None,
        owner=given["owner"][:80] if "owner" in given else None,
        review_ms=review or None,
        why=given.get("why", "")[:500],
    )
    audit.note(request, seat, "signal_judged", str(signal_id))
    MEMORY.forget()
    return redirect(reverse("insight:signals", kwargs={"workspace_slug": seat.workspace.slug}) + "?all=1")


def iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


PAGE = Page(
    "signals",
    "insight.signals.title",
    build,
    rank=30,
    periods=False,
    routes=(Act("signals/<number:signal_id>", change, "signal_change"),),
)
