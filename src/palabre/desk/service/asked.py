"""What somebody asks of the figures: a period and a cut, as the words of an address. Pure but for the query set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access as inbox
from palabre.desk.service.figures import CASES_MAX
from palabre.desk.workspaces.access import Seat

DAY_MS = 86_400_000
PERIODS = (7, 30, 90, 365)
WORDS = ("measure", "clock", "network", "team", "week", "hour", "kind", "urgent")
VALUE_CHARS_MAX = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """days: cases opened in the last days; words: a cut of them (see `WORDS`), and what is listed."""

    days: int = 30
    words: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """Nothing is raised; what cannot be meant is left out."""
        days = given.get("days", "")
        kept = tuple((name, given[name][:VALUE_CHARS_MAX]) for name in WORDS if given.get(name))
        return cls(int(days) if days in {str(one) for one in PERIODS} else 30, kept)

    def word(self, name: str) -> str:
        return dict(self.words).get(name, "")

    def having(self, **words: str) -> str:
        """The address with some words more, or others; "" takes one away."""
        changed = dict(self.words) | words
        kept = tuple((name, changed[name]) for name in WORDS if changed.get(name))
        return replace(self, words=kept).address()

    def in_last(self, days: int) -> str:
        return replace(self, days=days).address()

    def address(self) -> str:
        return urlencode([("days", self.days), *self.words])

    @property
    def since_ms(self) -> int:
        return now_ms() - self.days * DAY_MS

    def cases(self, seat: Seat) -> Sequence[Any]:
        """The cases of the period and of the cut that the database can make, oldest first."""
        found = inbox.cases(seat).filter(opened_ms__gte=self.since_ms)
        if network := self.word("network"):
            found = found.filter(network="" if network == "-" else network)
        if team := self.word("team"):
            found = found.filter(team=None) if team == "-" else found.filter(team__uid=team)
        if self.word("urgent"):
            found = found.filter(urgent=True)
        return list(found.order_by("opened_ms", "pk")[:CASES_MAX])
