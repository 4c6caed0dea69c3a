"""What somebody asks of the stream: a query and filters, and how both are written in an address. Pure.

asked = Selection.read({"q": ["batterie"], "network": ["mastodon"], "days": ["7"]})
asked.address()                     # "q=batterie&network=mastodon&days=7"
asked.filters_at(now_ms)            # palabre.archive.Filters, "the last 7 days" counted from now
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode

from palabre.archive.types import Filters
from palabre.model import AXES, EMOTIONS, INTENTS, TONES, PostKind

NO_FILTERS = Filters(mentioned=True)
DAY_MS = 86_400_000
VALUES_MAX = 50
QUERY_CHARS_MAX, VALUE_CHARS_MAX = 100_000, 2_000
DAYS_MAX = 3_660
ALL = "all"
KINDS = frozenset(str(kind) for kind in PostKind)
YEARS = range(1990, 2101)
# name in an address -> field of Filters
MANY = {"watch": "watch_ids", "source": "source_ids", "network": "networks", "lang": "langs", "kind": "kinds"}
# the same of what was understood
READ = {"tone": "tones", "emotion": "emotions", "intent": "intents", "axis": "axes", "story": "story_ids"}
SEVERAL = MANY | READ
# those that are counted beside the stream, in this order
FACETED = {name: SEVERAL[name] for name in ("watch", "tone", "intent", "axis", "emotion", "network", "source", "lang",
                                            "kind")}  # fmt: skip
SINGLE = {"account": "account_uri", "folded": "folded", "register": "register"}
NUMBERS = frozenset({"watch", "source", "story"})
POSTS_MAX = 2_000  # named one by one, in one value: post=12+15+17
WORDS = {
    "tone": frozenset(TONES),
    "emotion": frozenset({*EMOTIONS, "none"}),
    "intent": frozenset({*INTENTS, "none", "other"}),
    "axis": frozenset({*AXES, "none"}),
    "kind": KINDS,
}
FOLDED = frozenset({"yes", "no"})


@dataclass(frozen=True, slots=True)
class Selection:
    """query: text of the query language, "" asks nothing; days: the last days until now, 0: as the filters say.
    Without ``scope=all`` only mentions are asked for: posts that a watch wants."""

    query: str = ""
    filters: Filters = NO_FILTERS
    days: int = 0

    @classmethod
    def read(cls, given: Mapping[str, Sequence[str]]) -> Selection:
        """From the fields of an address. What cannot be meant is left out; nothing is raised."""
        days = _whole(_first(given, "days"), DAYS_MAX)
        since, until = _day(_first(given, "since")), _day(_first(given, "until"))
        if since and until and until < since:  # the same two days, written the other way round
            since, until = until, since
        filters = Filters(
            **{field: _values(name, given.get(name, ())) for name, field in SEVERAL.items()},  # type: ignore[arg-type]
            account_uri=_first(given, "account")[:VALUE_CHARS_MAX],
            folded=folded if (folded := _first(given, "folded")) in FOLDED else "",
            register=_first(given, "register")[:VALUE_CHARS_MAX],
            post_ids=_numbers(given.get("post", ()))[:POSTS_MAX],
            since_ms=0 if days else start_of(since),
            until_ms=0 if days else start_of(until) + DAY_MS if until else 0,
            mentioned=_first(given, "scope") != ALL,
        )
        return cls(_first(given, "q").strip()[:QUERY_CHARS_MAX], filters, days)

    @classmethod
    def parse(cls, address: str) -> Selection:
        """From what `address` wrote."""
        return cls.read(parse_qs(address, keep_blank_values=False))

    def pairs(self) -> list[tuple[str, str]]:
        """(name, value) in a fixed order, so that equal selections have equal addresses."""
        found = [("q", self.query)] if self.query else []
        for name, field in SEVERAL.items():
            found += [(name, str(value)) for value in getattr(self.filters, field)]
        found += [(name, value) for name, field in SINGLE.items() if (value := getattr(self.filters, field))]
        single = {"post": " ".join(map(str, self.filters.post_ids)), "days": str(self.days or ""), "since": self.since,
                  "until": self.until, "scope": "" if self.filters.mentioned else ALL}  # fmt: skip
        return found + [(name, value) for name, value in single.items() if value]

    def address(self) -> str:
        """The query string of this selection, without "?"."""
        return urlencode(self.pairs())

    @property
    def since(self) -> str:
        """First day, as YYYY-MM-DD; "" for none."""
        return _iso(self.filters.since_ms)

    @property
    def until(self) -> str:
        """Last day, that day included."""
        return _iso(self.filters.until_ms - 1) if self.filters.until_ms else ""

    def values(self, name: str) -> tuple[str, ...]:
        """What a filter with several values asks, as text."""
        return tuple(str(value) for value in getattr(self.filters, SEVERAL[name]))

    @property
    def filtered(self) -> bool:
        """Whether anything beside the query and the scope is asked."""
        return replace(self, query="").in_scope(everything=False) != Selection()

    def in_scope(self, *, everything: bool) -> Selection:
        """The same among everything that was heard, or among mentions alone."""
        return replace(self, filters=replace(self.filters, mentioned=not everything))

    def with_value(self, name: str, value: str) -> Selection:
        """The same with one more value of watch, source, network, lang or kind, or another account or period."""
        return self._changed([*(self._others(name) if name not in SEVERAL else self.pairs()), (name, value)])

    def without(self, name: str, value: str | None = None) -> Selection:
        """The same without one value, or without all of that name."""
        return self._changed([pair for pair in self.pairs() if pair[0] != name or (value and pair[1] != value)])

    def in_days(self, first: str, last: str) -> Selection:
        """The same between two days, both included (YYYY-MM-DD)."""
        rest = [pair for pair in self.pairs() if pair[0] not in {"days", "since", "until"}]
        return self._changed([*rest, ("since", first), ("until", last)])

    def in_last(self, days: int) -> Selection:
        """The same in the last days; 0: at any time."""
        return replace(self, filters=replace(self.filters, since_ms=0, until_ms=0), days=days)

    def filters_at(self, now_ms: int) -> Filters:
        """What the archive is asked at that moment."""
        if not self.days:
            return self.filters
        return replace(self.filters, since_ms=(now_ms // DAY_MS - self.days + 1) * DAY_MS)

    def _others(self, name: str) -> list[tuple[str, str]]:
        return [pair for pair in self.pairs() if pair[0] != name]

    @staticmethod
    def _changed(pairs: Sequence[tuple[str, str]]) -> Selection:
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        return Selection.read(given)


def _first(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")


def _values(name: str, texts: Sequence[str]) -> tuple[str, ...] | tuple[int, ...]:
    """The usable values, each once, in order."""
    kept = list(dict.fromkeys(text for text in texts[:VALUES_MAX] if text and len(text) <= VALUE_CHARS_MAX))
    if name in NUMBERS:
        return tuple(number for text in kept if (number := _whole(text, 10**18)))
    return tuple(text for text in kept if name not in WORDS or text in WORDS[name])


def _numbers(texts: Sequence[str]) -> tuple[int, ...]:
    """All numbers in the values, each once, in order. 0 names nobody's post: a figure that rests on none lists none."""
    found = (one for text in texts for one in text.split())
    return tuple(dict.fromkeys(_whole(one, 10**18) for one in found if _whole(one, 10**18) or one == "0"))


def _whole(text: str, most: int) -> int:
    """A number from 1 to most; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 and int(text) <= most else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-11-21") else None
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def start_of(day: date | None) -> int:
    """The first millisecond of a day, UTC; 0 for none."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) if day else 0


def day_of(ms: int) -> date:
    """The day of a moment, UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).date()


def _iso(ms: int) -> str:
    return day_of(ms).isoformat() if ms > 0 else ""
