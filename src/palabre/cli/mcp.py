"""`palabre mcp`: a server of the Model Context Protocol on standard input and output. It reads and drafts, never sends.

PALABRE_TOKEN=… palabre mcp --workspace default
"""

from __future__ import annotations

import sys

import click

from palabre.errors import ConfigError, InputError
from palabre.messages import default_language, say


@click.command(help=say("cli.verbs.mcp"))
@click.option("--workspace", "slug", default="default", show_default=True, help=say("mcp.help.workspace"))
@click.option("--token", envvar="PALABRE_TOKEN", default="", help=say("mcp.help.token"))
@click.option("--lang", type=click.Choice(("en", "fr")), default=None, help=say("mcp.help.lang"))
def command(slug: str, token: str, lang: str | None) -> None:
    ready(token)
    from palabre.cli._mcp import Way, server
    from palabre.desk.config import start
    from palabre.logs import configure

    start.django()
    configure("WARNING")
    start.tables()
    start.workspaces()
    quiet()
    known(slug)
    server(Way(token, slug, lang or default_language())).run("stdio")


def ready(token: str) -> None:
    """Raises ConfigError: the SDK is not installed; InputError: no token was given."""
    try:
        import mcp.server  # noqa: F401  # an extra
    except ImportError as error:
        raise ConfigError("mcp.not_installed") from error
    if not token.strip():
        raise InputError("mcp.no_token")
    if sys.stdin.isatty():
        click.echo(say("mcp.waits"), err=True)


def quiet() -> None:
    """The folder of static files, which nobody asks for here; without it a warning is printed."""
    from pathlib import Path

    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def known(slug: str) -> None:
    """Raises InputError for a workspace that is not there: a token cannot say which one is wrong."""
    from palabre.desk.workspaces.models import Workspace

    if not Workspace.objects.filter(slug=slug).exists():
        raise InputError("mcp.no_workspace", name=slug)
