"""The reference of an installation as one Markdown page, made from the code itself: it cannot say what is not so.

Commands come from click, settings from their dataclass, connectors and formats from their entry points; the sentences
are the product's own messages. What no code can be asked, the meaning of each field that a command prints, is in
`CONTRACTS`, and a test holds those tables against what the commands really print. Pure, but for loading the plugins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import Field, fields
from typing import Any

import click

from palabre import plugins
from palabre.collect.contract import Description, Option
from palabre.collect.files import detect
from palabre.messages import catalogue, say
from palabre.settings import ENV, Settings

# command → part → fields as printed, in order; their meaning is the message reference.field.<command>.<part>.<field>
REST = "rest"  # stands for the fields that are described together
CONTRACTS: dict[str, dict[str, tuple[str, ...]]] = {
    "import": {
        "summary": (
            "files", "files_quarantined", "offered", "stored", "unchanged", "quarantined", "revised", "gone",
            "suppressed", "mentions", "kinds", "seconds", "posts_per_second", "watches_refused",
        ),
    },
    "match": {
        "watches": ("name", "query"),
        "posts": ("id", "text", "title", REST),
        "out": ("id", "watch", "spans", "title_spans"),
        "bad": ("line", "error"),
        "summary": ("posts", "watches", "mentions", "bad_lines"),
    },
    "search": {
        "out": (
            "id", "uri", "network", "kind", "published", "account", "title", "text", "url", "lang", "spans",
        ),
        "summary": ("n", "before"),
        "count": ("n", "exact"),
    },
    "collect": {
        "out": (
            "source", "name", "pages", "offered", "stored", "unchanged", "quarantined", "gone", "suppressed",
            "dropped", "mentions", "error", "message",
        ),
    },
    "lint": {
        "summary": ("query", "ok", "errors", "lints"),
        "remark": ("code", "severity", "start", "end", "message", "suggestion"),
    },
}  # fmt: skip
DUTIES = ("live", "backfill", "edits", "deletions")


def page(commands: click.Group, lang: str) -> str:
    """The whole page. commands: the `palabre` group, its sentences already in that language."""
    parts = (
        introduction(lang),
        command_chapter(commands, lang),
        contract_chapter(lang),
        setting_chapter(lang),
        connector_chapter(lang),
        format_chapter(lang),
        error_chapter(lang),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def told(key: str, lang: str, **params: object) -> str:
    """A sentence of this page."""
    return say(f"reference.{key}", lang, **params)


def table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; a bar inside a cell is escaped."""
    names = list(heads)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"


def escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def code(text: object) -> str:
    """Inline code; "" stays empty."""
    return f"`{text}`" if text not in ("", None) else ""


def introduction(lang: str) -> Iterator[str]:
    yield f"# {told('title', lang)}"
    yield ""
    yield told("intro", lang)


# commands


def command_chapter(commands: click.Group, lang: str) -> Iterator[str]:
    yield f"## {told('commands.title', lang)}"
    yield ""
    yield told("commands.intro", lang)
    yield ""
    yield told("commands.exits", lang)
    for path, command in walk(commands, "palabre", click.Context(commands, info_name="palabre")):
        yield ""
        yield from command_part(path, command, lang)


def walk(group: click.Group, path: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Every command under a group, in alphabetical order, with its full name."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context)
            yield from walk(command, f"{path} {name}", inner)


def command_part(path: str, command: click.Command, lang: str) -> Iterator[str]:
    yield f"### `{path}`"
    yield ""
    yield sentence(command.help or "")
    yield ""
    yield from usage(path, command)
    rows = [option_row(one, lang) for one in command.params if isinstance(one, click.Option)]
    if rows:
        yield ""
        yield from table((told(f"commands.{name}", lang) for name in ("option", "default", "help")), rows)


def usage(path: str, command: click.Command) -> Iterator[str]:
    """The form of the call, then examples, as one block of code."""
    context = click.Context(command, info_name=path)
    yield "```text"
    yield " ".join([path, *command.collect_usage_pieces(context)])
    yield "```"
    lines = examples(command.epilog or "")
    if lines:
        yield ""
        yield "```sh"
        yield from lines
        yield "```"


def examples(epilog: str) -> list[str]:
    """``Examples: a · b`` as its lines."""
    words, colon, rest = epilog.partition(": ")
    return (rest if colon and " palabre" not in f" {words}" else epilog).split(" · ") if epilog else []


def option_row(option: click.Option, lang: str) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    kind = "" if option.is_flag or option.count else f" {code(option.make_metavar(click.Context(click.Command('x'))))}"
    required = f" {told('commands.required', lang)}" if option.required else ""
    return names + kind, default_of(option), sentence(option.help or "") + required


def default_of(option: click.Option) -> str:
    value = option.default
    if value is None or isinstance(value, bool) or value in ("", ()) or not isinstance(value, str | int | float):
        return ""
    return code(value)


def sentence(text: str) -> str:
    """On one line, with a full stop."""
    line = " ".join(text.split())
    return line if not line or line[-1] in ".!?…)" else f"{line}."


# contracts


def contract_chapter(lang: str) -> Iterator[str]:
    yield f"## {told('contracts.title', lang)}"
    yield ""
    yield told("contracts.intro", lang)
    for command, parts in CONTRACTS.items():
        yield ""
        yield f"### {told(f'contract.{command}.title', lang)}"
        yield ""
        yield told(f"contract.{command}.text", lang)
        for part, names in parts.items():
            yield ""
            yield told(f"contract.{command}.{part}", lang)
            yield ""
            rows = ((field_name(name), told(f"field.{command}.{part}.{name}", lang)) for name in names)
            yield from table((told("contracts.field", lang), told("contracts.meaning", lang)), rows)
        yield ""
        yield told(f"contract.{command}.exits", lang)


def field_name(name: str) -> str:
    return "…" if name == REST else code(name)


# settings


def setting_chapter(lang: str) -> Iterator[str]:
    yield f"## {told('settings.title', lang)}"
    yield ""
    yield told("settings.intro", lang)
    yield ""
    heads = (told(f"settings.{name}", lang) for name in ("name", "variable", "default", "limits", "help"))
    yield from table(heads, (setting_row(one, lang) for one in fields(Settings)))


def setting_row(one: Field[Any], lang: str) -> tuple[str, ...]:
    low, high = one.metadata.get("low"), one.metadata.get("high")
    limits = "" if low is None and high is None else f"{number(low)} – {number(high)}"
    default = "" if one.name == "home" else code(number(one.default) if limits else one.default)
    text = say(f"settings.{one.name}", lang)
    if one.metadata.get("secret"):
        text = f"{text} {told('settings.secret', lang)}"
    return code(one.name), code(ENV + one.name.upper()), default, limits, text


def number(value: object) -> str:
    """As it is written in a file of settings: no spaces; … where there is no limit."""
    return "…" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


# connectors and formats


def connector_chapter(lang: str) -> Iterator[str]:
    yield f"## {told('connectors.title', lang)}"
    yield ""
    yield told("connectors.intro", lang)
    yield ""
    heads = (told(f"connectors.{name}", lang) for name in ("name", "rhythm", "duties", "price", "tested"))
    descriptions = [plugins.connector(name).describe() for name in sorted(plugins.registered())]
    yield from table(heads, (connector_row(one, lang) for one in descriptions))
    for one in descriptions:
        yield ""
        yield from connector_part(one, lang)


def connector_row(one: Description, lang: str) -> tuple[str, ...]:
    price = told("connectors.price_of", lang, price=f"{one.price_per_item:g}") if one.price_per_item else "0"
    does = ", ".join(told(f"connectors.{name}", lang) for name in DUTIES if getattr(one, name))
    return code(one.name), span_of(one.rhythm_seconds, lang), does or "—", price, proof_of(one.tested, lang)


def proof_of(tested: str, lang: str) -> str:
    """What a connector was tested against, in words."""
    _, _, years = tested.partition(" of ")
    if years:
        return told("connectors.recordings", lang, years=between(years, lang))
    if tested == "own requests":
        return say("cli.sources.tested_own", lang)
    return told("connectors.server", lang) if tested else "—"


def between(years: str, lang: str) -> str:
    """``2015 to 2017`` as a range of years."""
    return years.replace(" to ", "–")


def span_of(seconds: int, lang: str) -> str:
    """A rhythm in its largest whole unit."""
    for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= size and seconds % size == 0:
            return say(f"cli.{name}", lang, n=seconds // size)
    return say("cli.seconds", lang, n=seconds)


def connector_part(one: Description, lang: str) -> Iterator[str]:
    yield f"### {say(f'connector_{one.name}.title', lang)} (`{one.name}`)"
    yield ""
    yield say(f"connector_{one.name}.about", lang)
    if one.keep == "matched":
        yield told("connectors.matched", lang)
    yield ""
    heads = (told(f"connectors.{name}", lang) for name in ("option", "kind", "default", "help"))
    yield from table(heads, (connector_option(one.name, option, lang) for option in one.options))


def connector_option(connector: str, option: Option, lang: str) -> tuple[str, ...]:
    kind = told(f"kind.{option.kind}", lang)
    if option.choices:
        kind = " · ".join(code(choice) for choice in option.choices)
    default = told("connectors.required", lang) if option.required else shown(option.default, lang)
    return code(option.name), kind, default, say(f"connector_{connector}.option.{option.name}", lang)


def shown(value: object, lang: str) -> str:
    """A default: yes and no in words."""
    return told(f"kind.{str(value).lower()}", lang) if isinstance(value, bool) else code(value)


def format_chapter(lang: str) -> Iterator[str]:
    yield f"## {told('formats.title', lang)}"
    yield ""
    yield told("formats.intro", lang)
    yield ""
    rows = ((code(name), told(f"format.{name}", lang)) for name in sorted(detect.registered()))
    yield from table((told("formats.name", lang), told("formats.reads", lang)), rows)


# errors


def error_chapter(lang: str) -> Iterator[str]:
    """Every sentence has a key; its first word is the part of the house it comes from."""
    yield f"## {told('errors.title', lang)}"
    yield ""
    areas = sorted({key.partition(".")[0] for key in catalogue(lang)})
    yield told("errors.intro", lang, areas=", ".join(code(area) for area in areas))
