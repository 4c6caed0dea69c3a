"""A token bucket for each key: so many calls at once after a rest, so many a minute in the long run. Thread-safe.

Buckets live in the process: the desk is one process (see `config.serve`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

KEPT_MAX = 10_000


@dataclass
class Bucket:
    """left: calls that may still be made; at_ms: when that was so."""

    left: float
    at_ms: int


@dataclass
class Buckets:
    """size: calls at once; per_minute: calls that come back each minute."""

    size: int
    per_minute: int
    kept: dict[str, Bucket] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def take(self, key: str, now_ms: int) -> float:
        """Takes one call: 0.0 when it may be made, else the seconds to wait."""
        with self.lock:
            bucket = self.kept.pop(key, None) or Bucket(float(self.size), now_ms)
            gained = max(0, now_ms - bucket.at_ms) * self.per_minute / 60_000
            bucket.left, bucket.at_ms = min(float(self.size), bucket.left + gained), now_ms
            self.kept[key] = bucket  # the last in the dict is the freshest
            while len(self.kept) > KEPT_MAX:
                self.kept.pop(next(iter(self.kept)))
            if bucket.left >= 1:
                bucket.left -= 1
                return 0.0
            return (1 - bucket.left) * 60 / self.per_minute
