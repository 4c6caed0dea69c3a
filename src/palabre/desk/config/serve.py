"""One process for everything: the pages (waitress) and the collecting (a thread), until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from palabre.settings import Settings

THREADS = 8
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


def collecting(values: Settings, stop: threading.Event, complain: Callable[[str], None]) -> threading.Thread:
    """The scheduler in a thread of its own; the desk lives on where it cannot start."""

    def run() -> None:
        try:
            from palabre.desk.engine import archive
            from palabre.scheduler import run_forever

            run_forever(archive(), values, stop)
        except Exception as error:
            complain(str(error))

    thread = threading.Thread(target=run, name="collect", daemon=True)
    thread.start()
    return thread


def until_stopped(server: Any, values: Settings, complain: Callable[[str], None]) -> None:
    """Serves and collects until Ctrl-C or SIGTERM (both raise KeyboardInterrupt here), then lets go of everything."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    stop = threading.Event()
    collecting(values, stop, complain)
    try:
        server.run()
    finally:
        stop.set()
        server.close()
    raise KeyboardInterrupt  # waitress swallows it when it comes during its own loop
