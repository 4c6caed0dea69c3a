"""What the team believes people want, beside what they ask for: each member ranks, the page compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from palabre.archive.marks import Belief
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acting import done, whole
from palabre.desk.insight.acts import who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import filled, told_apart
from palabre.desk.insight.evidence import address
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat, seated
from palabre.insight.perception import Perceived, perceived
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Figure
from palabre.understand.perception_gap import Row

PLACES, WISH_CHARS, NEEDS_OFFERED = 10, 200, 60


@dataclass(frozen=True, slots=True)
class Line:
    """A wish on the page. step: places by which the team puts it too low (more than 0) or too high."""

    row: Row
    name: str
    need_id: int
    voices: Figure | None

    @property
    def low(self) -> float:
        return max(0.0, self.row.displacement or 0.0)

    @property
    def high(self) -> float:
        return max(0.0, -(self.row.displacement or 0.0))


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    found = perceived(archive(), seat.workspace.id, scope_of(asked), lang)
    lines = [line(found, row) for row in found.gap.rows]
    both = [one for one in lines if one.row.displacement is not None]
    context = {
        "found": found,
        "both": sorted(both, key=lambda one: one.row.asked or 0),
        "blind": [one for one in lines if one.row.believed is None][:PLACES],
        "idle": [one for one in lines if one.row.asked is None],
    }
    return Screen(context, {"gap": Chart("ranked", steps(seat, both, lang), "number")})


def line(found: Perceived, row: Row) -> Line:
    return Line(row, found.names.get(row.key, row.key), found.need_ids.get(row.key, 0), found.voices.get(row.key))


def steps(seat: Seat, both: list[Line], lang: str) -> tuple[Series, ...]:
    """How many places too low (to the right) or too high (to the left) the team puts each, the widest gap first."""
    points = tuple(
        Point(label, one.row.displacement or 0.0, n=one.row.voices, href=address(seat, one.voices.evidence))
        for label, one in zip(told_apart([one.name for one in both]), both, strict=True)
        if one.voices is not None
    )
    return filled([Series(speak("perception_page.displacement", lang), points, ours=True)])


@require_http_methods(["GET", "POST"])
@seated("agent")
def mine(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A member's own list. It is not kept with the answers that all share."""
    needs = archive().needs.all(seat.workspace.id)
    if request.method == "POST":
        archive().beliefs.put(seat.workspace.id, who(seat), wishes(request, {one.need_id: one.title for one in needs}))
        return done(request, seat, "wishes_ranked", "", "perception")
    own = [one for one in archive().beliefs.all(seat.workspace.id) if one.member == who(seat)]
    offered = [(one.need_id, one.title_in(lang_of(request))) for one in needs[:NEEDS_OFFERED]]
    context = {"places": places(own), "needs": sorted(offered, key=lambda one: one[1].casefold())}
    return render(request, "insight/perception_mine.html", context | {"most": PLACES})


def places(own: list[Belief]) -> list[tuple[int, str, int]]:
    """(place, free words, need) of each line of the form."""
    known = {one.place: one for one in own}
    empty = Belief("", 0, "", 0, 0)
    made = [(place, known.get(place, empty)) for place in range(1, PLACES + 1)]
    return [(place, "" if one.need_id else one.wish, one.need_id) for place, one in made]


def wishes(request: HttpRequest, titles: Mapping[int, str]) -> list[tuple[str, int]]:
    """The list as it was filled in, in the order of its places; empty lines and repetitions are left out."""
    found: list[tuple[str, int]] = []
    for place in range(1, PLACES + 1):
        need_id = whole(request.POST.get(f"need-{place}", ""))
        words = " ".join(request.POST.get(f"wish-{place}", "").split())[:WISH_CHARS]
        one = (titles[need_id], need_id) if need_id in titles else (words, 0)
        if one[0] and one not in found:
            found.append(one)
    return found


PAGE = Page(
    "perception",
    "perception_page.title",
    build,
    rank=27,
    routes=(Act("perception/mine", mine, "perception_mine"),),
)
