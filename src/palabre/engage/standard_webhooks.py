"""Standard Webhooks 1.0 (standardwebhooks.com): how a program knows that a call comes from us, unchanged and fresh.
Pure.

    secret = new_secret(secrets.token_bytes(32))                     # "whsec_…", shown once to who receives
    headers = signed(secret, "msg_2f…", now_ms, body)                # webhook-id, -timestamp, -signature

The id is that of the message, the same each time it is sent: who receives it keeps those seen and does it once. The
time is that of the attempt. Several secrets sign side by side while one is being replaced.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from palabre.errors import InputError

PREFIX = "whsec_"
BYTES_MIN, BYTES_MAX = 24, 64  # of a secret, by the specification
MEDIA_TYPE = "application/json"


def new_secret(random: bytes) -> str:
    """random: 24 to 64 bytes of a generator made for secrets. Raises InputError."""
    if not BYTES_MIN <= len(random) <= BYTES_MAX:
        raise InputError("webhook_out.secret", low=BYTES_MIN, high=BYTES_MAX)
    return PREFIX + base64.b64encode(random).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises InputError: not ``whsec_`` and 24 to 64 bytes in base64."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not BYTES_MIN <= len(key) <= BYTES_MAX:
        raise InputError("webhook_out.secret", low=BYTES_MIN, high=BYTES_MAX)
    return key


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 of ``id.timestamp.body``. timestamp: in seconds. message_id: without a full stop."""
    if "." in message_id or not message_id:
        raise InputError("webhook_out.id")
    signed_ = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed_, hashlib.sha256).digest()).decode()


def signed(secrets: str | Sequence[str], message_id: str, now_ms: int, body: bytes) -> Mapping[str, str]:
    """The headers of one attempt."""
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    timestamp = now_ms // 1000
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message_id, timestamp, body) for one in known),
        "content-type": MEDIA_TYPE,
    }
