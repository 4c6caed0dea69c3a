"""Blocks of what was heard: words, figures, charts, needs, signals, rumours, stories, quoted posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from palabre import insight
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.evidence import address
from palabre.desk.insight.pages import page
from palabre.desk.insight.questions.signals import hypothesis
from palabre.desk.mentions.selection import day_of
from palabre.desk.objectives.figures import figures as reckoned
from palabre.desk.objectives.routes import maybe
from palabre.desk.reports.making import ROWS, Making
from palabre.insight.behind import behind
from palabre.insight.rumours import claim_scope
from palabre.measure.charts import Chart
from palabre.measure.report import Cell, Drawing, Figures, Heading, Part, Quote, Quotes, Table, Words

Options = Mapping[str, Any]
DEFAULT_FIGURES = ("volume", "voices", "share_in_voices", "net_tone", "net_tone_voices")
CHARTS: Mapping[str, tuple[str, str]] = {
    "volume": ("overview", "volume"), "voice": ("overview", "voice"), "tone": ("overview", "tone"),
    "intents": ("overview", "intents"), "emotions": ("overview", "emotions"), "board": ("board", "shares"),
}  # fmt: skip


def rows_of(options: Options) -> int:
    return int(options.get("rows") or ROWS)


def watched(options: Options) -> tuple[int, ...]:
    return tuple(int(one) for one in options.get("watch_ids") or ())


def title(making: Making, options: Options) -> list[Part]:
    return [Heading(str(options.get("text") or ""))] if options.get("text") else []


def text(making: Making, options: Options) -> list[Part]:
    return [Words(str(options.get("text") or ""))] if options.get("text") else []


def figures(making: Making, options: Options) -> list[Part]:
    """Figures of the catalogue, beside those of the period compared."""
    names, watches = list(options.get("names") or DEFAULT_FIGURES), watched(options)
    spans = [making.span, *([making.versus] if making.versus else [])]
    cards = []
    for name in names:
        found = reckoned(making.seat.workspace, name, watches, spans)
        cards.append(
            making.card(making.say(f"objectives.measure.{name}"), found[0], found[1] if making.versus else None)
        )
    return [Figures(tuple(cards))]


def charts(making: Making, options: Options) -> list[Part]:
    """Charts of Understand, over the period."""
    return [one for name in options.get("names") or ("volume",) for one in chart(making, name, watched(options))]


def chart(making: Making, name: str, watch_ids: Sequence[int]) -> list[Part]:
    question, drawing = CHARTS[name]
    given = {
        "watch": [str(one) for one in watch_ids],
        "since": [day_of(making.span[0]).isoformat()],
        "until": [day_of(making.span[1] - 1).isoformat()],
    }
    asked = Asked.read(given, archive().clock.now_ms())
    made = page(question).build(making.seat, asked, making.lang).charts.get(drawing, Chart("lines", ()))
    making.asked.append({"chart": f"{question}/{drawing}", "asked": asked.address()})
    names = ", ".join(one.name for one in made.series if one.name)
    alt = making.say("reports.chart_alt", title=making.say(f"reports.charts.{name}"), names=names or "—")
    return [Drawing(made, making.say(f"reports.charts.{name}"), alt=alt)]


def needs(making: Making, options: Options) -> list[Part]:
    """What people ask for, most voices first."""
    known = {one.need_id: one for one in archive().needs.all(making.seat.workspace.id)}
    ids = {need_id: one.post_ids for need_id, one in known.items()}
    found = behind(archive(), making.seat.workspace.id, making.scope(watched(options)), "need", ids)
    ranked = sorted(found.items(), key=lambda pair: -(pair[1].voices.value or 0))
    rows = tuple(
        (
            Cell(known[need_id].title_in(making.lang), f"{maybe(making.seat, 'insight:need')}?need={need_id}"),
            Cell(making.say(f"needs.status.{known[need_id].status}")),
            number(making, one.voices.value),
            number(making, one.posts.value, address(making.seat, one.posts.evidence)),
        )
        for need_id, one in ranked[: rows_of(options)]
    )
    head = [making.say(f"reports.head.{name}") for name in ("need", "state", "voices", "posts")]
    return [table(making, "needs", head, rows, len(ranked), (2, 3))]


def number(making: Making, value: float | None, href: str = "") -> Cell:
    return Cell(making.say("reports.number", n=value or 0), href)


def table(
    making: Making,
    kind: str,
    head: Sequence[str],
    rows: Sequence[tuple[Cell, ...]],
    n: int,
    numbers: tuple[int, ...] = (),
) -> Table:
    """n: rows there are, of which these are shown."""
    more = making.say("reports.more", n=n - len(rows)) if n > len(rows) else ""
    none = making.say("reports.none")
    title_ = making.say(f"reports.block.{kind}") if kind else ""
    return Table(title_, tuple(head), tuple(rows), numbers, none, more)


def inside(making: Making, first_ms: int, last_ms: int) -> bool:
    return first_ms < making.span[1] and last_ms >= making.span[0]


def signals(making: Making, options: Options) -> list[Part]:
    """Hypotheses of the period, with what became of them."""
    found = [one for one in archive().signals.all(making.seat.workspace.id, limit=2_000)
             if inside(making, one.first_ms, one.last_ms)]  # fmt: skip
    rows = tuple(
        (
            Cell(
                f"{one.title}{making.say('desk.colon')}{hypothesis(one, making.lang)}",
                address(making.seat, one.evidence),
            ),
            Cell(making.say(f"reports.signal.{one.kind}")),
            Cell(making.day(one.first_ms)),
            Cell(making.say(f"reports.outcome.{one.outcome or 'undecided'}")),
        )
        for one in sorted(found, key=lambda one: -one.score)[: rows_of(options)]
    )
    head = [making.say(f"reports.head.{name}") for name in ("signal", "kind", "since", "outcome")]
    return [table(making, "signals", head, rows, len(found))]


def rumours(making: Making, options: Options) -> list[Part]:
    """Claims that the team follows. What it wrote of them is its own, no post's."""
    found = [one for one in insight.rumours(archive(), making.seat.workspace.id) if one.first_ms < making.span[1]]
    rows = []
    for one in found[: rows_of(options)]:
        scope = claim_scope(one).within(*making.span)
        n = insight.count(archive(), making.seat.workspace.id, scope.evidence)
        state = one.outcome or one.status
        rows.append((
            Cell(one.claim, f"{maybe(making.seat, 'insight:rumour')}?file={one.rumour_id}"),
            Cell(making.say(f"reports.rumour.{state}")),
            number(making, n, address(making.seat, scope.evidence)),
        ))  # fmt: skip
    head = [making.say(f"reports.head.{name}") for name in ("claim", "state", "posts")]
    return [table(making, "rumours", head, rows, len(found), (2,))]


def stories(making: Making, options: Options) -> list[Part]:
    """What was told by most voices; a story is named by its first post, whose words are filled in later."""
    most = rows_of(options)
    found = insight.stories(archive(), making.seat.workspace.id, making.scope(watched(options)), most=most)
    rows = tuple(
        (
            Cell("", post_id=one.post_id),
            number(making, one.voices.value),
            number(making, one.accounts.value),
            number(making, one.posts.value, address(making.seat, one.posts.evidence)),
        )
        for one in found
    )
    head = [making.say(f"reports.head.{name}") for name in ("story", "voices", "accounts", "posts")]
    return [table(making, "stories", head, rows, len(rows), (1, 2, 3))]


def evidence(making: Making, options: Options) -> list[Part]:
    """Quoted posts of the period: the newest of each of the stories with most voices, then the newest mentions."""
    space, most = making.seat.workspace.id, rows_of(options)
    scope = making.scope(watched(options))
    told = insight.stories(archive(), space, scope, most=most)
    asked = [(one.posts.evidence, 1) for one in told] + ([(scope.evidence, most)] if len(told) < most else [])
    ids = [row.post_id for one, limit in asked for row in insight.listed(archive(), space, one, limit=limit)]
    quotes = tuple(Quote(one) for one in list(dict.fromkeys(ids))[:most])
    making.asked.append({"quoted": [one.post_id for one in quotes]})
    return [Quotes(making.say("reports.block.evidence"), quotes, making.say("reports.none"))]
