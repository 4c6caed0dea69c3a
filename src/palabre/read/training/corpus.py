"""Texts without their labels: what word vectors are learnt from and what a teacher reads to its pupil.

Only sets whose card lets weights be passed on. What models are measured on is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from palabre.read.training.data import UMSAB, essence, table

Keys = npt.NDArray[np.uint64]
TWEETS = {  # read to the pupil, in this order
    "tweeteval/emotion_train.parquet": "text",
    "tweeteval/irony_train.parquet": "text",
    "tweeteval/offensive_train.parquet": "text",
    "semeval2017_task4/A_train_2013-2016.parquet": "text",
    "tweeteval/hate_train.parquet": "text",
    "tweeteval/emoji_train.parquet": "text",
    "brand_emotions_sxsw2011/tweets.parquet": "tweet_text",
    "crisislex/t6_ontopic_offtopic.parquet": "text",
    "crisislex/t26_labeled.parquet": "text",
}
OTHERS = {
    **{f"umsab/{name}_train.parquet": "text" for name in UMSAB.values()},
    **{f"mlma_hate/{name}.parquet": "tweet" for name in ("ar", "en", "fr")},
    "goemotions/train.parquet": "text",
    "minibar_app_reviews/classification.parquet": "data",
    "french_media_2022/tweets.parquet": "text",
    "grand_debat_idees/idees_marquantes.parquet": "reponse",
}
IRA = ("ira_troll_tweets/bulk_2015Q3.parquet", "ira_troll_tweets/event_windows.parquet")
CYRILLIC = {"Russian", "Ukrainian", "Bulgarian", "Serbian", "Macedonian", "Uzbek"}
HELD = (
    *(f"tweeteval/{task}_val.parquet" for task in ("sentiment", "emotion", "irony", "offensive")),
    *(f"umsab/{name}_val.parquet" for name in UMSAB.values()),
)


def read(folder: Path, names: Mapping[str, str]) -> list[str]:
    """Every text of some files, once."""
    return list(dict.fromkeys(str(one) for name, column in names.items() for one in table(folder, name)[column] if one))


def recovered(folder: Path, languages: frozenset[str] | None = None) -> list[str]:
    """Tweets recovered by FiveThirtyEight and Clemson, once each: of some languages, or all in Latin letters."""
    found: dict[str, None] = {}
    for name in IRA:
        rows = table(folder, name)
        for text, language in zip(rows["content"], rows["language"], strict=True):
            if text and (language in languages if languages else language not in CYRILLIC):
                found[text] = None
    return list(found)


def unheld(folder: Path, texts: Iterable[str]) -> list[str]:
    """Texts that are no copies of what models are measured on."""
    held = {essence(text) for name in HELD for text in table(folder, name)["text"]}
    return [text for text in texts if essence(text) not in held]


def everything(folder: Path) -> list[str]:
    """What word vectors are learnt from."""
    return unheld(folder, dict.fromkeys([*read(folder, {**TWEETS, **OTHERS}), *recovered(folder)]))


def keys(texts: Iterable[str]) -> Keys:
    """(n,) a number that stands for each text, so that a file of labels holds no text."""
    digests = [hashlib.blake2b(essence(one).encode("utf-8", "replace"), digest_size=8).digest() for one in texts]
    return np.frombuffer(b"".join(digests), np.uint64)
