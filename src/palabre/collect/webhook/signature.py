"""Is this request really from the sender? Raw bytes, constant time, a window of five minutes, each delivery once.

Two ways of signing: Standard Webhooks (standardwebhooks.com: headers ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature``, over ``id.timestamp.body``), and GitHub's ``X-Hub-Signature-256`` over the body. Several secrets
may be live at once, so that one can be replaced without losing a delivery.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from palabre.errors import InputError

BODY_BYTES_MAX = 1_000_000
TOLERANCE_SECONDS = 300
SECRET_BYTES_MIN = 16
_ID = re.compile(r"^[A-Za-z0-9_.:-]{1,200}\Z")
_DECIMAL = re.compile(r"^[0-9]{9,11}\Z")


class Refusal(InputError):
    """A request that is not taken; nothing was written. status: what to answer over HTTP."""

    def __init__(self, key: str, status: int, /, **params: Any) -> None:
        super().__init__(f"connector_webhook.errors.{key}", **params)
        self.status = status


def check(
    style: str,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now_ms: int,
    seen: Callable[[str], bool],
) -> str:
    """The delivery's id. Refusal when anything is wrong.

    headers: lower-case names; seen: True if the id came before, and remembers it (24 h are enough): it is asked last,
    so that a forgery cannot use up an id.
    """
    if len(body) > BODY_BYTES_MAX:
        raise Refusal("too_large", 413, limit=BODY_BYTES_MAX)
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise Refusal("encoding", 415)
    keys = [key for key in map(key_of, secrets) if len(key) >= SECRET_BYTES_MIN]
    if not keys:
        raise Refusal("no_secret", 503)
    delivery = github(keys, headers, body) if style == "github" else standard(keys, headers, body, now_ms)
    if seen(delivery):
        raise Refusal("replayed", 200)
    return delivery


def key_of(secret: str) -> bytes:
    """``whsec_<base64>`` as its bytes; any other secret as it is written."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return b""


def standard(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now_ms: int) -> str:
    """Standard Webhooks 1.0, symmetric signatures (v1)."""
    delivery, said = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.match(delivery) or not said or not headers.get("webhook-signature"):
        raise Refusal("headers", 401)
    if not _DECIMAL.match(said) or abs(int(said) - now_ms // 1000) > TOLERANCE_SECONDS:
        raise Refusal("timestamp", 401, seconds=TOLERANCE_SECONDS)
    signed = f"{delivery}.{said}.".encode() + body
    wanted = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    given = [part[3:] for part in headers["webhook-signature"].split(" ") if part.startswith("v1,")]
    if not any_equal(wanted, given):
        raise Refusal("signature", 401)
    return delivery


def github(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes) -> str:
    """``sha256=<hex>``. Nothing signed tells when or which: the signature is the id, so that a copy is a replay."""
    header = headers.get("x-hub-signature-256", "")
    if not header.startswith("sha256="):
        raise Refusal("headers", 401)
    wanted = [hmac.new(key, body, hashlib.sha256).hexdigest().encode() for key in keys]
    if not any_equal(wanted, [header.removeprefix("sha256=")]):
        raise Refusal("signature", 401)
    return header


def any_equal(wanted: Sequence[bytes], given: Sequence[str]) -> bool:
    """Every pair is compared to its end, whichever fits first; sixteen signatures are looked at."""
    found = False
    for one in given[:16]:
        for other in wanted:
            found |= hmac.compare_digest(other, one.encode("utf-8", "replace"))
    return found
