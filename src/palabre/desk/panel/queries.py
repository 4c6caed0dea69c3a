"""A query as the editor needs it: read, remarked on, tried against its tests, shown on a text. No page, no request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from palabre.archive.types import WatchTest
from palabre.desk.design.words import spaced
from palabre.errors import QueryError
from palabre.match import lint as linter
from palabre.match import oracle
from palabre.match.limits import Limits
from palabre.match.parser import parse
from palabre.match.query import Lint, Query
from palabre.match.simple import Simple, from_text, to_text
from palabre.model import Post, Span

EXCERPT_CHARS = 420
WEIGHTS = (("light", 20.0), ("fair", 500.0))


def read(text: str, lists: Mapping[str, str]) -> Query:
    """The query, within the limits of this installation. Raises QueryError."""
    return parse(text, lists=lists, limits=Limits.of(settings.PALABRE))


@dataclass(frozen=True, slots=True)
class Remark:
    """severity: error, warning or advice; place: the characters it is about; remedy: "start:end:text", or ""."""

    severity: str
    code: str
    words: str
    place: str
    suggestion: str = ""
    remedy: str = ""


def remarks(query: Query, lang: str) -> list[Remark]:
    """What the linter has to say."""
    return [
        Remark(
            linter.severity(one),
            one.code,
            worded(one, lang),
            query.text[one.start : one.end],
            one.suggestion or "",
            remedy_of(one.start, one.end, one.suggestion),
        )
        for one in linter.lint(query)
    ]


def worded(lint: Lint, lang: str) -> str:
    """A remark as the page writes it."""
    return spaced(lint.say(lang)) if lang == "fr" else lint.say(lang)


def cost_of(query: Query) -> tuple[str, float]:
    """(light, fair or heavy; microseconds of one core for a thousand posts, rounded to what an estimate can say)."""
    from palabre.match.cost import estimate

    us = estimate(query.root).us_per_1000_posts
    weight = next((name for name, most in WEIGHTS if us <= most), "heavy")
    return weight, round(us, 1) if us < 10 else round(us)


@dataclass(frozen=True, slots=True)
class Translation:
    """A query of another tool as ours, and what could not be carried."""

    text: str
    remarks: tuple[Remark, ...]


def converted(dialect: str, text: str, lang: str) -> Translation:
    """Raises QueryError for a text that is no query of that tool."""
    from palabre.match.dialects import convert

    made = convert(text, dialect, Limits.of(settings.PALABRE))
    lints = (Remark("warning", one.code, worded(one, lang), text[one.start : one.end]) for one in made.lints)
    return Translation(made.text, tuple(lints))


def fault(error: QueryError, text: str, words: str) -> Remark:
    """A query that cannot be read, as the first remark."""
    place, remedy = text[error.start : error.end], remedy_of(error.start, error.end, error.suggestion)
    return Remark("error", error.key.rpartition(".")[2], words, place, error.suggestion or "", remedy)


def remedy_of(start: int, end: int, suggestion: str | None) -> str:
    return "" if suggestion is None else f"{start}:{end}:{suggestion}"


def mended(text: str, remedy: str) -> str:
    """The text with a remedy applied; unchanged when the remedy is not one."""
    start, _, rest = remedy.partition(":")
    end, _, suggestion = rest.partition(":")
    if not (start.isdecimal() and end.isdecimal() and int(start) <= int(end) <= len(text)):
        return text
    return " ".join((text[: int(start)] + suggestion + text[int(end) :]).split())


def lines_of(text: str) -> tuple[str, ...]:
    """One entry a line, or separated by commas."""
    return tuple(part.strip() for line in text.splitlines() for part in line.split(",") if part.strip())


def simple_text(any_: str, all_: str, none: str) -> str:
    """The query of the three boxes of the simple mode."""
    return to_text(Simple(lines_of(any_), lines_of(all_), lines_of(none)))


def simple_of(query: Query) -> dict[str, str] | None:
    """The three boxes of a query, None when it says more than they can."""
    found = from_text(query)
    if found is None:
        return None
    return {name: "\n".join(getattr(found, name)) for name in ("any", "all", "none")}


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """passed: whether the query does with the text what the test asks."""

    test: WatchTest
    passed: bool


def run_tests(query: Query, tests: Iterable[WatchTest]) -> list[TestOutcome]:
    """Every must-match and must-not-match text against a query."""
    return [TestOutcome(test, finds(query, test.text) is test.must_match) for test in tests]


def finds(query: Query, text: str) -> bool:
    """Whether the query matches a text that stands alone."""
    return oracle.matches(query.root, oracle.post_from(Post(uri="test:", network="test", text=text)))


def pieces(text: str, found: Iterable[Span], where: str = "text") -> list[tuple[str, bool]]:
    """A text cut in (characters, marked) pieces; overlapping spans are one."""
    out: list[tuple[str, bool]] = []
    at = 0
    for span in sorted((span for span in found if span.where == where), key=lambda span: span.start):
        start, end = max(at, span.start), min(len(text), span.end)
        if start >= end:
            continue
        out += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [piece for piece in [*out, (text[at:], False)] if piece[0]]


def excerpt(text: str, found: Sequence[Span], most: int = EXCERPT_CHARS) -> list[tuple[str, bool]]:
    """The part of a long text around its first span, with its pieces."""
    inside = [span for span in found if span.where == "text"]
    start = max(0, inside[0].start - most // 3) if inside and len(text) > most else 0
    moved = [Span(span.start - start, span.end - start) for span in inside if span.end > start]
    shown = pieces(text[start : start + most], moved)
    before, after = [("… ", False)] if start else [], [(" …", False)] if start + most < len(text) else []
    return [*before, *shown, *after]


def digest(text: str) -> str:
    """What judgements of a query hang on: its text without idle spaces."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
