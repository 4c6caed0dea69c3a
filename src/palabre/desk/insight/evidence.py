"""The address that lists the posts behind a figure: the stream, asked with the figure's own evidence."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from palabre.desk.mentions.selection import ALL, DAY_MS, day_of
from palabre.desk.workspaces.access import Seat
from palabre.model import Evidence

IDS_MAX = 2_000  # posts named one by one in an address


def pairs(evidence: Evidence) -> list[tuple[str, str]]:
    """As the words of an address: a filter of several values has them separated by spaces. Days: a figure's period is
    whole days. Posts that are named one by one need mention nothing: replies, for one."""
    found = [("q", evidence.query)] if evidence.query else []
    found += [("watch", str(one)) for one in evidence.watch_ids]
    found += [(name, value) for name, values in sorted(evidence.filters.items()) for value in values.split()]
    if evidence.post_ids:
        found += [("post", " ".join(map(str, evidence.post_ids[:IDS_MAX])))]
        found += [("scope", ALL)] if not evidence.watch_ids and "scope" not in evidence.filters else []
    found += [("since", day_of(evidence.since_ms).isoformat())] if evidence.since_ms else []
    found += [("until", day_of(evidence.until_ms - 1).isoformat())] if evidence.until_ms >= DAY_MS else []
    return found


def address(seat: Seat, evidence: Evidence) -> str:
    """Of the stream with these posts."""
    here = reverse("mentions:stream", kwargs={"workspace_slug": seat.workspace.slug})
    return f"{here}?{urlencode(pairs(evidence))}"
