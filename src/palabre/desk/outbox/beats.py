"""What the outbox does by itself."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.outbox import courier, hearing, looking, settling

BEATS = (
    Beat("outbox.send", 1.0, courier.run),
    Beat("outbox.look", 5.0, looking.run),
    Beat("outbox.tell", 30.0, settling.tell_again),
    Beat("outbox.hear", 15.0, hearing.run),
)
