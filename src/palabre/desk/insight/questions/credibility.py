"""How far sources can be believed, with every reason and its weight; and the marks that members set, which win."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from palabre import insight
from palabre.archive.marks import KINDS, MARKS
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.acts import done, to_page, who
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat, seated

SHOWN = 40
NAME_CHARS, WHY_CHARS = 500, 500


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    by = "account" if asked.word("by") == "account" else "site"
    found = insight.credibility(archive(), seat.workspace.id, scope_of(asked), by, SHOWN)
    marks = {(one.kind, one.name): one for one in archive().marks.all(seat.workspace.id)}
    return Screen(
        {
            "by": by,
            "rows": [(one, marks.get((by, one.source)), [r for r in one.reasons if r.value is not None],
                      [r for r in one.reasons if r.value is None]) for one in found],
            "marks": list(marks.values()),
            "kinds": KINDS,
            "possible": MARKS,
        }
    )  # fmt: skip


@require_POST
@seated("manager")
def mark(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A mark on a source, with its reason; without a mark, it is taken back."""
    given = request.POST
    kind, said = given.get("kind", ""), given.get("mark", "")
    name, why = given.get("name", "").strip()[:NAME_CHARS], given.get("why", "").strip()[:WHY_CHARS]
    if kind not in KINDS or (said and said not in MARKS) or not name:
        raise Http404
    archive().marks.put(seat.workspace.id, kind, name, said, who(seat), why)
    key = "trust.mark.done" if said else "trust.mark.gone"
    done(request, seat, "source_marked", name, speak(key, lang_of(request), name=name))
    return to_page(seat, "credibility", by=kind)


PAGE = Page(
    "credibility",
    "trust.credibility.title",
    build,
    rank=50,
    room="trust",
    routes=(Act("credibility/mark", mark, "source_mark"),),
)
