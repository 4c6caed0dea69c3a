"""What the inbox does by itself."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.inbox import intake, upkeep

BEATS = (
    Beat("inbox.intake", 5, intake.run),
    Beat("inbox.wake", 15, upkeep.wake),
    Beat("inbox.rank", 30, upkeep.rank),
    Beat("inbox.look", 60, upkeep.look),
)
