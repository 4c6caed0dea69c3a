"""The desk's clock; a test replaces it."""

from __future__ import annotations

from palabre.clock import Clock, SystemClock

CLOCK: Clock = SystemClock()


def now_ms() -> int:
    """Epoch milliseconds, UTC."""
    return CLOCK.now_ms()
