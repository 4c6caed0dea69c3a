"""Rumour files: the claims that the team follows, and the door to a new one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from palabre import insight
from palabre.archive.rumours import STATUSES, RumourFile
from palabre.desk.engine import archive
from palabre.desk.insight.acting import done, undone, whole
from palabre.desk.insight.acts import who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.excerpts import Excerpt, excerpts
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError
from palabre.insight.rumours import claim_scope
from palabre.match.parser import parse
from palabre.model import Evidence

PROPOSED = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A file in the list. n: posts that carry the claim now; None: its query cannot be read."""

    file: RumourFile
    n: int | None
    evidence: Evidence


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    state = asked.word("state")
    files = insight.rumours(archive(), seat.workspace.id)
    story, signal = whole(asked.word("begins")), whole(asked.word("alert"))
    context = {
        "cards": [card(seat, one) for one in files if state in ("", one.status)],
        "state": state,
        "states": [(one, sum(file.status == one for file in files)) for one in STATUSES],
        "total": len(files),
        "story": story,
        "signal": signal,
        "head": excerpts(seat, [story]).get(story) if story else None,
        "proposed": [] if story or signal else proposed(seat, asked, files),
    }
    return Screen(context)


def card(seat: Seat, file: RumourFile) -> Card:
    evidence = claim_scope(file).evidence
    try:
        return Card(file, insight.count(archive(), seat.workspace.id, evidence), evidence)
    except InputError:
        return Card(file, None, evidence)


def proposed(seat: Seat, asked: Asked, files: list[RumourFile]) -> list[Excerpt]:
    """The most told stories of the period, which a file may begin with; those that have one are left out."""
    taken = {one.story_id for one in files}
    scope = insight.Scope(asked.filters)
    told = [one.story_id for one in insight.stories(archive(), seat.workspace.id, scope, 2 * PROPOSED)]
    heads = excerpts(seat, [one for one in told if one not in taken][:PROPOSED])
    return [heads[one] for one in told if one in heads]


@require_POST
@seated("agent")
def open_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new file: a claim, and what finds its posts."""
    given = request.POST
    claim, query = given.get("claim", ""), given.get("query", "").strip()[:10_000]
    story_id, signal_id = whole(given.get("story", "")), whole(given.get("signal", ""))
    try:
        if query:
            parse(query)
        if not (query or story_id or signal_id):
            raise InputError("rumour_page.nothing_to_find")
        made = archive().rumours.open(
            seat.workspace.id, claim, query, who(seat), story_id=story_id, signal_id=signal_id
        )  # fmt: skip
    except InputError as error:
        return undone(request, seat, error, "rumours", f"begins={story_id or ''}&alert={signal_id or ''}")
    return done(request, seat, "rumour_opened", str(made.rumour_id), "rumour", f"file={made.rumour_id}")


PAGE = Page(
    "rumours", "rumour_page.title", build, rank=55, routes=(Act("rumours/open", open_file, "rumour_open"),),
)  # fmt: skip
