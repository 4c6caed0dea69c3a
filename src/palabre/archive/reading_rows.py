"""Readings as small rows and back. Pure.

A probability is one byte, in 254ths; 255: not read. Nineteen of them make ``scores``, in the order of `SCORED`.
A label is its place in the vocabulary (see `understood.reading`), so that SQL can ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from palabre.model import AXES, EMOTIONS, INTENTS, READINGS, TONES

SCORED = tuple(entry.name for entry in READINGS if pa.types.is_floating(entry.type))
UNITS, UNREAD = 254, 255
LABELS = ("tone", "emotion", "intents", "axis")
BITS = {name: 1 << place for place, name in enumerate((*LABELS, "language"))}  # of `corrected`
COLUMNS = ("post_id", "version_id", "language", "tone", "emotion", "intents", "axis", "corrected", "scores",
           "fingerprint", "entities", "aspects")  # fmt: skip
Packed = tuple[Any, ...]  # a row of `reading` from ``language`` on, without ``corrected``
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model says of one post, as members corrected it. scores: probabilities by the names of READINGS, without
    those that were not read. tone, emotion, axis: None when not read; "" when the post has none. intents: None when
    not read. corrected: the labels that a member set."""

    post_id: int
    models: str = ""
    layer: int = 0
    language: str = ""
    tone: str | None = None
    emotion: str | None = None
    intents: tuple[str, ...] | None = None
    axis: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    entities: tuple[Mapping[str, Any], ...] = ()
    aspects: tuple[Mapping[str, Any], ...] = ()
    fingerprint: int = 0
    corrected: frozenset[str] = frozenset()


# in


def packed(readings: pa.RecordBatch) -> list[Packed]:
    """One tuple a row of READINGS."""
    scores = score_bytes(readings)
    return list(
        zip(
            texts(readings["language"]),
            places(readings["tone"], TONES),
            places(readings["emotion"], ("", *EMOTIONS)),
            intent_bits(readings["intents"]),
            places(readings["axis"], ("", *AXES)),
            [scores[row : row + 1].tobytes() for row in range(len(scores))],
            pc.fill_null(readings["fingerprint"], 0).to_pylist(),
            json_lists(readings["entities"]),
            json_lists(readings["aspects"]),
            strict=True,
        )
    )


def score_bytes(readings: pa.RecordBatch) -> Bytes:
    """(rows, 19) bytes."""
    columns = [pc.fill_null(readings[name], np.nan).to_numpy(zero_copy_only=False) for name in SCORED]
    return to_bytes(np.stack(columns, axis=1)) if readings.num_rows else np.empty((0, len(SCORED)), np.uint8)


def to_bytes(values: npt.NDArray[Any]) -> Bytes:
    """Probabilities as bytes; what is no number is UNREAD."""
    scaled = np.where(np.isnan(values), UNREAD, np.rint(np.clip(values, 0, 1) * UNITS))
    return scaled.astype(np.uint8)


def texts(column: pa.Array) -> list[str]:
    return [value or "" for value in column.to_pylist()]


def places(column: pa.Array, names: Sequence[str]) -> list[int | None]:
    """The place of each value among the names; None for null and for a name nobody knows."""
    found: list[int | None] = pc.index_in(column, value_set=pa.array(names, pa.string())).to_pylist()
    return found


def intent_bits(column: pa.Array) -> list[int | None]:
    """A bit for each intent."""
    return [None if names is None else bits_of(names, INTENTS) for names in column.to_pylist()]


def bits_of(names: Iterable[str], known: Sequence[str]) -> int:
    return sum(1 << place for place, name in enumerate(known) if name in set(names))


def json_lists(column: pa.Array) -> list[str]:
    """Lists of records as JSON text; "" when empty. A probability keeps three digits."""
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    made = [""] * len(column)
    for row in np.flatnonzero(lengths).tolist():
        made[row] = orjson.dumps([plain(record) for record in column[row].as_py()]).decode()
    return made


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in record.items()}


# out


def reading_of(row: Any) -> Reading:
    """A row with the columns of `reading` beside ``models`` and ``layer`` as a Reading."""
    return Reading(
        row.post_id,
        row.models or "",
        row.layer or 0,
        row.language,
        label_of(row.tone, TONES),
        label_of(row.emotion, ("", *EMOTIONS)),
        None if row.intents is None else names_of(row.intents, INTENTS),
        label_of(row.axis, ("", *AXES)),
        {name: byte / UNITS for name, byte in zip(SCORED, row.scores, strict=False) if byte != UNREAD},
        tuple(orjson.loads(row.entities)) if row.entities else (),
        tuple(orjson.loads(row.aspects)) if row.aspects else (),
        row.fingerprint,
        frozenset(name for name, bit in BITS.items() if row.corrected & bit),
    )


def label_of(place: int | None, names: Sequence[str]) -> str | None:
    return None if place is None else names[place]


def names_of(bits: int, known: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(known) if bits & (1 << place))


def score_column(scores: Sequence[bytes | None], name: str) -> pa.Array:
    """One probability of many rows, as float32; null where it was not read."""
    place = SCORED.index(name)
    raw = np.frombuffer(b"".join(one or NOTHING for one in scores), np.uint8).reshape(-1, len(SCORED))[:, place]
    return pa.array(raw.astype(np.float32) / UNITS, pa.float32(), mask=raw == UNREAD)


NOTHING = bytes([UNREAD]) * len(SCORED)


# scores of one reading, in the order of its labels: how another model's words are kept


def span_of(name: str) -> slice:
    """Where the scores of a reading stand among all."""
    places = [SCORED.index(f"{name}_{label}") for label in VOCABULARY[name] if label]
    return slice(places[0], places[-1] + 1)


def overlaid(scores: bytes, name: str, other: bytes | None) -> bytes:
    """The scores of a row with others for one reading; None: those are not known."""
    span = span_of(name)
    return scores[: span.start] + (other or NOTHING[span]) + scores[span.stop :]


# labels as members and machines write them in corrections


def written(name: str, row: Any) -> str:
    """The present value of a label as text; intents joined by spaces."""
    if name == "language":
        return str(row.language)
    if name == "intents":
        return " ".join(names_of(row.intents or 0, INTENTS))
    return label_of(getattr(row, name), VOCABULARY[name]) or ""


VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "tone": TONES,
    "emotion": ("", *EMOTIONS),
    "axis": ("", *AXES),
    "intents": INTENTS,
}


def read_back(name: str, text: str) -> Any:
    """What `written` wrote, as the column holds it. Raises ValueError for a word of no vocabulary."""
    if name == "language":
        return text
    if name == "intents":
        wanted = text.split()
        if not set(wanted) <= set(INTENTS):
            raise ValueError(text)
        return bits_of(wanted, INTENTS)
    if name == "tone" and not text:
        return None  # a post that says nothing has no tone
    return VOCABULARY[name].index(text)
