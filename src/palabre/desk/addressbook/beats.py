"""What the address book does by itself."""

from __future__ import annotations

from palabre.desk.addressbook import syncing
from palabre.desk.addressbook.acts import BEAT
from palabre.desk.beats import Beat

BEATS = (Beat(BEAT, 300, syncing.run),)
