"""The recipes of "offence": one head for French, one for all other languages.

MLMA's tweets were chosen by keyword and four in five are toxic: alone, they taught that most of what is said in anger,
or of the people whom insults aim at, offends (a third of the answers to a public debate did). The head of French learns
calm posts besides: reviews, news, answers to that debate, posts of customers; and posts invented for it, insults and
hard words that are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from palabre.read.training.data import Examples, app_reviews, examples, folds, joined, mlma, table, tweeteval, umsab
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import FRENCH, TEACHER, french_words, taught, words
from palabre.read.training.make import Held, Task
from palabre.read.training.tone import HANDMADE, told

LESSON_WEIGHT = 0.5  # of a text the teacher labelled, where one that people labelled weighs 1
LESSON_SHARE = 2  # one of so many lessons is read
MLMA_WEIGHT = 0.3  # chosen by keyword: most of it is toxic, as no stream of posts is
INVENTED_WEIGHT = 5.0  # of a post written and labelled by hand
CALM_SHARE = 0.03  # of calm posts that may offend after all: nobody has looked
DECISION = 0.56  # the probability from which both heads say it, so that one limit serves all languages
DEBATE, NEWS = "grand_debat_idees/idees_marquantes.parquet", "french_media_2022/tweets.parquet"


def offensive(folder: Path, part: str) -> Examples:
    """TweetEval says 1 for offensive; here it is label 0."""
    found = tweeteval(folder, "offensive", part, 2)
    return Examples(found.texts, found.targets[:, ::-1].copy(), found.weights, found.groups)


def french(folder: Path, held: bool) -> Examples:
    """A fifth of the French part is held out."""
    found = mlma(folder, "fr")
    return found.at(np.flatnonzero((folds(found.groups, found.texts) == 0) == held))


def invented(path: Path = HANDMADE / "offence.fr.txt") -> Examples:
    """Posts in French written and labelled by hand: ``!`` offends, ``=`` does not."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line[:1] in ("!", "=")]
    return examples([line[2:] for line in lines], [line[0] == "=" for line in lines], 2, "hand-fr")


def calm(texts: Sequence[str], group: str, weight: float, share: float = CALM_SHARE) -> Examples:
    """Texts of which next to none offends."""
    once = list(dict.fromkeys(one for one in texts if one))
    targets = np.tile(np.array([[share, 1 - share]], np.float32), (len(once), 1))
    return Examples(once, targets, np.full(len(once), weight, np.float32), [group] * len(once))


def debate(folder: Path, held: bool) -> Examples:
    """Answers to the Grand débat, which moderators had read; a fifth is held out."""
    found = calm(table(folder, DEBATE)["reponse"], "debate-fr", 0.3, 0.005)
    return found.at(np.flatnonzero((folds(found.groups, found.texts) == 0) == held))


def train_french(folder: Path) -> Examples:
    return joined(
        french(folder, held=False).weighing(MLMA_WEIGHT),
        invented().weighing(INVENTED_WEIGHT),
        debate(folder, held=False),
        calm(table(folder, NEWS)["text"], "news", 0.3),
        calm(umsab(folder, "train", ["fr"]).texts, "umsab", 0.3),
        calm(app_reviews(folder, "fr").texts, "reviews", 0.15),
        calm(told("fr").texts, "customers", 1.0),
    )


def held_french(folder: Path) -> Mapping[str, Held]:
    return {
        "mlma-fr": Held(french(folder, held=True).weighing(MLMA_WEIGHT), "macro_f1"),
        "debate-fr": Held(debate(folder, held=True), "accuracy"),
    }


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
    decision=DECISION,
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
FRENCH_TASK = replace(
    TASK,
    name="offence.fr",
    files=(
        "mlma_hate/fr.parquet",
        "umsab/french_train.parquet",
        "minibar_app_reviews/classification.parquet",
        DEBATE,
        NEWS,
    ),
    train=train_french,
    held=held_french,
    recipe=Recipe(cost=0.3, iterations=80),
    embedding=french_words,
    tune_on=("mlma-fr", "hand-fr"),
    card={
        "title": "Posts in French that offend: insults, slurs, threats, obscenities",
        "languages": ["fr"],
        "data": [
            "MLMA hate speech (Ousidhoum et al. 2019; MIT)",
            "Posts written and labelled by hand for Palabre",
            "Calm posts: answers to the Grand débat, news, UMSAB, app reviews (their licences: tone.fr)",
            FRENCH,
        ],
        "limits": "Learns words: quotations and reports of insults may be read as offensive, and insults without a "
        "rude word are missed. It orders what a person looks at; it decides nothing.",
    },
)
