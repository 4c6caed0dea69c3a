"""`palabre reference FOLDER`: writes the reference of this very installation, in both languages.

The sentences of a command are chosen when its file is imported; each language is therefore written by a process of
its own (``--print``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from palabre.cli.output import print_line
from palabre.messages import default_language, say

NAMES = {"en": "reference.md", "fr": "reference.fr.md"}
AGAIN = "from palabre.cli.main import main; main()"


@click.command("reference", help=say("reference.cli.help"))
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--print", "printed", is_flag=True, help=say("reference.cli.print_help"))
def command(folder: Path | None, printed: bool) -> None:
    if printed:
        click.echo(here(default_language()), nl=False)
    elif folder is None:
        raise click.UsageError(click.get_current_context().get_usage())
    else:
        for lang, name in NAMES.items():
            (folder / name).write_text(in_language(lang), "utf-8")
            print_line(say("reference.cli.written", None, path=folder / name))


def here(lang: str) -> str:
    """The page in the language of this process."""
    from palabre import reference
    from palabre.cli.main import cli

    return reference.page(cli, lang)


def in_language(lang: str) -> str:
    """The page as a process of that language writes it."""
    done = subprocess.run(  # noqa: S603  # our own interpreter and words
        [sys.executable, "-c", AGAIN, "reference", "--print"],
        env=os.environ | {"PALABRE_LANG": lang, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode("utf-8")
