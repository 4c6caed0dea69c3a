"""From a recipe to a shipped model: out-of-fold calibration, measures on what was held out, weights, card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from scipy.special import logit

from palabre.read import calibrate, registry
from palabre.read.features import Features, Spec, features
from palabre.read.linear import Floats, Head, Table, design, pack, quantised
from palabre.read.training.data import Examples, fingerprint, folds, joined, without_copies
from palabre.read.training.fit import Recipe, Weights, fit
from palabre.read.training.measure import METRICS, f1

FOLDS = 3
TAUGHT = "taught"  # the group of texts whose targets a teacher gave: fitted on, never judged by
Labels = npt.NDArray[np.int64]
Say = Callable[[str], None]


class Words(Protocol):
    """Vectors of words (embedding.py, vectors.py)."""

    def vectors(self, seen: Features) -> Floats:
        """(n, dimensions) of each post."""

    def folded(self, weights: npt.NDArray[np.floating]) -> Table:
        """The word table of a head that weighs vectors by ``weights`` (dimensions, labels)."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a model is measured on. metric: of METRICS; both: the finished model learns it too, once measured."""

    examples: Examples
    metric: str
    both: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """A recipe. labels, kind: of the head; sides: the first label against the second, kept as one label (sigmoid);
    files: of the data folder; train, held: its examples; weigh: of each label, None for as they come; whole: folds keep
    groups together; tune: a measure of METRICS whose best decision is sought out of fold, "" for none."""

    name: str
    labels: tuple[str, ...]
    kind: str
    files: tuple[str, ...]
    train: Callable[[Path], Examples]
    held: Callable[[Path], Mapping[str, Held]]
    card: Mapping[str, Any]
    recipe: Recipe = field(default_factory=Recipe)
    spec: Spec = field(default_factory=Spec)
    balanced: bool = False
    whole: bool = False
    tune: str = ""
    tune_on: tuple[str, ...] = ("",)  # on examples of groups that begin so: the mean over these parts
    decision: float = 0.0  # sigmoid: the probability the best decision is put at, 0 for where it falls
    decided_by: str = ""  # softmax: the head whose decision it shares; its probabilities move instead
    rare: bool = True  # features weigh by their rarity
    embedding: Callable[[], Words | None] | None = None  # the mean vector of the words is weighed too
    embedding_scale: float = 1.0  # how freely: its vectors are multiplied by it
    rounds: int = FOLDS  # how many of the folds are judged


@dataclass(frozen=True, slots=True)
class Made:
    """A head and its card."""

    head: Head
    card: Mapping[str, Any]


def make(task: Task, folder: Path, say: Say = lambda _: None) -> Made:
    """Trains, calibrates and measures. Raises InputError where data are missing."""
    held = task.held(folder)
    train = without_copies(task.train(folder), [one.examples for one in held.values()])
    lessons = sum(group == TAUGHT for group in train.groups)
    say(f"{task.name}: {len(train) - lessons} examples" + (f", {lessons} lessons" if lessons else ""))
    made = make_from(task, train, held, fingerprint(folder, task.files))
    for name, one in made.card["measured"].items():
        say(f"  {name}: {one}")
    return made


def make_from(task: Task, train: Examples, held: Mapping[str, Held], sha256: str) -> Made:
    """The same from examples. sha256: of the data, for the card."""
    judged, unseen = out_of_fold(task, train)
    finish = Finish(task, *calibration(task, judged, unseen))
    weights = fitted(task, train)
    measured = {name: measure(finish, weights, one) for name, one in held.items()}
    more = [one.examples for one in held.values() if one.both]
    head = finish.head(fitted(task, joined(train, *more)) if more else weights)
    lessons = sum(group == TAUGHT for group in train.groups)
    card = {**about(task, judged, unseen, finish), "examples": len(train) - lessons, "data_sha256": sha256}
    card |= {"lessons": lessons} if lessons else {}
    card["measured"] = {**measured, "cross-validation": cross_validated(judged, unseen, finish)}
    return Made(head, card)


@dataclass(frozen=True, slots=True)
class Finish:
    """What turns weights into a head."""

    task: Task
    slope: Floats
    intercept: Floats
    decision: Floats

    def empty(self) -> Head:
        """A head that only knows how margins are read."""
        count = len(self.task.labels)
        return self.head(Weights(np.zeros((1, count)), np.zeros(count)))

    def head(self, weights: Weights) -> Head:
        buckets = 1 << self.task.spec.bits
        words = self.task.embedding() if self.task.embedding else None
        dense = weights.table[buckets:] * self.task.embedding_scale
        return Head(
            self.task.name,
            self.task.labels,
            self.task.kind,
            self.task.spec,
            quantised(weights.table[:buckets]),
            weights.bias.astype(np.float32),
            self.slope,
            self.intercept,
            self.decision,
            words=words.folded(dense) if words and len(dense) else None,
            rare=self.task.rare,
        )

    def said(self, head: Head, margins: Floats) -> Labels:
        """(n,) the labels as numbers; of a head with one label: 0 it holds, 1 it does not."""
        found = head.probabilities(margins)
        return head.best(found) if self.task.kind == "softmax" else 1 - head.holds(found)[:, 0].astype(np.int64)


def measure(finish: Finish, weights: Weights, held: Held) -> dict[str, Any]:
    """Of a head that has not seen what is held out."""
    head = finish.head(weights)
    said = finish.said(head, margins_of(head, held.examples.texts))
    value = METRICS[held.metric](held.examples.labels, said)
    return {"metric": held.metric, "value": round(value, 2), "n": len(said), "learnt_after": held.both}


def margins_of(head: Head, texts: list[str]) -> Floats:
    """(n, labels) as they are served: int8 weights."""
    one = pack([head], registry.rarities(head.spec) if head.rare else None)
    return one.margins(features(texts, head.spec))[head.name]


def fitted(task: Task, some: Examples) -> Weights:
    targets = some.targets[:, : len(task.labels)]
    found = fit(matrix_of(task, some), targets, shares(task, some), task.recipe)
    if task.rare:
        found.table[: 1 << task.spec.bits] *= registry.rarities(task.spec)[:, None]
    return found


def matrix_of(task: Task, some: Examples) -> csr_matrix:
    """(n, 2^bits and the embedding's columns) what a head of the task is fitted on."""
    seen = features(some.texts, task.spec)
    matrix = design(seen, registry.rarities(task.spec) if task.rare else None)
    words = task.embedding() if task.embedding else None
    if words is None:
        return matrix
    return hstack([matrix, csr_matrix(words.vectors(seen) * task.embedding_scale)], format="csr")


def shares(task: Task, some: Examples) -> Floats:
    """(n,) what each example weighs; balanced: in each group, all labels as much together."""
    weights = np.asarray(some.weights, np.float64)
    if task.balanced:
        _, group = np.unique(some.groups, return_inverse=True)
        count = some.targets.shape[1]
        cells = group * count + some.labels
        totals = np.bincount(cells, weights=weights, minlength=count * (int(group.max()) + 1)).reshape(-1, count)
        each = totals.sum(axis=1, keepdims=True) / np.maximum((totals > 0).sum(axis=1, keepdims=True), 1)
        weights = weights * (each / np.maximum(totals, 1e-9)).ravel()[cells]
    return np.asarray(weights / weights.mean(), np.float32)


def out_of_fold(task: Task, train: Examples) -> tuple[Examples, Floats]:
    """Examples (but not lessons) of the folds that are judged, and margins (n, labels) by heads that have not seen
    their fold."""
    fold_of = folds(train.groups, train.texts, FOLDS, task.whole)
    matrix = matrix_of(task, train)
    weights = shares(task, train)
    given = np.array([group != TAUGHT for group in train.groups])
    margins = np.zeros((len(train), len(task.labels)), np.float32)
    for fold in range(task.rounds):
        inside, outside = np.flatnonzero(fold_of != fold), np.flatnonzero((fold_of == fold) & given)
        targets = train.targets[inside, : len(task.labels)]
        margins[outside] = fit(matrix[inside], targets, weights[inside], task.recipe).margins(matrix[outside])
    judged = np.flatnonzero((fold_of < task.rounds) & given)
    return train.at(judged), margins[judged]


def calibration(task: Task, train: Examples, unseen: Floats) -> tuple[Floats, Floats, Floats]:
    """slope, intercept, decision (labels,) of a head, from out-of-fold margins."""
    if task.kind == "softmax":
        slope, intercept = calibrate.fit_softmax(unseen, train.labels)
        added = tuned_offsets(task, train, unseen * slope + intercept, -intercept)
        shared = registry.head(task.decided_by).decision if task.decided_by else added
        return slope, intercept + added - shared, shared
    pairs = [calibrate.fit_sigmoid(unseen[:, at], train.targets[:, at] > 0.5) for at in range(len(task.labels))]
    slope, intercept = (np.array(column, np.float32) for column in zip(*pairs, strict=True))
    found = 1 / (1 + np.exp(-(unseen * slope + intercept)))
    if not task.tune:
        return slope, intercept, np.full(len(task.labels), 0.5, np.float32)
    rows = np.flatnonzero([group.startswith(task.tune_on) for group in train.groups])  # of any part
    decision = best_threshold(task.tune, train.labels[rows], found[rows, 0])
    if task.decision:  # another prior of the label (Saerens, Latinne & Decaestecker 2002): log-odds move by a constant
        intercept = intercept + np.float32(logit(task.decision) - logit(decision))
    return slope, intercept, np.array([task.decision or decision], np.float32)


def tuned_offsets(task: Task, train: Examples, logits: Floats, start: Floats) -> Floats:
    """(labels,) what is added to the log-odds of each label before the best is taken. start: what undoes the shifts."""
    if not task.tune:
        return np.asarray(start, np.float32)
    parts = [np.flatnonzero([group.startswith(one) for group in train.groups]) for one in task.tune_on]

    def score(added: Floats) -> float:
        said = (logits + added).argmax(axis=1)
        return float(np.mean([METRICS[task.tune](train.labels[rows], said[rows]) for rows in parts]))

    offsets = np.asarray(start, np.float64)
    for step in (0.4, 0.2, 0.1):
        for at in range(len(offsets)):
            tried = [offsets + step * turn * np.eye(len(offsets))[at] for turn in (0, -1, 1, -2, 2)]
            offsets = tried[int(np.argmax([score(one) for one in tried]))]
    return np.asarray(offsets - offsets.mean(), np.float32)


def best_threshold(metric: str, truth: Labels, probability: Floats) -> float:
    """The probability from which a label is best said to hold, by a measure."""
    tried = np.quantile(probability, np.linspace(0.02, 0.98, 97))
    values = [METRICS[metric](truth, (probability < one).astype(np.int64)) for one in tried]
    smooth = np.convolve(np.pad(values, 2, mode="edge"), np.ones(5) / 5, mode="valid")  # one fold's luck is no optimum
    return float(tried[int(np.argmax(smooth))])


def about(task: Task, train: Examples, unseen: Floats, finish: Finish) -> dict[str, Any]:
    """The card, without what was measured."""
    found = finish.empty().probabilities(unseen)
    if task.kind == "softmax":
        error = calibrate.calibration_error(found.max(axis=1), found.argmax(axis=1) == train.labels)
    else:
        error = calibrate.calibration_error(found.ravel(), train.targets[:, : found.shape[1]].ravel() > 0.5)
    vectors = ", vectors of words" if task.embedding and task.embedding() else ""
    return {
        **task.card,
        "method": f"linear, {task.recipe.loss} loss, C={task.recipe.cost}, hashed words and characters{vectors}",
        "data_files": list(task.files),
        "calibration_error": round(error, 4),
    }


def cross_validated(train: Examples, unseen: Floats, finish: Finish) -> dict[str, Any]:
    """Macro-F1 over the labels (several may hold: mean of the F1 of each), out of fold."""
    head, task = finish.empty(), finish.task
    if task.kind == "softmax" or len(task.labels) == 1:
        value = METRICS["macro_f1"](train.labels, finish.said(head, unseen))
    else:
        held = head.holds(head.probabilities(unseen))
        each = [
            f1((train.targets[:, at] > 0.5).astype(np.int64), held[:, at].astype(np.int64), 1)
            for at in range(len(task.labels))
        ]
        value = float(np.mean(each))
    return {"metric": "macro_f1", "value": round(value, 2), "n": len(train), "folds": FOLDS}


def measured_now(task: Task, head: Head, data: Path) -> dict[str, float]:
    """By set, what a finished head scores on what its recipe holds out."""
    finish = Finish(task, head.slope, head.intercept, head.decision)
    found: dict[str, float] = {}
    for name, held in task.held(data).items():
        said = finish.said(head, margins_of(head, held.examples.texts))
        found[name] = round(METRICS[held.metric](held.examples.labels, said), 2)
    return found
