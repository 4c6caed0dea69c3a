"""What senders share: calls whose failure is told apart (never left the house, refused, nobody can tell), and whether
two texts are the same message.

    line = Line(means, "mastodon.example", {"Authorization": "Bearer …"}, words=said)
    parent = line.read(urls.search(server), {"q": uri})      before anything is sent: whatever fails, nothing has left
    answer = line.write("POST", urls.statuses(server), json)  the message itself
    rows = line.look(urls.statuses(server))                   afterwards: what fails leaves it unknown
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from palabre.collect import sending
from palabre.collect.config import secret, word
from palabre.collect.contract import Config, Means
from palabre.collect.payload import Table, table, text
from palabre.errors import BlockedError, ConfigError, FetchError, PalabreError, RefusedError, UnknownOutcomeError
from palabre.net import Response

AGAIN_SECONDS = 60.0  # when a host that was not reached is tried again, if nothing else is known
SKEW_MS = 120_000  # how far a platform's clock may be from ours
SAID_CHARS_MAX = 200
NEVER_LEFT = ("net.unknown_host", "net.unreachable", "net.tls", "net.breaker")
ANSWERED = ("net.too_large", "net.bomb", "net.encoding", "net.redirects", "net.downgrade", "net.body_elsewhere")
REFUSED_STATUS = {401: sending.TOKEN, 403: sending.FORBIDDEN, 404: sending.GONE, 410: sending.GONE}
REFUSED_STATUS |= {413: sending.LENGTH}
MENTION = re.compile(r"(?<![\w/])@[\w.-]+(?:@[\w.:-]+)?")

Given = ParamSpec("Given")
Found = TypeVar("Found")
Kind = TypeVar("Kind", bound=PalabreError)
Words = Callable[[Table], tuple[str, str]]  # of a refusal: (the platform's code, its sentence)


def no_words(answer: Table) -> tuple[str, str]:
    return "", ""


def outcome(error: FetchError, host: str = "") -> PalabreError:
    """What a failed call says of the message it bore: RefusedError when it cannot have been taken, else unknown."""
    host, status = str(error.params.get("host") or host), error.params.get("status", 0)
    if error.key == "net.throttled" and status in (0, 429):
        return RefusedError(sending.WAIT, retry_after=error.retry_after, host=host)
    step = error.params.get("step", "connect" if error.key in NEVER_LEFT else "")
    if step == "connect":
        return RefusedError(sending.UNREACHED, retry_after=error.retry_after or AGAIN_SECONDS, host=host)
    if isinstance(error, BlockedError) and error.key not in ANSWERED:
        return anew(RefusedError, error)
    key = {"net.timeout": sending.LATE, "net.status": sending.SERVER, "net.throttled": sending.SERVER}
    return UnknownOutcomeError(key.get(error.key, sending.CUT), host=host)


@dataclass(frozen=True)
class Line:
    """Calls to one platform as one account. words: what it says when it refuses; why: its code → key of REFUSALS."""

    means: Means
    host: str
    headers: Mapping[str, str] = field(repr=False)
    words: Words = no_words
    why: Mapping[str, str] = field(default_factory=dict)

    def read(self, url: str, params: Mapping[str, object] | None = None, gone: bool = True) -> Table:
        """Before anything is sent. gone: a 404 or 410 is RefusedError ``sending.gone``, else the empty table."""
        try:
            answer = self.means.net.get(url, params=params, headers=self.headers, robots=False)
            if answer.status in (404, 410) and not gone:
                return {}
            return body_of(self.accepted(answer))
        except FetchError as error:
            raise unreached(error, self.host) from error

    def write(
        self, method: str, url: str, json: object = None, form: Mapping[str, object] | None = None, **more: str
    ) -> Table:
        """The message itself, once. more: further headers, with _ for -. Raises RefusedError, UnknownOutcomeError."""
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in more.items()}}
        try:
            answer = self.means.net.request(
                method, url, headers=headers, json=json, form=form, until_ms=self.means.until_ms
            )
        except FetchError as error:
            raise outcome(error, self.host) from error
        return body_of(self.accepted(answer))

    def look(self, url: str, params: Mapping[str, object] | None = None, absent: bool = False) -> Table:
        """Reads what is there. absent: a 404 or 410 is the empty table. UnknownOutcomeError when it cannot be told."""
        try:
            answer = self.means.net.get(url, params=params, headers=self.headers, robots=False)
            return {} if absent and answer.status in (404, 410) else table({"a": listed(answer.check().json())}, "a")
        except FetchError as error:
            raise UnknownOutcomeError(outcome_key(error), host=self.host) from error

    def accepted(self, answer: Response) -> Response:
        """The answer of a platform that took it. RefusedError for a 4xx; a page elsewhere says neither yes nor no."""
        if answer.status < 300:
            return answer
        if answer.ok:
            raise UnknownOutcomeError(sending.CUT, host=self.host)
        code, said = self.words(body_of(answer))
        key = self.why.get(code) or REFUSED_STATUS.get(answer.status, sending.SAID)
        said = (said or code or f"HTTP {answer.status}")[:SAID_CHARS_MAX]
        wait = wait_of(answer) if key == sending.WAIT else None
        raise RefusedError(key, retry_after=wait, host=self.host, said=said, status=answer.status, code=code)


def anew(kind: type[Kind], error: PalabreError) -> Kind:
    """The same sentence as another kind of error."""
    made = kind(error.key, retry_after=error.retry_after)
    made.params = error.params
    return made


def settling(find: Callable[Given, Found]) -> Callable[Given, Found]:
    """For ``find``: whatever keeps us from reading leaves the message unknown, and the key says what it was."""

    @wraps(find)
    def told(*args: Given.args, **named: Given.kwargs) -> Found:
        try:
            return find(*args, **named)
        except (RefusedError, FetchError, ConfigError) as error:
            raise anew(UnknownOutcomeError, error) from error

    return told


def unreached(error: FetchError, host: str) -> RefusedError:
    """A call that failed before anything was sent: tried again later, unless our own guard forbids the address."""
    if isinstance(error, BlockedError) and error.key not in ANSWERED:
        return anew(RefusedError, error)
    return RefusedError(sending.UNREACHED, retry_after=error.retry_after or AGAIN_SECONDS, host=host)


def outcome_key(error: FetchError) -> str:
    """Why it cannot be told."""
    return {"net.timeout": sending.LATE, "net.status": sending.SERVER}.get(error.key, sending.CUT)


def wait_of(answer: Response) -> float:
    """Seconds a platform asks for, else ours."""
    value = str(answer.headers.get("retry-after", ""))
    return float(value) if value.isdigit() and len(value) < 6 else AGAIN_SECONDS


def listed(found: object) -> object:
    """A list as a table, so that one kind of answer is enough: {"items": […]}."""
    return {"items": found} if isinstance(found, list) else found


def body_of(answer: Response) -> Table:
    """The JSON of an answer; {} when there is none (the caller decides what that means)."""
    try:
        return table({"a": listed(answer.json())}, "a")
    except FetchError:
        return {}


def taken(value: str, host: str) -> str:
    """What names the message there. UnknownOutcomeError when an answer that should name it does not."""
    if not value:
        raise UnknownOutcomeError(sending.CUT, host=host)
    return value


def in_time(means: Means, host: str) -> None:
    """RefusedError ``sending.wait`` once it is too late: who waits for the message may hold it to be lost by now."""
    if means.until_ms and means.clock.now_ms() > means.until_ms:
        raise RefusedError(sending.WAIT, retry_after=AGAIN_SECONDS, host=host)


def write_secret(means: Means, host: str, *names: str) -> str:
    """The first of these secrets that was given. RefusedError ``sending.forbidden`` when none was."""
    for name in names:
        if means.secrets.get(name):
            return secret(means, name)
    raise RefusedError(sending.FORBIDDEN, host=host)


def needed(config: Config, name: str, host: str) -> str:
    """An option that only writing needs. RefusedError ``sending.forbidden`` when it is empty."""
    value = word(config, name)
    if not value:
        raise RefusedError(sending.FORBIDDEN, host=host, option=name)
    return value


def refreshed(line: Line, url: str, form: Mapping[str, object]) -> str:
    """An access token for a refresh token (RFC 6749 §6). RefusedError: nothing of the message has left."""
    try:
        token = text(line.write("POST", url, form=form), "access_token")
    except RefusedError as error:
        if error.retry_after:
            raise
        raise RefusedError(sending.TOKEN, host=line.host) from error
    except UnknownOutcomeError as error:
        raise RefusedError(sending.UNREACHED, retry_after=AGAIN_SECONDS, host=line.host) from error
    if not token:
        raise RefusedError(sending.TOKEN, host=line.host)
    return token


def host_of(url: str) -> str:
    """``server:port`` of an address, for a sentence."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def alike(ours: str, theirs: str) -> bool:
    """Whether a text read on a platform is the one we sent: mentions, markup, blanks and signs may have changed."""
    return essence(ours) == essence(theirs)


def all_seen(full: bool, oldest_ms: int, since_ms: int, host: str) -> None:
    """A full list that does not reach back to the message tells nothing of what lies below: UnknownOutcomeError."""
    if full and oldest_ms >= since_ms - SKEW_MS:
        raise UnknownOutcomeError(sending.CUT, host=host)


def essence(words: str) -> str:
    """Letters and digits alone, without mentions; of a text that has none, its signs."""
    bare = unicodedata.normalize("NFKC", MENTION.sub("", words)).casefold()
    kept = "".join(sign for sign in bare if sign.isalnum())
    return kept or "".join(bare.split())


def with_mention(words: str, handle: str) -> str:
    """The text, with the person it answers named in it: at the start unless it does so already."""
    name = handle.removeprefix("@")
    if not name or re.search(rf"(?<![\w@])@{re.escape(name)}(?![\w])", words, re.IGNORECASE):
        return words
    short = name.partition("@")[0]
    if re.search(rf"(?<![\w@])@{re.escape(short)}(?![\w@])", words, re.IGNORECASE):
        return words
    return f"@{name} {words}"
