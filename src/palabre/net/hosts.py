"""What we remember of each host while the process lives: pace, pauses asked for, breaker, counters.

One call at a time per host and a pause between two; nothing before the time a Retry-After gave; after five failures
in a row the breaker opens and one probe is let through when its time has come. All time is the clock's.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from palabre.clock import Clock, to_datetime
from palabre.errors import FetchError, ThrottledError

FAILURES_TO_OPEN = 5
OPEN_FIRST_SECONDS, OPEN_FACTOR, OPEN_MAX_SECONDS = 60.0, 4.0, 10_800.0  # a dead host costs 8 probes a day
BACKOFF_BASE_SECONDS, BACKOFF_MAX_SECONDS = 1.0, 900.0
RETRY_SHARE, RETRY_TOKENS_MAX = 0.1, 10.0
HOSTS_MAX = 5_000


@dataclass(slots=True)
class Counters:
    """What a host cost since the start. bytes_received: of content, decompressed; refused: by our own guard."""

    requests: int = 0
    bytes_received: int = 0
    not_modified: int = 0
    retries: int = 0
    failures: int = 0
    refused: int = 0


@dataclass(slots=True)
class Host:
    """not_before_ms: asked by the server; open_until_ms: by the breaker; next_ms: by our own pace;
    delay_seconds: its Crawl-delay."""

    name: str
    counters: Counters = field(default_factory=Counters)
    failures: int = 0
    throttles: int = 0
    opened: int = 0
    not_before_ms: int = 0
    open_until_ms: int = 0
    next_ms: int = 0
    delay_seconds: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock)


def jitter(attempt: int, base: float = BACKOFF_BASE_SECONDS, cap: float = BACKOFF_MAX_SECONDS) -> float:
    """Full jitter: seconds drawn from [0, min(cap, base · 2^attempt)]. Source: AWS on "backoff and jitter"."""
    return random.uniform(0, min(cap, base * 2 ** min(attempt, 30)))  # noqa: S311  # not a secret


class RetryBudget:
    """Each call earns a tenth of a retry, so that retries never add more than 10 % to a storm."""

    def __init__(self) -> None:
        self.tokens = 2.0
        self.lock = threading.Lock()

    def earn(self) -> None:
        with self.lock:
            self.tokens = min(RETRY_TOKENS_MAX, self.tokens + RETRY_SHARE)

    def spend(self) -> bool:
        with self.lock:
            if self.tokens < 1:
                return False
            self.tokens -= 1
            return True


class Hosts:
    """interval_seconds: between the starts of two calls to one host; hosts the owner named are not slowed down."""

    def __init__(self, clock: Clock, interval_seconds: float) -> None:
        self.clock = clock
        self.interval_seconds = interval_seconds
        self.known: dict[str, Host] = {}
        self.lock = threading.Lock()

    def of(self, netloc: str) -> Host:
        with self.lock:
            host = self.known.get(netloc)
            if host is None:
                self._forget_some()
                host = self.known[netloc] = Host(netloc)
            return host

    def _forget_some(self) -> None:
        """Keeps the table bounded: the oldest hosts that ask nothing of us go first."""
        if len(self.known) >= HOSTS_MAX:
            now = self.clock.now_ms()
            quiet = [
                name
                for name, host in self.known.items()
                if max(host.not_before_ms, host.open_until_ms, host.next_ms) <= now and not host.turn.locked()
            ]
            for name in quiet[: HOSTS_MAX // 10]:
                del self.known[name]

    def check(self, host: Host) -> None:
        """ThrottledError before the time the server gave; FetchError ``net.breaker`` while the breaker is open."""
        now = self.clock.now_ms()
        if now < host.not_before_ms:
            raise throttled(host.name, host.not_before_ms, now)
        if now < host.open_until_ms:
            wait = (host.open_until_ms - now) / 1000
            raise FetchError("net.breaker", retry_after=wait, host=host.name, until=shown(host.open_until_ms))

    def in_time(self, host: Host, until_ms: int) -> None:
        """ThrottledError when our turn came too late. until_ms: 0 for never too late."""
        now = self.clock.now_ms()
        if until_ms and now > until_ms:
            raise throttled(host.name, now, now)

    @contextmanager
    def turn(self, host: Host, *, own: bool = False) -> Iterator[None]:
        """Waits for our turn at this host, then holds it."""
        with host.turn:
            self.check(host)
            if not own:
                self._pace(host)
            yield

    def _pace(self, host: Host) -> None:
        wait = (host.next_ms - self.clock.now_ms()) / 1000
        if wait > 0:
            self.clock.sleep(wait)
        host.next_ms = self.clock.now_ms() + int(max(self.interval_seconds, host.delay_seconds) * 1000)

    def well(self, host: Host) -> None:
        """The host answered: what was counted against it is forgotten."""
        host.failures = host.opened = host.throttles = 0

    def failed(self, host: Host, wait: float | None = None) -> None:
        """One more failure in a row (wait: a Retry-After that came with it). The fifth opens the breaker."""
        host.counters.failures += 1
        host.failures += 1
        if host.failures >= FAILURES_TO_OPEN:
            pause = min(OPEN_MAX_SECONDS, OPEN_FIRST_SECONDS * OPEN_FACTOR ** min(host.opened, 10))
            host.opened += 1
            host.open_until_ms = self.clock.now_ms() + int(max(pause, wait or 0) * 1000)

    def throttle(self, host: Host, wait: float | None, status: int = 429) -> ThrottledError:
        """The host asked us to wait: nothing more to it before then. wait None: it did not say, so ours, growing."""
        now = self.clock.now_ms()
        host.throttles += 1
        pause = wait if wait is not None else min(BACKOFF_MAX_SECONDS, 15.0 * 2 ** min(host.throttles, 10))
        host.not_before_ms = max(host.not_before_ms, now + int(pause * 1000))
        return throttled(host.name, host.not_before_ms, now, status)


def throttled(name: str, until_ms: int, now_ms: int, status: int = 0) -> ThrottledError:
    """status: the one that asked us to wait; 0 when nothing was asked of the host this time."""
    wait = max(0.0, (until_ms - now_ms) / 1000)
    return ThrottledError("net.throttled", retry_after=wait, host=name, until=shown(until_ms), status=status)


def shown(ms: int) -> str:
    """A moment for a sentence: ``2026-11-21 14:05:00 UTC``."""
    return to_datetime(ms).strftime("%Y-%m-%d %H:%M:%S UTC")
