"""Parts of `palabre import`: its watches, its progress, its last line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

import orjson

from palabre.archive.types import Watch
from palabre.cli.output import decimal, grouped, print_line
from palabre.errors import InputError, PalabreError, QueryError
from palabre.match.limits import Limits
from palabre.match.parser import parse
from palabre.messages import say
from palabre.pipeline import Pipeline
from palabre.road.imports import Tally
from palabre.road.reading import Entered, Filled, Left, News, total_size

SHOWN_MAX = 20  # refused watches printed one by one
WatchLine = tuple[int, str, str]  # number of the line, name, query


def watch_lines(path: str) -> Iterator[WatchLine]:
    """The lines of WATCHES.ndjson. InputError for what is no such file."""
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    found = orjson.loads(line)
                    yield number, str(found.get("name", f"watch {number}")), str(found["query"])
    except (OSError, orjson.JSONDecodeError, KeyError, AttributeError) as error:
        raise InputError("import.bad_watches", path=path, reason=type(error).__name__) from error


def refused_watches(pipeline: Pipeline, workspace_id: int, path: str, lines: Sequence[WatchLine]) -> list[int]:
    """Adds the watches of a file, or changes those of the same name; lines that cannot be parsed are left."""
    known = {watch.name: watch for watch in pipeline.archive.watches.all(workspace_id)}
    lists = pipeline.archive.watches.lists(workspace_id)
    limits = Limits.of(pipeline.settings)
    new: list[tuple[str, str, str]] = []
    refused: list[int] = []
    for number, name, query in lines:
        try:
            parse(query, lists=lists, limits=limits)
        except QueryError as error:
            refused.append(number)
            tell(path, number, error, len(refused))
        else:
            put(pipeline, workspace_id, known.get(name), name, query, new)
    pipeline.archive.watches.add_many(workspace_id, new, who="import")
    return refused


def put(
    pipeline: Pipeline, workspace_id: int, old: Watch | None, name: str, query: str, new: list[tuple[str, str, str]]
) -> None:
    """A watch to be added, or one to be changed at once if its query is another."""
    if old is None:
        new.append((name, query, "theme"))
    elif old.query != query:
        pipeline.archive.watches.change(old.watch_id, workspace_id, query=query, who="import")


def tell(path: str, number: int, error: PalabreError, count: int) -> None:
    if count <= SHOWN_MAX:
        print_line(f"{path}:{number}: {say(error.key, None, **error.params)}", sys.stderr)


def sentence(summary: Mapping[str, object]) -> str:
    """The summary as the last line for people."""
    numbers = {name: value for name, value in summary.items() if isinstance(value, int | float)}
    return say(
        "import.summary", None,
        **{name: decimal(n) if isinstance(n, float) else grouped(n) for name, n in numbers.items()},
    )  # fmt: skip


class Shown:
    """A progress bar by bytes of files; posts so far and their speed beside it."""

    def __init__(self, paths: Sequence[str], hidden: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        size = total_size(paths)
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[posts]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=hidden,
        )
        self.task = self.bar.add_task("", total=size if size < 1 << 40 else None, posts="")
        self.sizes: dict[str, int] = {}

    def __enter__(self) -> Shown:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.bar.stop()

    def update(self, news: News, tally: Tally) -> None:
        """Moves the bar."""
        if isinstance(news, Entered):
            self.sizes[news.name] = news.size
            self.bar.update(self.task, description=os.path.basename(news.name)[:40])
        elif isinstance(news, Left):
            self.bar.advance(self.task, self.sizes.pop(news.name, 0))
        elif isinstance(news, Filled):
            self.bar.update(self.task, posts=said(tally))


def said(tally: Tally) -> str:
    speed = round(tally.receipt.offered / tally.seconds) if tally.seconds else 0
    return say("import.progress", None, n=tally.receipt.offered, speed=speed)
