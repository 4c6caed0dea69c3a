"""The recipe of "offence": English tweets (OLID) and French, English and Arabic ones (MLMA)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from palabre.read.training.data import Examples, folds, joined, mlma, tweeteval
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import TEACHER, taught, words
from palabre.read.training.make import Held, Task

LESSON_WEIGHT = 0.5  # of a text the teacher labelled, where one that people labelled weighs 1
LESSON_SHARE = 2  # one of so many lessons is read
MLMA_WEIGHT = 0.3  # chosen by keyword: most of it is toxic, as no stream of posts is


def offensive(folder: Path, part: str) -> Examples:
    """TweetEval says 1 for offensive; here it is label 0."""
    found = tweeteval(folder, "offensive", part, 2)
    return Examples(found.texts, found.targets[:, ::-1].copy(), found.weights, found.groups)


def french(folder: Path, held: bool) -> Examples:
    """A fifth of the French part is held out."""
    found = mlma(folder, "fr")
    return found.at(np.flatnonzero((folds(found.groups, found.texts) == 0) == held))


def train(folder: Path) -> Examples:
    others = joined(french(folder, held=False), mlma(folder, "en"), mlma(folder, "ar"))
    lessons = taught(folder, "offensive", 2, turned=True, every=LESSON_SHARE).weighing(LESSON_WEIGHT)
    return joined(offensive(folder, "train"), others.weighing(MLMA_WEIGHT), lessons)


def held(folder: Path) -> Mapping[str, Held]:
    return {
        "tweeteval-offensive": Held(offensive(folder, "val"), "macro_f1"),
        "mlma-fr": Held(french(folder, held=True).weighing(MLMA_WEIGHT), "macro_f1"),
    }


TASK = Task(
    name="offence",
    labels=("offensive",),
    kind="sigmoid",
    files=(
        "tweeteval/offensive_train.parquet",
        "tweeteval/offensive_val.parquet",
        *(f"mlma_hate/{language}.parquet" for language in ("ar", "en", "fr")),
    ),
    train=train,
    held=held,
    recipe=Recipe(cost=0.1, iterations=60),
    embedding=words,
    embedding_scale=0.2,
    balanced=True,
    tune="macro_f1",
    tune_on=("tweeteval",),
    card={
        "title": "Posts that offend: insults, slurs, threats, obscenities",
        "languages": ["ar", "en", "fr"],
        "data": [
            "TweetEval offensive (OLID, Zampieri et al. 2019; released without restrictions but those of the task)",
            "MLMA hate speech (Ousidhoum et al. 2019; MIT)",
            TEACHER,
        ],
        "limits": "Learns words: reclaimed slurs, quotations and reports of insults are often read as offensive. It "
        "orders what a person looks at; it decides nothing.",
    },
)
