"""The network client of the house: polite, patient, capped, guarded.

    net = Net(settings, clock)
    answer = net.get("https://example.org/feed.xml", validators=Validators.from_dict(cursor))
    if not answer.not_modified: ...

A call travels: robots and rights → our turn at the host → guarded exchange → retry? → redirect? → Response.
"""

from __future__ import annotations

import json as json_
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from palabre.clock import Clock
from palabre.errors import BlockedError, FetchError
from palabre.net.addresses import Target, named_hosts, parse_target
from palabre.net.guard import Guard, Resolver, system_resolve
from palabre.net.hosts import Counters, Host, Hosts, RetryBudget, jitter
from palabre.net.response import Response, Validators, status_error
from palabre.net.rights import Rights, page_reserves
from palabre.net.waits import wait_seconds
from palabre.settings import Settings

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

    from palabre.net.smtp import Post
    from palabre.net.sockets import Socket
    from palabre.net.transport import Answer, Call, Transport

IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
RETRIED_STATUS = {408, 425, 429, 500, 502, 503, 504}
RETRIED_ERRORS = {"net.status", "net.throttled", "net.timeout", "net.unreachable", "net.broken_answer", "net.truncated"}
RETRIES_MAX = 2  # within one call; the scheduler comes back for more
WAIT_WITHIN_CALL_SECONDS = 5.0
Params = Mapping[str, object] | Sequence[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Manners:
    """robots: ask robots.txt; tdm: refuse what reserves text and data mining."""

    robots: bool
    tdm: bool


@dataclass(slots=True)
class Spent:
    """What one call has cost so far."""

    requests: int = 0


class Net:
    """One per process; safe to share between threads. Close it, or use it in ``with``."""

    def __init__(self, settings: Settings, clock: Clock, *, resolve: Resolver | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.guard = Guard(named_hosts(settings.allowed_hosts_private), resolve=resolve or system_resolve)
        self.hosts = Hosts(clock, settings.host_interval_seconds)
        self.rights = Rights(self._ask_rights, clock)
        self.budget = RetryBudget()
        self.lock = threading.Lock()
        self.made: Transport | None = None

    def __enter__(self) -> Net:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the kept connections."""
        if self.made is not None:
            self.made.close()

    # ── what connectors use ──

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        validators: Validators | None = None,
        cap_bytes: int | None = None,
        robots: bool = True,
        tdm: bool = False,
    ) -> Response:
        """Fetches a page, a feed, an API answer.

        validators: of the last answer; ``not_modified`` is then True for a 304. cap_bytes: of the decompressed body
        (default: the setting page_bytes_max). robots: obey robots.txt (say False for an API whose terms govern).
        tdm: refuse pages that reserve text and data mining (BlockedError ``net.tdm``); without it the fact is in
        ``Response.tdm_reserved``. Raises BlockedError, ThrottledError (``retry_after``), FetchError; 4xx come back.
        """
        conditions = validators.headers() if validators else {}
        call = self._call("GET", url, {**conditions, **(headers or {})}, params, b"", cap_bytes)
        return self._run(call, Manners(robots, tdm))

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: object = None,
        form: Params | None = None,
        content: bytes = b"",
        cap_bytes: int | None = None,
        robots: bool = False,
        until_ms: int = 0,
    ) -> Response:
        """Any method, with a body as JSON, as a form or as bytes. A POST is never sent twice by itself; a redirect that
        would make it a GET comes back as it is. until_ms: ThrottledError where our turn at the host comes later."""
        media_type, body = body_of(json, form, content)
        typed = {"Content-Type": media_type} if media_type else {}
        call = self._call(method.upper(), url, {**typed, **(headers or {})}, params, body, cap_bytes)
        return self._run(replace(call, until_ms=until_ms), Manners(robots, False))

    def lines(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        line_bytes_max: int = 1_000_000,
        idle_seconds: float | None = None,
    ) -> Iterator[bytes]:
        """A stream (server-sent events, NDJSON) line by line, without line ends; empty lines come too.

        Ends when the server closes. FetchError ``net.idle`` after idle_seconds of silence (default: the setting),
        ``net.line_too_long``, ``net.status``. Close the iterator to hang up. Redirects are followed as in ``get``.
        """
        from palabre.net.lines import stream_lines

        call = self._call("GET", url, headers or {}, params, b"", 0)
        return stream_lines(self, call, line_bytes_max, idle_seconds or self.settings.idle_seconds)

    def websocket(
        self, url: str, *, headers: Mapping[str, str] | None = None, subprotocols: Sequence[str] = ()
    ) -> AbstractContextManager[Socket]:
        """``with net.websocket("wss://…") as socket``: ``.receive(timeout) -> str | bytes | None``, ``.send(data)``."""
        from palabre.net.sockets import open_socket

        return open_socket(self, url, headers or {}, subprotocols)

    def imap(self, host: str, port: int = 993, tls: str | bool = "tls") -> BaseMailBox:
        """An imap-tools mailbox on a guarded socket, not yet logged in. tls: "tls", "starttls", or "none" (only for
        a host named in allowed_hosts_private)."""
        from palabre.net.mail import open_mailbox

        return open_mailbox(self, host, port, tls)

    def smtp(self, host: str, port: int = 465, tls: str = "tls") -> AbstractContextManager[Post]:
        """``with net.smtp("smtp.example.org") as post``: ``.login(user, password)``, ``.send(sender, recipients,
        message)``. tls: "tls", "starttls", or "none" (only for a host named in allowed_hosts_private)."""
        from palabre.net.smtp import open_post

        return open_post(self, host, port, tls)

    def counters(self, url_or_host: str = "") -> Counters:
        """What a host (``host`` or ``host:port``, or a URL of it) cost since the start; "" sums all hosts."""
        if url_or_host:
            netloc = parse_target(url_or_host).netloc if "://" in url_or_host else url_or_host
            return self.hosts.of(netloc).counters
        return total([host.counters for host in list(self.hosts.known.values())])

    # ── how ──

    @property
    def transport(self) -> Transport:
        """Made at the first call, so that importing and building a Net stays cheap."""
        with self.lock:
            if self.made is None:
                from palabre.net.transport import Patience, Transport

                limits = self.settings
                patience = Patience(limits.connect_seconds, limits.read_seconds, limits.total_seconds)
                self.made = Transport(self.guard, self.clock, patience)
            return self.made

    def user_agent(self) -> str:
        """``Palabre/0.1.0 (+https://…)``: who asks, and where to complain."""
        contact = self.settings.contact_url or self.settings.site_url
        return f"Palabre/{release()}" + (f" (+{contact})" if contact else "")

    def _call(
        self, method: str, url: str, headers: Mapping[str, str], params: Params | None, content: bytes, cap: int | None
    ) -> Call:
        from palabre.net.transport import Call, checked_headers

        target = parse_target(with_params(url, params))
        fields = {"user-agent": self.user_agent(), "accept": "*/*", **checked_headers(headers)}
        return Call(method, target, fields, content, self.settings.page_bytes_max if cap is None else cap)

    def _ask_rights(self, url: str, cap_bytes: int) -> Response:
        return self._run(self._call("GET", url, {}, None, b"", cap_bytes), Manners(False, False))

    def _run(self, call: Call, manners: Manners) -> Response:
        """Follows redirects, each hop with the same manners."""
        from palabre.net.redirects import PERMANENT, follow, is_redirect

        spent, permanent = Spent(), True
        for hop in range(self.settings.redirects_max + 1):
            self.permit(call.target, manners)
            answer = self._patiently(call, spent)
            if not is_redirect(call, answer):
                moved_to = call.target.url if hop and permanent else ""
                return self._response(call, answer, spent, moved_to, manners)
            permanent = permanent and answer.status in PERMANENT
            call = follow(call, answer)
        raise BlockedError("net.redirects", host=call.target.netloc, n=self.settings.redirects_max)

    def permit(self, target: Target, manners: Manners) -> None:
        """BlockedError ``net.robots`` or ``net.tdm``."""
        host = self.hosts.of(target.netloc)
        if manners.robots:
            if not self.rights.allows(target):
                host.counters.refused += 1
                raise BlockedError("net.robots", host=target.netloc)
            host.delay_seconds = self.rights.delay_seconds(target)
        if manners.tdm and self.rights.reserves(target):
            host.counters.refused += 1
            raise BlockedError("net.tdm", host=target.netloc)

    def _patiently(self, call: Call, spent: Spent) -> Answer:
        """One exchange, tried again where that is useful, cheap and polite."""
        host = self.hosts.of(call.target.netloc)
        self.budget.earn()
        attempt = 0
        while True:
            try:
                return self._once(call, host, spent)
            except FetchError as error:
                pause = self._pause_before_retry(call, host, error, attempt)
                if pause is None:
                    raise
            attempt += 1
            host.counters.retries += 1
            self.clock.sleep(pause)

    def _pause_before_retry(self, call: Call, host: Host, error: FetchError, attempt: int) -> float | None:
        """Seconds to wait, or None: give up for now."""
        if attempt >= RETRIES_MAX or call.method not in IDEMPOTENT or host.open_until_ms > self.clock.now_ms():
            return None
        if error.key not in RETRIED_ERRORS or (error.retry_after or 0) > WAIT_WITHIN_CALL_SECONDS:
            return None
        if not self.budget.spend():
            return None
        return jitter(attempt) if error.retry_after is None else error.retry_after + 0.001

    def _once(self, call: Call, host: Host, spent: Spent) -> Answer:
        """Our turn at the host, then the exchange; what it says of the host is remembered."""
        with self.hosts.turn(host, own=self.guard.is_named(call.target.host, call.target.port)):
            self.hosts.in_time(host, call.until_ms)
            host.counters.requests += 1
            spent.requests += 1
            try:
                answer = self.transport.exchange(call)
            except BlockedError:
                host.counters.refused += 1
                raise
            except FetchError:
                self.hosts.failed(host)
                raise
            host.counters.bytes_received += len(answer.body)
            self.heed(host, answer)
            return answer

    def heed(self, host: Host, answer: Answer) -> None:
        """What a status says of the host. ThrottledError or FetchError ``net.status`` for those that mean "later"."""
        if answer.status not in RETRIED_STATUS and answer.status < 500:
            self.hosts.well(host)
            return
        wait = wait_seconds(answer.headers, self.clock.now_ms())
        if answer.status != 429:
            self.hosts.failed(host, wait)
        if answer.status == 429 or (wait and answer.status == 503):
            raise self.hosts.throttle(host, wait, answer.status)
        raise status_error(answer.status, f"//{host.name}", wait)

    def _response(self, call: Call, answer: Answer, spent: Spent, moved_to: str, manners: Manners) -> Response:
        host = self.hosts.of(call.target.netloc)
        not_modified = answer.status == 304
        host.counters.not_modified += not_modified
        reserved = page_reserves(answer.headers, answer.body)
        if reserved and manners.tdm:
            host.counters.refused += 1
            raise BlockedError("net.tdm", host=call.target.netloc)
        url, cost = call.target.url, spent.requests
        return Response(answer.status, url, answer.headers, answer.body, not_modified, cost, moved_to, reserved)


def release() -> str:
    """The installed version, "0" in a checkout that is not installed."""
    try:
        return version("palabre")
    except PackageNotFoundError:
        return "0"


def with_params(url: str, params: Params | None) -> str:
    """The URL with query parameters added; a list repeats its name, None is left out, booleans are true and false."""
    pairs = flat_params(params)
    if not pairs:
        return url
    base, mark, fragment = url.partition("#")
    return base + ("&" if "?" in base else "?") + urlencode(pairs) + mark + fragment


def flat_params(params: Params | None) -> list[tuple[str, str]]:
    pairs = params.items() if isinstance(params, Mapping) else params or ()
    flat: list[tuple[str, str]] = []
    for name, value in pairs:
        values: Iterable[object] = value if isinstance(value, list | tuple) else (value,)
        flat += [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in values if one is not None]
    return flat


def body_of(json: object, form: Params | None, content: bytes) -> tuple[str, bytes]:
    """(media type, bytes) of a request's body; ("", …) when the caller's headers say the type."""
    if json is not None:
        return "application/json", json_.dumps(json, ensure_ascii=False).encode("utf-8")
    if form is not None:
        return "application/x-www-form-urlencoded", urlencode(flat_params(form)).encode("ascii")
    return "", content


def total(parts: Iterable[Counters]) -> Counters:
    """The sum of counters, field by field."""
    rows = list(parts)
    return Counters(**{name: sum(getattr(row, name) for row in rows) for name in Counters.__slots__})
