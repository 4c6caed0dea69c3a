"""`palabre today`: the list of the day, as the first page of the desk shows it.

Without ``--minutes`` it is the list that the desk keeps for that member, made if it was not; with it, the list as it
would be now, which is not kept. ``--json`` gives one object: ``date, minutes, estimate, sections, left, done``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.errors import InputError
from palabre.messages import LANGUAGES, default_language, say

if TYPE_CHECKING:
    from palabre.desk.today.day import Page
    from palabre.desk.workspaces.access import Seat

MINUTES = click.IntRange(5, 120)


@click.command(help=say("today.help.verb"))
@click.option("--minutes", type=MINUTES, default=None, help=say("today.help.minutes"))
@click.option("--user", "email", default="", metavar="EMAIL", help=say("today.help.user"))
@click.option("--workspace", "slug", default="default", show_default=True, help=say("today.help.workspace"))
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help=say("today.help.lang"))
@click.option("--json", "as_json", is_flag=True, help=say("today.help.json"))
def command(minutes: int | None, email: str, slug: str, lang: str | None, as_json: bool) -> None:
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()
    from django.utils import translation

    from palabre.desk.today import making
    from palabre.desk.today.day import day_of

    spoken = lang or default_language()
    with translation.override(spoken):
        day = day_of(seat_of(slug, email), spoken)
        page = making.page(day, making.composed(day, minutes) if minutes else making.made(day))
        click.echo(as_object(page) if as_json else "\n".join(lines(page, spoken)))


def seat_of(slug: str, email: str) -> Seat:
    """A member's seat; the owner's where nobody is named. Raises InputError."""
    from palabre.desk.workspaces.access import Seat
    from palabre.desk.workspaces.models import Membership, Workspace

    workspace = Workspace.objects.filter(slug=slug).first()
    held = list(Membership.objects.of(workspace).select_related("user").order_by("pk")) if workspace else []
    if workspace is None or not held:
        raise InputError("today.fault.no_workspace", slug=slug)
    wanted = [one for one in held if (one.user.email == email.strip().lower() if email else one.role == "owner")]
    if not wanted:
        known = ", ".join(sorted(one.user.email for one in held if one.user.email)) or "—"
        raise InputError("today.fault.nobody", email=email, known=known)
    return Seat(workspace, wanted[0].user, wanted[0].role)


def as_object(page: Page) -> str:
    """The list for programs."""
    sections = [
        {"section": section.name, "entries": [
            {"key": one.key, "title": one.shown.title, "why": one.shown.why, "minutes": one.minutes, "done": one.done,
             "address": one.shown.href} for one in section.entries]}
        for section in page.sections
    ]  # fmt: skip
    left = [{"section": name, "n": n, "minutes": minutes} for name, n, minutes, _ in page.left]
    made: dict[str, Any] = {"date": page.date.isoformat(), "minutes": page.minutes, "estimate": page.estimate,
                            "sections": sections, "left": left, "uncovered": list(page.uncovered),
                            "failed": list(page.failed), "done": page.over}  # fmt: skip
    return orjson.dumps(made).decode()


def lines(page: Page, lang: str) -> list[str]:
    """The list for a terminal."""
    from palabre.desk.design.words import speak

    def told(key: str, **params: object) -> str:
        return speak(f"today.{key}", lang, **params)

    head = told("count", n=page.n, minutes=page.estimate) if page.n else told("empty.title")
    said = [f"{head} {told('budget', n=page.minutes)}"]
    for section in page.sections:
        said += ["", told(f"section.{section.name}")]
        for one in section.entries:
            said += [f"  [{'x' if one.done else ' '}] {one.shown.title} ({told('minutes', n=one.minutes)})"]
            said += [f"      {one.shown.why}"] if one.shown.why else []
    if page.left:
        said += ["", told("left.title")]
        colon = speak("desk.colon", lang)
        said += [f"  {told(f'section.{name}')}{colon}{line}" for name, line, _ in page.left_out(lang)]
    return [*said, "", told("over") if page.over else told("then_over")]
