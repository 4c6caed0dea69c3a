"""Parts of `palabre sources` and `palabre collect`: sources named by number or name, options from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from palabre.archive.types import Source
from palabre.cli.output import duration, moment
from palabre.collect.contract import Description
from palabre.errors import InputError, PalabreError
from palabre.health import Report, sentences
from palabre.messages import say
from palabre.pipeline import Pipeline
from palabre.road.imports import CONNECTOR as IMPORT


def found_source(pipeline: Pipeline, workspace: str, asked: str) -> Source:
    """A source by its number or its name. InputError: none, or several of that name."""
    workspace_id = pipeline.archive.workspaces.find(workspace).workspace_id
    everyone = [one for one in pipeline.archive.sources.all(workspace_id) if one.connector != IMPORT]
    found = [one for one in everyone if asked in (str(one.source_id), one.name)]
    if len(found) != 1:
        names = ", ".join(f"{one.source_id} ({one.name})" for one in found or everyone)
        raise InputError("cli.sources.which" if found else "cli.sources.none", asked=asked, names=names or "—")
    return found[0]


def options_given(pairs: Sequence[str], about: Description) -> tuple[dict[str, object], dict[str, str]]:
    """key=value pairs as (configuration, secrets); a secret may be read from a file: key=@path. InputError."""
    config: dict[str, object] = {}
    secrets: dict[str, str] = {}
    kinds = {option.name: option.kind for option in about.options}
    for one in pairs:
        name, equals, value = one.partition("=")
        if not equals:
            raise InputError("cli.sources.bad_option", text=name, known=", ".join(kinds))
        if kinds.get(name) == "secret":
            secrets[name] = secret_value(value)
        else:
            config[name] = value
    return config, secrets


def secret_value(value: str) -> str:
    """The value, or what the file after @ holds: so that a token stays out of the shell's history."""
    if not value.startswith("@"):
        return value
    try:
        with open(value[1:], encoding="utf-8") as file:
            return file.read().strip()
    except OSError as error:
        raise InputError("cli.sources.bad_secret", path=value[1:], reason=error.strerror or "") from error


def entry(source: Source) -> dict[str, object]:
    """A source as JSON; its secrets are not in it."""
    return {
        "id": source.source_id,
        "connector": source.connector,
        "name": source.name,
        "state": source.state,
        "config": dict(source.config),
        "keep": source.keep,
        "rhythm_seconds": source.rhythm_seconds,
        "next_due_ms": source.next_due_ms,
    }


def health_entry(one: Report) -> dict[str, object]:
    """A report as JSON, with its sentences in the reader's language."""
    unlike = {"state", "error_params", "drift"}
    names = [field.name for field in fields(one) if field.name not in unlike]
    said = {name: getattr(one, name) for name in names}
    return said | {"state": str(one.state), "drift": dict(one.drift), "sentences": sentences(one)}


def health_row(one: Report) -> list[str]:
    """A report as a row of a table."""
    return [
        str(one.source_id),
        one.name,
        say(f"health.word.{one.state}", None),
        moment(one.last_heard_ms),
        duration(one.rhythm_seconds),
        "—" if one.lag_ms is None else duration(one.lag_ms / 1000),
        "—"
        if one.not_modified_share is None
        else say("import.explain.percent", None, n=round(100 * one.not_modified_share)),
        "—" if one.quota_left is None else str(one.quota_left),
        str(one.quarantined),
        moment(one.silent_since_ms),
        " ".join(sentences(one)),
    ]


def percent(share: float | None) -> str:
    return "—" if share is None else say("import.explain.percent", None, n=round(100 * share))


HEADS = ("id", "name", "state", "heard", "rhythm", "lag", "unchanged", "quota", "quarantine", "silent", "remark")


def told(error: PalabreError) -> str:
    return say(error.key, None, **error.params)
