"""The recipes of "emotion" (which of four) and of "emotional" (whether there is one); French has heads of its own.

Nobody labelled French posts with emotions: its heads learn posts invented for them, which tell anger from sadness, joy
from hope and a feeling from a plain fact, and, with the tones of tweets, reviews and customers' posts, what is glad
from what is not and what is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from palabre.model import EMOTIONS
from palabre.read.training.data import Examples, app_reviews, examples, goemotions, joined, tweeteval, umsab
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import FRENCH as FRENCH_WORDS
from palabre.read.training.lessons import TEACHER, french_words, taught, words
from palabre.read.training.make import TAUGHT, Held, Task
from palabre.read.training.tone import told

HANDMADE = Path(__file__).with_name("handmade")
SIGNS = {"!": 0, "+": 1, "*": 2, "-": 3}  # of EMOTIONS, in its order
PLAIN_SIGNS = {"~": 0, "=": 1}  # it carries one; it is plain
BY_TONE = np.array([[0.6, 0.0, 0.0, 0.4], [0.25] * 4, [0.0, 0.75, 0.25, 0.0]], np.float32)  # a guess

LESSON_WEIGHT = 0.3  # of a text the teacher labelled, where one that people labelled weighs 1
LESSON_SHARE = 2  # one of so many lessons is read
REDDIT_WEIGHT = 0.05  # other people, other words: more of it reads tweets worse
INVENTED_WEIGHT = 4.0  # of a French post labelled with an emotion, where one with a tone weighs 1
STRENGTH_WEIGHT = 8.0  # the same, of whether there is one
FELT_BY_TONE = (0.8, 0.15, 0.8)  # a guess, of whether a post with each tone carries one
FELT = {
    "anger": {"anger", "annoyance", "disapproval", "disgust"},
    "joy": {"joy", "amusement", "excitement", "love", "admiration", "gratitude", "relief", "pride"},
    "optimism": {"optimism", "caring", "desire"},
    "sadness": {"sadness", "disappointment", "grief", "remorse", "fear", "nervousness", "embarrassment"},
}
PLAIN = {
    "anger": {"anger", "annoyance"},
    "joy": {"joy", "amusement", "excitement", "love"},
    "optimism": {"optimism"},
    "sadness": {"sadness", "disappointment", "grief", "remorse"},
}


def one_of_four(names: frozenset[str]) -> int | None:
    """The emotion that a GoEmotions annotation amounts to; None: none of the four, or several."""
    found = {at for at, emotion in enumerate(EMOTIONS) if names & PLAIN[emotion]}
    return found.pop() if len(found) == len(names) == 1 else None


def carries(names: frozenset[str]) -> int | None:
    """0: it carries one of the four; 1: it is neutral; None: unclear."""
    if names == {"neutral"}:
        return 1
    return 0 if any(names & felt for felt in FELT.values()) else None


def train(folder: Path) -> Examples:
    reddit = goemotions(folder, "train", one_of_four, 4)
    lessons = taught(folder, "emotion", 4, every=LESSON_SHARE).weighing(LESSON_WEIGHT)
    return joined(tweeteval(folder, "emotion", "train", 4), reddit.weighing(REDDIT_WEIGHT), lessons)


def held(folder: Path) -> Mapping[str, Held]:
    return {
        "tweeteval-emotion": Held(tweeteval(folder, "emotion", "val", 4), "macro_f1"),
        "goemotions-4": Held(goemotions(folder, "dev", one_of_four, 4).weighing(REDDIT_WEIGHT), "macro_f1"),
    }


def invented(path: Path = HANDMADE / "emotion.fr.txt") -> Examples:
    """Posts in French written and labelled by hand."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line[:1] in SIGNS]
    return examples([line[2:] for line in lines], [SIGNS[line[0]] for line in lines], len(EMOTIONS), "hand-fr")


def by_tone(some: Examples) -> Examples:
    """Posts with a tone that is no neutral one, as lessons."""
    rows = some.at(np.flatnonzero(some.labels != 1))
    return Examples(rows.texts, BY_TONE[rows.labels], rows.weights, [TAUGHT] * len(rows))


def train_french(folder: Path) -> Examples:
    return joined(
        invented().weighing(INVENTED_WEIGHT),
        by_tone(joined(told("fr"), umsab(folder, "train", ["fr"]), app_reviews(folder, "fr"))),
    )


def plain(path: Path = HANDMADE / "emotional.fr.txt") -> Examples:
    """Posts in French written by hand, which carry an emotion or none."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line[:1] in PLAIN_SIGNS]
    return examples([line[2:] for line in lines], [PLAIN_SIGNS[line[0]] for line in lines], 2, "hand-fr")


def train_french_strength(folder: Path) -> Examples:
    felt = invented().texts
    by_hand = joined(plain(), examples(felt, [0] * len(felt), 2, "hand-fr"))
    toned = joined(told("fr"), umsab(folder, "train", ["fr"]))
    share = np.array(FELT_BY_TONE, np.float32)[toned.labels]
    lessons = Examples(toned.texts, np.stack([share, 1 - share], axis=1), toned.weights, [TAUGHT] * len(toned))
    return joined(by_hand.weighing(STRENGTH_WEIGHT), lessons)


def train_strength(folder: Path) -> Examples:
    tweets = tweeteval(folder, "emotion", "train", 4)
    felt = examples(tweets.texts, [0] * len(tweets), 2, "tweeteval-emotion")
    return joined(goemotions(folder, "train", carries, 2), felt)


def held_strength(folder: Path) -> Mapping[str, Held]:
    return {"goemotions-felt": Held(goemotions(folder, "dev", carries, 2), "macro_f1")}


TWEETS = tuple(f"tweeteval/emotion_{part}.parquet" for part in ("train", "val"))
REDDIT = ("goemotions/train.parquet", "goemotions/dev.parquet", "goemotions/labels.txt")
DATA = (
    "TweetEval emotion (SemEval 2018 task 1, Mohammad et al.; released without restrictions but those of the task)",
    "GoEmotions (Demszky et al. 2020; Apache-2.0), its 27 emotions gathered into four",
)

TASK = Task(
    name="emotion",
    labels=EMOTIONS,
    kind="softmax",
    files=(*TWEETS, *REDDIT),
    train=train,
    held=held,
    recipe=Recipe(cost=0.5, iterations=60),
    embedding=words,
    embedding_scale=0.2,
    rounds=1,
    balanced=True,
    tune="macro_f1",
    tune_on=("tweeteval",),
    card={
        "title": "Which of four emotions a post carries, if it carries one",
        "languages": ["en"],
        "data": [
            *DATA,
            TEACHER,
        ],
        "limits": "Trained on English; in other languages it rests on emoji, hashtags and words in common.",
    },
)

FRENCH_TASK = replace(
    TASK,
    name="emotion.fr",
    files=("umsab/french_train.parquet", "minibar_app_reviews/classification.parquet"),
    train=train_french,
    held=lambda _folder: {},
    recipe=Recipe(cost=0.5, iterations=90),
    embedding=french_words,
    embedding_scale=0.4,
    rounds=3,
    tune_on=("hand-fr",),
    decided_by="emotion",
    card={
        "title": "Which of four emotions a post in French carries, if it carries one",
        "languages": ["fr"],
        "data": [
            "Posts written and labelled by hand for Palabre",
            "Tones of UMSAB, app reviews and customers' posts (their licences: tone.fr), as lessons",
            FRENCH_WORDS,
        ],
        "limits": "Learnt from 200 invented posts and from tones: glad and not glad are told apart best; anger and "
        "sadness, joy and hope less well.",
    },
)

STRENGTH = Task(
    name="emotional",
    labels=("emotional",),
    kind="sigmoid",
    files=(*TWEETS, *REDDIT),
    train=train_strength,
    held=held_strength,
    recipe=Recipe(cost=0.1),
    tune="macro_f1",
    card={
        "title": "Whether a post carries an emotion",
        "languages": ["en"],
        "data": list(DATA),
        "limits": "Annotators agree little on what is neutral: see the measures.",
    },
)

FRENCH_STRENGTH = replace(
    STRENGTH,
    name="emotional.fr",
    files=("umsab/french_train.parquet",),
    train=train_french_strength,
    held=lambda _folder: {},
    recipe=Recipe(cost=0.2, iterations=90),
    embedding=french_words,
    embedding_scale=0.4,
    rounds=5,
    tune_on=("hand-fr",),
    decision=0.6053,  # that of "emotional": one threshold for all languages
    card={
        "title": "Whether a post in French carries an emotion",
        "languages": ["fr"],
        "data": [
            "Posts written and labelled by hand for Palabre",
            "Tones of UMSAB and customers' posts (their licences: tone.fr), as lessons",
            FRENCH_WORDS,
        ],
        "limits": "Learnt from 617 invented posts, which part more clearly than real ones, and from tones.",
    },
)
