"""What a round trip needs: an archive, a pipeline that may reach named loopback ports, and a look into the stream."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

from palabre import plugins
from palabre.archive import Archive, PostRow, open_archive
from palabre.clock import SystemClock
from palabre.net import Net
from palabre.pipeline import Pipeline
from palabre.road.collecting import RunTally
from palabre.search import ask
from palabre.settings import load

sys.path.insert(0, str(Path(__file__).parent))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)
            item.add_marker(pytest.mark.timeout(300))


@dataclass
class Ear:
    """One workspace that listens. heard() collects every source once; found() searches as a user would."""

    archive: Archive
    pipeline: Pipeline

    def listen(self, connector: str, config: Mapping[str, object], secrets: Mapping[str, str] | None = None) -> int:
        whole = plugins.connector(connector).validate(config)
        source = self.archive.sources.add(1, connector, connector, dict(whole), secrets=secrets)
        return source.source_id

    def heard(self, source_id: int) -> RunTally:
        tally = self.pipeline.collect(self.archive.sources.get(source_id))
        assert tally is not None
        assert not tally.error, (tally.error, tally.params)
        return tally

    def heard_live(
        self, source_id: int, happens: Callable[[], object], until: Callable[[], bool], seconds: float = 30
    ) -> None:
        """Lets a live source run in a thread; something happens once it listens; ends when ``until`` is true."""
        import time

        end, stop = time.monotonic() + seconds, False

        def stopped() -> bool:
            return stop

        runner = Thread(
            target=lambda: self.pipeline.collect(self.archive.sources.get(source_id), stopped=stopped), daemon=True
        )
        runner.start()
        time.sleep(2)
        happens()
        while time.monotonic() < end and not until():
            time.sleep(0.2)
        stop = True
        runner.join(15)

    def found(self, query: str) -> list[tuple[PostRow, list[str]]]:
        """Posts that match, with the words that say why."""
        asked = ask(self.archive, 1, query)
        rows = asked.rows(limit=50)
        parts = []
        for row, spans in zip(rows, asked.spans(rows), strict=True):
            where = {"text": row.post.text, "title": row.post.title}
            parts.append((row, [where[span.where][span.start : span.end] for span in spans]))
        return parts

    def texts(self, query: str) -> list[str]:
        return [row.post.text for row, _ in self.found(query)]


@pytest.fixture
def ear(home: Path) -> Iterator[Callable[..., Ear]]:
    """ear(port, …): a workspace that may reach these loopback ports and nothing else that is private."""
    opened: list[Archive] = []

    def made(*ports: int) -> Ear:
        allowed = " ".join(f"{host}:{port}" for port in ports for host in ("127.0.0.1", "localhost"))
        settings = load(home, {"PALABRE_ALLOWED_HOSTS_PRIVATE": allowed, "PALABRE_HOST_INTERVAL_SECONDS": "0"})
        clock = SystemClock()
        archive = open_archive(settings, clock)
        opened.append(archive)
        return Ear(archive, Pipeline(archive, Net(settings, clock), clock, settings))

    yield made
    for archive in opened:
        archive.close()
