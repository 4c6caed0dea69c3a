# ruff: noqa: S101  (this is for tests: it asserts)
"""For tests of formats and mappings: read bytes as an import would, and spoil payloads in every way."""

from __future__ import annotations

import copy
import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from pathlib import Path

from palabre.collect.formats import Format, Head
from palabre.errors import ItemError
from palabre.model import Account, Event, Gone, Heard, Metrics, Post, RawItem

NASTY: tuple[object, ...] = (None, "", "x", "\ud800", 7, -1, 1e300, True, [], [None], [[]], {}, {"a": None}, 10**30)


@dataclass
class Outcome:
    """What an import would bring: posts, deletions, and the keys of what goes to quarantine."""

    items: int = 0
    posts: list[Post] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def uris(self) -> set[str]:
        return {post.uri for post in self.posts}

    def by_uri(self, ending: str) -> Post:
        return next(post for post in self.posts if post.uri.endswith(ending))


def head(body: bytes, name: str = "file") -> Head:
    return Head(name, body[:65536], len(body))


def read(form: Format, body: bytes) -> Outcome:
    """All items of a file, mapped. Anything but ItemError is a bug, and raised."""
    outcome = Outcome()
    try:
        for item in form.items(typing.cast(typing.BinaryIO, BufferedReader(BytesIO(body))), {}):
            take(outcome, item, lambda one: form.map(one, {}))
    except ItemError as error:
        outcome.faults.append(error.key)
    return outcome


def take(outcome: Outcome, item: RawItem, mapped: Callable[[RawItem], Iterable[Event]]) -> None:
    """Map one item into the outcome; every post is checked field by field."""
    outcome.items += 1
    try:
        for event in mapped(item):
            if isinstance(event, Heard):
                check(event.post)
                outcome.posts.append(event.post)
            elif isinstance(event, Gone):
                assert event.uri
                outcome.gone.append(event.uri)
    except ItemError as error:
        outcome.faults.append(error.key)


def read_folder(form: Format, folder: Path, pattern: str = "*") -> tuple[Outcome, dict[str, float]]:
    """All files of a folder that the format claims, together; and how sure it was of each."""
    import gzip

    total, sure = Outcome(), {}
    for path in sorted(folder.glob(pattern)):
        if not path.is_file():
            continue
        body = path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
        sure[path.name] = form.sniff(head(body, path.name))
        one = read(form, body) if sure[path.name] > 0.5 else Outcome()
        total.items += one.items
        total.posts += one.posts
        total.gone += one.gone
        total.faults += one.faults
    return total, sure


def check(post: Post) -> None:
    """Every field of a post holds what the model says it holds, and can be stored."""
    assert post.uri
    assert post.network
    for value, kind in ((post, Post), (post.account, Account), (post.metrics, Metrics)):
        if value is not None:
            hints = hints_of(kind)
            for entry in dataclasses.fields(kind):
                assert fits(getattr(value, entry.name), hints[entry.name]), (entry.name, getattr(value, entry.name))
    assert 0 <= post.published_ms < 1 << 53
    assert 0 <= post.edited_ms < 1 << 53


hints_of = functools.cache(typing.get_type_hints)


def fits(value: object, hint: object) -> bool:
    """Whether a value is of a type of the model; strings must be valid Unicode, integers fit 63 bits."""
    if isinstance(hint, types.UnionType):
        return any(fits(value, one) for one in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(fits(one, str) for one in value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63
    if isinstance(value, str):
        value.encode()
    return isinstance(value, typing.cast(type, hint))


def spoilt(value: object, places_max: int = 400) -> Iterator[object]:
    """Copies of a payload with one place made nasty: each place in turn, each of a dozen ways."""
    places = list(paths(value))[:places_max]
    for number, place in enumerate(places):
        for nasty in NASTY[number % 3 :: 3]:
            twisted = copy.deepcopy(value)
            put(twisted, place, copy.deepcopy(nasty))
            yield twisted
        without = copy.deepcopy(value)
        drop(without, place)
        yield without


def paths(value: object, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a payload, the whole left out."""
    inner: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value[:3])
    for key, entry in inner:
        yield (*here, key)
        yield from paths(entry, (*here, key))


def put(value: typing.Any, place: tuple[str | int, ...], nasty: object) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = nasty


def drop(value: typing.Any, place: tuple[str | int, ...]) -> None:
    for key in place[:-1]:
        value = value[key]
    del value[place[-1]]


def cuts(body: bytes, count: int = 40) -> Iterator[bytes]:
    """A file cut short at many places, the first bytes included."""
    for n in range(count):
        yield body[: max(1, len(body) * n // count)]
