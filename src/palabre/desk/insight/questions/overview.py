"""How much is said of us and of our rivals, when, in which tone, and what stood out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from palabre import insight
from palabre.archive.types import Watch
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import of_step
from palabre.desk.insight.evidence import address
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.mentions import access
from palabre.desk.workspaces.access import Seat
from palabre.insight import Explained, Overview, WatchFigures
from palabre.insight.overview import Step
from palabre.insight.scope import is_heard
from palabre.measure.charts import Chart, Point, Series
from palabre.model import TONES, Evidence, Figure, WatchKind
from palabre.understand.spikes import why

MOST_LINES, MOST_BARS = 6, 12  # watches drawn; a chart with more is a tangle
OURS = {WatchKind.ORGANISATION, WatchKind.BRAND}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside that of the period before. heard: whether that period was listened to; ratio: of the change, None
    where there was nothing before; by: the difference of two scores, None where either is not said."""

    now: Figure
    then: Figure
    heard: bool

    @property
    def ratio(self) -> float | None:
        if self.now.value is None or not self.then.value:
            return None
        return (self.now.value - self.then.value) / abs(self.then.value)

    @property
    def by(self) -> float | None:
        if self.now.unit != "score" or self.now.value is None or self.then.value is None:
            return None
        return self.now.value - self.then.value


TILES = ("volume", "voices", "accounts", "engagement", "reach", "net_tone", "net_tone_voices")


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    scope = scope_of(asked)
    now = insight.overview(archive(), seat.workspace.id, scope)
    then = insight.overview(archive(), seat.workspace.id, scope.within(*asked.before))
    heard = is_heard(archive().posts.first_ms(seat.workspace.id), *asked.before)
    spikes = insight.spikes(archive(), seat.workspace.id, scope)
    watches = access.watches(seat)
    shown = sorted((one for one in now.watches if one.watch_id in watches), key=lambda one: -one.volume.n)
    context = {
        "found": now,
        "changes": [Change(getattr(now, name), getattr(then, name), heard) for name in TILES],
        "spikes": [
            (one, days_of(one), why(one.spike, lang)) for one in sorted(spikes, key=lambda one: -one.spike.score)
        ],
        "rivals": [(watches[one.watch_id], one) for one in shown],
        "ledger": insight.noise(archive(), seat.workspace.id, scope),
        "open": asked.open,
    }
    return Screen(context, drawings(seat, asked, now, spikes, watches, shown, lang))


def drawings(
    seat: Seat,
    asked: Asked,
    now: Overview,
    spikes: Sequence[Explained],
    watches: Mapping[int, Watch],
    shown: Sequence[WatchFigures],
    lang: str,
) -> dict[str, Chart]:
    """volume: a line a watch; tone: posts by tone over time; voice: share of voice in posts and in voices."""
    marks = tuple((one.spike.peak_ms, speak("insight.overview.spike", lang)) for one in spikes)
    lines = tuple(
        line(seat, asked, watches[one.watch_id], now.steps) for one in shown[:MOST_LINES] if one.watch_id in watches
    )
    return {
        "volume": Chart("lines", lines, marks=marks),
        "net": Chart("lines", (net(seat, asked, now.steps, lang),), unit="score"),
        "tone": Chart("parts", tuple(tone(seat, shown, watches, name, lang) for name in TONES), unit="share"),
        "voice": Chart("ranked", voice(seat, shown, watches, lang), unit="share"),
        "intents": Chart("ranked", (parts(seat, now, "intents", lang),), unit="share"),
        "emotions": Chart("ranked", (parts(seat, now, "emotions", lang),), unit="share"),
    }


def line(seat: Seat, asked: Asked, watch: Watch, steps: Sequence[Step]) -> Series:
    """One watch, a point a step; steps without a mention are zero."""
    points = tuple(point(seat, asked, watch.watch_id, step) for step in steps)
    return Series(watch.name, points, ours=watch.kind in OURS)


def point(seat: Seat, asked: Asked, watch_id: int, step: Step) -> Point:
    n = step.by_watch.get(watch_id, 0)
    day = 86_400_000
    first = step.start_ms - step.start_ms % day
    evidence = Evidence(watch_ids=(watch_id,), since_ms=first, until_ms=first + max(day, asked.step_ms))
    return Point(step.start_ms, n, n=n, href=address(seat, evidence))


def net(seat: Seat, asked: Asked, steps: Sequence[Step], lang: str) -> Series:
    """Net tone, a point a step; steps with too few posts to say are left out."""
    points = (net_point(seat, asked, step) for step in steps if step.net.value is not None)
    return Series(speak("figure.name.net_tone", lang), tuple(points), ours=True)


def net_point(seat: Seat, asked: Asked, step: Step) -> Point:
    one, days = step.net, of_step(step.net.evidence, step.start_ms, asked.step_ms)
    return Point(step.start_ms, one.value or 0.0, one.low, one.high, one.n, address(seat, days))


def tone(seat: Seat, shown: Sequence[WatchFigures], watches: Mapping[int, Watch], name: str, lang: str) -> Series:
    """The share of a tone in the posts of each watch."""
    known = shown[:MOST_LINES]
    named = [(watches[one.watch_id].name, part.share) for one in known for part in one.tones if part.name == name]
    return Series(speak(f"insight.tone.{name}", lang), bars(seat, named), tone=name)


def voice(seat: Seat, shown: Sequence[WatchFigures], watches: Mapping[int, Watch], lang: str) -> tuple[Series, ...]:
    """Share of voice, in posts and in voices, of each watch compared."""
    known = [(watches[one.watch_id].name, one) for one in shown[:MOST_BARS]]
    posts = bars(seat, [(name, one.share) for name, one in known])
    voices = bars(seat, [(name, one.share_voices) for name, one in known])
    return Series(speak("insight.in_posts", lang), posts, ours=True), Series(speak("insight.in_voices", lang), voices)


def bars(seat: Seat, named: Sequence[tuple[str, Figure]]) -> tuple[Point, ...]:
    """A bar for each figure that says something."""
    return tuple(bar(seat, name, figure) for name, figure in named if figure.value is not None)


def strongest(spikes: Sequence[Explained]) -> list[Explained]:
    return sorted(spikes, key=lambda one: -one.spike.score)


def parts(seat: Seat, now: Overview, name: str, lang: str) -> Series:
    """The shares of the values of a reading, most first."""
    ranked = sorted(getattr(now, name), key=lambda part: -(part.share.value or 0))
    return Series("", bars(seat, [(speak(f"insight.{name}.{part.name}", lang), part.share) for part in ranked]))


def bar(seat: Seat, label: str, figure: Figure) -> Point:
    value = figure.value or 0.0
    return Point(label, value, figure.low, figure.high, figure.n, address(seat, figure.evidence))


def days_of(one: Explained) -> list[date]:
    """The day of a spike, or its first and its last."""
    days = (datetime.fromtimestamp(ms / 1000, UTC).date() for ms in (one.spike.start_ms, one.spike.end_ms - 1))
    return list(dict.fromkeys(days))


PAGE = Page("overview", "insight.overview.title", build, rank=10)
