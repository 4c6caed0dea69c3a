"""Every endpoint of the Matrix client-server API (v3) that we use."""

from __future__ import annotations

from urllib.parse import quote

PAGE = 100


def base(server: str) -> str:
    return f"{server}/_matrix/client/v3"


def sync(server: str) -> str:
    return f"{base(server)}/sync"


def messages(server: str, room: str) -> str:
    return f"{base(server)}/rooms/{quote(room, safe='')}/messages"


def event(server: str, room: str, ident: str) -> str:
    return f"{base(server)}/rooms/{quote(room, safe='')}/event/{quote(ident, safe='')}"


def whoami(server: str) -> str:
    return f"{base(server)}/account/whoami"


def state(server: str, room: str, kind: str) -> str:
    return f"{base(server)}/rooms/{quote(room, safe='')}/state/{kind}"


def send(server: str, room: str, transaction: str) -> str:
    """PUT: the same transaction twice is one message."""
    return f"{base(server)}/rooms/{quote(room, safe='')}/send/m.room.message/{transaction}"


def redact(server: str, room: str, ident: str, transaction: str) -> str:
    return f"{base(server)}/rooms/{quote(room, safe='')}/redact/{quote(ident, safe='')}/{transaction}"


def joined(server: str) -> str:
    return f"{base(server)}/joined_rooms"


def alias(server: str, name: str) -> str:
    return f"{base(server)}/directory/room/{quote(name, safe='')}"


def join(server: str, room: str) -> str:
    return f"{base(server)}/join/{quote(room, safe='')}"


def event_uri(room: str, ident: str) -> str:
    """The matrix: URI of an event (spec, appendix "Matrix URI scheme"); "" parts are left out."""
    place = f"roomid/{quote(room.removeprefix('!'), safe=':')}/" if room else ""
    return f"matrix:{place}e/{quote(ident.removeprefix('$'), safe=':')}"


def user_uri(user: str) -> str:
    return f"matrix:u/{quote(user.removeprefix('@'), safe=':')}"


def page(room: str, ident: str) -> str:
    """Where a person can read it."""
    return f"https://matrix.to/#/{quote(room, safe='!:')}/{quote(ident, safe='$:')}" if room else ""
