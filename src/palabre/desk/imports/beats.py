"""What imports do by themselves: files are read one after the other; what nobody wanted goes away."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.imports import working

BEATS = (
    Beat(working.BEAT, 5.0, working.run),
    Beat("imports.tidy", 3_600.0, working.tidy),
)
