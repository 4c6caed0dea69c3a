"""Public data sets as examples. Each loader reads one set from the folder of ``--data`` and names its files.

Near copies of what a model is measured on never enter what it is fitted on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from palabre.errors import InputError

Array = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]
MASKED = re.compile(r"https?\S*|@\w+|[\W_]+")
UMSAB = {"ar": "arabic", "de": "german", "en": "english", "es": "spanish", "fr": "french", "hi": "hindi",
         "it": "italian", "pt": "portuguese"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with targets (n, labels) in [0, 1], weights (n,) and groups (n,): what is held out together."""

    texts: list[str]
    targets: Array
    weights: Array
    groups: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def labels(self) -> Labels:
        """(n,) the label of each, where one holds."""
        return np.asarray(self.targets.argmax(axis=1))

    def at(self, rows: Sequence[int] | npt.NDArray[Any]) -> Examples:
        chosen = np.asarray(rows, np.int64)
        names = [self.groups[row] for row in chosen]
        return Examples([self.texts[row] for row in chosen], self.targets[chosen], self.weights[chosen], names)

    def weighing(self, weight: float) -> Examples:
        return replace(self, weights=self.weights * weight)


def joined(*parts: Examples) -> Examples:
    return reduce(
        lambda one, other: Examples(
            one.texts + other.texts,
            np.concatenate([one.targets, other.targets]),
            np.concatenate([one.weights, other.weights]),
            one.groups + other.groups,
        ),
        parts,
    )


def examples(texts: Sequence[str], labels: Iterable[int], count: int, group: str | Sequence[str]) -> Examples:
    """One label each. group: of all, or of each."""
    targets = np.eye(count, dtype=np.float32)[np.fromiter((int(one) for one in labels), np.int64)]
    groups = [group] * len(texts) if isinstance(group, str) else list(group)
    return Examples(list(texts), targets, np.ones(len(texts), np.float32), groups)


def table(folder: Path, name: str) -> dict[str, list[Any]]:
    """The columns of a file of the data folder. Raises InputError: it is not there."""
    path = folder / name
    if not path.is_file():
        raise InputError("train.no_data", path=str(path))
    found: dict[str, list[Any]] = pq.read_table(path).to_pydict()
    return found


def essence(text: str) -> str:
    """What two copies of a post share: its letters and digits, without handles and addresses."""
    return MASKED.sub("", text.lower())


def without_copies(some: Examples, of: Iterable[Examples]) -> Examples:
    """Examples that are no copies of others."""
    seen = {essence(text) for one in of for text in one.texts}
    return some.at([row for row, text in enumerate(some.texts) if essence(text) not in seen])


def fingerprint(folder: Path, names: Iterable[str]) -> str:
    """SHA-256 of the files, in the order of their names: 16 hex digits. Raises InputError: one is not there."""
    digest = hashlib.sha256()
    for name in sorted(names):
        if not (folder / name).is_file():
            raise InputError("train.no_data", path=str(folder / name))
        digest.update(name.encode())
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def umsab(folder: Path, part: str, languages: Iterable[str] = tuple(UMSAB)) -> Examples:
    """UMSAB (Barbieri et al. 2022), train or val: negative, neutral, positive; a group is a language."""
    return joined(*(_plain(folder, f"umsab/{UMSAB[one]}_{part}.parquet", 3, one) for one in languages))


def tweeteval(folder: Path, task: str, part: str, count: int) -> Examples:
    """TweetEval (Barbieri et al. 2020)."""
    return _plain(folder, f"tweeteval/{task}_{part}.parquet", count, f"tweeteval-{task}")


def _plain(folder: Path, name: str, count: int, group: str) -> Examples:
    found = table(folder, name)
    return examples(found["text"], found["label"], count, group)


TONE_OF = {"negative": 0, "neutral": 1, "positive": 2}


def semeval_a(folder: Path) -> Examples:
    """SemEval 2017 task 4 A, 2013 to 2016, without TweetEval's validation part."""
    found = table(folder, "semeval2017_task4/A_train_2013-2016.parquet")
    rows = [row for row, held in enumerate(found["in_tweeteval_val"]) if not held]
    return examples([found["text"][row] for row in rows], [TONE_OF[found["label"][row]] for row in rows], 3, "semeval")


def semeval_b(folder: Path) -> Examples:
    """SemEval 2017 task 4 B and D: tone towards a topic; a group is a topic."""
    found = table(folder, "semeval2017_task4/BD_train_2013-2016.parquet")
    rows = [row for row, label in enumerate(found["label"]) if label in TONE_OF]
    labels = [TONE_OF[found["label"][row]] for row in rows]
    return examples([found["text"][row] for row in rows], labels, 3, [found["topic"][row] for row in rows])


def goemotions(folder: Path, part: str, label_of: Callable[[frozenset[str]], int | None], count: int) -> Examples:
    """GoEmotions (Demszky et al. 2020), train or dev. label_of: from its names to ours, None to leave a text out."""
    names = (folder / "goemotions/labels.txt").read_text("utf-8").split()
    found = table(folder, f"goemotions/{part}.parquet")
    said = [label_of(frozenset(names[int(one)] for one in str(ids).split(","))) for ids in found["label_ids"]]
    rows = [row for row, label in enumerate(said) if label is not None]
    labels = [label for label in said if label is not None]
    return examples([found["text"][row] for row in rows], labels, count, "goemotions")


STARS = {1: (0.9, 0.1, 0.0), 2: (0.75, 0.2, 0.05), 3: (0.3, 0.5, 0.2), 4: (0.05, 0.25, 0.7), 5: (0.0, 0.1, 0.9)}


def app_reviews(folder: Path, language: str) -> Examples:
    """Mini-bar app reviews, fr or en (Wei et al. 2023): the tone that their stars let expect."""
    found = table(folder, "minibar_app_reviews/classification.parquet")
    rows = [row for row, name in enumerate(found["file"]) if f".{language}." in name]
    targets = np.array([STARS[int(found["score"][row])] for row in rows], np.float32)
    groups = [f"app-{found['app'][row]}" for row in rows]
    return Examples([found["data"][row] for row in rows], targets, np.ones(len(rows), np.float32), groups)


def complaints(folder: Path) -> Examples:
    """Tweets that complain (Preoţiuc-Pietro et al. 2019), as mostly negative; a group is a domain."""
    found = table(folder, "complaints_2019/complaints.parquet")
    rows = [row for row, one in enumerate(found["complaint"]) if int(one) == 1]
    targets = np.tile(np.array([[0.8, 0.17, 0.03]], np.float32), (len(rows), 1))
    domains = [f"complaints-{found['domain'][row]}" for row in rows]
    return Examples([found["text"][row] for row in rows], targets, np.ones(len(rows), np.float32), domains)


def mlma(folder: Path, language: str) -> Examples:
    """MLMA hate speech (Ousidhoum et al. 2019): 0 toxic, 1 "normal" and nothing else."""
    found = table(folder, f"mlma_hate/{language}.parquet")
    labels = [int(set(str(one).split("_")) <= {"normal"}) for one in found["sentiment"]]
    return examples(found["tweet"], labels, 2, f"mlma-{language}")


def folds(groups: Sequence[str], texts: Sequence[str], count: int = 5, whole: bool = False) -> Labels:
    """(n,) the fold of each text: copies stay together; whole: all of a group does. The same at each run."""
    named = groups if whole else [essence(text) for text in texts]
    return np.array([int.from_bytes(hashlib.blake2b(one.encode("utf-8", "replace"), digest_size=8).digest()) % count
                     for one in named], np.int64)  # fmt: skip


Held = Mapping[str, Examples]
