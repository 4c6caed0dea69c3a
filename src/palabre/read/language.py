"""The language of posts that do not declare theirs.

Method: the naive Bayes model of py3langid (Lui & Baldwin 2012, byte n-grams found by a finite automaton), restricted to
the languages a workspace listens to, run over a whole batch at once: one step moves every post by one byte.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

TEXTS_AT_ONCE = 512
BYTES_READ = 600  # of a post; more does not change the answer
LETTERS_MIN = 3
MARGIN_MIN = 1.0  # natural-log odds between the two best: under it, nothing is said
NOISE = r"https?://\S+|www\.\S+|[@#][\w.]+"
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """next_state[row_start[state] + byte]; feature of a state, or -1; weights by (feature, language)."""

    next_state: npt.NDArray[np.int32]
    row_start: Ints
    feature: Ints
    weights: Floats
    prior: Floats
    languages: tuple[str, ...]


@cache
def model(languages: tuple[str, ...]) -> Model:
    """The model restricted to some languages (ISO 639-1), loaded at first use. ValueError: unknown ones."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    full: Any = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages(list(languages))
    return Model(
        np.asarray(full.tk_nextmove, np.int32),  # half of the memory: 40 MB
        np.asarray(full.tk_row, np.int64) << 8,
        np.asarray(full.tk_output, np.int64),
        np.asarray(full.nb_ptc, np.float32),
        np.asarray(full.nb_pc, np.float32),
        tuple(full.nb_classes),
    )


def plain_texts(batch: pa.RecordBatch) -> list[bytes]:
    """What of each post tells its language: words without addresses, handles, hashtags; b"" for too few."""
    said = pc.binary_join_element_wise(batch["title"], batch["text"], " ")
    bare = pc.utf8_slice_codeunits(pc.replace_substring_regex(said, NOISE, " "), 0, BYTES_READ)
    letters = pc.count_substring_regex(bare, r"\pL").to_pylist()
    spoken = zip(map(lower_shouting, bare.to_pylist()), letters, strict=True)
    return [one.strip().encode()[:BYTES_READ] if n >= LETTERS_MIN else b"" for one, n in spoken]


def lower_shouting(text: str) -> str:
    return unicodedata.normalize("NFC", text.lower() if text.isupper() else text)


def visits(found: Model, texts: list[bytes]) -> tuple[Ints, Ints]:
    """(post, feature) for each time a post shows a feature."""
    order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
    lengths = np.array([len(texts[row]) for row in order], np.int64)
    width = int(lengths[0]) if len(order) else 0
    grid = np.frombuffer(b"".join(texts[row].ljust(width, b"\0") for row in order), np.uint8).reshape(-1, width or 1)
    state = np.zeros(len(order), np.int64)
    posts, features = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    rows = np.array(order, np.int64)
    for step in range(width):
        live = int(np.searchsorted(-lengths, -step, side="left"))
        state = found.next_state[found.row_start[state[:live]] + grid[:live, step]]
        shown = found.feature[state]
        hit = np.flatnonzero(shown >= 0)
        posts.append(rows[hit])
        features.append(shown[hit])
    return np.concatenate(posts), np.concatenate(features)


def scores(found: Model, texts: list[bytes]) -> Floats:
    """Log odds of each language for each text; no feature: the prior alone."""
    posts, features = visits(found, texts)
    pairs, counts = np.unique(posts * len(found.weights) + features, return_counts=True)
    owners, shown = np.divmod(pairs, len(found.weights))
    total = np.tile(found.prior, (len(texts), 1)).astype(np.float32)
    if len(pairs):
        weighted = np.log1p(counts).astype(np.float32)[:, None] * found.weights[shown]
        first = np.flatnonzero(np.diff(owners, prepend=-1))
        total[owners[first]] += np.add.reduceat(weighted, first, axis=0)
    return total


def margins(total: Floats) -> Floats:
    """By how much the best language wins over the next, for each text."""
    if total.shape[1] < 2:
        return np.full(len(total), np.inf, np.float32)
    top = np.partition(total, -2, axis=1)
    return np.asarray(top[:, -1] - top[:, -2], np.float32)


def answers(found: Model, texts: list[bytes]) -> list[str]:
    """The language of each text; "" where there are too few letters or two languages are as likely."""
    parts = [texts[at : at + TEXTS_AT_ONCE] for at in range(0, len(texts), TEXTS_AT_ONCE)]
    return [answer for part in parts for answer in some_answers(found, part)]


def some_answers(found: Model, texts: list[bytes]) -> list[str]:
    """The same for as many texts as the memory should hold at once."""
    total = scores(found, texts)
    best, sure = total.argmax(axis=1).tolist(), (margins(total) >= MARGIN_MIN).tolist()
    rows = zip(best, sure, texts, strict=True)
    return [found.languages[one] if good and text else "" for one, good, text in rows]


def read_language(batch: pa.RecordBatch, languages: tuple[str, ...]) -> pa.RecordBatch:
    """The batch with ``lang`` filled where the author or the platform declared none."""
    unknown = pc.equal(batch["lang"], "")
    if not languages or not pc.any(unknown).as_py():
        return batch
    asked = batch.filter(unknown)
    found = iter(answers(model(languages), plain_texts(asked)))
    filled = [declared or next(found) for declared in batch["lang"].to_pylist()]
    return batch.set_column(
        batch.schema.get_field_index("lang"), batch.schema.field("lang"), pa.array(filled, pa.string())
    )
