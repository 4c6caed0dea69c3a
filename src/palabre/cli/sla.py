"""`palabre sla EVENTS.ndjson`: how long people waited for us, from raw events; no archive needed.

NDJSON in: ``case``, ``kind`` (opened, customer, reply, assigned, snoozed, waiting, resumed, reopened, resolved),
``time`` (ISO 8601 or epoch), ``by`` (human or machine; a reply and a resolution must say it) and, where there is one,
``id``. Out: tables, or with ``--json`` one document ``{"figures", "breaches", "cover", "cases"}``; times in seconds.
These fields are stable. A line that cannot be used is reported on stderr with its number and left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._matching import loads, sentence
from palabre.cli._talk import summary
from palabre.cli.match import opened
from palabre.cli.output import duration, print_json, print_line, print_table
from palabre.cli.promises import NONE, moment_of
from palabre.clock import to_ms
from palabre.errors import InputError
from palabre.messages import say
from palabre.text.holidays import COUNTRIES

if TYPE_CHECKING:
    from palabre.measure.hours import Hours
    from palabre.measure.sla import CaseEvent, CaseTimes, Took, Wait
    from palabre.measure.sla_figures import Breach, Cover, Targets
    from palabre.model import Figure

TARGET = re.compile(r"(first|next|resolution)=(\d{1,6})(m|h)")
UNIT_MS = {"m": 60_000, "h": 3_600_000}
MUST_SAY_BY = ("reply", "resolved")
LISTED_BREACHES = 20
LISTED_HOURS = 5


@click.command(help=say("sla.help.verb"))
@click.argument("path", metavar="[EVENTS.ndjson]", default="-")
@click.option("--hours", "worked", default="mon-fri 09:00-18:00", show_default=True, help=say("sla.help.hours"))
@click.option("--tz", "zone", default="Europe/Paris", show_default=True, metavar="ZONE", help=say("sla.help.tz"))
@click.option(
    "--holidays", type=click.Choice([*COUNTRIES, NONE]), default="fr", show_default=True, help=say("sla.help.holidays")
)
@click.option("--target", "wanted", multiple=True, metavar="NAME=TIME", help=say("sla.help.target"))
@click.option("--calendar", is_flag=True, help=say("sla.help.calendar"))
@click.option("--until", default="", metavar="DATE", help=say("sla.help.until"))
@click.option("--within", type=click.IntRange(1, 10_080), default=60, show_default=True, help=say("sla.help.within"))
@click.option("--json", "as_json", is_flag=True, help=say("sla.help.json"))
def command(
    path: str,
    worked: str,
    zone: str,
    holidays: str,
    wanted: Sequence[str],
    calendar: bool,
    until: str,
    within: int,
    as_json: bool,
) -> None:
    from palabre.measure.hours import parse_hours
    from palabre.measure.sla_figures import breaches, cover, figures

    hours = parse_hours(worked, zone, "" if holidays == NONE else holidays)
    targets = targets_of(wanted, not calendar)
    counts = {"events": 0, "cases": 0, "bad_lines": 0}
    cases = read(path, hours, until, counts)
    found = (figures(cases), breaches(cases, targets), cover(cases, hours, within * 60_000))
    if as_json:
        print_json(document(*found, cases, hours))
    else:
        show(*found, cases)
    summary(counts, "sla", as_json)


def targets_of(wanted: Iterable[str], business: bool) -> Targets:
    """Targets as options say them. Raises InputError."""
    from palabre.measure.sla_figures import Targets

    found: dict[str, int] = {}
    for text in wanted:
        match = TARGET.fullmatch(text.replace(" ", ""))
        if not match:
            raise InputError("sla.bad_target", text=text)
        found[match[1]] = int(match[2]) * UNIT_MS[match[3]]
    return Targets(**found, business=business)


def read(path: str, hours: Hours, until: str, counts: dict[str, int]) -> list[CaseTimes]:
    """The times of every case of a file, in the order in which the cases come up; counts what was read."""
    from palabre.measure.sla import case_times

    def report(number: int, error: InputError) -> None:
        counts["bad_lines"] += 1
        sys.stderr.buffer.write(orjson.dumps({"line": number, "error": sentence(error)}) + b"\n")
        sys.stderr.flush()

    by_case: dict[str, list[CaseEvent]] = {}
    end = time_ms(until, hours) if until else None
    with opened(path) as lines:
        for event in events(lines, hours, report):
            counts["events"] += 1
            by_case.setdefault(event.case, []).append(event)
    if end is None and by_case:
        end = max(event.at_ms for some in by_case.values() for event in some)
    found = [times for some in by_case.values() if (times := case_times(some, hours, end))]
    counts["cases"] = len(found)
    return found


def events(lines: Iterable[bytes], hours: Hours, report: Callable[[int, InputError], None]) -> Iterator[CaseEvent]:
    """The events of some lines."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield event_of(loads(line), hours)
            except InputError as error:
                report(number, error)


def event_of(row: object, hours: Hours) -> CaseEvent:
    """One line as an event. Raises InputError."""
    from palabre.measure.sla import BY, HUMAN, KINDS, CaseEvent

    if not isinstance(row, dict):
        raise InputError("match.not_object")
    case, kind, by = row.get("case"), row.get("kind"), row.get("by")
    if type(case) not in (str, int, float) or case == "":
        raise InputError("sla.no_case")
    if kind not in KINDS:
        raise InputError("sla.bad_kind", value=str(kind)[:80], known=", ".join(KINDS))
    if by not in BY and (by or kind in MUST_SAY_BY):
        raise InputError("sla.no_author", kind=kind)
    event_id = row.get("id")
    return CaseEvent(
        str(case), kind, time_ms(row.get("time"), hours), by or HUMAN, "" if event_id is None else str(event_id)
    )


def time_ms(value: object, hours: Hours) -> int:
    """A time as epoch milliseconds, in the zone of the hours where it has none. Raises InputError."""
    try:
        found = moment_of(value, hours.zone)
    except InputError:
        found = None
    if found is None:
        raise InputError("sla.bad_time", value=str(value)[:80])
    return to_ms(found)


# as a document


def document(
    made: Sequence[Figure], missed: Sequence[Breach], seen: Cover, cases: Sequence[CaseTimes], hours: Hours
) -> dict[str, Any]:
    """Everything, times in seconds and moments in ISO 8601 in the zone of the hours."""
    return {
        "figures": [
            {"name": one.name, "value": one.value, "n": one.n, "low": one.low, "high": one.high, "few": one.few,
             "unit": one.unit, "method": one.method, "version": one.version}
            for one in made
        ],
        "breaches": [
            {"case": one.case, "measure": one.measure, "since": iso(one.since_ms, hours), "took": one.took_ms / 1000,
             "target": one.target_ms / 1000, "running": one.running}
            for one in missed
        ],
        "cover": asdict(seen),
        "cases": [case_document(one, hours) for one in cases],
    }  # fmt: skip


def case_document(case: CaseTimes, hours: Hours) -> dict[str, Any]:
    return {
        "case": case.case,
        "opened": iso(case.opened_ms, hours),
        "first": wait_document(case.first, hours) if case.first else None,
        "next": [wait_document(one, hours) for one in case.next],
        "resolution": {"human": seconds(case.resolution), "machine": seconds(case.machine_resolution)},
        "open_for": seconds(case.open_for),
        "reopened": case.reopened,
        "waiting_for_customer": seconds(case.off),
    }


def wait_document(wait: Wait, hours: Hours) -> dict[str, Any]:
    return {
        "since": iso(wait.since_ms, hours),
        "human": seconds(wait.human),
        "machine": seconds(wait.machine),
        "so_far": seconds(wait.so_far),
    }


def seconds(took: Took | None) -> dict[str, float] | None:
    return {"business": took.business_ms / 1000, "calendar": took.calendar_ms / 1000} if took else None


def iso(ms: int, hours: Hours) -> str:
    return hours.local(ms).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")


# as tables


def show(made: Sequence[Figure], missed: Sequence[Breach], seen: Cover, cases: Sequence[CaseTimes]) -> None:
    """Figures, then the targets missed, then the hours in which nobody answers."""
    if not cases:
        print_line(say("sla.nothing"))
        return
    columns = ("measure", "clock", "median", "interval", "p90", "interval", "n")
    rows = [row(median, late) for median, late in zip(made[::2], made[1::2], strict=True) if median.n]
    print_table([say(f"sla.column.{name}") for name in columns], rows)
    if missed:
        print_line(say("sla.breaches", None, n=len(missed)))
    for one in missed[:LISTED_BREACHES]:
        print_line("  " + breach_line(one))
    print_silence(seen)


def row(median: Figure, late: Figure) -> list[str]:
    measure, clock, _ = median.name.split("_")
    ends = [say("sla.few") if one.value is None else duration(one.value) for one in (median, late)]
    named = [say(f"sla.measure.{measure}"), say(f"sla.clock.{clock}")]
    return [*named, ends[0], interval(median), ends[1], interval(late), str(median.n)]


def interval(figure: Figure) -> str:
    if figure.few:
        return ""
    low, high = (say("sla.open_end") if one is None else duration(one) for one in (figure.low, figure.high))
    return say("sla.interval", None, low=low, high=high)


def breach_line(one: Breach) -> str:
    return say(
        "sla.breach",
        None,
        case=one.case,
        measure=say(f"sla.measure.{one.measure}"),
        took=duration(one.took_ms / 1000),
        target=duration(one.target_ms / 1000),
        running=say("sla.running") if one.running else "",
    )


def print_silence(seen: Cover) -> None:
    """The hours of the week in which most people asked and nobody answered."""
    worst = sorted((place for place, n in enumerate(seen.silent) if n), key=lambda place: (-seen.silent[place], place))
    if worst:
        named = [
            f"{say(f'sla.weekday.{place // 24}')} {place % 24:02d}:00 ({seen.silent[place]}/{seen.asked[place]})"
            for place in worst[:LISTED_HOURS]
        ]
        print_line(say("sla.cover", None, minutes=seen.within_ms // 60_000, hours=", ".join(named)))
