"""The archive and the pipeline as commands use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from palabre.archive.archive import open_archive
from palabre.clock import SystemClock
from palabre.logs import configure
from palabre.pipeline import Pipeline
from palabre.settings import settings


@contextmanager
def opened_pipeline(network: bool = False) -> Iterator[Pipeline]:
    """A pipeline on the archive of this data folder; network: it will collect."""
    clock = SystemClock()
    configure(settings().log_level if network else "WARNING")
    with open_archive(settings(), clock) as archive:
        net = None
        if network:
            from palabre.net import Net

            net = Net(settings(), clock)
        yield Pipeline(archive, net, clock, settings())
