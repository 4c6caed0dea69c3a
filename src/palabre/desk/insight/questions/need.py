"""One need: how people say it, over time, who asks, what became of it, and whether they were told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from palabre.archive import PostRow
from palabre.archive.needs import STATUSES, Need
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acting import back, done, undone, whole
from palabre.desk.insight.acts import who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import stepped
from palabre.desk.insight.excerpts import Excerpt, excerpt, once
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.mentions.cards import link_of
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError
from palabre.insight import Scope
from palabre.insight.behind import Behind, behind
from palabre.measure.charts import Chart, Series
from palabre.understand.needs import NEXT, Status, moved

QUOTED, LOOKED, ASKERS = 6, 60, 100
EVER = 4_000 * 86_400_000


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who asked. url: where the post can be answered, "" where the network gives no address."""

    account: str
    name: str
    n: int
    head: Excerpt
    url: str


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    """NotFoundError for another workspace's."""
    need_id = whole(asked.word("need"))
    if not need_id:
        return Screen({"need": None}, {"time": Chart("lines", ())})
    need = archive().needs.get(seat.workspace.id, need_id)
    seen = behind(archive(), seat.workspace.id, scope_of(asked), "need", {need_id: need.post_ids}).get(need_id)
    ever = scope_of(asked).narrowed(watch_ids=(), mentioned=False, since_ms=0, until_ms=0)
    askers = behind(archive(), seat.workspace.id, replace(ever, step_ms=EVER), "need", {need_id: need.post_ids})
    context = {
        "need": need,
        "title": need.title_in(lang),
        "seen": seen,
        "heads": heads(seat, need, lang),
        "askers": told(seat, askers.get(need_id)),
        "ever": askers.get(need_id),
        "history": archive().needs.history(seat.workspace.id, need_id)[::-1],
        "statuses": [one for one in STATUSES if one == need.status or Status(one) in NEXT[Status(need.status)]],
        "intents": list(need.facts.get("intents", {}).items()),
    }
    return Screen(context, {"time": Chart("lines", over_time(seat, seen, scope_of(asked), lang))})


def over_time(seat: Seat, seen: Behind | None, scope: Scope, lang: str) -> tuple[Series, ...]:
    """Posts and voices a step."""
    if seen is None:
        return ()
    evidence = seen.posts.evidence
    posts = stepped(seat, ((start, n) for start, n, _ in seen.steps), scope.step_ms, evidence)
    voices = stepped(seat, ((start, n) for start, _, n in seen.steps), scope.step_ms, evidence)
    return Series(speak("insight.in_posts", lang), posts, ours=True), Series(speak("insight.in_voices", lang), voices)


def heads(seat: Seat, need: Need, lang: str) -> list[Excerpt]:
    """The posts that say it best, then the newest, each wording once; as many in the reader's language as in others,
    theirs first."""
    best = [int(one) for one in need.facts.get("examples", ())]
    wanted = list(dict.fromkeys([*best, *need.post_ids[: -1 - LOOKED : -1]]))
    rows = once(archive().posts.many(seat.workspace.id, wanted))
    ours, others = ([row for row in rows if (row.post.lang == lang) is same] for same in (True, False))
    half = max(QUOTED // 2, QUOTED - len(others))
    chosen = [*ours[:half], *others[: max(QUOTED - len(ours), QUOTED - half)]]
    return [excerpt(row, 400) for row in chosen]


def told(seat: Seat, ever: Behind | None) -> list[Told]:
    """Those who asked, at any time, with their newest post about it."""
    who = ever.who[:ASKERS] if ever else ()
    rows = {row.post_id: row for row in archive().posts.many(seat.workspace.id, [one.post_id for one in who])}
    return [
        Told(one.account, one.name, one.n, excerpt(rows[one.post_id], 120), address_of(rows[one.post_id]))
        for one in who
        if one.post_id in rows
    ]


def address_of(row: PostRow) -> str:
    """Where a post is on its network; only addresses that a browser may be sent to."""
    found = link_of(row.post.url) or link_of(row.post.uri)
    return found.url if found else ""


@require_POST
@seated("agent")
def judge(request: HttpRequest, seat: Seat, need_id: int) -> HttpResponse:
    """Another status, with the reason. NotFoundError for another workspace's."""
    need, words = archive().needs.get(seat.workspace.id, need_id), f"need={need_id}"
    to, why = request.POST.get("status", ""), request.POST.get("why", "")[:2_000]
    try:
        if to not in STATUSES or to == need.status:
            return back(seat, "need", words)
        moved(Status(need.status), Status(to), why)
        archive().needs.change(seat.workspace.id, need_id, who(seat), to, why)
    except InputError as error:
        return undone(request, seat, in_words(error, lang_of(request)), "need", words)
    return done(request, seat, "need_judged", str(need_id), "need", words)


def in_words(error: InputError, lang: str) -> InputError:
    """A step that cannot be taken, in words rather than names."""
    named: dict[str, Any] = {
        name: speak(f"needs.status.{value}", lang) if value in STATUSES else value
        for name, value in error.params.items()
    }
    return InputError(error.key, **named)


@require_POST
@seated("agent")
def tell(request: HttpRequest, seat: Seat, need_id: int) -> HttpResponse:
    """Those who asked were told."""
    archive().needs.told(seat.workspace.id, need_id, who(seat), request.POST.get("why", "")[:2_000])
    return done(request, seat, "need_told", str(need_id), "need", f"need={need_id}")


@require_POST
@seated("agent")
def rename(request: HttpRequest, seat: Seat, need_id: int) -> HttpResponse:
    """A name that the team chooses; an empty one changes nothing."""
    title = " ".join(request.POST.get("title", "").split())[:200]
    if not title:
        return back(seat, "need", f"need={need_id}")
    archive().needs.rename(seat.workspace.id, need_id, title)
    return done(request, seat, "need_renamed", str(need_id), "need", f"need={need_id}")


PAGE = Page(
    "need",
    "needs_page.one",
    build,
    under="needs",
    routes=(
        Act("needs/<number:need_id>/status", judge, "need_judge"),
        Act("needs/<number:need_id>/told", tell, "need_told"),
        Act("needs/<number:need_id>/name", rename, "need_rename"),
    ),
)
