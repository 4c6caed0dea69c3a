"""The recipe of "irony": English tweets (SemEval 2018 task 3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from palabre.read.training.data import Examples, joined, tweeteval
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import TEACHER, taught, words
from palabre.read.training.make import Held, Task

LESSON_WEIGHT = 0.2  # of a text the teacher labelled, where one that people labelled weighs 1
LESSON_SHARE = 2  # one of so many lessons is read


def ironic(folder: Path, part: str) -> Examples:
    """TweetEval says 1 for irony; here it is label 0."""
    found = tweeteval(folder, "irony", part, 2)
    return Examples(found.texts, found.targets[:, ::-1].copy(), found.weights, found.groups)


def train(folder: Path) -> Examples:
    return joined(
        ironic(folder, "train"), taught(folder, "irony", 2, turned=True, every=LESSON_SHARE).weighing(LESSON_WEIGHT)
    )


def held(folder: Path) -> Mapping[str, Held]:
    return {"tweeteval-irony": Held(ironic(folder, "val"), "f1")}


TASK = Task(
    name="irony",
    labels=("ironic",),
    kind="sigmoid",
    files=("tweeteval/irony_train.parquet", "tweeteval/irony_val.parquet"),
    train=train,
    held=held,
    recipe=Recipe(cost=0.3, iterations=60),
    embedding=words,
    embedding_scale=0.2,
    tune="f1",
    card={
        "title": "Posts that mean something else than they say",
        "languages": ["en"],
        "data": [
            "TweetEval irony (SemEval 2018 task 3, Van Hee et al.; no restrictions but those of the task)",
            TEACHER,
        ],
        "limits": "Right in about two of three cases, in English; elsewhere it only sees punctuation and emoji. "
        "A hint beside a tone, never a count.",
    },
)
