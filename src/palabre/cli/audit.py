"""`palabre audit …`: a random sample to label in five minutes says how right a figure is, and corrects its share.

``draw``: one post a line to label, ``{"sample", "post", "text", "url", "labels"}``. ``label``: NDJSON in,
``{"post", "label"}``. ``show --json``: ``{"sample", "answered", "agreement", "shares", "raw", "precision"}``.
"""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson

from palabre.archive import Filters
from palabre.archive.archive import open_archive
from palabre.cli.match import opened
from palabre.cli.output import print_json, print_line, print_table
from palabre.cli.search import date_ms
from palabre.cli.series import chosen
from palabre.errors import InputError, PalabreError
from palabre.messages import say
from palabre.settings import settings

WORKSPACE = click.option("--workspace", default="default", show_default=True, help=say("series.workspace_help"))


@click.group(help=say("audit.help"), epilog=say("audit.epilog"))
def command() -> None:
    pass


@command.command("draw", help=say("audit.draw_help"))
@click.argument("name")
@click.option("--n", default=40, show_default=True, type=click.IntRange(1, 1_000), help=say("audit.n_help"))
@click.option("--seed", default=0, show_default=True, type=int, help=say("audit.seed_help"))
@click.option("--watch", "names", multiple=True, metavar="NAME", help=say("series.watch_help"))
@click.option("--since", default="", metavar="DATE", help=say("series.since_help"))
@click.option("--until", default="", metavar="DATE", help=say("series.until_help"))
@click.option("--who", default="", help=say("audit.who_help"))
@WORKSPACE
def draw_command(
    name: str, n: int, seed: int, names: tuple[str, ...], since: str, until: str, who: str, workspace: str
) -> None:
    from palabre.insight.audits import LABELS, draw
    from palabre.insight.scope import Scope

    if name not in LABELS:
        raise InputError("audit.unknown", name=name, known=", ".join(LABELS))
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        watches = tuple(one.watch_id for one in chosen(archive, workspace_id, names)) if names else ()
        scope = Scope(Filters(watch_ids=watches, mentioned=True, since_ms=date_ms(since), until_ms=date_ms(until)))
        sample = draw(archive, workspace_id, name, scope.evidence, n=n, seed=seed, who=who)
        ids = [one.post_id for one in sample.labels]
        for row in archive.posts.many(workspace_id, ids):
            facts = {"sample": sample.sample_id, "post": row.post_id, "text": row.post.text, "url": row.post.url}
            print_json(facts | {"labels": LABELS[name]})


@command.command("label", help=say("audit.label_help"))
@click.argument("sample_id", type=int)
@click.argument("labels_path", metavar="[LABELS.ndjson]", default="-")
@click.option("--who", default="", help=say("audit.who_help"))
@WORKSPACE
def label_command(sample_id: int, labels_path: str, who: str, workspace: str) -> None:
    from palabre.insight.audits import LABELS

    bad = n = 0
    with open_archive(settings()) as archive, opened(labels_path) as lines:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        known = LABELS[archive.samples.get(workspace_id, sample_id).name]
        for number, line in enumerate(lines, 1):
            try:
                post, said = answer_of(line, known)
                archive.samples.label(workspace_id, sample_id, post, said, who)
                n += 1
            except PalabreError as error:
                bad += 1
                told = {"line": number, "error": say(error.key, None, **error.params)}
                sys.stderr.buffer.write(orjson.dumps(told) + b"\n")
    print_line(say("audit.labelled", None, n=n))
    if bad:
        raise SystemExit(1)


def answer_of(line: bytes, known: tuple[str, ...]) -> tuple[int, str]:
    """(post, label) of a line. Raises InputError."""
    try:
        found: Any = orjson.loads(line)
        post, said = int(found["post"]), str(found["label"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError("audit.bad_line") from error
    if said not in known:
        raise InputError("audit.bad_label", said=said, known=", ".join(known))
    return post, said


@command.command("show", help=say("audit.show_help"))
@click.argument("sample_id", type=int)
@click.option("--json", "as_json", is_flag=True, help=say("series.json_help"))
@WORKSPACE
def show_command(sample_id: int, as_json: bool, workspace: str) -> None:
    from palabre.cli._asking import figure_words
    from palabre.insight.audits import audited

    with open_archive(settings()) as archive:
        found = audited(archive, archive.workspaces.find(workspace).workspace_id, sample_id)
    if as_json:
        facts = {"sample": sample_id, "answered": len(found.sample.answered), "agreement": found.agreement}
        print_json(facts | {"shares": found.shares, "raw": found.raw, "precision": found.precision})
        return
    print_line(say("audit.agreement", None, figure=figure_words(found.agreement)))
    heads = [say(f"audit.column.{name}", None) for name in ("label", "raw", "share", "precision")]
    parts = (found.raw, found.shares, found.precision)
    print_table(heads, [[label, *(figure_words(part[label]) for part in parts)] for label in found.labels])
