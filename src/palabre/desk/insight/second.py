"""The second opinion as the page of models tells it: whom it asks, what came of it, what is left, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.archive.opinions import Tally
from palabre.desk.clock import CLOCK
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.workspaces.access import Seat
from palabre.errors import ConfigError
from palabre.settings import Settings

NOTHING = Tally(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading. who: the other model in words, "" where none is asked any more; failure: its last one in words, ""
    where there was none; in_row: failures since it answered last; minutes: until it is asked again."""

    name: str
    who: str
    tally: Tally
    failure: str = ""
    failed_ms: int = 0
    in_row: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Second:
    """fault: why the setting cannot be used, "" when it can; on: whether it names another model."""

    on: bool
    fault: str
    rows: tuple[Asked, ...]
    left: int = 0
    per_day: int = 0


def second(seat: Seat, lang: str) -> Second:
    """Of one workspace; the budget and the failures are those of the installation."""
    given, tallies = archive().settings, archive().opinions.tally(seat.workspace.id)
    before = tuple(Asked(name, "", tally) for name, tally in tallies.items())
    if not given.provider_readings:
        return Second(False, "", before)
    from palabre.providers.second import Budget, wanted

    try:
        kinds = wanted(given)
    except ConfigError as error:
        return Second(True, speak(error.key, lang, **error.params), before)
    rows = tuple(
        asked(given, name, kinds.get(name, ""), tallies.get(name, NOTHING), lang) for name in {**kinds, **tallies}
    )
    return Second(True, "", rows, Budget.of(given, CLOCK).left(), given.provider_posts_per_day)


def asked(given: Settings, name: str, kind: str, tally: Tally, lang: str) -> Asked:
    from palabre.providers.failing import Failures

    last = Failures.of(given, CLOCK).all().get(name) if kind else None
    if last is None:
        return Asked(name, who(given, kind, lang), tally)
    minutes = max(1, -(-(last.until_ms - CLOCK.now_ms()) // 60_000)) if last.in_row else 0
    return Asked(
        name, who(given, kind, lang), tally, speak(last.key, lang, **last.params), last.at_ms, last.in_row, minutes
    )


def who(given: Settings, kind: str, lang: str) -> str:
    """The other model in words; where posts are sent, its host."""
    if not kind:
        return ""
    host = given.provider_url.partition("//")[2].partition("/")[0].rpartition("@")[2] or "?"
    return speak(f"models.second.{kind}", lang, model=given.provider_model or "?", host=host)
