"""`palabre up`: the whole product in one process, and the browser on it."""

from __future__ import annotations

import os
import sys
import threading

import click

from palabre.errors import ConfigError
from palabre.messages import LANGUAGES, default_language, say


@click.command("up", help=say("verbs.up"))
@click.option("--no-browser", is_flag=True, help=say("verbs.up_no_browser"))
@click.option("--host", default=None, help=say("verbs.up_host"))
@click.option("--port", default=None, type=click.IntRange(0, 65535), help=say("verbs.up_port"))
@click.option("--sample", is_flag=True, help=say("verbs.up_sample"))
def command(no_browser: bool, host: str | None, port: int | None, sample: bool) -> None:
    """Starts the desk and the collecting; prints the address and opens it."""
    _settings_from(host, port)
    try:
        _run(port, open_it=not no_browser, sample=sample)
    except KeyboardInterrupt:
        _both("desk.up.stopped")
        _leave()


def _leave() -> None:
    """A beat that is still in the middle of a long question would make Python abort as it takes itself apart: what was
    acknowledged is on the disk, so the process just ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _run(port: int | None, *, open_it: bool, sample: bool) -> None:
    """Everything between the first line and Ctrl-C."""
    from palabre.desk.config import serve, start

    start.django()
    from django.conf import settings

    _safe(start.faults(), start.warnings())
    start.tables()
    start.workspaces()
    start.jobs()
    start.static_files()
    values = settings.PALABRE
    server = _listening(values.host, values.port if port is None else port)
    if sample:
        _load_sample()
    _announce(serve.address_of(values, values.host, server.effective_port), open_it=open_it)
    serve.until_stopped(server, values, lambda work, reason: _both(f"desk.up.no_{work}", reason=reason))


def _settings_from(host: str | None, port: int | None) -> None:
    """Options are settings for this process, read like all others (port 0, any free one, is for tests alone)."""
    if host is not None:
        os.environ["PALABRE_HOST"] = host
    if port:
        os.environ["PALABRE_PORT"] = str(port)


def _safe(faults: list[str], warnings: list[str]) -> None:
    for warning in warnings:
        click.echo(warning, err=True)
    if faults:
        raise ConfigError("desk.up.unsafe", reason="\n".join(faults))


def _listening(host: str, port: int):  # type: ignore[no-untyped-def]  # waitress has no types
    from palabre.desk.config.serve import make_server

    try:
        return make_server(host, port)
    except OSError as error:
        raise ConfigError("desk.up.busy", port=port, other=port + 1) from error


def _load_sample() -> None:
    """Into an empty workspace, in the background: the pages are there at once and fill."""
    from palabre.desk.engine import archive
    from palabre.desk.panel import sample

    default = archive().workspaces.find("default").workspace_id
    if archive().search(default, limit=1):
        _both("desk.up.sample_there")
        return
    sample.begin(archive(), default, default_language())
    _both("desk.up.sample")


def _announce(address: str, *, open_it: bool) -> None:
    """The ready line in both languages, and the browser."""
    from palabre.desk.workspaces.people import entry_link, local_owner

    url = f"{address}/enter/{entry_link(local_owner())}"
    _both("desk.up.ready", url=url)
    _both("desk.up.local")
    _both("desk.up.stop")
    sys.stdout.flush()
    if open_it and _has_screen():
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _has_screen() -> bool:
    """A browser can only open where there is something to open it on."""
    return sys.platform in {"win32", "darwin"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _both(key: str, **params: object) -> None:
    """A line in French and one in English, for whoever reads the terminal."""
    for line in dict.fromkeys(say(key, lang, **params) for lang in LANGUAGES):
        click.echo(line)
