"""What somebody asks of a question: a period, watches, and the filters of the stream. Pure.

The words of an address are those of the stream, so that a figure's evidence is the same words under another address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from palabre.archive.types import Filters
from palabre.clock import to_datetime
from palabre.desk.mentions.selection import DAY_MS, Selection

DAYS = 30
PERIODS = (7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class Asked:
    """selection: as the stream reads it; [since_ms, until_ms): the period, whole days in UTC, until now where open.

    versus: "before" (the same length just before) or "" ; rest: the other words of the address, of one page alone.
    """

    selection: Selection
    since_ms: int
    until_ms: int
    now_ms: int
    versus: str = "before"
    rest: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, Sequence[str]], now_ms: int) -> Asked:
        """From the fields of an address; without a period, the last 30 days. Nothing is raised."""
        selection = Selection.read(given)
        if not selection.days and not selection.since and not selection.until:
            selection = selection.in_last(DAYS)
        known = {"q", "days", "since", "until", "scope"} | {name for name, _ in selection.pairs()}
        rest = tuple((name, texts[0][:200]) for name, texts in sorted(given.items()) if name not in known and texts)
        end = (now_ms // DAY_MS + 1) * DAY_MS
        filters = selection.filters_at(now_ms)
        until = filters.until_ms or end
        return cls(selection, filters.since_ms or until - DAYS * DAY_MS, until, now_ms, "before", rest[:20])

    @property
    def days(self) -> int:
        """Length of the period in days, at least 1."""
        return max(1, round((self.until_ms - self.since_ms) / DAY_MS))

    @property
    def first(self) -> date:
        """The first day of the period."""
        return to_datetime(self.since_ms).date()

    @property
    def last(self) -> date:
        """The last day of the period."""
        return to_datetime(self.until_ms - 1).date()

    @property
    def before(self) -> tuple[int, int]:
        """The period of the same length just before, on the same days of the week: [since_ms, until_ms).

        While the period still runs, the one before is taken as far as the same hour: a day that has only begun is not
        set against a whole one.
        """
        length = self.until_ms - self.since_ms
        passed = self.now_ms - self.since_ms if self.open else length
        return self.since_ms - length, self.since_ms - length + passed

    @property
    def open(self) -> bool:
        """Whether the period still runs."""
        return self.since_ms < self.now_ms < self.until_ms

    @property
    def filters(self) -> Filters:
        """For the archive, with both ends of the period."""
        return replace(self.selection.filters, since_ms=self.since_ms, until_ms=self.until_ms)

    @property
    def watch_ids(self) -> tuple[int, ...]:
        return self.selection.filters.watch_ids

    @property
    def step_ms(self) -> int:
        """The step of a series over the period: an hour for up to three days, else a day, else a week."""
        return DAY_MS // 24 if self.days <= 3 else DAY_MS if self.days <= 120 else 7 * DAY_MS

    def word(self, name: str) -> str:
        """A word of the address that only this page knows; "" for none."""
        return dict(self.rest).get(name, "")

    def address(self, selection: Selection | None = None) -> str:
        """The words of the address, equal for equal questions. selection: another one, with the words of this page."""
        return urlencode([*(selection or self.selection).pairs(), *self.rest])

    def pairs(self, *but: str) -> list[tuple[str, str]]:
        """(name, value) of the address without some names: what a form that sets those carries along."""
        return [pair for pair in (*self.selection.pairs(), *self.rest) if pair[0] not in but]
