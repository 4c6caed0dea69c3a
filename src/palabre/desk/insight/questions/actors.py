"""Who speaks: influence on this theme, advisers, roles, two scales apart, the pyramid, communities, the graph."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from palabre import insight
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import bar, filled, told_apart
from palabre.desk.insight.evidence import address
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.insight.templatetags.insight import short_account
from palabre.desk.workspaces.access import Seat, seated
from palabre.insight import Actors
from palabre.insight.actors import GRAPHS, write_actors
from palabre.measure.charts import Chart, Point, Series
from palabre.understand.communities import Community
from palabre.understand.pyramid import Step
from palabre.understand.roles import ROLES, Role
from palabre.understand.scales import Standing

RANKED, PARTS, PLACED, MEMBERS, PEOPLE = 15, 12, 24, 8, 200


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    found = insight.actors(archive(), seat.workspace.id, scope_of(asked), PEOPLE)
    placed = [one for one in found.standings if both(one)]
    told = [one for one in found.roles if not one.shares[ROLES[0]].few]
    context = {
        "found": found,
        "influence": [one for one in found.influence if not one.figure.few][:RANKED],
        "silent": sum(one.figure.few for one in found.influence),
        "placed": placed[:PLACED],
        "roles": told[:PARTS],
        "abstained": len(found.roles) - len(told),
        "role_names": ROLES,
        "communities": [(one, members(one)) for one in found.communities.communities],
    }
    return Screen(context, drawings(seat, found, told, placed, lang))


def both(one: Standing) -> bool:
    return not one.notoriety.figure.few and not one.legitimacy.figure.few


def members(one: Community) -> list[str]:
    """The accounts that stand for a community."""
    return list(one.main or sorted(one.members))[:MEMBERS]


def drawings(
    seat: Seat, found: Actors, told: Sequence[Role], placed: Sequence[Standing], lang: str
) -> dict[str, Chart]:
    scored = [one for one in found.influence if not one.figure.few][:RANKED]
    names = told_apart([short_account(one.account) for one in scored])
    ranked = tuple(bar(seat, name, one.figure) for name, one in zip(names, scored, strict=True))
    x, y = (speak(f"actors.scale.{name}", lang) for name in ("notoriety", "legitimacy"))
    points = tuple(on_scales(seat, one) for one in placed[:PLACED])
    scores = Series(speak("figure.name.influence", lang), ranked, ours=True)
    return {
        "influence": Chart("ranked", filled([scores]), "number"),
        "roles": Chart("parts", parts(seat, told[:PARTS], lang), "share"),
        "scales": Chart("scatter", filled([Series("", points)]), "number", x_title=x, y_title=y),
        "pyramid": Chart("ranked", steps(seat, found.pyramid.steps, lang), "accounts"),
    }  # fmt: skip


def parts(seat: Seat, told: Sequence[Role], lang: str) -> tuple[Series, ...]:
    """The shares of each account's parts, a bar an account."""
    names = told_apart([short_account(one.account) for one in told])
    made = []
    for role in ROLES:
        points = tuple(bar(seat, name, one.shares[role]) for name, one in zip(names, told, strict=True))
        made.append(Series(speak(f"actors.role.{role}", lang), points))
    return filled(made)


def on_scales(seat: Seat, one: Standing) -> Point:
    """An account at its notoriety and its legitimacy; the interval is that of its legitimacy."""
    across, up = one.notoriety.figure, one.legitimacy.figure
    href = address(seat, up.evidence)
    return Point(across.value or 0.0, up.value or 0.0, up.low, up.high, up.n, href, short_account(one.account))


def steps(seat: Seat, found: Sequence[Step], lang: str) -> tuple[Series, ...]:
    """Accounts on each step, the widest first; a step nobody can count is left out."""
    points = tuple(
        bar(seat, speak(f"actors.step.{one.name}", lang), one.figure) for one in found if one.figure.value is not None
    )
    return filled([Series("", points)])


@require_GET
@seated()
def graph(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """Who turns to whom, as a file for Gephi and its like."""
    if kind not in GRAPHS:
        raise Http404
    asked = Asked.read(dict(request.GET.lists()), now_ms())
    found = insight.actors(archive(), seat.workspace.id, scope_of(asked), PEOPLE)
    sink = io.BytesIO()
    write_actors(found, sink, kind)
    response = HttpResponse(sink.getvalue(), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="palabre-actors.{kind}"'
    return response


PAGE = Page(
    "actors",
    "actors_page.title",
    build,
    rank=60,
    routes=(Act("actors/graph.<slug:kind>", graph, "actors_graph"),),
)
