"""A model from a user's own labels: NDJSON lines ``{"text", "label"}`` or ``{"text", "labels": […]}``.

One head as good as the labels allow: single labels make a "softmax" head, lists a "sigmoid" one. With the name of a
shipped model and its labels, the user's model takes its place.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from palabre.errors import InputError
from palabre.read import registry
from palabre.read.training import refusing
from palabre.read.training.data import Examples
from palabre.read.training.fit import Recipe
from palabre.read.training.make import FOLDS, Made, Task, make_from

FEW = 10  # examples of a label: under it nothing can be measured
Report = Callable[[int, str], None]  # line, message key


@dataclass(frozen=True, slots=True)
class Labelled:
    """A user's examples. several: a text may have many labels, or none."""

    texts: list[str]
    labels: list[tuple[str, ...]]
    several: bool


def read_labels(rows: Iterable[tuple[int, Any]], report: Report) -> Labelled:
    """From (line number, JSON value); a line that cannot be used is reported and left out."""
    texts: list[str] = []
    labels: list[tuple[str, ...]] = []
    several = False
    for number, row in rows:
        if fault := fault_of(row):
            report(number, fault)
            continue
        several |= "labels" in row
        texts.append(row["text"])
        labels.append(tuple(row["labels"]) if "labels" in row else (row["label"],))
    return Labelled(texts, labels, several)


def fault_of(row: Any) -> str:
    """What is wrong with a line, as a message key; "" if nothing is."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return "train.no_text"
    several = row.get("labels")
    if isinstance(several, list) and all(isinstance(one, str) and one for one in several):
        return ""
    return "" if isinstance(row.get("label"), str) and row["label"] else "train.no_label"


def train(name: str, some: Labelled, out: Path) -> Made:
    """Trains, calibrates, cross-validates and writes. Raises InputError: too few examples of a label."""
    counts = Counter(label for one in some.labels for label in one)
    order = label_order(name, counts)
    few = [label for label in order if counts[label] < FEW]
    if few or not order or (not some.several and len(order) < 2):
        raise InputError("train.too_few", labels=", ".join(few or order), least=FEW)
    if some.several or replaced(name):
        made = make_from(task_of(name, order, some), examples_of(some, order), {}, fingerprint_of(some))
    else:
        made = refuser(name, some)
    registry.save(made.head, made.card, out)
    return made


def replaced(name: str) -> bool:
    """It takes the place of a shipped model."""
    return (registry.SHIPPED / f"{name}.toml").is_file()


def refuser(name: str, some: Labelled) -> Made:
    """A model that says "other" of what looks like none of the labels."""
    head, found = refusing.trained(name, some.texts, [labels[0] for labels in some.labels])
    about = {
        **task_of(name, [], some).card,
        "method": f"linear, one against the rest, C={refusing.RECIPE.cost}, a threshold for the rest",
        "examples": len(some.texts),
        "data_sha256": fingerprint_of(some),
        "measured": {"cross-validation": found["held-out"]},
    }
    return Made(head, about)


def label_order(name: str, counts: Counter[str]) -> list[str]:
    """Those of the model that is replaced, in its order, if they are the same; else by the alphabet."""
    shipped = registry.card(name)["labels"] if registry.folder_of(name) else []
    return list(shipped) if set(shipped) == set(counts) else sorted(counts)


def examples_of(some: Labelled, order: Sequence[str]) -> Examples:
    found = np.array([[label in one for label in order] for one in some.labels], np.float32)
    return Examples(some.texts, found, np.ones(len(found), np.float32), ["own"] * len(found))


def task_of(name: str, order: Sequence[str], some: Labelled) -> Task:
    card = {
        "title": f"{name}, from labels of one's own",
        "languages": [],
        "data": [f"{len(some.texts)} texts labelled here"],
        "limits": f"As good as its labels; measured by {FOLDS}-fold cross-validation on them alone.",
    }
    kind = "sigmoid" if some.several else "softmax"
    return Task(name, tuple(order), kind, (), no_data, no_data, card, Recipe(cost=0.3))


def no_data(_: Path) -> Any:
    raise InputError("train.no_data", path="")


def fingerprint_of(some: Labelled) -> str:
    digest = hashlib.sha256()
    for text, labels in zip(some.texts, some.labels, strict=True):
        digest.update("\0".join([text, *labels, ""]).encode("utf-8", "replace"))
    return digest.hexdigest()[:16]
