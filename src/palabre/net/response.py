"""What a call brings back, and what is kept of it to ask "anything new?" the next time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from palabre.errors import FetchError

DECLARED = re.compile(rb"""(?:<meta[^>]+charset\s*=\s*["']?|<\?xml[^>]+encoding\s*=\s*["'])([A-Za-z0-9_.:-]{2,40})""")
NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
WESTERN = {"", "ascii", "iso8859-1", "cp1252"}  # declared by habit: what reads as UTF-8 is UTF-8
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Headers(dict[str, str]):
    """Header fields by name in any case; a field sent twice is one value joined by ``", "``."""

    def __init__(self, pairs: Mapping[str, str] | list[tuple[str, str]] | None = None) -> None:
        super().__init__()
        for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs or ():
            known = super().get(name.lower())
            super().__setitem__(name.lower(), value if known is None else f"{known}, {value}")

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise a version of a page: sent back, it may answer 304 and no body."""

    etag: str = ""
    last_modified: str = ""

    def to_dict(self) -> dict[str, str]:
        """For a cursor; empty values are left out."""
        return {name: value for name in ("etag", "last_modified") if (value := getattr(self, name))}

    @classmethod
    def from_dict(cls, kept: Mapping[str, object] | None) -> Validators:
        """From a cursor; anything missing or odd is empty."""
        texts = {name: kept.get(name) if kept else "" for name in ("etag", "last_modified")}
        return cls(**{name: value if isinstance(value, str) else "" for name, value in texts.items()})

    @classmethod
    def of(cls, headers: Headers) -> Validators:
        return cls(headers.get("etag", ""), headers.get("last-modified", ""))

    def headers(self) -> dict[str, str]:
        """The conditional request fields of RFC 9110 §13."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, whole and decompressed.

    status: 2xx, 304 and 4xx (404 and 410 are news too; ``check()`` raises for them). 408, 425, 429 and 5xx never
    get here: they are raised once the retries are spent. url: where the answer came from, after redirects;
    moved_to: the new address when *every* redirect was permanent, else ""; requests: calls it cost, retries
    and redirects included; validators: keep them for the next call; quota_left: what the platform says is left, or
    None; tdm_reserved: the page says that text and data mining is reserved (header or HTML meta).
    """

    status: int
    url: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    not_modified: bool = False
    requests: int = 1
    moved_to: str = ""
    tdm_reserved: bool = False

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def validators(self) -> Validators:
        return Validators.of(self.headers)

    @property
    def media_type(self) -> str:
        """``"text/html"``; "" when the server does not say."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def quota_left(self) -> int | None:
        for name in ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining"):
            try:
                return max(0, int(float(self.headers[name])))
            except (KeyError, ValueError, OverflowError):
                continue
        return None

    def check(self) -> Response:
        """Itself, or FetchError ``net.status`` for 4xx (params: status, host)."""
        if not self.ok:
            raise status_error(self.status, self.url)
        return self

    def json(self) -> Any:
        """The body as JSON; FetchError ``net.not_json`` when it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise FetchError("net.not_json", host=host_of(self.url)) from error

    def text(self) -> str:
        """The body as text: BOM, else the declared charset, else what the document says, else UTF-8, else cp1252."""
        return decode(self.body, str(self.headers.get("content-type", "")))


def host_of(url: str) -> str:
    """The host of a URL for a message: nothing else of it, since the rest may hold a token."""
    return url.partition("//")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]


def status_error(status: int, url: str, wait: float | None = None) -> FetchError:
    """What a refused call means. 4xx will not change by trying again; the key says which kind it is."""
    keys = {401: "net.status_401", 403: "net.status_403", 404: "net.status_404", 410: "net.status_404"}
    error = FetchError(keys.get(status, "net.status"), retry_after=wait, status=status, host=host_of(url))
    error.permanent = 400 <= status < 500 and status not in (408, 425)
    return error


def charset_of(content_type: str, head: bytes) -> str:
    """The charset a server or a document declares; "" when none or not one we know."""
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", content_type, re.I)
    found = DECLARED.search(head)
    for name in (match and match[1], found and found[1].decode("ascii")):
        try:
            if name and (known := codecs.lookup(name).name) not in NOT_CHARSETS:
                return known
        except LookupError:
            continue
    return ""


def decode(body: bytes, content_type: str = "") -> str:
    """Bytes as text, never raising; what cannot be read becomes U+FFFD."""
    for mark, name in BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = charset_of(content_type, body[:1024])
    for name in ("utf-8", "cp1252") if declared in WESTERN else (declared, "utf-8"):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return body.decode("utf-8" if declared == "utf-8" else "cp1252", "replace")
