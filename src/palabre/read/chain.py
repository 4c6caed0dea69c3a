"""Labels of tokens in a row: a linear-chain conditional random field (Lafferty, McCallum & Pereira 2001), many rows at
once. n rows of up to t tokens with k labels; scaled forward-backward (Rabiner 1989)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]
FORBIDDEN = -1e4
EXP_MAX = 60.0  # beyond it, one label has all of the chance


@dataclass(frozen=True, slots=True)
class Chances:
    """log_z (n,): log of the sum over all labellings; single (n, t, k): of each label of each token, 0 beyond the row;
    pairs (k, k): expected number of times that a label follows another; first (k,): of the label that begins."""

    log_z: Floats
    single: Floats
    pairs: Floats
    first: Floats


def padded(values: Floats, lengths: Ints) -> Floats:
    """(tokens, k) in a row after the other as (n, t, k), with zeros behind each row."""
    out = np.zeros((len(lengths), int(lengths.max(initial=0)), values.shape[1]), values.dtype)
    out[inside(lengths, out.shape[1])] = values
    return out


def inside(lengths: Ints, width: int) -> npt.NDArray[np.bool_]:
    """(n, t) which places belong to the rows."""
    return np.asarray(np.arange(width) < lengths[:, None])


def highest(values: Floats) -> Floats:
    """The largest along the last axis: numpy's own reduction is slow on short axes."""
    top = values[..., 0]
    for at in range(1, values.shape[-1]):
        top = np.maximum(top, values[..., at])
    return np.asarray(top)


def forward_backward(scores: Floats, lengths: Ints, follows: Floats, begins: Floats) -> Chances:
    """Chances of labels. scores (n, t, k), follows (k, k) from a label to the next, begins (k,): in log."""
    live = inside(lengths, scores.shape[1])
    local, top, before, after, scale = _passes(scores, live, np.exp(follows), np.exp(begins))
    single = before * after * live[:, :, None]
    pairs = _pairs(before, local * after / scale[:, :, None], live) * np.exp(follows)
    log_z = ((np.log(scale) + top) * live).sum(axis=1)
    return Chances(log_z, single, pairs, single[:, 0].sum(axis=0))


def chances(scores: Floats, lengths: Ints, follows: Floats, begins: Floats) -> Floats:
    """(n, t, k) chances of the labels alone, the same: what a decision needs."""
    live = inside(lengths, scores.shape[1])
    _, _, before, after, _ = _passes(scores, live, np.exp(follows), np.exp(begins))
    return np.asarray(before * after * live[:, :, None])


def _passes(
    scores: Floats, live: npt.NDArray[np.bool_], steps: Floats, first_step: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """local chances (n, t, k) and what they were divided by, in log (n, t); forward, backward chances; scale (n, t)."""
    top = highest(scores)
    local = np.exp(np.maximum(scores - top[:, :, None], -EXP_MAX))
    before, scale = _forward(local, live, steps, first_step)
    after = np.ones_like(local)
    for at in range(scores.shape[1] - 2, -1, -1):
        told = ((local[:, at + 1] * after[:, at + 1]) @ steps.T) / scale[:, at + 1, None]
        after[:, at] = np.where(live[:, at + 1, None], told, 1.0)
    return local, top, before, after, scale


def _forward(local: Floats, live: npt.NDArray[np.bool_], steps: Floats, first_step: Floats) -> tuple[Floats, Floats]:
    """Normalised forward chances (n, t, k) and what they were divided by (n, t)."""
    before = np.empty_like(local)
    scale = np.ones(local.shape[:2], local.dtype)
    now = local[:, 0] * first_step
    for at in range(local.shape[1]):
        if at:
            now = np.where(live[:, at, None], (before[:, at - 1] @ steps) * local[:, at], before[:, at - 1])
        scale[:, at] = np.maximum(now.sum(axis=1), 1e-300)
        before[:, at] = now / scale[:, at, None]
    return before, scale


def _pairs(before: Floats, ahead: Floats, live: npt.NDArray[np.bool_]) -> Floats:
    """(k, k) sums over the pairs of neighbours."""
    k = before.shape[2]
    left = (before[:, :-1] * live[:, 1:, None]).reshape(-1, k)
    return np.asarray(left.T @ ahead[:, 1:].reshape(-1, k))
