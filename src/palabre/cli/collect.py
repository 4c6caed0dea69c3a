"""`palabre collect`: asks the sources that are due, once or until it is stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

import click

from palabre.archive.types import Source
from palabre.cli._opening import opened_pipeline
from palabre.cli._sources import found_source
from palabre.cli.output import print_json, print_line
from palabre.collect.contract import Window
from palabre.errors import InputError
from palabre.messages import say
from palabre.pipeline import Pipeline
from palabre.road.collecting import RunTally
from palabre.text.dates import parse_date


@click.command(help=say("cli.collect.help"), epilog=say("cli.collect.epilog"))
@click.option("--once", is_flag=True, help=say("cli.collect.once_help"))
@click.option("--source", default="", metavar="ID|NAME", help=say("cli.collect.source_help"))
@click.option("--since", default="", metavar="DATE", help=say("cli.collect.since_help"))
@click.option("--until", default="", metavar="DATE", help=say("cli.collect.until_help"))
@click.option("--workspace", default="default", show_default=True, help=say("import.workspace_help"))
@click.option("--json", "as_json", is_flag=True, help=say("import.json_help"))
def command(once: bool, source: str, since: str, until: str, workspace: str, as_json: bool) -> None:
    window = Window(moment_ms(since), moment_ms(until))
    if window != Window() and not source:
        raise InputError("cli.collect.window_needs_source")
    with opened_pipeline(network=True) as pipeline:
        if source:
            collect_one(pipeline, found_source(pipeline, workspace, source), window, as_json)
        else:
            collect_all(pipeline, once, as_json)


def moment_ms(text: str) -> int:
    """A date on the command line; 0 when there is none. InputError if it is no date."""
    found = parse_date(text) if text else 0
    if found is None:
        raise InputError("cli.collect.bad_date", text=text)
    return found


def collect_one(pipeline: Pipeline, source: Source, window: Window, as_json: bool) -> None:
    """One run of one source; exit 1 if it failed."""
    tally = pipeline.collect(source, window)
    if tally is None:
        raise InputError("pipeline.source_busy", name=source.name)
    teller(as_json)(source, tally)
    if tally.error:
        raise SystemExit(1)


def collect_all(pipeline: Pipeline, once: bool, as_json: bool) -> None:
    """All sources that are due, once or for good."""
    from palabre.scheduler import STOP_SECONDS, Scheduler
    from palabre.upkeep import Upkeep, after_work

    scheduler = Scheduler(pipeline, teller(as_json))
    if once:
        n = scheduler.once()
        after_work(pipeline.archive, pipeline.clock)
        if not as_json:
            print_line(say("cli.collect.done", None, n=n))
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        scheduler.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    keeper = threading.Thread(
        target=Upkeep(pipeline.archive, pipeline.clock, scheduler.stopping).run, name="upkeep", daemon=True
    )
    keeper.start()
    scheduler.run()
    keeper.join(STOP_SECONDS)


def teller(as_json: bool) -> Callable[[Source, RunTally], None]:
    """Prints each run as it ends."""
    return lambda source, tally: print_json(entry(source, tally)) if as_json else print_line(sentence(source, tally))


def entry(source: Source, tally: RunTally) -> dict[str, object]:
    done = tally.receipt
    return {
        "source": source.source_id,
        "name": source.name,
        "pages": tally.pages,
        "offered": done.offered,
        "stored": done.kept,
        "unchanged": done.set_aside,
        "quarantined": done.quarantined,
        "gone": done.gone,
        "suppressed": done.suppressed,
        "dropped": done.dropped,
        "mentions": tally.mentions,
        "error": tally.error,
        "message": say(tally.error, None, **tally.params) if tally.error else "",
    }


def sentence(source: Source, tally: RunTally) -> str:
    if tally.error:
        return f"{source.name}: {say(tally.error, None, **tally.params)}"
    return say("cli.collect.run", None, **entry(source, tally))
