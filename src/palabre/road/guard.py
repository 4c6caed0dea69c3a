"""The guard around a stranger's item: whatever it makes our code raise becomes a `Fault`, and the next goes on."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from palabre.batches import batch_of
from palabre.errors import ItemError, PalabreError
from palabre.model import Event, Fault, Gone, Post, RawItem
from palabre.text.clean import clean_text

PARAM_CHARS_MAX = 80
RAW_SHARED_BYTES_MAX = 20_000  # an item that gives many posts is kept with each of them only if it is small
Map = Callable[[RawItem], Iterable[Event]]


def fault_of(stage: str, error: BaseException) -> Fault:
    """Why an item failed: never its content, so no message of an exception we did not write."""
    key = error.key if isinstance(error, PalabreError) else "pipeline.fault.unexpected"
    given = error.params if isinstance(error, PalabreError) else {}
    params = {str(name): str(value)[:PARAM_CHARS_MAX] for name, value in given.items()}
    return Fault(stage, key, params, type(error).__name__[:PARAM_CHARS_MAX], innermost(error))


def innermost(error: BaseException) -> str:
    """file:line where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    path = PurePath(frames[-1].filename).parts
    return f"{'/'.join(path[-2:])}:{frames[-1].lineno}"


@dataclass(slots=True)
class Heap:
    """What was mapped so far, waiting to be a batch. tried, failed: items; weight: bytes of those that are held."""

    posts: list[Post] = field(default_factory=list)
    raw: list[RawItem | None] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    faults: list[tuple[RawItem, Fault]] = field(default_factory=list)
    tried: int = 0
    failed: int = 0
    weight: int = 0

    @property
    def size(self) -> int:
        return len(self.posts) + len(self.gone) + len(self.faults)

    @property
    def hopeless(self) -> int:
        """How many items failed if none succeeded, else 0."""
        return self.failed if self.failed == self.tried else 0


def add_item(heap: Heap, item: RawItem, mapping: Map, post_bytes_max: int, keep_raw: bool = True) -> None:
    """Maps one item onto the heap; what it raises is its fault."""
    heap.tried += 1
    heap.weight += len(item.body)
    try:
        events = list(mapping(item))
        posts = [checked(event.post, post_bytes_max) for event in events if not isinstance(event, Gone)]
    except Exception as error:
        heap.failed += 1
        heap.faults.append((item, fault_of("map", error)))
        return
    shared = len(posts) > 1 and len(item.body) > RAW_SHARED_BYTES_MAX
    heap.posts += posts
    heap.raw += [item if keep_raw and not (shared and place) else None for place in range(len(posts))]
    heap.gone += [event for event in events if isinstance(event, Gone)]


def checked(post: Post, post_bytes_max: int) -> Post:
    """The post, if the archive can hold it. ItemError: no id, too long."""
    size = len(post.text) + len(post.title) + len(post.html)
    if not post.uri:
        raise ItemError("pipeline.fault.no_uri")
    if size > post_bytes_max:
        raise ItemError("pipeline.fault.too_long", size=size, limit=post_bytes_max)
    return post


@dataclass(frozen=True, slots=True)
class Batch:
    """Posts ready to be matched; raw: one entry a post."""

    posts: pa.RecordBatch
    raw: tuple[RawItem | None, ...] = ()
    gone: tuple[Gone, ...] = ()
    faults: tuple[tuple[RawItem, Fault], ...] = ()


def batch_from(heap: Heap) -> Batch:
    """The heap as a batch; a post that Arrow does not take is cleaned, or is at fault alone."""
    gone, faults = tuple(heap.gone), tuple(heap.faults)
    try:
        return Batch(batch_of(heap.posts), tuple(heap.raw), gone, faults)
    except Exception:
        return one_by_one(heap.posts, heap.raw, gone, faults)


def one_by_one(
    posts: Sequence[Post],
    raw: Sequence[RawItem | None],
    gone: tuple[Gone, ...],
    faults: tuple[tuple[RawItem, Fault], ...],
) -> Batch:
    """The slow way: each post alone."""
    good: list[Post] = []
    kept: list[RawItem | None] = []
    bad = list(faults)
    for post, item in zip(posts, raw, strict=True):
        try:
            clean = storable(post)
            batch_of([clean])
        except Exception as error:
            bad.append((item or RawItem(post.uri.encode("utf-8", "replace"), "text/plain"), fault_of("map", error)))
        else:
            good.append(clean)
            kept.append(item)
    return Batch(batch_of(good), tuple(kept), gone, tuple(bad))


def storable(post: Post) -> Post:
    """A post whose texts hold no lone surrogates, NUL or control characters."""
    values: dict[str, Any] = {one.name: getattr(post, one.name) for one in fields(post)}
    return replace(post, **{name: cleaned(value) for name, value in values.items()})


def cleaned(value: Any) -> Any:
    """Texts, and texts in tuples, storable."""
    if type(value) is str:
        return clean_text(value)
    return tuple(map(cleaned, value)) if isinstance(value, tuple) else value
