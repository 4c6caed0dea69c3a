"""What the day does by itself: its letters."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.today.letters import deliver_due

BEATS = (Beat("today.letters", 60.0, deliver_due),)
