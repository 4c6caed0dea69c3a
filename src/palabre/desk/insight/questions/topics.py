"""What people speak of: topics that keep their identity over time, born, grown, gone, renamed by the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from palabre.archive.topics import Topic
from palabre.desk.engine import archive
from palabre.desk.insight.acting import done
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import stepped, told_apart
from palabre.desk.insight.excerpts import Excerpt, excerpts
from palabre.desk.insight.pages import Act, Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat, seated
from palabre.insight import Scope
from palabre.insight.behind import Behind, behind
from palabre.measure.charts import Chart, Series
from palabre.understand.own_words import named

SHOWN, DRAWN, WORDS, NAME_WORDS = 12, 6, 10, 3
NEWBORN = 0.1  # of a period: what is heard from its very beginning may be older


@dataclass(frozen=True, slots=True)
class Card:
    """A topic as the list shows it. fresh: born in the period; gone: nobody speaks of it any more."""

    topic: Topic
    name: str
    seen: Behind
    head: Excerpt | None
    fresh: bool

    @property
    def words(self) -> tuple[str, ...]:
        return self.topic.words[:WORDS]

    @property
    def change(self) -> str:
        return str(self.topic.facts.get("change", ""))


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    everyone = archive().topics.all(seat.workspace.id, gone=True)
    scope = scope_of(asked)
    seen = behind(archive(), seat.workspace.id, scope, "topic", {one.topic_id: one.post_ids for one in everyone})
    heard = sorted((one for one in everyone if one.topic_id in seen), key=lambda one: rank(seen[one.topic_id], one))
    shown = heard[: len(heard) if asked.word("every") else SHOWN]
    context = {
        "cards": cards(seat, shown, seen, asked),
        "total": len(heard),
        "known": len(everyone),
        "work": archive().works.get(seat.workspace.id, "topics"),
    }
    return Screen(context, {"time": Chart("stacked", over_time(seat, heard[:DRAWN], seen, scope))})


def rank(seen: Behind, topic: Topic) -> tuple[float, int, int]:
    """Those still alive first, then most voices, then most posts."""
    return float(bool(topic.gone_ms)), -int(seen.voices.value or 0), -seen.posts.n


def name_of(topic: Topic) -> str:
    """As the team calls it, else by its own words."""
    return topic.name or " · ".join(named(topic.words, NAME_WORDS)) or "—"


def over_time(seat: Seat, found: Sequence[Topic], seen: Mapping[int, Behind], scope: Scope) -> tuple[Series, ...]:
    """Posts a step, topics on one another."""
    labels = told_apart([name_of(one) for one in found])
    return tuple(
        Series(label, stepped(seat, ((start, n) for start, n, _ in seen[one.topic_id].steps), scope.step_ms,
                              seen[one.topic_id].posts.evidence))
        for label, one in zip(labels, found, strict=True)
    )  # fmt: skip


def cards(seat: Seat, found: Sequence[Topic], seen: Mapping[int, Behind], asked: Asked) -> list[Card]:
    """Each topic with its newest post of the period."""
    newest = {one.topic_id: max((who.post_id for who in seen[one.topic_id].who), default=0) for one in found}
    heads = excerpts(seat, [post_id for post_id in newest.values() if post_id])
    return [
        Card(one, name_of(one), seen[one.topic_id], heads.get(newest[one.topic_id]), is_born(one, asked))
        for one in found
    ]


def is_born(topic: Topic, asked: Asked) -> bool:
    """Whether it began within the period."""
    return topic.first_ms >= asked.since_ms + NEWBORN * (asked.until_ms - asked.since_ms)


@require_POST
@seated("agent")
def rename(request: HttpRequest, seat: Seat, topic_id: int) -> HttpResponse:
    """A name that the team chooses; an empty one gives it back its own words. NotFoundError for another workspace's."""
    name = " ".join(request.POST.get("name", "").split())[:200]
    archive().topics.rename(seat.workspace.id, topic_id, name)
    return done(request, seat, "topic_renamed", str(topic_id), "topics")


PAGE = Page(
    "topics",
    "topics_page.title",
    build,
    rank=25,
    routes=(Act("topics/<number:topic_id>/name", rename, "topic_rename"),),
)
