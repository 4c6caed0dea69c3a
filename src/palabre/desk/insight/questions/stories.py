"""Stories and voices: what is repeated, by how many independent groups, and which groups share more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from palabre import insight
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import told_apart
from palabre.desk.insight.evidence import address
from palabre.desk.insight.excerpts import Excerpt, excerpts
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat
from palabre.insight import Told
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Figure

SHOWN, DRAWN, ACCOUNTS = 15, 10, 12


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    scope = scope_of(asked)
    found = insight.stories(archive(), seat.workspace.id, scope, SHOWN)
    groups = insight.coordination(archive(), seat.workspace.id, scope)
    heads = excerpts(seat, [one.post_id for one in found] + [one.story_id for one in groups])
    context = {
        "stories": [(one, heads.get(one.post_id)) for one in found],
        "groups": [(one, heads.get(one.story_id), one.accounts[:ACCOUNTS], len(one.accounts)) for one in groups],
    }
    return Screen(context, {"spread": Chart("ranked", spread(seat, found[:DRAWN], heads, lang))})


def spread(seat: Seat, found: Sequence[Told], heads: Mapping[int, Excerpt], lang: str) -> tuple[Series, Series]:
    """Posts beside voices: a long bar over a short one is a group that repeats itself."""
    named = list(zip(told_apart([first_words(one, heads, lang) for one in found]), found, strict=True))
    posts = tuple(bar(seat, name, one.posts) for name, one in named)
    voices = tuple(bar(seat, name, one.voices) for name, one in named)
    return Series(speak("insight.in_posts", lang), posts, ours=True), Series(speak("insight.in_voices", lang), voices)


def first_words(one: Told, heads: Mapping[int, Excerpt], lang: str) -> str:
    """How a story begins; a sentence where its first post is no longer there."""
    head = heads.get(one.post_id)
    return head.words if head else speak("insight.stories.gone", lang)


def bar(seat: Seat, name: str, figure: Figure) -> Point:
    return Point(name, figure.value or 0.0, n=figure.n, href=address(seat, figure.evidence))


PAGE = Page("stories", "insight.stories.title", build, rank=50)
