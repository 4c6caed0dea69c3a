"""Files → batches that are read and matched. Knows no archive, so that it can run in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from palabre.batches import NO_POSTS
from palabre.collect.files import streams
from palabre.collect.files.detect import format_for
from palabre.collect.files.streams import Opened
from palabre.collect.formats import Chunk, Format, Options, Tabular
from palabre.errors import ItemError
from palabre.match.query import Query
from palabre.model import Fault, RawItem
from palabre.road.guard import Batch, Heap, add_item, batch_from, fault_of
from palabre.road.panel import LivePanel, PanelState, panel_from
from palabre.road.ready import Ready, merged, ready

BATCH_BYTES = (
    64_000_000  # of posts that are matched and written together: fewer than a batch may hold, where they are long
)
FAILED_ALL_MAX = 1_000  # a file whose first items all fail is in another format than it seems


@dataclass(frozen=True, slots=True)
class Job:
    """What to read and how. kind: "" is found out; raw: keep what each post was made of."""

    paths: tuple[str, ...]
    panel: PanelState
    languages: tuple[str, ...]
    kind: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    raw: bool = True
    batch_posts: int = 4_000
    post_bytes_max: int = 2_000_000
    file_bytes_max: int = 20_000_000_000


@dataclass(frozen=True, slots=True)
class Entered:
    """A file was opened. size: bytes on disk, 0 for the standard input and for members of archives."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Left:
    """A file is done. kind: its format, "" if none; fault: why it is in quarantine, None when all is well."""

    name: str
    kind: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A batch of one kind, ready for the write door. place: bytes of its file that were read, where that is known."""

    kind: str
    batch: Ready
    place: int = 0


News = Entered | Left | Filled


@dataclass(slots=True)
class Pile:
    """Batches of one kind that wait until they are worth a transaction."""

    kind: str = ""
    batches: list[Batch] = field(default_factory=list)
    size: int = 0
    weight: int = 0

    def add(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.weight += batch.posts.nbytes + sum(len(item.body) for item, _ in batch.faults)
        self.size += batch.posts.num_rows + len(batch.gone) + len(batch.faults)

    def taken(self) -> Batch | None:
        """All of it as one batch; None when there is nothing."""
        batches, self.batches, self.size, self.weight = self.batches, [], 0, 0
        return merged(batches) if batches else None


class Reader:
    """Reads the files of a job in order."""

    def __init__(self, job: Job, parsed: Mapping[str, Query] = MappingProxyType({})) -> None:
        """parsed: see `panel_from`."""
        self.job = job
        self.live: LivePanel = panel_from(job.panel, parsed)
        self.pile = Pile()
        self.opened: Opened | None = None

    def news(self) -> Iterator[News]:
        """What happens, in order. Never raises for a file: it is quarantined."""
        for path in streams.walked(self.job.paths):
            yield from self.file(path)
        yield from self.flush()

    def file(self, path: Path | None) -> Iterator[News]:
        name = "-" if path is None else str(path)
        yield Entered(name, size_of(path))
        try:
            with streams.single(path, self.job.file_bytes_max) as opened:
                self.opened = opened
                if streams.is_zip(opened):
                    yield from self.archive(opened)
                    return
                yield from self.read(opened)
        except Exception as error:
            yield Left(name, "", fault_of("file", error))

    def archive(self, opened: Opened) -> Iterator[News]:
        """Every file of a ZIP archive; the archive itself is one more file only if it is damaged."""
        for info in streams.members(opened, self.job.file_bytes_max):
            name = f"{opened.head.name}!{info.filename}"
            yield Entered(name, 0)
            try:
                with streams.member(opened, info, self.job.file_bytes_max) as member:
                    yield from self.read(member)
            except Exception as error:
                yield Left(name, "", fault_of("file", error))

    def read(self, opened: Opened) -> Iterator[News]:
        """One file, from its format to its batches."""
        name = opened.head.name
        chosen = format_for(opened, self.job.kind)
        if self.pile.kind != chosen.name:
            yield from self.flush()
            self.pile.kind = chosen.name
        try:
            for batch in self.batches(chosen, opened):
                self.pile.add(batch)
                if self.pile.size >= self.job.batch_posts or self.pile.weight >= BATCH_BYTES:
                    yield from self.flush()
        except Exception as error:
            yield Left(name, chosen.name, fault_of("file", error))
        else:
            yield Left(name, chosen.name)

    def batches(self, chosen: Format, opened: Opened) -> Iterator[Batch]:
        options = {"post_bytes_max": str(self.job.post_bytes_max), **opened.around, **self.job.options}
        if isinstance(chosen, Tabular):
            chunks = map(batch_of_chunk, chosen.chunks(opened.stream, options))
            return (piece for batch in chunks for piece in pieces(batch, self.job.batch_posts))
        return self.items(chosen, opened, options)

    def items(self, chosen: Format, opened: Opened, options: Options) -> Iterator[Batch]:
        """Item by item. What was mapped before a file breaks is kept."""
        heap = Heap()
        mapping = partial(chosen.map, options=options)
        try:
            for item in chosen.items(opened.stream, options):
                add_item(heap, named(item, opened.head.name), mapping, self.job.post_bytes_max, self.job.raw)
                if heap.hopeless >= FAILED_ALL_MAX:
                    raise ItemError("files.every_item_fails", n=heap.failed)
                if heap.size >= self.job.batch_posts or heap.weight >= BATCH_BYTES:
                    yield batch_from(heap)
                    heap = Heap(tried=heap.tried, failed=heap.failed)
        finally:
            if heap.size:
                self.pile.add(batch_from(heap))

    def flush(self) -> Iterator[News]:
        batch = self.pile.taken()
        if batch is not None:
            place = self.opened.place if self.opened and not self.opened.packed.closed else 0
            yield Filled(self.pile.kind, ready(batch, self.live, self.job.languages), place)


def named(item: RawItem, name: str) -> RawItem:
    """The item with the name of the file it came from."""
    return replace(item, note={"file": name.rpartition("/")[2], **item.note})


def batch_of_chunk(chunk: Chunk) -> Batch:
    """Rows of a table: the file itself is their raw form, none is kept."""
    faults = tuple((item, fault_of("map", error)) for item, error in chunk.bad)
    posts = chunk.posts if chunk.posts.num_rows else NO_POSTS
    return Batch(posts, (None,) * chunk.posts.num_rows, (), faults)


def pieces(batch: Batch, most: int) -> Iterator[Batch]:
    """A batch in parts of so many posts at most; what is at fault goes with the first."""
    for start in range(0, batch.posts.num_rows, most) or (0,):
        rest = (batch.gone, batch.faults) if start == 0 else ((), ())
        yield Batch(batch.posts.slice(start, most), batch.raw[start : start + most], *rest)


def size_of(path: Path | None) -> int:
    try:
        return path.stat().st_size if path is not None else 0
    except OSError:
        return 0


def total_size(paths: Sequence[str]) -> int:
    """Bytes of all files together; the standard input counts as big."""
    return sum(size_of(path) if path is not None else 1 << 40 for path in streams.walked(paths))
