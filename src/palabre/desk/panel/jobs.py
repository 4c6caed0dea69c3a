"""Long work in a thread, with a row that says how far it is. The work itself is given a way to report."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, connection

from palabre.desk.clock import now_ms
from palabre.desk.panel.models import Job
from palabre.desk.workspaces.models import Workspace
from palabre.errors import PalabreError

LOG = logging.getLogger("palabre.desk.jobs")
Report = Callable[[int, int], None]  # done, total
Work = Callable[[Report], None]
REPORT_MS = 500


def start(workspace: Workspace, what: str, work: Work, about: str = "") -> Job:
    """Begins; the row is there at once."""
    job = Job.objects.add(workspace, what=what, about=about[:200], started_ms=now_ms())
    if settings.JOBS_IN_THREADS:
        threading.Thread(target=_run, args=(job, work), name=f"job-{what}", daemon=True).start()
    else:
        perform(job, work)
    return job


def _run(job: Job, work: Work) -> None:
    close_old_connections()
    try:
        perform(job, work)
    finally:
        connection.close()


def perform(job: Job, work: Work) -> None:
    """The work to its end, whatever happens; the row keeps the key of a failure, never its content."""
    last = 0

    def report(done: int, total: int) -> None:
        nonlocal last
        job.done, job.total = done, total
        if now_ms() - last >= REPORT_MS:
            last = now_ms()
            job.save(update_fields=["done", "total"])

    try:
        work(report)
        job.state = "done"
    except PalabreError as error:
        job.state, job.error_key = "failed", error.key
    except Exception:
        LOG.exception("job %s failed", job.uid)
        job.state, job.error_key = "failed", "panel.job.broken"
    job.ended_ms = now_ms()
    job.save()


def running(workspace: Workspace, what: str = "") -> list[Job]:
    """What is under way, oldest first."""
    rows = Job.objects.of(workspace).filter(state="running").order_by("pk")
    return list(rows.filter(what=what) if what else rows)


def interrupted() -> None:
    """At the start of a process: what another one left running will not go on."""
    Job._base_manager.filter(state="running").update(state="failed", error_key="panel.job.stopped", ended_ms=now_ms())
