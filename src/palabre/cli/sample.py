"""`palabre sample`: the invented ninety days, written to a file or loaded into a workspace with their panel."""

from __future__ import annotations

from typing import IO, Any

import click
import orjson

from palabre.cli.output import print_json, print_line, quiet
from palabre.messages import default_language, say


@click.command(name="sample", help=say("sample.help"), epilog=say("sample.epilog"))
@click.option("--out", type=click.File("wb"), help=say("sample.out_help"))
@click.option("--truth", is_flag=True, help=say("sample.truth_help"))
@click.option("--load", "into", is_flag=True, help=say("sample.load_help"))
@click.option("--workspace", default="default", show_default=True, help=say("sample.workspace_help"))
@click.option("--seed", default=7, show_default=True, help=say("sample.seed_help"))
@click.option("--json", "as_json", is_flag=True, help=say("sample.json_help"))
def command(out: IO[bytes] | None, truth: bool, into: bool, workspace: str, seed: int, as_json: bool) -> None:
    from palabre.clock import SystemClock
    from palabre.sample import play
    from palabre.sample import truth as told

    now = SystemClock().now_ms()
    lines = play(now, seed)
    summary: dict[str, Any] = told(now, lines)
    if out:
        from palabre.sample.load import record

        out.writelines(orjson.dumps(record(line.post)) + b"\n" for line in lines)
    if into:
        summary["stored"] = load_into(workspace, seed, as_json)
    if truth or as_json:
        print_json(summary)
    elif into:
        print_line(say("sample.loaded", None, n=summary["stored"], workspace=workspace))
    elif not out:
        print_line(say("sample.holds", None, posts=summary["posts"], accounts=summary["accounts"]))


def load_into(workspace: str, seed: int, as_json: bool) -> int:
    """The panel, then the posts, with a progress bar. Returns how many posts were new."""
    from rich.console import Console
    from rich.progress import Progress

    from palabre.cli._opening import opened_pipeline
    from palabre.sample.load import add_panel, load

    with (
        opened_pipeline() as pipeline,
        Progress(console=Console(stderr=True), disable=quiet(as_json), transient=True) as progress,
    ):
        workspace_id = pipeline.archive.workspaces.find(workspace).workspace_id
        add_panel(pipeline.archive, workspace_id, default_language())
        bar = progress.add_task(say("sample.loading"))
        return load(
            pipeline.archive,
            pipeline.clock,
            workspace_id,
            lambda done, total: progress.update(bar, completed=done, total=total),
            seed,
        )
