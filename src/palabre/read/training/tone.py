"""The recipe of "tone": tweets in eight languages (UMSAB) and English ones (SemEval 2013 to 2016), a teacher's lessons.

English has four times as many labels as the seven others together. What keeps it from pulling them down (by five points
of macro-F1 in French): an intercept a language, told by the words (vectors.spoken); all labels as heavy in each set;
UMSAB heavier; and a high cost, so that a language's own words may contradict the English ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from palabre.model import TONES
from palabre.read.training.data import UMSAB, Examples, app_reviews, complaints, joined, semeval_a, tweeteval, umsab
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import TEACHER, taught, words
from palabre.read.training.make import Held, Task

UMSAB_WEIGHT = 2.0
ENGLISH_WEIGHT = 0.5
REVIEW_WEIGHT = 0.1  # stars, not labels; they bring how customers speak, in French too
COMPLAINT_WEIGHT = 0.2
LESSON_WEIGHT = 0.3  # of a text the teacher labelled, where one that people labelled weighs 1
LESSON_SHARE = 3  # one of so many lessons is read


def train(folder: Path) -> Examples:
    return joined(
        umsab(folder, "train").weighing(UMSAB_WEIGHT),
        semeval_a(folder).weighing(ENGLISH_WEIGHT),
        app_reviews(folder).weighing(REVIEW_WEIGHT),
        complaints(folder).weighing(COMPLAINT_WEIGHT),
        taught(folder, "tone", 3, every=LESSON_SHARE).weighing(LESSON_WEIGHT),
    )


def held(folder: Path) -> Mapping[str, Held]:
    by_language = {
        f"umsab-{one}": Held(umsab(folder, "val", [one]).weighing(UMSAB_WEIGHT), "macro_f1") for one in UMSAB
    }
    english = tweeteval(folder, "sentiment", "val", 3).weighing(ENGLISH_WEIGHT)
    return {**by_language, "tweeteval-sentiment": Held(english, "macro_recall")}


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
    recipe=Recipe(cost=1.5, iterations=90),
    embedding=words,
    embedding_scale=0.2,
    balanced=True,
    rounds=1,
    card={
        "title": "Tone of posts: negative, neutral, positive",
        "languages": sorted(UMSAB),
        "data": [
            "UMSAB (Barbieri et al. 2022; repository Apache-2.0, parts may be restricted)",
            "SemEval 2017 task 4 A (Rosenthal et al. 2017; repository MIT, terms of the platform apply to the texts)",
            "Mini-bar app reviews, their stars (Wei et al. 2023; MIT)",
            "Complaints (Preoţiuc-Pietro et al. 2019; no licence stated)",
            TEACHER,
        ],
        "limits": "Trained on tweets; the French ones speak of ecology and politics. Irony and mixed feelings are "
        "often read as neutral. Read it with its probabilities, over many posts.",
    },
)
