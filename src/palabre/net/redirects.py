"""Where a redirect may lead and what may be carried there. Pure.

Every hop is judged anew by the guard. To another origin go only fields that say nothing of us; from https to http
nothing goes that holds a secret; a body is never sent to an origin it was not meant for. Meta refresh is not followed.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

from palabre.errors import BlockedError
from palabre.net.addresses import Target, parse_target, shown
from palabre.net.transport import Answer, Call

FOLLOWED = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}
HARMLESS = {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since", "range", "cache-control"}


def is_redirect(call: Call, answer: Answer) -> bool:
    """Whether to go where it says. A 303, and a 301 or 302 of a POST, tell where to read on (RFC 9110 §15.4): they are
    the answer to what was sent, and whatever fails on the way to that page would hide it."""
    if answer.status not in FOLLOWED or not answer.headers.get("location"):
        return False
    reads_on = answer.status == 303 or (answer.status in (301, 302) and call.method == "POST")
    return call.method in ("GET", "HEAD") or not reads_on


def bears_secret(call: Call) -> bool:
    """Whether the call holds something only its server should see."""
    return bool(call.content) or any(name not in HARMLESS | {"content-type"} for name in call.headers)


def follow(call: Call, answer: Answer) -> Call:
    """The next call. BlockedError: a place we do not go, or something we do not carry there."""
    location = str(answer.headers["location"])
    try:
        target = parse_target(urljoin(call.target.url, location))
    except ValueError as error:
        raise BlockedError("net.bad_url", url=shown(location)) from error
    if call.target.secure and not target.secure and bears_secret(call):
        raise BlockedError("net.downgrade", host=target.netloc)
    return replace(call if same_origin(call.target, target) else stripped(call), target=target)


def same_origin(old: Target, new: Target) -> bool:
    """The same origin, or the same host made secure (http to https on the usual ports)."""
    upgraded = (old.scheme, old.port, new.scheme, new.port) == ("http", 80, "https", 443) and old.host == new.host
    return old.origin == new.origin or upgraded


def stripped(call: Call) -> Call:
    """For another origin. BlockedError ``net.body_elsewhere`` when a body would have to go along."""
    if call.content or call.method not in ("GET", "HEAD"):
        raise BlockedError("net.body_elsewhere", host=call.target.netloc)
    return replace(call, headers={name: value for name, value in call.headers.items() if name in HARMLESS})
