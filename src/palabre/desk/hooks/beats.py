"""What outgoing events do by themselves."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.hooks import delivering, recording

BEATS = (
    Beat("hooks.record", 5.0, recording.run),
    Beat("hooks.deliver", 3.0, delivering.run),
    Beat("hooks.tidy", 3_600.0, recording.tidy),
)
