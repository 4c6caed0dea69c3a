"""`palabre VERB …`: finds the verb's file and runs it. The list of verbs is the list of files."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

import palabre.cli
from palabre.cli._examples import with_examples
from palabre.cli._words import speak
from palabre.errors import InputError, PalabreError
from palabre.messages import default_language, say

NOT_VERBS = {"main", "output"}
speak()  # before the first command: click fixes what it says of --version there


class Verbs(click.Group):
    """The files of this package as commands. ``import_.py`` is the verb ``import``; ``_import.py`` would be none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(palabre.cli.__path__))
        return sorted(name.strip("_") for name in names if name not in NOT_VERBS and not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = cmd_name if _exists(cmd_name) else f"{cmd_name}_"
        try:
            command: click.Command = importlib.import_module(f"palabre.cli.{module}").command
        except Exception as error:  # whatever is wrong with one verb is said of it, and of no other
            raise InputError("cli.broken_verb", verb=cmd_name, reason=f"{type(error).__name__}: {error}") from error
        return with_examples(command, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs without importing them: each import would cost more than the whole list."""
        with formatter.section(say("cli.commands")):
            formatter.write_dl([(name, short_help(name)) for name in self.list_commands(ctx)])


def short_help(name: str) -> str:
    """The sentence ``cli.verbs.<name>``; a verb that has none is listed all the same."""
    key = f"cli.verbs.{name}"
    said = say(key)
    return "" if said == key else said


def _exists(name: str) -> bool:
    return any(module.name == name for module in pkgutil.iter_modules(palabre.cli.__path__))


@click.group(cls=Verbs, help=say("verbs.main"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="palabre")
def cli() -> None:
    pass


def main() -> None:
    """Runs a verb. Exit 0: done; 1: it could not be done, and stderr says why; 2: the call itself is wrong."""
    try:
        cli(standalone_mode=True)
    except PalabreError as error:
        print(say(error.key, default_language(), **error.params), file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
