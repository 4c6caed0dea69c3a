"""`palabre doctor`: looks at what usually goes wrong, and says what to do."""

from __future__ import annotations

import click

from palabre.checkup import ERROR, Finding, findings
from palabre.cli.output import print_json, print_line
from palabre.clock import SystemClock
from palabre.messages import say
from palabre.settings import settings


@click.command(help=say("doctor.help"), epilog=say("doctor.epilog"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.sources.json_help"))
def command(as_json: bool) -> None:
    found = list(findings(settings(), SystemClock()))
    if as_json:
        print_json([entry(one) for one in found])
    else:
        for one in found:
            print_line(f"{one.check} {say(f'doctor.level.{one.level}', None)} {sentence(one)}")
    if any(one.level == ERROR for one in found):
        raise SystemExit(1)


def sentence(one: Finding) -> str:
    return say(f"doctor.{one.key}", None, **one.params)


def entry(one: Finding) -> dict[str, object]:
    return {"check": one.check, "level": one.level, "key": one.key, "message": sentence(one)}
