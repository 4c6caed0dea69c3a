"""The language of a post: what its words say, restricted to the languages a workspace listens to.

Method: naive Bayes over hashed character 1-5-grams within words, the ends of a word being signs of their own (Cavnar &
Trenkle 1994; Lui & Baldwin 2012; hashing: Weinberger et al. 2009), smoothed by the average of all languages. The
distinct words of a batch are scored once. int8 weights; n-grams overlap, so that naive Bayes is far too sure of itself:
its scores are cooled down by a power of their number, fitted on texts that were held out. See models/language.toml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scipy

from palabre.read import native, registry
from palabre.read.contract import Line, Page, Reading, rounded
from palabre.read.linear import softmax
from palabre.read.words import (
    BASE,
    WORD_CHARS,
    Hashes,
    Ints,
    Words,
    classes,
    distinct,
    joined,
    lower_table,
    mixed,
    places,
    word_hashes,
)
from palabre.read.words import words_of as found_words

NAME = "language"
TEXTS_AT_ONCE = 2_048
CHARS_READ = 400  # of a post; more does not change the answer
LETTERS_MIN = 3  # of an alphabet; one ideograph, kana or hangul sign is enough
IDEOGRAPHS = 0x2E80
CONFIDENCE_MIN = 0.6  # under it, nothing is said where a guess would be taken for a declaration
NGRAM_CHARS = 5
EDGE = 1  # the sign before and behind a word
NOISE = r"https?://\S+|www\.\S+|[@#][\w.]+"
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """table (rows, languages): log ratios; slope, power: p = softmax(slope · sum / n-grams^power)."""

    table: Floats
    slope: float
    power: float
    languages: tuple[str, ...]


@cache
def full() -> Model:
    """The model of every language it knows."""
    stored = registry.arrays(NAME)
    table = (stored["table"] * stored["scale"]).astype(np.float32)
    return Model(table, float(stored["slope"]), float(stored["power"]), tuple(registry.card(NAME)["labels"]))


def known_languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that can be read."""
    return full().languages


@cache
def model(languages: tuple[str, ...]) -> Model:
    """The model restricted to some languages; (): all. A language that it does not know is left out."""
    every = full()
    kept = [n for n, one in enumerate(every.languages) if one in languages or not languages]
    table = np.ascontiguousarray(every.table[:, kept])
    return Model(table, every.slope, every.power, tuple(every.languages[n] for n in kept))


def plain_texts(batch: pa.RecordBatch) -> list[str]:
    """What of each post tells its language: words without addresses, handles, hashtags; "" for too few."""
    said = batch["text"]
    if "title" in batch.schema.names:
        said = pc.binary_join_element_wise(batch["title"], said, " ")
    return spoken(said)


def spoken(texts: pa.Array) -> list[str]:
    """The same of a column of texts."""
    short = pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, CHARS_READ * 2)
    bare: list[str] = pc.replace_substring_regex(short, NOISE, " ").to_pylist()
    return [one[:CHARS_READ] for one in bare]


def ngrams(words: Words, first: Ints, rows: int) -> list[tuple[Ints, Ints]]:
    """(how many a word, their rows) of the n-grams of each length of some words (their numbers in ``first``)."""
    lengths = np.minimum(words.end - words.start, WORD_CHARS)[first]
    ends = np.cumsum(lengths + 2)
    buffer = np.full(int(ends[-1]) if len(ends) else 0, EDGE, np.uint64)
    place = places(lengths)
    inner = np.repeat(ends - lengths - 1, lengths) + place
    buffer[inner] = words.codes[np.repeat(words.start[first], lengths) + place]
    owner = np.repeat(np.arange(len(first)), lengths + 2)
    return [rows_of_length(buffer, owner, size, len(first), rows) for size in range(1, NGRAM_CHARS + 1)]


def rows_of_length(buffer: Hashes, owner: Ints, size: int, count: int, rows: int) -> tuple[Ints, Ints]:
    """(how many a word, their rows) of the n-grams of one length; of a single sign, the edges are left out."""
    left = max(len(buffer) - size + 1, 0)
    rolled = np.zeros(left, np.uint64)
    for at in range(size):
        rolled = rolled * BASE + buffer[at : at + left]
    whole = owner[:left] == owner[size - 1 :][:left] if size > 1 else buffer != EDGE
    hashed = mixed(rolled[whole] + np.uint64(size)) >> np.uint64(40)
    return np.bincount(owner[:left][whole], minlength=count), (hashed % np.uint64(rows)).astype(np.int64)


def word_scores(found: Model, words: Words, first: Ints) -> tuple[Floats, Ints]:
    """(words, languages) sum of the weights of each word's n-grams; (words,) how many n-grams."""
    total = np.zeros((len(first), len(found.languages)), np.float32)
    sizes = np.zeros(len(first), np.int64)
    for counts, at in ngrams(words, first, len(found.table)):
        indptr = np.concatenate([[0], np.cumsum(counts)])
        total += (
            scipy.sparse.csr_matrix((np.ones(len(at), np.float32), at, indptr), shape=(len(first), len(found.table)))
            @ found.table
        )
        sizes += counts
    return total, sizes


def margins(found: Model, texts: Sequence[str]) -> tuple[Floats, Ints]:
    """(texts, languages) cooled log ratios; (texts,) how many letters each has, or as good as."""
    total, counts, letters = sums(found, texts)
    cooled = total * (found.slope * np.maximum(counts, 1) ** -found.power)[:, None]
    return cooled.astype(np.float32), letters


def sums(found: Model, texts: Sequence[str]) -> tuple[Floats, Floats, Ints]:
    """(texts, languages) sums of the weights of the words' n-grams; (texts,) how many; (texts,) letters."""
    if kernel := native.library():
        tables = [native.at(one) for one in (classes(), lower_table(), found.table)]
        return native.language_sums(kernel, native.LanguageModel(*tables, *found.table.shape), texts)
    seen = found_words(joined(texts))
    first, which = distinct(word_hashes(seen))
    scores, sizes = word_scores(found, seen, first)
    owner = scipy.sparse.csr_matrix(
        (np.ones(len(which), np.float32), (seen.post, which)), shape=(len(texts), len(first))
    )
    counts = owner @ sizes.astype(np.float32)
    letters = np.where(seen.codes[seen.start] >= IDEOGRAPHS, LETTERS_MIN, seen.end - seen.start)
    return owner @ scores, counts, np.bincount(seen.post, letters, len(texts)).astype(np.int64)


def probabilities(found: Model, texts: Sequence[str]) -> Floats:
    """(texts, languages) calibrated; a row of zeros for a text with fewer than three letters."""
    parts = [_probabilities(found, texts[at : at + TEXTS_AT_ONCE]) for at in range(0, len(texts), TEXTS_AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, len(found.languages)), np.float32)


def _probabilities(found: Model, texts: Sequence[str]) -> Floats:
    total, letters = margins(found, texts)
    return np.asarray(softmax(total) * (letters >= LETTERS_MIN)[:, None], np.float32)


def answers(found: Model, texts: Sequence[str], confidence_min: float = CONFIDENCE_MIN) -> tuple[list[str], Floats]:
    """The language of each text and its confidence; "" where nothing is sure enough to be said."""
    if not found.languages:
        return [""] * len(texts), np.zeros(len(texts), np.float32)
    chances = probabilities(found, texts)
    best, sure = chances.argmax(axis=1), chances.max(axis=1, initial=0)
    said = (sure > 0) & (sure >= confidence_min)
    labels = [found.languages[one] if good else "" for one, good in zip(best.tolist(), said.tolist(), strict=True)]
    return labels, np.where(said, sure, np.float32(0))


def read_language(batch: pa.RecordBatch, languages: tuple[str, ...]) -> pa.RecordBatch:
    """The batch with ``lang`` filled where the author or the platform declared none."""
    unknown = pc.equal(batch["lang"], "")
    if not languages or not pc.any(unknown).as_py():
        return batch
    labels, _ = answers(model(languages), plain_texts(batch.filter(unknown)))
    found = iter(labels)
    filled = [declared or next(found) for declared in batch["lang"].to_pylist()]
    return batch.set_column(
        batch.schema.get_field_index("lang"), batch.schema.field("lang"), pa.array(filled, pa.string())
    )


def read(page: Page) -> Mapping[str, pa.Array]:
    """The likeliest language of each post, however likely: the confidence says it. "": nothing to go by."""
    labels, sure = page.spoken
    return {"language": pa.array(labels, pa.string()), "language_confidence": pa.array(sure, pa.float32())}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    pairs = zip(batch["language"].to_pylist(), rounded(batch["language_confidence"]), strict=True)
    return {"language": [{"label": label, "confidence": sure} for label, sure in pairs]}


READING = Reading("language", ("language", "language_confidence"), read, lines)
