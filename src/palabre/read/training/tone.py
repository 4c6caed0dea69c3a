"""The recipe of "tone": tweets in eight languages (UMSAB) and English ones (SemEval 2013 to 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from palabre.model import TONES
from palabre.read.training.data import UMSAB, Examples, app_reviews, complaints, joined, semeval_a, tweeteval, umsab
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import taught, words
from palabre.read.training.make import Held, Task

ENGLISH_WEIGHT = 0.5  # twenty times as many labels as the other languages
REVIEW_WEIGHT = 0.25  # stars, not labels; they bring how customers speak, in French too
LESSON_WEIGHT = 0.3  # of a text the teacher labelled, where one that people labelled weighs 1
COMPLAINT_WEIGHT = 0.4


def train(folder: Path) -> Examples:
    return joined(
        umsab(folder, "train"),
        semeval_a(folder).weighing(ENGLISH_WEIGHT),
        app_reviews(folder).weighing(REVIEW_WEIGHT),
        complaints(folder).weighing(COMPLAINT_WEIGHT),
        taught(folder, "tone", 3).weighing(LESSON_WEIGHT),
    )


def held(folder: Path) -> Mapping[str, Held]:
    by_language = {f"umsab-{one}": Held(umsab(folder, "val", [one]), "macro_f1") for one in UMSAB}
    return {**by_language, "tweeteval-sentiment": Held(tweeteval(folder, "sentiment", "val", 3), "macro_recall")}


TASK = Task(
    name="tone",
    labels=TONES,
    kind="softmax",
    files=(
        *(f"umsab/{language}_{part}.parquet" for language in UMSAB.values() for part in ("train", "val")),
        "semeval2017_task4/A_train_2013-2016.parquet",
        "tweeteval/sentiment_val.parquet",
        "minibar_app_reviews/classification.parquet",
        "complaints_2019/complaints.parquet",
    ),
    train=train,
    held=held,
    recipe=Recipe(cost=0.5, iterations=80),
    embedding=words,
    embedding_scale=0.2,
    rounds=1,
    tune="macro_recall",
    tune_on=("semeval", "en", "fr", "pt"),  # English tweets as they come, and balanced sets
    card={
        "title": "Tone of posts: negative, neutral, positive",
        "languages": sorted(UMSAB),
        "data": [
            "UMSAB (Barbieri et al. 2022; repository Apache-2.0, parts may be restricted)",
            "SemEval 2017 task 4 A (Rosenthal et al. 2017; repository MIT, terms of the platform apply to the texts)",
            "Mini-bar app reviews, their stars (Wei et al. 2023; MIT)",
            "Complaints (Preoţiuc-Pietro et al. 2019; no licence stated)",
        ],
        "limits": "Trained on tweets; the French ones speak of ecology and politics. Irony and mixed feelings are "
        "often read as neutral. Read it with its probabilities, over many posts.",
    },
)
