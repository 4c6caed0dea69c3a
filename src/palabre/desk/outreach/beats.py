"""What going out does by itself: it looks for whom to contact. It contacts nobody."""

from __future__ import annotations

from palabre.desk.beats import Beat
from palabre.desk.outreach.rounds import look_all

BEATS = (Beat("outreach.look", 3600.0, look_all),)
