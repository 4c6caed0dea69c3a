"""The import itself, in the background: one file after the other, each on the road that `palabre import` takes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import F

from palabre.clock import to_datetime
from palabre.desk import beats
from palabre.desk.clock import CLOCK, now_ms
from palabre.desk.engine import archive
from palabre.desk.imports import keeping
from palabre.desk.imports.models import ARRIVING, DONE, FAILED, HELD, QUEUED, RUNNING, STOPPED, WAITING, Import
from palabre.errors import PalabreError
from palabre.pipeline import Pipeline
from palabre.road.imports import Tally
from palabre.road.reading import Filled, News
from palabre.text.clean import clean_text

LOG = logging.getLogger("palabre.desk.imports")
BEAT = "imports.read"
REPORT_MS = 500
TRIES_MAX = 3  # a file that ended the process so often is not tried again
FAULTS_KEPT = 100
KEPT_HOURS = 24  # that a file waits for somebody to say yes


class Halted(Exception):
    """Somebody stopped the import, or the process is about to end."""


def run() -> int:
    """Every file that waits its turn and lies on this machine; how many were read."""
    done = 0
    while not beats.ending() and (row := claimed()) is not None:
        perform(row)
        done += 1
    return done


def claimed() -> Import | None:
    """The oldest that waits, now ours."""
    for row in Import._base_manager.filter(state=QUEUED).order_by("pk"):
        mine = Import._base_manager.filter(pk=row.pk, state=QUEUED)
        if keeping.path_of(row).is_file() and mine.update(state=RUNNING, tries=F("tries") + 1):
            return row
    return None


def perform(row: Import) -> None:
    """One import to its end, whatever happens; the file goes away with it, unless it is to go on at the next start."""
    try:
        tally = read(row)
    except Halted:
        changed(row, state=QUEUED, tries=row.tries)  # where nobody stopped it
        if Import._base_manager.filter(pk=row.pk, state=QUEUED).exists():
            return
    except PalabreError as error:
        failed(row, error.key, error.params)
    except Exception:
        LOG.exception("import %s failed", row.uid)
        failed(row, "imports.broken", {})
    else:
        ended(row, tally)
    keeping.remove(row)


def read(row: Import) -> Tally:
    """Raises Halted, and what an import raises."""
    path = keeping.path_of(row)
    road = Pipeline(archive(), None, CLOCK, settings.PALABRE)
    return road.import_files(
        row.workspace_id,
        [str(path)],
        row.kind,
        row.options,
        watcher=Progress(row).hear,
        bytes_max=keeping.unpacked_bytes_max(),
        root=f"{path.parent}/",
    )


class Progress:
    """Writes on the row how far it is, and notices that somebody stopped it."""

    def __init__(self, row: Import) -> None:
        self.row, self.last = row, 0

    def hear(self, news: News, tally: Tally) -> None:
        if not isinstance(news, Filled) or now_ms() - self.last < REPORT_MS:
            return
        self.last = now_ms()
        known = told(self.row, tally)
        if not changed(self.row, done=news.place, posts=tally.receipt.offered, said=known) or beats.ending():
            raise Halted


def told(row: Import, tally: Tally) -> dict[str, object]:
    """What became of the posts so far. resumed: an attempt before this one had kept some, which now are known."""
    return tally.summary() | {"resumed": bool(row.said)}


def changed(row: Import, **values: object) -> bool:
    """Changes an import that runs; False where it runs no more."""
    return bool(Import._base_manager.filter(pk=row.pk, state=RUNNING).update(**values))


def plain(params: Mapping[str, object]) -> dict[str, str]:
    """Values of a fault as every database keeps them: what a file calls its columns may hold any sign."""
    return {name: clean_text(str(value))[:300] for name, value in params.items()}


def failed(row: Import, key: str, params: Mapping[str, object]) -> None:
    changed(row, state=FAILED, error_key=key, error_params=plain(params), ended_ms=now_ms())


def ended(row: Import, tally: Tally) -> None:
    """What became of it. A file that gave nothing at all failed, with its reason."""
    broken = list(tally.broken.items())[:FAULTS_KEPT]
    faults = [[name.removeprefix(f"{row.name}!"), fault.key, plain(fault.params)] for name, fault in broken]
    changed(row, said=told(row, tally), faults=faults, posts=tally.receipt.offered, done=row.size)
    only = next(iter(tally.broken.values()), None)
    if only is not None and tally.files == 1 and tally.receipt.offered == 0:
        failed(row, only.key, only.params)
    else:
        changed(row, state=DONE, ended_ms=now_ms())


def interrupted() -> None:
    """At the start of the product: what the last process left running goes on, unless it ended that process often."""
    left = [row for row in Import._base_manager.filter(state=RUNNING) if keeping.path_of(row).is_file()]
    for row in left:
        if row.tries < TRIES_MAX:
            changed(row, state=QUEUED)
        else:
            failed(row, "imports.broken", {})
            keeping.remove(row)


def tidy() -> None:
    """Away with files that nobody said yes to, and with folders that no import owns."""
    since = now_ms() - KEPT_HOURS * 3_600_000
    for row in Import._base_manager.filter(state__in=(ARRIVING, WAITING), made_ms__lt=since):
        keeping.discard_row(row)
    lost = Import._base_manager.filter(state__in=(QUEUED, RUNNING), made_ms__lt=since)
    for row in lost:
        if not keeping.path_of(row).is_file():
            Import._base_manager.filter(pk=row.pk).update(state=STOPPED, ended_ms=now_ms())
    known = set(Import._base_manager.filter(state__in=HELD).values_list("uid", flat=True))
    before = to_datetime(now_ms()) - timedelta(hours=KEPT_HOURS)
    for path in keeping.strays(known, before.timestamp()):
        keeping.discard(path)
