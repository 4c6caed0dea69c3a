"""The readings of a workspace: the models of this installation, with the layer that its corrections taught.

    reader = Readers(archive).of(workspace_id)
    reader.read(posts)                    # POSTS → READINGS, one row a post, whatever a post does to a model

A model that is not there (a part of an installation, a folder half copied) costs its own reading alone: those columns
are null. Another set of models, or another layer, is another version: `reread` then reads again what the archive holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from threading import Lock

import pyarrow as pa

from palabre.archive import Archive
from palabre.model import READINGS
from palabre.read.contract import Layer

RULES = "1"  # of `readings`, beside the models: grows when the same models say something else
LAYER_REST_MS = 10_000  # corrections often come many at once: all is read again once they pause
TEXT_COLUMNS = ("title", "text", "lang")
ALL, MENTIONS, NONE = "all", "mentions", "none"  # of the setting read_posts


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads posts for one workspace. version_id: what its readings are kept under."""

    workspace_id: int
    version_id: int
    languages: tuple[str, ...]
    layer: Layer | None = None
    layer_version: int = 0

    def read(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        """READINGS of a batch of POSTS (TEXT_COLUMNS are looked at); a post that breaks a model has no reading."""
        try:
            return self._read(posts)
        except Exception:
            if posts.num_rows <= 1:
                return pa.RecordBatch.from_arrays(
                    [pa.nulls(posts.num_rows, one.type) for one in READINGS], schema=READINGS
                )
            half = posts.num_rows // 2
            parts = [self.read(posts.slice(0, half)), self.read(posts.slice(half))]
            return pa.Table.from_batches(parts).combine_chunks().to_batches()[0]

    def _read(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        from palabre.read.readings import read

        found = read(posts, only=usable(), languages=self.languages, layer=self.layer)
        return found.select(READINGS.names).cast(READINGS)


@cache
def usable() -> tuple[str, ...]:
    """Names of the readings whose models are here."""
    from palabre.read.readings import known
    from palabre.read.registry import folder_of

    return tuple(one.name for one in known().values() if all(folder_of(head) for head in one.heads))


@cache
def models_stamp() -> str:
    """What distinguishes this set of models from another: the readings and a digest of the cards."""
    from palabre.read.registry import folder_of, names

    digest = blake2b(" ".join((*usable(), RULES)).encode(), digest_size=8)
    for name in names():
        folder = folder_of(name)
        if folder is not None:
            digest.update((folder / f"{name}.toml").read_bytes())
            digest.update(str((folder / f"{name}.npz").stat().st_size).encode())
    return digest.hexdigest()


@dataclass(slots=True)
class Readers:
    """One reader a workspace, brought up to date whenever it is asked for."""

    archive: Archive
    live: dict[int, Reader] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, workspace_id: int) -> Reader | None:
        """The reader as it is now; None where posts are read later or not at all (setting read_posts)."""
        return self.present(workspace_id) if self.archive.settings.read_posts == ALL else None

    def present(self, workspace_id: int) -> Reader:
        """The reader as it is now, whatever the setting."""
        with self.lock:
            version, at_ms = self.archive.corrections.layer_version(workspace_id)
            known = self.live.get(workspace_id)
            rests = self.archive.clock.now_ms() - at_ms >= LAYER_REST_MS
            if known is None or (known.layer_version != version and (rests or version == 0)):
                known = self.live[workspace_id] = self.made(workspace_id)
            return known

    def made(self, workspace_id: int) -> Reader:
        layer, version = layer_of(self.archive, workspace_id)
        languages = tuple(self.archive.settings.languages.split())
        version_id = self.archive.readings.version(workspace_id, models_stamp(), version)
        return Reader(workspace_id, version_id, languages, layer, version)


def layer_of(archive: Archive, workspace_id: int) -> tuple[Layer | None, int]:
    """What the workspace taught, and its number; None and 0 where it taught nothing."""
    kept = archive.corrections.layer(workspace_id)
    if kept is None:
        return None, 0
    from palabre.read.corrections import from_bytes

    return from_bytes(kept.body), kept.version
