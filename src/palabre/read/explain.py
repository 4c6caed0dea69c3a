"""Which words carried a decision: exactly how much each added to a margin.

A margin is a sum over features, so each feature's part is shared among the words it touches (evenly over their
characters) and the parts of all words add up to the margin without its bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from palabre.read import registry
from palabre.read.features import Offsets, Spans, spans
from palabre.read.linear import Floats, Head, word_rows


@dataclass(frozen=True, slots=True)
class Word:
    """Characters start to end of the text, and what they added to a margin (in calibrated log-odds)."""

    start: int
    end: int
    weight: float


def carried(text: str, head: Head, label: int, extra: Floats | None = None) -> list[Word]:
    """What each word of a text added to the margin of a label, in order. extra (2^bits,): a layer's own weights."""
    seen = spans(text, head.spec)
    if not len(seen.words):
        return []
    weights = _each(seen, head, label, extra)
    shares = _shared_out(seen, weights, len(text))
    if head.words is not None:
        rows = word_rows(seen.words, len(head.words.values))
        shares += head.words.values[rows, label] * head.words.scale[label] / len(rows)
    shares *= head.slope[label]
    places = zip(seen.word_starts.tolist(), seen.word_ends.tolist(), shares.tolist(), strict=True)
    return [Word(start, end, round(weight, 4)) for start, end, weight in places]


def strongest(words: Sequence[Word], count: int = 8) -> list[Word]:
    """Those that weighed the most for the label, heaviest first."""
    return sorted((word for word in words if word.weight > 0), key=lambda word: -word.weight)[:count]


def labels_told(entry: Mapping[str, Any], head: Head) -> list[str]:
    """The labels of a head that a printed reading names, none where nothing was judged; one alone is always told."""
    if None in (entry.get("score", 0), *entry.get("scores", {}).values()):
        return []  # nothing was judged
    named = [entry.get("label"), *entry.get("labels", ())]
    return [label for label in head.labels if label in named] or list(head.labels[:1])


def explained(text: str, entry: Mapping[str, Any], head: Head, skip: int = 0) -> dict[str, list[dict[str, Any]]]:
    """By label, the words that carried it. skip: characters of a title before the text; its words say so."""
    found: dict[str, list[dict[str, Any]]] = {}
    for label in labels_told(entry, head):
        words = strongest(carried(text, head, head.labels.index(label)))
        found[label] = [_told(text, word, skip) for word in words]
    return found


def _told(text: str, word: Word, skip: int) -> dict[str, Any]:
    in_title = word.start < skip
    moved = 0 if in_title else skip
    place = {"start": word.start - moved, "end": word.end - moved, **({"where": "title"} if in_title else {})}
    return {"word": text[word.start : word.end], **place, "weight": word.weight}


def _each(seen: Spans, head: Head, label: int, extra: Floats | None) -> Floats:
    """What each feature added."""
    weights = head.table.values[seen.ids, label] * head.table.scale[label]
    if extra is not None:
        weights = weights + extra[seen.ids]
    parts = registry.rarities(head.spec)[seen.ids] ** 2 if head.rare else np.ones(len(weights))
    return np.asarray(weights / np.sqrt(max(parts.sum(), 1e-6)), np.float64)


def _shared_out(seen: Spans, weights: Floats, size: int) -> Floats:
    """Parts of the features by word; a feature that touches no word (it cannot) would go to the nearest before it."""
    owner = np.zeros(size + 1, np.int64)  # 1 + the word of each character, 0 between words
    owner[seen.word_starts] = np.arange(1, len(seen.word_starts) + 1)
    for number, (start, end) in enumerate(zip(seen.word_starts, seen.word_ends, strict=True), 1):
        owner[start:end] = number
    covered = np.concatenate([[0], np.cumsum(owner > 0)])
    density = weights / np.maximum(covered[seen.ends] - covered[seen.starts], 1)
    slope = _painted(seen, density, size)
    total = np.bincount(owner[:size], weights=slope[:size], minlength=len(seen.word_starts) + 1)
    return np.asarray(total[1:])


def _painted(seen: Spans, density: Floats, size: int) -> Offsets:
    """At each character, the sum of the densities of the features that cover it."""
    steps = np.zeros(size + 2)
    np.add.at(steps, seen.starts, density)
    np.add.at(steps, seen.ends, -density)
    return np.cumsum(steps)
