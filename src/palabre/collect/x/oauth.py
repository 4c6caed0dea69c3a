"""Signatures of OAuth 1.0a (RFC 5849, HMAC-SHA1): what X asks of whoever posts for an account. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's pair and the account's."""

    key: str
    secret: str = field(repr=False)
    token: str
    token_secret: str = field(repr=False)


def encoded(value: str) -> str:
    """§3.6: only unreserved signs stay."""
    return quote(value, safe="-._~")


def header(method: str, url: str, keys: Keys, nonce: str, at_ms: int) -> str:
    """The Authorization field of a call whose body is JSON, which is not signed. nonce: never used twice."""
    fields = {
        "oauth_consumer_key": keys.key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(at_ms // 1000),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    signed = {**fields, "oauth_signature": signature(method, url, fields, keys)}
    return "OAuth " + ", ".join(f'{encoded(name)}="{encoded(value)}"' for name, value in sorted(signed.items()))


def signature(method: str, url: str, fields: Mapping[str, str], keys: Keys) -> str:
    """§3.4: of the method, the address without its query, and all fields, those of the query among them."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *fields.items()]
    sorted_pairs = sorted((encoded(name), encoded(value)) for name, value in pairs)
    base = f"{parts.scheme}://{parts.netloc}{parts.path}"
    text = "&".join((method, encoded(base), encoded("&".join(f"{name}={value}" for name, value in sorted_pairs))))
    secret = f"{encoded(keys.secret)}&{encoded(keys.token_secret)}"
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(made).decode()
