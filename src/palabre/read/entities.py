"""Names in a post: people, organisations, products, places. Never what a person is: no sensitive trait has a kind.

Method: a linear-chain conditional random field (chain.py) over hashed features (entity_features.py) with known names
and word groups as features. Only tokens that may begin or continue a name are decoded (each gets its likeliest
label): the others are so surely no name that the chain is cut there. Spans are code points of the text; a confidence is
the smallest chance of its tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from palabre.model import ENTITY
from palabre.read import native, registry
from palabre.read.chain import FORBIDDEN, Floats, chances, highest, inside, padded
from palabre.read.contract import Line, Page, Reading
from palabre.read.entity_features import Clusters, place_features, seen_of, summed, word_emissions
from palabre.read.entity_tokens import MARK, NAME_TOKENS, Tokens, classes, lists, tokens_of
from palabre.read.linear import Table
from palabre.read.words import Ints, lower_table

NAME = "entities"
KINDS = ("person", "organisation", "product", "place")
LABELS = ("O", *(f"{edge}-{kind}" for kind in KINDS for edge in "BI"))
CHARS_READ = 2_000  # of a post
ROW_BYTES = 16  # of the table, as the kernel reads it
RUN_MAX = 24  # tokens decoded together; no name is longer
WIDTHS = (1, 2, 4, 8, 16, RUN_MAX)
MARGIN = 4.0  # a token whose words say "no name" by more than this is not looked at further
CONFIDENCE_MIN = 0.4


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text. start, end: code points; kind: of KINDS; name: canonical; confidence: 0 to 1."""

    start: int
    end: int
    kind: str
    name: str
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """table (rows, labels); follows (labels, labels): from a label to the next; packed: the table as the kernel reads
    it, int8 with a scale a label, None while it is learnt."""

    table: Floats
    follows: Floats
    clusters: Clusters
    packed: Table | None = None


@cache
def model() -> Model:
    stored = registry.arrays(NAME)
    clusters = Clusters(
        stored["cluster_keys"].astype(np.uint64), stored["fine"].astype(np.int64), stored["coarse"].astype(np.int64)
    )
    packed = Table(stored["table"], stored["scale"])
    return Model(packed.floats(), stored["follows"], clusters, packed)


def allowed() -> Floats:
    """(labels, labels) 0, and FORBIDDEN where a name would go on that did not begin."""
    out = np.zeros((len(LABELS), len(LABELS)), np.float32)
    for at, label in enumerate(LABELS):
        if label.startswith("I-"):
            out[:, at] = FORBIDDEN
            out[[at - 1, at], at] = 0
    return out


@dataclass(frozen=True, slots=True)
class Named:
    """Names of many texts, in order, as columns. post: whose; start, end, kind, name, confidence: as in Entity."""

    post: Ints
    start: Ints
    end: Ints
    kind: Ints
    confidence: Floats
    name: list[str]


def find(
    texts: Sequence[str], found: Model | None = None, confidence_min: float = CONFIDENCE_MIN
) -> list[list[Entity]]:
    """The names in each text, in order."""
    one = named(texts, found or model(), confidence_min)
    out: list[list[Entity]] = [[] for _ in texts]
    columns = (one.post.tolist(), one.start.tolist(), one.end.tolist(), one.kind.tolist(), one.confidence.tolist())
    for post, start, end, kind, sure, name in zip(*columns, one.name, strict=True):
        out[post].append(Entity(start, end, KINDS[kind], name, sure))
    return out


def named(texts: Sequence[str], found: Model, confidence_min: float = CONFIDENCE_MIN) -> Named:
    """The names in all texts."""
    short = [text if len(text) <= CHARS_READ else text[:CHARS_READ] for text in texts]
    if found.packed and (kernel := native.library()):
        return as_named(native.names(kernel, kept(found, found.packed), short, confidence_min), short)
    tokens = tokens_of(short)
    labels, sure = decoded(tokens, found) if len(tokens) else (np.zeros(0, np.int64), np.zeros(0, np.float32))
    return spans(tokens, labels, sure, short, confidence_min)


def as_named(rows: Any, texts: Sequence[str]) -> Named:
    """What the kernel found."""
    post, start, end, kind = (rows[name].copy() for name in ("post", "start", "end", "kind"))
    places = zip(post.tolist(), start.tolist(), end.tolist(), strict=True)
    names = [texts[one][begin:until] for one, begin, until in places]
    return Named(post, start - rows["sign"], end, kind, rows["confidence"].round(4), names)


@lru_cache(maxsize=2)
def kept(found: Model, packed: Table) -> native.Kept[native.EntityModel]:
    """A model as the kernel reads it."""
    known, clusters = lists(), found.clusters
    rows = np.zeros((len(packed.values), ROW_BYTES), np.int8)
    rows[:, : len(LABELS)] = packed.values
    scale, follows = (np.ascontiguousarray(one, np.float32) for one in (packed.scale, found.follows))
    singles = native.key_table(known.singles, known.kinds)
    heads = native.key_table(known.heads, np.ones(len(known.heads), np.int64))
    groups = native.key_table(clusters.keys, clusters.fine, bits=32)
    more = [native.key_table(*known.sequences[size]) for size in range(2, NAME_TOKENS + 1)]
    letters = [native.at(one) for one in (classes(), lower_table(), rows, scale)]
    whole = native.EntityModel(
        *(*letters, len(rows), native.at(follows)),
        *(groups.structure, native.at(clusters.coarse), singles.structure, heads.structure),
        (native.KeyTable * len(more))(*(one.structure for one in more)),
        *(len(known.names), MARGIN, RUN_MAX),
    )
    return native.Kept(whole, found, rows, scale, follows, groups, singles, heads, more)


def decoded(tokens: Tokens, found: Model) -> tuple[Ints, Floats]:
    """(tokens,) the label of each and its chance."""
    seen = seen_of(tokens, len(found.table))
    words = word_emissions(seen, found.clusters, found.table)
    labels, sure = np.zeros(len(tokens), np.int64), np.ones(len(tokens), np.float32)
    looked = np.flatnonzero(highest(words[:, 1:]) > words[:, 0] - MARGIN)
    if not len(looked):
        return labels, sure
    scores = words[looked] + summed(place_features(seen, looked), found.table)
    lengths = runs(tokens, looked)
    ends = np.cumsum(lengths) - 1
    scores[ends] += np.where(closed(tokens, looked[ends])[:, None], found.follows[:, 0], 0)
    every = run_chances(scores, lengths, found.follows)
    best = every.argmax(axis=1)
    labels[looked], sure[looked] = best, every[np.arange(len(best)), best]
    return labels, sure


def run_chances(scores: Floats, lengths: Ints, follows: Floats) -> Floats:
    """(tokens, labels) chances, rows of about the same length at once."""
    out = np.empty(scores.shape, np.float32)
    row_of = np.repeat(np.arange(len(lengths)), lengths)
    low = 0
    for high in WIDTHS:
        kept = (lengths > low) & (lengths <= high)
        if kept.any():
            here = kept[row_of]
            rows = padded(scores[here], lengths[kept])
            out[here] = chances(rows, lengths[kept], follows, follows[0])[inside(lengths[kept], rows.shape[1])]
        low = high
    return out


def runs(tokens: Tokens, looked: Ints) -> Ints:
    """The lengths of the rows of neighbouring tokens among those looked at."""
    new = np.ones(len(looked), bool)
    new[1:] = (np.diff(looked) != 1) | (np.diff(tokens.post[looked]) != 0)
    begins = np.flatnonzero(new)
    place = np.arange(len(looked)) - np.repeat(begins, np.diff(np.append(begins, len(looked))))
    begins = np.flatnonzero(new | (place % RUN_MAX == 0))
    return np.diff(np.append(begins, len(looked)))


def closed(tokens: Tokens, at: Ints) -> Any:
    """Is there a token behind it in its post?"""
    after = np.minimum(at + 1, len(tokens) - 1)
    return (after == at + 1) & (tokens.post[after] == tokens.post[at])


def spans(tokens: Tokens, labels: Ints, sure: Floats, texts: Sequence[str], confidence_min: float) -> Named:
    """The names from labels; the @ or # before a name belongs to its span, not to the name."""
    first, last = edges(tokens, labels)
    bounds = np.stack([first, last + 1], axis=1).ravel()
    chance = np.minimum.reduceat(np.append(sure, 1), bounds)[::2] if len(first) else np.zeros(0)
    kept = chance >= confidence_min
    first, last, chance = first[kept], last[kept], chance[kept]
    post = tokens.post[first]
    base = tokens.text.starts[post]
    start, end = tokens.start[first] - base, tokens.end[last] - base
    rows = zip(post.tolist(), start.tolist(), end.tolist(), strict=True)
    names = [texts[one][begin:until] for one, begin, until in rows]
    kind = (labels[first] - 1) // 2
    return Named(post, start - signed(tokens, first), end, kind, chance.astype(np.float64).round(4), names)


def signed(tokens: Tokens, first: Ints) -> Ints:
    """1 for a token with an @ or # right before it, 0 else."""
    mark = np.maximum(first - 1, 0)
    glued = (first > 0) & (tokens.kind[mark] == MARK) & (tokens.end[mark] == tokens.start[first])
    return np.asarray(glued, np.int64)


def edges(tokens: Tokens, labels: Ints) -> tuple[Ints, Ints]:
    """The first and the last token of each name. A name that goes on without a beginning begins there."""
    kind = (labels + 1) // 2  # 0: no name
    before = np.roll(kind, 1) * (tokens.post == np.roll(tokens.post, 1))
    before[:1] = 0
    begins = (kind > 0) & ((labels % 2 == 1) | (before != kind))
    after = np.append(kind[1:], 0) * np.append(tokens.post[1:] == tokens.post[:-1], False)
    ends = (kind > 0) & ((after != kind) | np.append(begins[1:], True))
    return np.flatnonzero(begins), np.flatnonzero(ends)


def key(name: str) -> str:
    """What a name and its hashtag or handle have in common: letters and digits, without case and accents."""
    from palabre.text.keys import keys  # the folding of the query language

    return "".join(part for sign in name.split() for part in keys(sign).folded[:1]).replace("_", "")


def link(entities: Sequence[Entity], names: Mapping[str, Iterable[str]]) -> list[Entity]:
    """The entities with the canonical name of those that the panel knows. names: canonical name → its other forms."""
    known = {key(form): canonical for canonical, forms in names.items() for form in (canonical, *forms)}
    known.pop("", None)
    return [replace(one, name=known.get(key(one.name), one.name)) for one in entities]


def read(page: Page) -> Mapping[str, pa.Array]:
    """The names in the text of each post (not in its title: spans are of the text)."""
    found = named([text or "" for text in page.posts["text"].to_pylist()], model())
    offsets = np.concatenate([[0], np.cumsum(np.bincount(found.post, minlength=len(page)))])
    columns = (
        pa.DictionaryArray.from_arrays(pa.array(found.kind, pa.int32()), pa.array(KINDS, pa.string())).cast(
            pa.string()
        ),
        pa.array(found.start, pa.int32()),
        pa.array(found.end, pa.int32()),
        pa.array(found.name, pa.string()),
        pa.array(found.confidence, pa.float32()),
    )
    rows = pa.StructArray.from_arrays(columns, fields=list(ENTITY))
    return {"entities": pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows).cast(pa.list_(ENTITY))}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    rows = batch["entities"].to_pylist()
    return {"entities": [[one | {"confidence": round(one["confidence"], 4)} for one in some or []] for some in rows]}


READING = Reading("entities", ("entities",), read, lines)
