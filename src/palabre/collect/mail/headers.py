"""Header fields as people wrote them: encoded words, raw 8-bit bytes, obfuscated addresses, odd dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_tz

from palabre.collect.payload import MS_MAX, sound
from palabre.text.dates import parse_date

IDENT = re.compile(r"<([^<>\s]+)>")
OBFUSCATED = re.compile(r"(\S+) (?:at|AT) (\S+)")  # what pipermail makes of name@host
FOLD = re.compile(r"[ \t]*\r?\n[ \t]+")
BLANKS = re.compile(r"\s+")
BETWEEN = re.compile(r"[\s<>,;:\"()]+")
FIELD_CHARS_MAX = 100_000


def field(message: Message, name: str) -> str:
    """A field as one line of text; "" when absent."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return words_of(str(value)[:FIELD_CHARS_MAX])


def words_of(value: str) -> str:
    """Encoded words decoded (RFC 2047), raw bytes guessed, folds undone."""
    unfolded = FOLD.sub(" ", value)
    try:
        parts = decode_header(unfolded)
    except (HeaderParseError, ValueError, LookupError):
        return clean(unfolded)
    return clean("".join(part if isinstance(part, str) else decoded(part, charset or "") for part, charset in parts))


def clean(value: str) -> str:
    """Raw bytes that the parser kept as surrogates are read as UTF-8, else as Windows-1252; blanks are joined."""
    if not value.isascii():
        raw = value.encode("utf-8", "surrogateescape") if has_raw_bytes(value) else b""
        value = decoded(raw, "") if raw else sound(value)
    return BLANKS.sub(" ", value.replace("\x00", "")).strip()


def has_raw_bytes(value: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in value)


def decoded(body: bytes, charset: str) -> str:
    """Bytes as text: by the declared charset where it is one and fits, else UTF-8, else Windows-1252. Never raises."""
    for name in (charset.strip("\"' ").lower(), "utf-8"):
        try:
            if name and name not in ("unknown-8bit", "us-ascii", "ascii", "default", "x-unknown"):
                return body.decode("cp1252" if name in ("iso-8859-1", "latin-1", "latin1") else name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """(name, address) of fields that name few people; an address that hides its @ is understood.

    Cut at 1,000 characters: the standard parser's time grows with the square of the length.
    """
    values = [OBFUSCATED.sub(r"\1@\2", field(message, name)[:1_000], count=20) for name in names]
    try:
        found = getaddresses([value for value in values if value])
    except (ValueError, IndexError):
        return []
    return [(name.strip(), address.strip().lower()) for name, address in found if name or address]


def recipients(message: Message, *names: str) -> list[str]:
    """The bare addresses of fields that may name thousands."""
    parts = (part for name in names for part in BETWEEN.split(field(message, name)))
    return list(dict.fromkeys(part.lower() for part in parts if "@" in part.strip("@")))


def idents(message: Message, name: str) -> list[str]:
    """Message ids of a field, in order; a bare one without brackets is taken too."""
    value = field(message, name)
    found = IDENT.findall(value)
    return found or [part for part in value.split() if "@" in part][:1]


def date_ms(message: Message, envelope: str) -> int:
    """When it was sent: Date, else the newest Received, else the mbox envelope. 0 when none can be read."""
    received = field(message, "Received").rpartition(";")[2]
    for value in (field(message, "Date"), received, envelope):
        moment = moment_ms(value.strip())
        if moment:
            return moment
    return 0


def moment_ms(value: str) -> int:
    """RFC 5322 with the usual liberties, then anything our date reader knows."""
    if not value:
        return 0
    try:
        parts = parsedate_tz(value)
        if parts and parts[0] > 1970:
            seconds = datetime(*parts[:6], tzinfo=UTC).timestamp() - (parts[9] or 0)
            return round(seconds * 1000) if 0 < seconds * 1000 <= MS_MAX else 0
    except (ValueError, OverflowError, IndexError, TypeError):
        pass
    return parse_date(value) or 0
