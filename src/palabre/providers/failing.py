"""When a provider failed last, and how long it is left alone. One small file of the installation, beside the budget."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from palabre.clock import Clock
from palabre.errors import PalabreError
from palabre.settings import Settings

FILE = "provider_failures.json"
BREAKER = "net.breaker"
REST_MS, REST_MS_MAX = 60_000, 6 * 3_600_000  # after the first failure; it doubles with each that follows


@dataclass(frozen=True, slots=True)
class Failure:
    """The last one of a reading's provider. in_row: failures without an answer since, 0 once it answered again; key,
    params: the message; until_ms: when it is asked again."""

    key: str
    params: Mapping[str, str | float] = field(default_factory=dict)
    at_ms: int = 0
    in_row: int = 0
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Failures:
    path: Path
    clock: Clock

    @classmethod
    def of(cls, given: Settings, clock: Clock) -> Failures:
        return cls(given.home / FILE, clock)

    def all(self) -> dict[str, Failure]:
        """By reading. A file that cannot be read knows of none."""
        try:
            return {str(name): Failure(**one) for name, one in json.loads(self.path.read_text("utf-8")).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def rests(self, reading: str) -> bool:
        last = self.all().get(reading)
        return last is not None and last.in_row > 0 and self.clock.now_ms() < last.until_ms

    def note(self, reading: str, error: Exception) -> Failure:
        """It failed, again or for the first time; while our own client leaves the host alone, why it does is what is
        told."""
        known, now = self.all(), self.clock.now_ms()
        before = known.get(reading, Failure(""))
        until_ms = now + max(rest_ms(before.in_row), asked_ms(error))
        if before.in_row and isinstance(error, PalabreError) and error.key == BREAKER:
            made = replace(before, until_ms=until_ms)
        else:
            made = Failure(*sentence(error), now, before.in_row + 1, until_ms)
        self._write(known | {reading: made})
        return made

    def answered(self, reading: str) -> None:
        """It works again."""
        known = self.all()
        if reading in known and known[reading].in_row:
            self._write(known | {reading: replace(known[reading], in_row=0)})

    def _write(self, known: Mapping[str, Failure]) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({name: asdict(one) for name, one in known.items()}), "utf-8")
        os.replace(fresh, self.path)


def rest_ms(in_row: int) -> int:
    """After one more failure than ``in_row``."""
    return min(REST_MS << min(in_row, 20), REST_MS_MAX)


def asked_ms(error: Exception | None) -> int:
    """How long the provider, or our client, asks to wait."""
    return int(1000 * (error.retry_after or 0)) if isinstance(error, PalabreError) else 0


def sentence(error: Exception) -> tuple[str, dict[str, str | float]]:
    """Key and params of a message. An ONNX library's own errors have no common base: their name is told."""
    if not isinstance(error, PalabreError):
        return "providers.broke", {"reason": type(error).__name__}
    return error.key, {name: one if isinstance(one, int | float) else str(one) for name, one in error.params.items()}
