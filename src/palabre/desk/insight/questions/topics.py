"""What people speak of: topics that keep their identity over time, born, grown, gone, renamed by the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from palabre import insight
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
from palabre.insight.behind import Behind
from palabre.measure.charts import Chart, Series
from palabre.understand.own_words import named, words

SHOWN, DRAWN, WORDS, NAME_WORDS = 12, 6, 10, 3
READ = 12  # posts of a topic among which the one that says it best is looked for
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
    scope = scope_of(asked)
    found = insight.topics(archive(), seat.workspace.id, scope)
    heard, seen = [topic for topic, _ in found], {topic.topic_id: who for topic, who in found}
    shown = heard[: len(heard) if asked.word("every") else SHOWN]
    context = {
        "cards": cards(seat, shown, seen, asked),
        "total": len(heard),
        "known": bool(heard or archive().topics.all(seat.workspace.id, gone=True)),
        "work": archive().works.get(seat.workspace.id, "topics"),
    }
    return Screen(context, {"time": Chart("stacked", over_time(seat, heard[:DRAWN], seen, scope))})


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
    """Each topic with a post of the period: among the newest, the one that says most of its words."""
    newest = {
        one.topic_id: sorted((who.post_id for who in seen[one.topic_id].who), reverse=True)[:READ] for one in found
    }
    heads = excerpts(seat, [post_id for ids in newest.values() for post_id in ids])
    return [
        Card(one, name_of(one), seen[one.topic_id], telling(one, newest[one.topic_id], heads), is_born(one, asked))
        for one in found
    ]


def telling(topic: Topic, ids: Sequence[int], heads: Mapping[int, Excerpt]) -> Excerpt | None:
    """The post that says most of a topic's own words, which stand the weightiest first; the first of ids where several
    do."""
    own = list(dict.fromkeys(word for one in topic.words for word in one.split()))
    known = [heads[one] for one in ids if one in heads]

    def weight(head: Excerpt) -> float:
        said = set(words(head.words))
        return sum(1 / at for at, word in enumerate(own, 1) if word in said)

    return max(known, key=weight, default=None)


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
