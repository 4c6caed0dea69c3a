"""`palabre manage …`: Django's own commands on the desk, and the entry link."""

from __future__ import annotations

import click

from palabre.messages import say


@click.command(
    "manage",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []},
    help=say("verbs.manage"),
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """``link`` is ours; all else is Django's."""
    from palabre.desk.config import start

    start.django()
    if words == ("link",):
        start.tables()
        start.workspaces()
        click.echo(_link())
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(["palabre manage", *words])


def _link() -> str:
    from django.conf import settings

    from palabre.desk.config.serve import address_of
    from palabre.desk.workspaces.people import entry_link, local_owner

    values = settings.PALABRE
    return say(
        "desk.up.ready", None, url=f"{address_of(values, values.host, values.port)}/enter/{entry_link(local_owner())}"
    )
