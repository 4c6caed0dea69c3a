"""`palabre import --explain FILE`: the column-mapping assistant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from palabre.cli.output import print_json, print_line, print_table
from palabre.collect.files import streams
from palabre.collect.files.detect import format_for
from palabre.collect.files.tables import Plan, TableFormat
from palabre.errors import ItemError
from palabre.messages import say
from palabre.settings import settings


def explain_files(paths: Sequence[str], kind: str, options: Mapping[str, str], as_json: bool) -> None:
    """What is known of each file before anything is written."""
    found = [explained(path, kind, options) for path in streams.walked(paths)]
    if as_json:
        print_json(found)
        return
    for one in found:
        for line in told(one):
            print_line(line)
        if one.get("columns"):
            print_table(heads(), rows(one))


def explained(path: Path | None, kind: str, options: Mapping[str, str]) -> dict[str, object]:
    """One file: its kind, and for a table the meaning of its columns."""
    name = str(path or "-")
    try:
        with streams.single(path, settings().import_file_bytes_max) as opened:
            chosen = format_for(opened, kind)
            if not isinstance(chosen, TableFormat):
                return {"file": name, "kind": chosen.name}
            return {"file": name, "kind": chosen.name, **plan_entry(chosen.explain(opened.stream, options))}
    except ItemError as error:
        return {"file": name, "kind": "", "error": error.key, "message": say(error.key, None, **error.params)}


def plan_entry(plan: Plan) -> dict[str, object]:
    columns = [
        {"field": one.field, "column": one.column, "confidence": one.confidence, "samples": list(one.samples)}
        for one in plan.mapped.guesses
    ]
    return {
        "columns": columns,
        "id": plan.key or "hash",
        "network": plan.mapped.network,
        "day_first": plan.mapped.day_first,
    }


def told(one: Mapping[str, object]) -> Iterator[str]:
    if "message" in one:
        yield f"{one['file']}: {one['message']}"
        return
    yield say("import.explain.kind", None, file=one["file"], kind=one["kind"])
    if "columns" in one:
        yield say(f"import.explain.id_{one['id']}", None)
        yield say("import.explain.change", None)


def heads() -> list[str]:
    return [say(f"import.explain.{name}", None) for name in ("field", "column", "confidence", "samples")]


def rows(one: Mapping[str, object]) -> Iterator[list[str]]:
    columns = one["columns"]
    for entry in columns if isinstance(columns, list) else []:
        share = say("import.explain.percent", None, n=round(100 * entry["confidence"]))
        yield [say(f"import.field.{entry['field']}", None), entry["column"], share, " · ".join(entry["samples"])]
