"""All readings of a batch: POSTS in, READINGS out, in the order of the posts. No I/O but the models' first loading."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from palabre.errors import InputError
from palabre.model import READINGS
from palabre.read import own_labels, registry
from palabre.read.contract import Layer, Line, Page, Reading

JUDGED = ("tone", "emotion", "intent", "axis", "offence", "irony")
SURE = 0.9  # of a language; of 1,940 tweets in six languages that were learnt, none is thought to be in another
POSTS_AT_ONCE = 2_048  # bounds the memory of one pass


@cache
def known() -> Mapping[str, Reading]:
    """Every reading of this package, by name, in the order of READINGS: the files that hold a ``READING``."""
    files = [one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)]) if not one.ispkg]
    modules = [importlib.import_module(f"palabre.read.{name}") for name in files if name != "readings"]
    found = [one for module in modules if isinstance(one := getattr(module, "READING", None), Reading)]
    order = {name: at for at, name in enumerate(READINGS.names)}
    found.sort(key=lambda one: (order.get(one.columns[0], len(order)), one.name))
    return {one.name: one for one in found}


def chosen(only: Iterable[str] | None) -> list[Reading]:
    """The readings asked for; all without a choice. Raises InputError for a name that is none."""
    if only is None:
        return list(known().values())
    asked = list(dict.fromkeys(only))
    own = [own_labels.reading(one) for one in asked if one.startswith(own_labels.PREFIX)]
    wanted = {one for one in asked if not one.startswith(own_labels.PREFIX)}
    if unknown := wanted - set(known()):
        raise InputError("read.unknown_reading", names=", ".join(sorted(unknown)), known=", ".join(known()))
    return [*(one for one in known().values() if one.name in wanted), *own]


def read(
    batch: pa.RecordBatch,
    *,
    only: Iterable[str] | None = None,
    languages: tuple[str, ...] = (),
    layer: Layer | None = None,
) -> pa.RecordBatch:
    """READINGS of a batch of POSTS (``text`` and, if it has them, ``title`` and ``lang`` are what is looked at).

    only: names of readings, the columns of the others are null; languages: those a post may be in, () for all that the
    model knows; layer: what a workspace's corrections taught. Raises InputError: an unknown reading, a missing model.
    """
    asked = chosen(only)
    parts = [batch.slice(at, POSTS_AT_ONCE) for at in range(0, max(batch.num_rows, 1), POSTS_AT_ONCE)]
    read_parts = [_read(part, asked, languages, layer) for part in parts]
    return (
        pa.Table.from_batches(read_parts).combine_chunks().to_batches(max_chunksize=None)[0]
        if batch.num_rows
        else read_parts[0]
    )


def _read(
    batch: pa.RecordBatch, asked: Sequence[Reading], languages: tuple[str, ...], layer: Layer | None
) -> pa.RecordBatch:
    page = Page(batch, [name for one in asked for name in one.heads], languages, layer)
    found = {name: column for one in asked for name, column in one.read(page).items()}
    if any(one.name in JUDGED for one in asked):
        found |= unsaid({name: found[name] for one in asked if one.name in JUDGED for name in one.columns}, page)
    extra = [pa.field(name, column.type) for name, column in found.items() if name not in READINGS.names]
    schema = pa.schema([*READINGS, *extra])
    columns = [found[field.name] if field.name in found else pa.nulls(len(page), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def unsaid(columns: Mapping[str, pa.Array], page: Page) -> dict[str, pa.Array]:
    """Judgements without those of posts that say nothing, or speak a language that none of our models learnt: no tone
    (null), no emotion, intent or axis; a guess there would be a lie in every figure."""
    silent = mute(page)
    if not silent.any():
        return dict(columns)
    rows = pa.array(silent)
    return {name: pc.if_else(rows, nothing_as(name, column), column) for name, column in columns.items()}


def nothing_as(name: str, column: pa.Array) -> pa.Scalar:
    """What a column says of a post that nothing is said of."""
    if name == "tone" or name.startswith(("tone_", "offence", "irony")):
        return pa.scalar(None, column.type)
    empty = 0.0 if pa.types.is_floating(column.type) else [] if pa.types.is_list(column.type) else ""
    return pa.scalar(empty, column.type)


def mute(page: Page) -> npt.NDArray[np.bool_]:
    """(n,) which posts these are. A language counts as spoken where it is sure."""
    spoken, sure = page.spoken
    known = learnt()
    foreign = np.array([bool(one) and one not in known for one in spoken], np.bool_) & (np.asarray(sure) >= SURE)
    return foreign | np.array([not one.strip() for one in page.texts], np.bool_)


@cache
def learnt() -> frozenset[str]:
    """Languages that a model of judgements learnt, as the cards say."""
    heads = {head for one in known().values() if one.name in JUDGED for head in one.heads}
    names = [name for name in registry.names() if name in heads or name.rpartition(".")[0] in heads]
    return frozenset(language for name in names for language in registry.card(name).get("languages", ()))


def lines(read_batch: pa.RecordBatch, only: Iterable[str] | None = None) -> list[dict[str, Line]]:
    """What `palabre read` prints of each post, without its id."""
    keys = {key: entries for one in chosen(only) for key, entries in one.lines(read_batch).items()}
    return [dict(zip(keys, row, strict=True)) for row in zip(*keys.values(), strict=True)]
