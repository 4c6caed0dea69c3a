"""A network for tests of connectors: answers in memory, calls written down, nothing opened.

    net = FakeNet()
    net.answer("https://forum.example/posts.json", json={"latest_posts": []})
    means = fake_means(net)
    pages = list(DiscourseConnector().pages(config, {}, means, Window()))
    assert net.asked[0].url == "https://forum.example/posts.json"

An address is matched with its query, whatever the order of its parts; several answers for one address are given in
turn, the last one again and again. An address without an answer is an AssertionError, never an empty page.
"""

from __future__ import annotations

import json as json_module
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from palabre.clock import FixedClock
from palabre.collect.contract import Means
from palabre.errors import BlockedError, FetchError
from palabre.net import Net
from palabre.net.response import Headers, Response, Validators


@dataclass(frozen=True, slots=True)
class Asked:
    """One call a connector made."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    validators: Validators | None = None
    robots: bool = True


Params = Mapping[str, object] | Sequence[tuple[str, object]]
Answer = Response | FetchError | Callable[[Asked], Response]


def with_params(url: str, params: Params | None) -> str:
    """An address with its query sorted, so that two ways of writing it are one."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    pairs += [(name, str(value)) for name, value in pairs_of(params) if value is not None]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(sorted(pairs)), ""))


def pairs_of(params: Params | None) -> list[tuple[str, object]]:
    return list(params.items() if isinstance(params, Mapping) else params or ())


@dataclass
class FakeNet:
    """The network client's shape (``get``, ``request``, ``lines``, ``websocket``) over answers given beforehand."""

    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    streams: dict[str, list[bytes | str]] = field(default_factory=dict)
    sockets: dict[str, FakeSocket] = field(default_factory=dict)

    def answer(
        self,
        url: str,
        *,
        method: str = "GET",
        status: int = 200,
        json: object = None,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        error: FetchError | None = None,
        call: Callable[[Asked], Response] | None = None,
        moved_to: str = "",
        tdm_reserved: bool = False,
    ) -> FakeNet:
        """Add one answer: JSON, bytes, a status, an error to raise, or a function of the call."""
        said = Headers(dict(headers or {}))
        content = body.encode() if isinstance(body, str) else body
        if json is not None:
            content = json_module.dumps(json).encode()
            said.setdefault("content-type", "application/json")
        known = with_params(url, None)
        made: Answer = error or call or Response(
            status, moved_to or known, said, content,
            not_modified=status == 304, moved_to=moved_to, tdm_reserved=tdm_reserved,
        )  # fmt: skip
        self.answers.setdefault((method, known), []).append(made)
        return self

    def get(self, url: str, *, robots: bool = True, tdm: bool = False, **options: Any) -> Response:
        """As the real client: tdm refuses a page that reserves its rights."""
        answer = self.request("GET", url, robots=robots, **options)
        if tdm and answer.tdm_reserved:
            raise BlockedError("net.tdm", host=urlsplit(url).hostname or "")
        return answer

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: object = None,
        form: Params | None = None,
        content: bytes | str | None = None,
        validators: Validators | None = None,
        robots: bool = False,
        **options: Any,
    ) -> Response:
        """The next answer for this address. Other options of the real client are accepted and ignored."""
        whole = with_params(url, params)
        body = json if json is not None else dict(pairs_of(form)) if form is not None else content
        asked = Asked(method, whole, dict(headers or {}), body, validators, robots)
        self.asked.append(asked)
        waiting = self.answers.get((method, whole))
        if not waiting:
            raise AssertionError(f"no answer for {method} {whole}; there are: {sorted(self.answers)}")
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, FetchError):
            raise found
        return found if isinstance(found, Response) else found(asked)

    def lines(self, url: str, *, params: Params | None = None, **options: Any) -> Iterator[bytes]:
        """The lines of a stream; a FetchError where it breaks off is not played: it just ends."""
        whole = with_params(url, params)
        self.asked.append(Asked("GET", whole, dict(options.get("headers") or {})))
        yield from (line.encode() if isinstance(line, str) else line for line in self.streams[whole])

    @contextmanager
    def websocket(self, url: str, **options: Any) -> Iterator[FakeSocket]:
        """A socket that says what it was given, then is silent."""
        whole = with_params(url, None)
        self.asked.append(Asked("WS", whole, dict(options.get("headers") or {})))
        yield self.sockets[whole]


@dataclass
class FakeSocket:
    """Messages to receive in order; None (silence) when there are no more. What is sent is kept."""

    messages: Iterable[str | bytes | None] = ()
    sent: list[str | bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = iter(self.messages)

    def receive(self, timeout: float = 0) -> str | bytes | None:
        return next(self._left, None)

    def send(self, message: str | bytes) -> None:
        self.sent.append(message)


def fake_means(net: FakeNet | None = None, *, ms: int = 1_795_219_200_000, **secrets: str) -> Means:
    """Means of a connector over a fake network and a clock that stands still (2026-11-21 by default)."""
    return Means(net=cast(Net, net or FakeNet()), clock=FixedClock(ms), secrets=secrets)
