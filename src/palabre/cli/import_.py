"""`palabre import PATH…`: posts from files, folders, archives or the standard input."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import orjson

from palabre.cli._opening import opened_pipeline
from palabre.cli.output import print_json, print_line, quiet
from palabre.collect.files.columns import FIELDS
from palabre.errors import InputError
from palabre.messages import say


@click.command(help=say("import.help"), epilog=say("import.epilog"))
@click.argument("paths", nargs=-1, required=True)
@click.option("--kind", default="", help=say("import.kind_help"))
@click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help=say("import.map_help"))
@click.option("--mapping", type=click.Path(), help=say("import.mapping_help"))
@click.option("--network", default="", help=say("import.network_help"))
@click.option("--workspace", default="default", show_default=True, help=say("import.workspace_help"))
@click.option("--watches", type=click.Path(), help=say("import.watches_help"))
@click.option("--raw/--no-raw", default=True, help=say("import.raw_help"))
@click.option("--explain", is_flag=True, help=say("import.explain_help"))
@click.option("--json", "as_json", is_flag=True, help=say("import.json_help"))
def command(
    paths: tuple[str, ...],
    kind: str,
    maps: tuple[str, ...],
    mapping: str | None,
    network: str,
    workspace: str,
    watches: str | None,
    raw: bool,
    explain: bool,
    as_json: bool,
) -> None:
    options = options_of(maps, mapping, network)
    check_paths(paths)
    if explain:
        from palabre.cli._explaining import explain_files

        explain_files(paths, kind, options, as_json)
        return
    run(paths, kind, options, workspace, watches, raw, as_json)


def run(
    paths: Sequence[str],
    kind: str,
    options: Mapping[str, str],
    workspace: str,
    watches: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """The import itself; the last line of the standard output is its summary."""
    from palabre.cli._importing import Shown, refused_watches, sentence, watch_lines
    from palabre.match.limits import Limits
    from palabre.road.worker import reader_for, resting_collector
    from palabre.upkeep import after_work

    given = list(watch_lines(watches)) if watches else []
    with reader_for(paths) as reader, opened_pipeline() as pipeline:
        workspace_id = pipeline.archive.workspaces.find(workspace).workspace_id
        reader.announce([query for _, _, query in given], Limits.of(pipeline.settings))
        refused = refused_watches(pipeline, workspace_id, watches, given) if watches else []
        with Shown(paths, quiet(as_json)) as shown, resting_collector():
            tally = pipeline.import_files(
                workspace_id, paths, kind, options, raw=raw, watcher=shown.update, news=reader.news
            )
        after_work(pipeline.archive, pipeline.clock)
    summary: dict[str, object] = tally.summary() | ({"watches_refused": len(refused)} if watches else {})
    for name, fault in tally.broken.items():
        print_line(f"{name}: {say(fault.key, None, **fault.params)}", sys.stderr)
    print_json(summary) if as_json else print_line(sentence(summary))


def options_of(maps: Sequence[str], mapping: str | None, network: str) -> dict[str, str]:
    """What the user says of the columns, as options of the formats."""
    options = {"network": network} if network else {}
    if mapping:
        options |= {f"map.{name}": column for name, column in mapping_file(Path(mapping)).items()}
    for one in maps:
        name, column = pair(one)
        options[f"map.{name}"] = column
    return options


def pair(text: str) -> tuple[str, str]:
    """COLUMN=FIELD or FIELD=COLUMN as (field, column). InputError if neither side is a field."""
    left, equals, right = text.partition("=")
    if equals and right in FIELDS:
        return right, left
    if equals and left in FIELDS:
        return left, right
    raise InputError("import.bad_map", text=text, fields=", ".join(FIELDS))


def mapping_file(path: Path) -> dict[str, str]:
    """{"field": "column"} or {"column": "field"} in a JSON file. InputError."""
    try:
        pairs = orjson.loads(path.read_bytes())
        found = dict(pair(f"{left}={right}") for left, right in pairs.items())
    except (OSError, orjson.JSONDecodeError, AttributeError) as error:
        raise InputError("import.bad_mapping", path=str(path), reason=type(error).__name__) from error
    return found


def check_paths(paths: Sequence[str]) -> None:
    """InputError when none of the paths is there; one that is missing beside others is quarantined with its reason."""
    if not any(path == "-" or Path(path).exists() for path in paths):
        raise InputError("import.no_such_path", path=paths[0])
