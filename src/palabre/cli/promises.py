"""`palabre promises TEXTS.ndjson`: which replies promise something, and for when; no archive needed.

A filter: NDJSON in (``id``, ``text``, ``time``, ``language``), NDJSON out, one line a text in input order: ``{"id",
"promise", "due", "span"}``. due: a date, or a date and time in the writer's own time, null without one; span: code
points of the text that carry the promise, null without one. These fields are stable. A line that cannot be used is
reported on stderr with its number and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any

import click
import orjson

from palabre.cli._matching import loads, sentence
from palabre.cli._talk import SECONDS_MAX, summary
from palabre.cli.match import opened
from palabre.errors import InputError
from palabre.messages import say
from palabre.text.holidays import COUNTRIES

LINES_AT_ONCE = 2_000
NONE = "none"


@dataclass(frozen=True, slots=True)
class Reply:
    """One text. moment: when it was written, on the writer's clock; None when the line does not say."""

    name: object
    text: str
    moment: datetime | None
    language: str


@click.command(help=say("promises.help.verb"))
@click.argument("path", metavar="[TEXTS.ndjson]", default="-")
@click.option("--tz", "zone", default="UTC", show_default=True, metavar="ZONE", help=say("promises.help.tz"))
@click.option("--holidays", type=click.Choice([*COUNTRIES, NONE]), default=None, help=say("promises.help.holidays"))
@click.option("--json", "as_json", is_flag=True, help=say("promises.help.json"))
def command(path: str, zone: str, holidays: str | None, as_json: bool) -> None:
    counts = {"texts": 0, "promises": 0, "dated": 0, "bad_lines": 0}

    def report(number: int, error: InputError) -> None:
        counts["bad_lines"] += 1
        sys.stderr.buffer.write(orjson.dumps({"line": number, "error": sentence(error)}) + b"\n")
        sys.stderr.flush()

    country = "" if holidays == NONE else holidays
    with opened(path) as lines:
        replies = read(lines, zone_of(zone), report)
        while some := list(islice(replies, LINES_AT_ONCE)):
            write(list(answers(some, country)), counts)
    summary(counts, "promises", as_json)


def zone_of(name: str) -> tzinfo:
    """A time zone by its IANA name. Raises InputError."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError("promises.bad_zone", name=name) from error


def read(lines: Iterable[bytes], zone: tzinfo, report: Callable[[int, InputError], None]) -> Iterator[Reply]:
    """The replies of some lines."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield reply(loads(line), zone)
            except InputError as error:
                report(number, error)


def reply(row: object, zone: tzinfo) -> Reply:
    """One line as a reply. Raises InputError."""
    if not isinstance(row, dict):
        raise InputError("match.not_object")
    if type(row.get("id")) not in (str, int, float):
        raise InputError("match.no_id")
    if not isinstance(row.get("text"), str):
        raise InputError("match.no_text")
    spoken = row.get("language") or row.get("lang") or ""
    if not isinstance(spoken, str):
        raise InputError("match.bad_field", name="language", value=str(spoken)[:80])
    return Reply(row["id"], row["text"], moment_of(row.get("time"), zone), spoken[:2].lower())


def moment_of(value: object, zone: tzinfo) -> datetime | None:
    """A time as its writer's clock showed it: its own offset, or ``zone`` where it has none. Raises InputError."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and not value.strip().replace(".", "", 1).isdecimal():
            found = datetime.fromisoformat(value.strip())
            return found if found.tzinfo else found.replace(tzinfo=zone)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            seconds = float(value)
            return datetime.fromtimestamp(seconds if abs(seconds) < SECONDS_MAX else seconds / 1000, UTC).astimezone(
                zone
            )
    except (ValueError, OverflowError, OSError):
        pass
    raise InputError("match.bad_field", name="time", value=str(value)[:80])


def answers(replies: list[Reply], country: str | None) -> Iterator[dict[str, Any]]:
    """One object a reply."""
    from palabre.read.promises import promise

    for one, language in zip(replies, languages(replies), strict=True):
        found = promise(one.text, one.moment or datetime(2000, 1, 1, tzinfo=UTC), language, country)
        due = found.due if found and one.moment else ""
        span = [found.start, found.end] if found else None
        yield {"id": one.name, "promise": found is not None, "due": due or None, "span": span}


def languages(replies: list[Reply]) -> list[str]:
    """The language of each: as declared, else the likelier of those whose promises can be read."""
    from palabre.read.promises import LANGUAGES

    unknown = [one.text for one in replies if one.language not in LANGUAGES]
    if not unknown:
        return [one.language for one in replies]
    import pyarrow as pa

    from palabre.read.language import answers as likeliest
    from palabre.read.language import model, spoken

    labels, _ = likeliest(model(LANGUAGES), spoken(pa.array(unknown, pa.string())), 0.0)
    found = iter(labels)
    return [one.language if one.language in LANGUAGES else next(found) or LANGUAGES[0] for one in replies]


def write(lines: list[dict[str, Any]], counts: dict[str, int]) -> None:
    """One line each, and counts."""
    sys.stdout.buffer.write(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in lines))
    sys.stdout.flush()
    counts["texts"] += len(lines)
    counts["promises"] += sum(one["promise"] for one in lines)
    counts["dated"] += sum(one["due"] is not None for one in lines)
