"""Reading other people's JSON without trusting it: typed, tolerant readers, and what they found odd.

A reader never raises: what is absent or of another type is "" or None or empty. A mapping asks for what it cannot do
without by `need`, which raises ItemError, and the item goes to quarantine.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import orjson

from palabre.errors import ItemError
from palabre.model import RawItem

Table = Mapping[str, object]

INTEGER_DIGITS_MAX = 18  # a count that needs more than 63 bits is not a count
MS_MAX = 253_402_300_799_999  # the last millisecond of the year 9999


def at(value: object, *path: str) -> object:
    """What lies at a path of keys, or None."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def table(value: object, *path: str) -> Table:
    """The object at a path; {} when it is absent or something else."""
    found = at(value, *path)
    return found if isinstance(found, Mapping) else {}


def listing(value: object, *path: str) -> list[object]:
    """The list at a path; [] when it is absent or something else."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def tables(value: object, *path: str) -> list[Table]:
    """The objects of the list at a path; what is not an object is left out."""
    return [entry for entry in listing(value, *path) if isinstance(entry, Mapping)]


def text(value: object, *path: str) -> str:
    """The string at a path, without the lone surrogates that no database accepts; "" when absent."""
    found = at(value, *path)
    return sound(found) if isinstance(found, str) else ""


def sound(value: str) -> str:
    """The same string where it is valid Unicode, else with U+FFFD for each lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def texts(value: object, *path: str) -> tuple[str, ...]:
    """The non-empty strings of the list at a path."""
    return tuple(sound(entry) for entry in listing(value, *path) if isinstance(entry, str) and entry)


def ident(value: object, *path: str) -> str:
    """An identifier: a string, or an integer as digits; "" when absent."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return sound(found).strip() if isinstance(found, str) else ""


def number(value: object, *path: str) -> int | None:
    """A count: an integer, a whole float, or digits in a string; None when absent, negative or absurd."""
    found = at(value, *path)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= INTEGER_DIGITS_MAX:
        found = int(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        return None
    return found if 0 <= found < 10**INTEGER_DIGITS_MAX else None


def truth(value: object, *path: str) -> bool:
    """True only where the payload says true."""
    return at(value, *path) is True


def iso_ms(value: object, *path: str) -> int:
    """An ISO 8601 moment as epoch milliseconds; without a zone it is UTC; 0 when absent or unreadable."""
    found = at(value, *path)
    if not isinstance(found, str) or len(found) > 40:
        return 0
    try:
        moment = datetime.fromisoformat(found.strip())
    except ValueError:
        return 0
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def epoch_ms(value: object, *path: str) -> int:
    """Epoch seconds (a number, or digits) as milliseconds; 0 when absent, negative or beyond the year 9999."""
    found = at(value, *path)
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            return 0
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found * 1000 <= MS_MAX:
        return 0
    return round(found * 1000)


def need(value: str, name: str) -> str:
    """A value the post cannot do without. Raises ItemError(payload.missing) naming the field."""
    if not value:
        raise ItemError("payload.missing", field=name)
    return value


def decode(item: RawItem) -> Table:
    """The object a raw item holds. Raises ItemError (payload.not_json, payload.not_object)."""
    value = loads(item.body)
    if not isinstance(value, Mapping):
        raise ItemError("payload.not_object")
    return value


def loads(body: bytes) -> object:
    """JSON as Python; the slow parser takes what the fast one refuses (lone surrogates). Raises ItemError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ItemError("payload.not_json", bytes=len(body)) from error


def dumps(value: object) -> bytes:
    """Python as JSON; lone surrogates stay escaped."""
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(value).encode()


def raw(value: object, **note: str) -> RawItem:
    """One native object as a raw item; empty notes are left out."""
    return RawItem(dumps(value), note={name: said for name, said in note.items() if said})


def drift(items: Iterable[Table], required: Iterable[str], known: Iterable[str]) -> dict[str, int]:
    """How a platform's objects differ from those we know: {"-field": times missing, "+field": times new}."""
    wanted, familiar, counts = frozenset(required), frozenset(known), Counter[str]()
    for item in items:
        counts.update(f"-{name}" for name in wanted - item.keys())
        counts.update(f"+{name}" for name in item.keys() - familiar - wanted if isinstance(name, str))
    return dict(counts)


def walk(value: object, depth: int = 16) -> Iterator[Table]:
    """Every object of a document, outermost first, down to a depth."""
    if isinstance(value, Mapping):
        yield value
    if depth and isinstance(value, Mapping | list):
        for entry in value.values() if isinstance(value, Mapping) else value:
            yield from walk(entry, depth - 1)
