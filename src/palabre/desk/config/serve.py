"""One process for everything: the pages (waitress) and the collecting (a thread), until Ctrl-C."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from palabre.settings import Settings

if TYPE_CHECKING:
    from palabre.scheduler import Scheduler

Complain = Callable[[str, str], None]  # of the name of a work, and why it ended
THREADS = 8
STOP_SECONDS = 25.0
HEAD_START_SECONDS = 2.0  # of the first page: what works in the background loads would slow it down by half
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104  # turned into what a browser can open


def address_of(values: Settings, host: str, port: int) -> str:
    """Where a browser finds the desk."""
    if values.site_url:
        return values.site_url.rstrip("/")
    shown = WILDCARDS.get(host, host)
    return f"http://{f'[{shown}]' if ':' in shown and not shown.startswith('[') else shown}:{port}"


def make_server(host: str, port: int) -> Any:
    """A waitress server that listens already. Raises OSError when the port is taken."""
    from waitress import create_server

    from palabre.desk.config.wsgi import application

    return create_server(
        application,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=False,  # our own code decides which header to believe (trusted_proxies)
        max_request_body_size=20_000_000,
        channel_timeout=60,
    )


def working(values: Settings, complain: Complain) -> Callable[[], None]:
    """Collecting, upkeep and the beats of the desk, each in a thread; the desk lives on where one cannot start.

    Returns what stops them.
    """
    stopping = threading.Event()
    made: list[Scheduler] = []

    def collect() -> None:
        made.append(_scheduler(values))
        made[0].run()

    works = {"collect": collect, "upkeep": lambda: _upkeep(stopping), "beats": lambda: _beats(stopping), "warm": _warm}
    threads = [_thread(work, partial(complain, name), stopping) for name, work in works.items()]

    def stop() -> None:
        stopping.set()
        for scheduler in made:
            scheduler.stop()
        for thread in threads:
            thread.join(STOP_SECONDS)

    return stop


def _thread(work: Callable[[], None], complain: Callable[[str], None], stopping: threading.Event) -> threading.Thread:
    def run() -> None:
        if stopping.wait(HEAD_START_SECONDS):
            return
        try:
            work()
        except Exception as error:
            complain(str(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    """The first chart and the first call of the API should not be those that wait. What is loaded by then lives to the
    end: a page during which the collector walked all of it took 110 ms more."""
    from django.urls import get_resolver

    from palabre.desk.api import urls
    from palabre.desk.mentions import chart

    chart.warm()
    get_resolver().url_patterns  # noqa: B018  # all routes of the pages, where no page was asked yet
    urls.LATER.url_patterns  # noqa: B018  # loads them
    gc.collect()
    gc.freeze()


def _beats(stopping: threading.Event) -> None:
    """What the apps of the desk do by themselves: intake, sending, reminders."""
    from palabre.desk import beats

    beats.run(stopping)


def _upkeep(stopping: threading.Event) -> None:
    """History for watches that were added or changed, the lake, retention."""
    from palabre.desk.clock import CLOCK
    from palabre.desk.engine import archive
    from palabre.upkeep import Upkeep

    Upkeep(archive(), CLOCK, stopping).run()


def _scheduler(values: Settings) -> Scheduler:
    from palabre.desk.clock import CLOCK
    from palabre.desk.engine import archive
    from palabre.net import Net
    from palabre.pipeline import Pipeline
    from palabre.scheduler import Scheduler

    return Scheduler(Pipeline(archive(), Net(values, CLOCK), CLOCK, values))


def until_stopped(server: Any, values: Settings, complain: Complain) -> None:
    """Serves and collects until Ctrl-C or SIGTERM (both raise KeyboardInterrupt here), then lets go of everything."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGINT):  # a shell starts background commands deaf to SIGINT
        signal.signal(name, leave)
    stop = working(values, complain)
    try:
        server.run()
    finally:
        server.close()
        stop()
    raise KeyboardInterrupt  # waitress swallows it when it comes during its own loop
