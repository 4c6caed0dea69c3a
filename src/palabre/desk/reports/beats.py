"""What reports and alerts do by themselves."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.reports import digests, telling, watching

BEATS = (
    Beat("reports.digests", 30.0, digests.run),
    Beat("alerts.watch", 60.0, watching.run),
    Beat("alerts.tell", 10.0, telling.run),
)
