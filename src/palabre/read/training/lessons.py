"""What a teacher left to its pupils: its probabilities for texts at hand, and vectors of words (made by teacher.py and,
for French, by french.py).

Both are files of the folder ``training`` of the data folder of Palabre; they hold no text. Without them the recipes do
with the examples alone, and the cards say so by the number of lessons.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from palabre.read.training.corpus import TWEETS, keys, read, recovered, unheld
from palabre.read.training.data import Examples
from palabre.read.training.make import TAUGHT
from palabre.read.training.vectors import Vectors, load
from palabre.settings import data_home

FRENCH = "Vectors of French words (fastText by Explosion, from OSCAR and Wikipedia; CC0)"
TEACHER = "A teacher's probabilities for unlabelled tweets (all-MiniLM-L6-v2, Apache-2.0, fine-tuned on these sets)"


def lessons_file() -> Path:
    return data_home() / "training" / "lessons.npz"


def vectors_file() -> Path:
    return data_home() / "training" / "vectors.npz"


def french_file() -> Path:
    return data_home() / "training" / "french.npz"


@cache
def words() -> Vectors | None:
    """Vectors of words, None where nobody made them."""
    return load(vectors_file()) if vectors_file().is_file() else None


@cache
def french_words() -> Vectors | None:
    """The same for heads of French: beside them those of french.py, where somebody made them."""
    found = [one for one in (words(), load(french_file()) if french_file().is_file() else None) if one]
    return Vectors(np.hstack([one.table for one in found])) if found else None


@cache
def texts(folder: Path) -> list[str]:
    """What a teacher may have read: tweets, and copies of none that a model is measured on."""
    return unheld(folder, dict.fromkeys([*read(folder, TWEETS), *recovered(folder, frozenset({"English"}))]))


def taught(folder: Path, task: str, labels: int, turned: bool = False, every: int = 1) -> Examples:
    """Texts with the teacher's probabilities (n, labels) for a task; none where no lessons are kept. turned: the labels
    from the last to the first; every: one of so many lessons, by chance."""
    if not lessons_file().is_file():
        return Examples([], np.zeros((0, labels), np.float32), np.zeros(0, np.float32), [])
    with np.load(lessons_file(), allow_pickle=False) as stored:
        known, found = stored["keys"], stored[task].astype(np.float32)
    pool = texts(folder)
    order = np.argsort(known)
    wanted, first = np.unique(keys(pool), return_index=True)
    at = np.searchsorted(known[order], wanted).clip(0, len(known) - 1)
    rows = np.flatnonzero((known[order][at] == wanted) & (wanted % np.uint64(every) == 0))
    chosen = [pool[one] for one in first[rows]]
    targets = found[order][at[rows]][:, :: -1 if turned else 1].copy()
    return Examples(chosen, targets, np.ones(len(chosen), np.float32), [TAUGHT] * len(chosen))
