"""Aspects: what of an organisation a post speaks of (price, delivery, staff …), where, and in which tone.

Found by phrases (``data/aspects.<language>.toml``), so only what is named is found. The tone is told from that of the
clause around the phrase, that of the whole post, the cues of complaint and praise in both, and whether the phrase
itself judges ("overpriced"), by a small softmax model (model "aspects"). A post speaks once of an aspect: at its first
mention, in one tone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.model import ASPECT, TONES
from palabre.read import cues, registry
from palabre.read.contract import Line, Page, Reading
from palabre.read.cues import DATA, LANGUAGES, among, owners
from palabre.read.features import Features, Offsets, word_places
from palabre.read.features import features as hashed
from palabre.read.linear import Floats, softmax
from palabre.read.phrases import Book, Hits, Names, book, hits

BREAKS = (".", "..", "!", "!!", "?", "??", "?!", "!?", ";", ":", ",", "(", ")", "mais", "par", "sauf", "cependant",
          "toutefois", "hormis", "but", "however", "although", "though", "except")  # fmt: skip
CLAUSE_TOKENS = 14  # on either side of a phrase, at most
JUDGES = {"-": -1, "+": 1}
BAD = ("complaint_fault", "complaint_service", "complaint_anger", "churn_leave")
GOOD = ("praise_thanks", "praise_recommend", "praise_enthuse", "complaint_not")
Signs = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """names: of the aspects; of, judges: of each name of the book, its aspect and whether its words judge: -1, 0, 1."""

    names: tuple[str, ...]
    book: Book
    of: Names
    judges: Signs


@dataclass(frozen=True, slots=True)
class Found:
    """Aspects of some posts, one a post and aspect, by post. post, aspect: which; start, end: tokens of the first
    mention; left, right: tokens of its clause; judges: sum of what the mentions' own words judge."""

    post: Offsets
    aspect: Names
    start: Offsets
    end: Offsets
    left: Offsets
    right: Offsets
    judges: Signs


@cache
def lexicon() -> Lexicon:
    """The phrases of all languages, compiled."""
    parts = [tomllib.loads((DATA / f"aspects.{one}.toml").read_text("utf-8")) for one in LANGUAGES]
    keys = dict.fromkeys(key for part in parts for key in part)
    compiled = book({key: [pattern for part in parts for pattern in part.get(key, ())] for key in keys})
    names = tuple(dict.fromkeys(key.rstrip("+-") for key in keys))
    of = np.array([names.index(key.rstrip("+-")) for key in keys], np.int64)
    return Lexicon(names, compiled, of, np.array([JUDGES.get(key[-1], 0) for key in keys], np.float32))


def found_in(seen: Features) -> Found:
    """The aspects some posts speak of."""
    known = lexicon()
    said = longest(hits(known.book, seen))
    post, aspect = owners(seen, said.start), known.of[said.name]
    order = np.lexsort((said.start, aspect, post))
    key = (post * len(known.names) + aspect)[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    judges = np.add.reduceat(known.judges[said.name[order]], first) if len(first) else np.zeros(0, np.float32)
    chosen = order[first]
    left, right = clauses(seen, post[chosen], said.start[chosen], said.end[chosen])
    return Found(post[chosen], aspect[chosen], said.start[chosen], said.end[chosen], left, right, judges)


def longest(said: Hits) -> Hits:
    """Without phrases that lie inside a longer one: "pas cher" is not "cher"."""
    order = np.lexsort((-said.end, said.start))
    reach = np.maximum.accumulate(said.end[order]) if len(order) else said.end
    inside = np.zeros(len(order), np.bool_)
    wider = (said.start[order][:-1] < said.start[order][1:]) | (said.end[order][:-1] > said.end[order][1:])
    inside[1:] = (said.end[order][1:] <= reach[:-1]) & (wider | inside[:-1])
    kept = order[~inside]
    return Hits(said.start[kept], said.end[kept], said.name[kept])


def clauses(seen: Features, post: Offsets, start: Offsets, end: Offsets) -> tuple[Offsets, Offsets]:
    """Tokens (left, right) of the clause around each phrase: to the next break, its post's ends, CLAUSE_TOKENS."""
    breaks = np.flatnonzero(among(seen.words, BREAKS))
    edges = np.concatenate([[-1], breaks, [len(seen.words)]])
    left = edges[np.searchsorted(edges, start, side="left") - 1] + 1
    right = edges[np.searchsorted(edges, end, side="left").clip(0, len(edges) - 1)]
    left = np.maximum.reduce([left, seen.word_indptr[post], start - CLAUSE_TOKENS])
    right = np.minimum.reduce([right, seen.word_indptr[post + 1], end + CLAUSE_TOKENS])
    return left, np.maximum(right, end)


def places(texts: Sequence[str], posts: Offsets, seen: Features) -> tuple[Offsets, Offsets]:
    """Characters (start, end) of every token of some posts, in arrays as long as ``seen.words``; 0 for other posts."""
    starts, ends = np.zeros(len(seen.words), np.int64), np.zeros(len(seen.words), np.int64)
    of_posts = np.zeros(len(seen), np.bool_)
    of_posts[posts] = True
    rows = np.repeat(of_posts, np.diff(seen.word_indptr))
    _, starts[rows], ends[rows] = word_places([texts[post] for post in np.flatnonzero(of_posts).tolist()], seen.spec)
    return starts, ends


def evidence(page: Page, found: Found, starts: Offsets, ends: Offsets) -> Floats:
    """(mentions, EVIDENCE) what their tone is told from."""
    seen = page.features()
    clause = np.zeros((0, len(TONES)), np.float32)
    if len(found.post):
        cut = zip(found.post.tolist(), starts[found.left].tolist(), ends[found.right - 1].tolist(), strict=True)
        clause = np.log(tones_of([page.texts[post][a:b] for post, a, b in cut], page, found.post) + 1e-3)
    whole = np.log(page.probabilities("tone")[found.post] + 1e-3)
    lean = np.column_stack([clause[:, 2] - clause[:, 0], clause[:, 1], whole[:, 2] - whole[:, 0], whole[:, 1]])
    near = [judged(seen, sign, found.left, found.right) for sign in (-1, 1)]
    begin, end = seen.word_indptr[found.post], seen.word_indptr[found.post + 1]
    anywhere = [judged(seen, sign, begin, end) for sign in (-1, 1)]
    return np.column_stack([lean, *near, *anywhere, found.judges.clip(-1, 1)]).astype(np.float32)


def tones_of(clauses: list[str], page: Page, posts: Offsets) -> Floats:
    """(clauses, tones) by the head that reads the post each clause is of."""
    readers = list(page.readers("tone"))
    parts = hashed(clauses, readers[0][0].spec)
    (pack,) = registry.packs(tuple(head.name for head, _ in readers))
    margins = pack.margins(parts)
    told = np.zeros((len(clauses), len(TONES)), np.float32)
    for head, rows in readers:
        here = np.isin(posts, rows)
        told[here] = head.probabilities(margins[head.name][here])
    return told


def judged(seen: Features, sign: int, left: Offsets, right: Offsets) -> Signs:
    """How many cues of complaint (-1) or praise (1) begin in tokens left to right; at most 2. A denied one is of the
    other side."""
    said = cues.said(seen)
    names = [cues.cues().names[number] for number in cues.cues().of]
    lean = np.array([-1 if one in BAD else 1 if one in GOOD else 0 for one in names])[said.hits.name]
    signs = np.where(said.denied, -lean, lean)
    sums = np.concatenate([[0], np.cumsum(np.bincount(said.hits.start[signs == sign], minlength=len(seen.words)))])
    return np.asarray(np.minimum(sums[right] - sums[left], 2), np.float32)


def read(page: Page) -> Mapping[str, pa.Array]:
    seen = page.features()
    found = found_in(seen)
    starts, ends = places(page.texts, np.unique(found.post), seen)
    model = registry.arrays("aspects")
    told = softmax(evidence(page, found, starts, ends) @ model["table"] + model["bias"])
    tone = told.argmax(axis=1) if len(told) else np.zeros(0, np.int64)
    columns = (
        pa.array(np.array(lexicon().names, object)[found.aspect], pa.string()),
        pa.array(np.array(TONES, object)[tone], pa.string()),
        pa.array(starts[found.start], pa.int32()),
        pa.array(ends[found.end - 1], pa.int32()),
    )
    flat = pa.StructArray.from_arrays(columns, fields=list(ASPECT))
    offsets = np.searchsorted(found.post, np.arange(len(page) + 1)).astype(np.int32)
    return {"aspects": pa.ListArray.from_arrays(pa.array(offsets), flat)}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    return {"aspects": batch["aspects"].to_pylist()}


READING = Reading("aspects", ("aspects",), read, lines, heads=("tone",))
