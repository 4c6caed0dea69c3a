"""What a workspace's corrections teach: its own layer over the margins of the shipped heads. Pure.

Method: maximum a posteriori of a logistic model whose offset is the shipped head's calibrated log-odds and whose
weights have a Gaussian prior around nothing (as Chelba & Acero 2004 adapt a model to a few examples). Features weigh by
their rarity and posts have length 1, so one correction moves posts that say nearly the same, hardly any other; many
that agree move what they have in common. There is no bias term; and what all posts of a workspace have in common
(its own name) must not become one: usual posts, which nobody corrected, stand among the examples as they are read
(learning without forgetting, Li & Hoiem 2016), so that twenty complaints do not turn every mention into one.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy

from palabre.model import EMOTIONS
from palabre.read import registry
from palabre.read.contract import Page
from palabre.read.features import READ_CHARS, VERSION, Features, features
from palabre.read.linear import Floats, Head, lengths, sigmoid, softmax, summed

VARIANCE = 16.0  # of the log-odds that a layer may add: one correction overrules a head that is sure at 1 in 1,000
FOLDS = 5
Array = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Correction:
    """A post that somebody has read. text: title and text as they were read; labels: of the head, all that hold."""

    head: str
    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    """Of one head. ids: buckets that have a weight; weights (ids, labels); n: corrections it rests on."""

    ids: npt.NDArray[np.int32]
    weights: Floats
    n: int


@dataclass(frozen=True, slots=True)
class Corrections:
    """The layer of a workspace: what was learnt, by head, as `read(batch, layer=…)` takes it."""

    learnt: Mapping[str, Learnt]

    def added(self, head: Head, seen: Features) -> Floats | None:
        """(n, labels) to add to the margins of a head; None when it was not corrected."""
        one = self.learnt.get(reading_of(head))
        return None if one is None else np.asarray(_log_odds(one, head, seen) / head.slope)

    def weights(self, head: Head) -> Floats | None:
        """(2^bits, labels) the layer's weights by bucket, None when the head was not corrected."""
        one = self.learnt.get(reading_of(head))
        if one is None:
            return None
        table = np.zeros((1 << head.spec.bits, len(head.labels)), np.float32)
        table[one.ids] = one.weights
        return table

    def to_bytes(self) -> bytes:
        """For the archive; `from_bytes` is its inverse."""
        stored = {"version": np.array(VERSION)}
        for name, one in self.learnt.items():
            stored |= {f"{name}.ids": one.ids, f"{name}.weights": one.weights, f"{name}.n": np.array(one.n)}
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **stored)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Effect:
    """Of a layer on corrected posts it had not seen: how many were right before and after, of n."""

    n: int
    before: int
    after: int


def from_bytes(stored: bytes) -> Corrections:
    """A layer; an empty one where its features are of another version (learn it again from its corrections)."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as found:
        if int(found["version"]) != VERSION:
            return Corrections({})
        names = [key.removesuffix(".ids") for key in found.files if key.endswith(".ids")]
        return Corrections(
            {one: Learnt(found[f"{one}.ids"], found[f"{one}.weights"], int(found[f"{one}.n"])) for one in names}
        )


def reading_of(head: Head) -> str:
    """What a layer calls it: a correction holds whichever language's head reads the post."""
    return head.name.partition(".")[0]


def of_reading(reading: str, text: str, labels: Sequence[str]) -> list[Correction]:
    """A corrected reading as corrections of its heads. An emotion says two things: whether there is one, and which."""
    if reading != "emotion":
        return [Correction(reading, text, tuple(labels))]
    named = tuple(one for one in labels if one in EMOTIONS)
    strength = Correction("emotional", text, ("emotional",) if named else ())
    return [strength, Correction("emotion", text, named)] if named else [strength]


def learn(corrections: Sequence[Correction], usual: Sequence[str] = ()) -> Corrections:
    """The layer of all corrections together; undoing one is learning without it. The last word on a text holds.
    usual: texts of posts that stay as they are read. Raises InputError: a head that does not exist."""
    heads = _by_head(corrections).items()
    return Corrections({name: _fitted(registry.head(name), some, usual) for name, some in heads})


def effect(corrections: Sequence[Correction], usual: Sequence[str] = ()) -> dict[str, Effect]:
    """By head, what the layer does to posts held back from it, each fifth in turn."""
    heads = _by_head(corrections).items()
    return {name: _effect(registry.head(name), some, usual) for name, some in heads if len(some) > 1}


def _by_head(corrections: Sequence[Correction]) -> dict[str, list[Correction]]:
    last = {(one.head, one.text): one for one in corrections}
    heads: dict[str, list[Correction]] = {}
    for one in last.values():
        heads.setdefault(one.head, []).append(one)
    return heads


def _texts(some: Sequence[Correction]) -> list[str]:
    return [one.text[:READ_CHARS] for one in some]


def _offsets(head: Head, texts: Sequence[str]) -> Floats:
    """(n, labels) log-odds of the shipped heads, moved so that what they say is above what they do not."""
    page = Page(pa.RecordBatch.from_pydict({"text": list(texts)}), (head.name,))
    found = np.zeros((len(texts), len(head.labels)), np.float32)
    for one, rows in page.readers(head.name):
        found[rows] = _decided(one, page.margins(one.name)[rows])
    return found


def _decided(head: Head, margins: Floats) -> Floats:
    """Margins as log-odds above or below what decides."""
    logits = margins * head.slope + head.intercept
    if head.kind == "softmax":
        return np.asarray(logits + head.decision, np.float32)
    limit = np.clip(head.decision, 1e-6, 1 - 1e-6)
    return np.asarray(logits - np.log(limit / (1 - limit)), np.float32)


def _rarities(head: Head) -> Floats:
    """(2^bits,) how rare each feature is."""
    return np.asarray(registry.rarities(head.spec))


def _lengths(seen: Features, rarity: Floats) -> Floats:
    """(n, 1) the length of each post in rarities."""
    return lengths(seen, rarity[:, None] ** 2)


def _log_odds(one: Learnt, head: Head, seen: Features) -> Floats:
    table = np.zeros((1 << head.spec.bits, len(head.labels)), np.float32)
    table[one.ids] = one.weights
    return np.asarray(summed(seen.indptr, seen.ids, table) / _lengths(seen, _rarities(head)), np.float32)


def _targets(head: Head, some: Sequence[Correction]) -> Array:
    """(n, labels); a softmax head without a label among its own: all as likely."""
    found = np.array([[label in one.labels for label in head.labels] for one in some], np.float64)
    if head.kind == "softmax":
        totals = found.sum(axis=1, keepdims=True)
        found = np.where(totals > 0, found / np.maximum(totals, 1), 1 / len(head.labels))
    return found


def _fitted(head: Head, some: Sequence[Correction], usual: Sequence[str]) -> Learnt:
    """Only what corrected posts have may weigh: usual posts hold it back, and learn nothing of their own."""
    taught = _texts(some)
    others = [text[:READ_CHARS] for text in usual if text[:READ_CHARS] not in set(taught)]
    seen, rarity = features([*taught, *others], head.spec), _rarities(head)
    ids = np.unique(seen.ids[: seen.indptr[len(some)]])
    offsets = _offsets(head, [*taught, *others]).astype(np.float64)
    as_read = (softmax if head.kind == "softmax" else sigmoid)(offsets[len(some) :].astype(np.float32))
    targets = np.vstack([_targets(head, some), as_read.astype(np.float64)])
    weights = _most_likely(_matrix(seen, rarity, ids), offsets, targets, head.kind)
    return Learnt(ids.astype(np.int32), (weights * rarity[ids][:, None]).astype(np.float32), len(some))


def _matrix(seen: Features, rarity: Floats, ids: npt.NDArray[np.int32]) -> scipy.sparse.csr_matrix:
    """(posts, ids) rarities of these features, posts of length 1."""
    size = np.diff(seen.indptr)
    each = (rarity[seen.ids] / _lengths(seen, rarity).ravel().repeat(size)).astype(np.float64)
    kept, row = np.isin(seen.ids, ids), np.arange(len(size)).repeat(size)
    return scipy.sparse.csr_matrix(
        (each[kept], (row[kept], np.searchsorted(ids, seen.ids[kept]))), shape=(len(size), len(ids))
    )


def _most_likely(matrix: scipy.sparse.csr_matrix, offsets: Array, targets: Array, kind: str) -> Array:
    """(features, labels) maximum a posteriori."""
    shape = (matrix.shape[1], targets.shape[1])
    turned = matrix.T.tocsr()
    squash = softmax if kind == "softmax" else sigmoid

    def value(theta: Array) -> tuple[float, Array]:
        weights = theta.reshape(shape)
        found = np.clip(squash((offsets + matrix @ weights).astype(np.float32)).astype(np.float64), 1e-9, 1 - 1e-9)
        misses = targets * np.log(found)
        if kind == "sigmoid":
            misses = misses + (1 - targets) * np.log(1 - found)
        slope = turned @ (found - targets) + weights / VARIANCE
        return float(-misses.sum() + (weights**2).sum() / 2 / VARIANCE), slope.ravel()

    start = np.zeros(shape[0] * shape[1])
    found = scipy.optimize.minimize(value, start, jac=True, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-7})
    return np.asarray(found.x.reshape(shape))


def _said(head: Head, offsets: Floats) -> npt.NDArray[np.bool_]:
    """(n, labels) what is said."""
    if head.kind == "sigmoid":
        return np.asarray(offsets >= 0)
    return np.asarray(offsets == offsets.max(axis=1, keepdims=True))


def _effect(head: Head, some: Sequence[Correction], usual: Sequence[str]) -> Effect:
    truth = _targets(head, some) > 0.5
    before = _offsets(head, _texts(some))
    after = before.copy()
    for fold in range(FOLDS):
        out = list(range(fold, len(some), FOLDS))
        kept = [one for at, one in enumerate(some) if at % FOLDS != fold]
        if out and kept:
            held = features(_texts([some[at] for at in out]), head.spec)
            after[out] += _log_odds(_fitted(head, kept, usual), head, held)
    right = [int((_said(head, one) == truth).all(axis=1).sum()) for one in (before, after)]
    return Effect(len(some), right[0], right[1])
