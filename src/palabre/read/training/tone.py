"""The recipes of "tone": one head for French, one for English, one for all other languages.

A head a language beats one for all by 2 to 8 points of macro-F1, more where English has most of the labels: words that
two languages share, and pairs of letters, mean other things in each. French has tweets about ecology and politics
(UMSAB), the stars of app reviews, and posts of customers written and labelled by hand; English has the tweets of
SemEval and a teacher's lessons besides. The head of the others learns a little of both, for what is taken for another
language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from palabre.model import TONES
from palabre.read.training.data import (
    UMSAB,
    Examples,
    app_reviews,
    complaints,
    examples,
    joined,
    semeval_a,
    tweeteval,
    umsab,
)
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import FRENCH as FRENCH_WORDS
from palabre.read.training.lessons import TEACHER, french_words, taught, words
from palabre.read.training.make import Held, Task

HANDMADE = Path(__file__).with_name("handmade")
SIGNS = {"-": 0, "=": 1, "+": 2}
OTHERS = tuple(one for one in UMSAB if one not in ("fr", "en"))
FRENCH_WEIGHT = 4.0
ENGLISH_WEIGHT = 0.5  # of SemEval's tweets
REVIEW_WEIGHT = {"fr": 1.0, "en": 0.3}  # stars, not labels; they bring how customers speak
COMPLAINT_WEIGHT = 0.2
LESSON_WEIGHT = 0.3  # of a text the teacher labelled, where one that people labelled weighs 1
LESSON_SHARE = 3  # one of so many lessons is read
HAND_WEIGHT = {"fr": 10.0, "en": 5.0}


def handmade(languages: Sequence[str] = ("fr", "en")) -> Examples:
    """Posts of customers written and labelled by hand. Those of intents.*.ndjson are left to aspects.py, which learns
    from the tones that heads give to posts they have not seen."""
    return joined(*(told(one) for one in languages))


def told(language: str) -> Examples:
    """Those of tone.<language>.txt."""
    lines = (HANDMADE / f"tone.{language}.txt").read_text("utf-8").splitlines()
    pairs = [(line[2:], SIGNS[line[0]]) for line in lines if line[0] in SIGNS]
    return examples([text for text, _ in pairs], [label for _, label in pairs], 3, f"hand-{language}")


def reviews(folder: Path, language: str) -> Examples:
    """App reviews in a language, with the tone that their stars let expect."""
    return app_reviews(folder, language).weighing(REVIEW_WEIGHT[language])


def french(folder: Path) -> Examples:
    tweets = umsab(folder, "train", ["fr"]).weighing(FRENCH_WEIGHT)
    return joined(tweets, reviews(folder, "fr"), handmade(["fr"]).weighing(HAND_WEIGHT["fr"]))


def english(folder: Path) -> Examples:
    return joined(
        umsab(folder, "train", ["en"]),
        semeval_a(folder).weighing(ENGLISH_WEIGHT),
        reviews(folder, "en"),
        complaints(folder).weighing(COMPLAINT_WEIGHT),
        taught(folder, "tone", 3, every=LESSON_SHARE).weighing(LESSON_WEIGHT),
        handmade(["en"]).weighing(HAND_WEIGHT["en"]),
    )


def others(folder: Path) -> Examples:
    tweets = semeval_a(folder)
    some = tweets.at(np.arange(0, len(tweets), 4)).weighing(ENGLISH_WEIGHT)
    return joined(
        umsab(folder, "train", OTHERS).weighing(FRENCH_WEIGHT),
        umsab(folder, "train", ["fr", "en"]),
        some,
        handmade().weighing(2.0),
    )


def held_umsab(folder: Path, languages: Sequence[str]) -> dict[str, Held]:
    return {f"umsab-{one}": Held(umsab(folder, "val", [one]).weighing(FRENCH_WEIGHT), "macro_f1") for one in languages}


def held_english(folder: Path) -> Mapping[str, Held]:
    tweets = tweeteval(folder, "sentiment", "val", 3).weighing(ENGLISH_WEIGHT)
    return {**held_umsab(folder, ["en"]), "tweeteval-sentiment": Held(tweets, "macro_recall")}


def files(*languages: str) -> tuple[str, ...]:
    return tuple(f"umsab/{UMSAB[language]}_{part}.parquet" for language in languages for part in ("train", "val"))


REVIEWS = "minibar_app_reviews/classification.parquet"
SEMEVAL = "semeval2017_task4/A_train_2013-2016.parquet"
SOURCES = {
    "umsab": "UMSAB (Barbieri et al. 2022; repository Apache-2.0, parts may be restricted)",
    "semeval": "SemEval 2017 task 4 A (Rosenthal et al. 2017; repository MIT, terms of the platform apply to texts)",
    "reviews": "Mini-bar app reviews, their stars (Wei et al. 2023; MIT)",
    "complaints": "Complaints (Preoţiuc-Pietro et al. 2019; no licence stated)",
    "hand": "Posts of customers written and labelled by hand for Palabre",
}
OTHER_LANGUAGES = Task(
    name="tone",
    labels=TONES,
    kind="softmax",
    files=(*files(*UMSAB), SEMEVAL),
    train=others,
    held=lambda folder: held_umsab(folder, OTHERS),
    recipe=Recipe(cost=1.5, iterations=90),
    embedding=words,
    embedding_scale=0.2,
    balanced=True,
    rounds=1,
    card={
        "title": "Tone of posts in other languages: negative, neutral, positive",
        "languages": sorted(OTHERS),
        "data": [SOURCES[one] for one in ("umsab", "semeval", "hand")],
        "limits": "Trained on tweets. Irony and mixed feelings are often read as neutral; Hindi is barely read.",
    },
)
FRENCH = replace(
    OTHER_LANGUAGES,
    name="tone.fr",
    files=(*files("fr"), REVIEWS),
    train=french,
    held=lambda folder: held_umsab(folder, ["fr"]),
    rounds=3,
    embedding=french_words,
    card={
        "title": "Tone of posts in French: negative, neutral, positive",
        "languages": ["fr"],
        "data": [*(SOURCES[one] for one in ("umsab", "reviews", "hand")), FRENCH_WORDS],
        "limits": "Its tweets speak of ecology and politics, its reviews of two applications; everyday words of "
        "customers come from some thousand posts written by hand. Irony and mixed feelings are often read as neutral.",
    },
)
ENGLISH = replace(
    OTHER_LANGUAGES,
    name="tone.en",
    files=(*files("en"), SEMEVAL, "tweeteval/sentiment_val.parquet", REVIEWS, "complaints_2019/complaints.parquet"),
    train=english,
    held=held_english,
    recipe=Recipe(cost=0.5, iterations=90),
    card={
        "title": "Tone of posts in English: negative, neutral, positive",
        "languages": ["en"],
        "data": [*SOURCES.values(), TEACHER],
        "limits": "Trained on tweets. Irony and mixed feelings are often read as neutral. Read it with its "
        "probabilities, over many posts.",
    },
)
