"""The recipe of "axis": whether a post speaks of the product, of the relationship or of legitimacy, or of none.

Learnt from posts labelled by hand for Palabre and from weak labels: posts whose cues say one axis plainly, learnt
without those cues.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from palabre.model import AXES
from palabre.read import calibrate, cues, registry
from palabre.read.features import features
from palabre.read.training.data import fingerprint, folds, goemotions, semeval_a, table, umsab
from palabre.read.training.fit import Recipe
from palabre.read.training.intent import (
    FOLDS,  # fmt: skip
    SPEC,
    Part,
    Weighed,
    f1,
    fitted,
    handmade,
    headed,
    out_of_fold,
    stacked,
)
from palabre.read.training.make import Say

NAME = "axis"
LABELS = (*AXES, "none")
RECIPE = Recipe(cost=0.1, iterations=150)
HAND_WEIGHT = 6.0
HOW = Weighed(cues=0.3)  # vectors of words and rarities add nothing here
WEAK_WEIGHT = 0.08
FILES = (
    "minibar_app_reviews/classification.parquet",
    "complaints_2019/complaints.parquet",
    "banking77/train.parquet",
    "semeval2017_task4/A_train_2013-2016.parquet",
    "umsab/english_train.parquet",
    "umsab/french_train.parquet",
    "goemotions/train.parquet",
    "goemotions/labels.txt",
)


def weak(texts: list[str], product: float = 0.0) -> Part:
    """Weak labels: the axis whose cues are said at least twice as often as the next one's (``product``: head start of
    the product's), none where there is no cue and nobody is judged; the others are left out."""
    seen = cues.matrix(features(texts, SPEC)).tocsc()
    names = cues.cues().columns
    counts = np.column_stack([np.square(seen[:, names.index(f"axis_{axis}")].toarray().ravel()) for axis in AXES])
    counts[:, 0] += product
    judged = sum(
        seen[:, names.index(one)].toarray().ravel() for one in ("complaint_fault", "complaint_service", "praise_thanks")
    )
    ranked = np.sort(counts, axis=1)
    plain = (ranked[:, 2] >= 2) & (ranked[:, 2] >= 2 * ranked[:, 1])
    silent = (ranked[:, 2] == 0) & (judged == 0)
    label = np.where(silent, 3, counts.argmax(axis=1))
    kept = np.flatnonzero(plain | silent)
    chosen = [texts[row] for row in kept]
    targets = np.eye(len(LABELS), dtype=np.float32)[label[kept]]
    return Part(chosen, targets, np.full(targets.shape, WEAK_WEIGHT), ["weak"] * len(kept),
                folds(["w"] * len(kept), chosen, FOLDS), weak=True)  # fmt: skip


def parts(data: Path) -> list[Part]:
    tweets = semeval_a(data).texts[::12] + umsab(data, "train", ["fr", "en"]).texts
    reddit = goemotions(data, "train", lambda _: 0, 1).texts[::15]
    asked = table(data, FILES[2])["text"][::6]
    return [
        handmade(labels=LABELS, key="axis", weight=HAND_WEIGHT),
        weak(tweets + reddit + asked + table(data, FILES[1])["text"]),
        weak(table(data, FILES[0])["data"][::3], product=1.0),
    ]


def cook(data: Path, out: Path, say: Say) -> None:
    """Writes the model "axis". Raises InputError where data are missing."""
    some = stacked(parts(data), HOW)
    everything = np.ones(len(some.fold), np.bool_)
    margins = np.column_stack([out_of_fold(some, label, RECIPE) for label in range(len(LABELS))])
    known = np.flatnonzero(some.measured)
    truth = some.targets[known].argmax(axis=1)
    slope, intercept = calibrate.fit_softmax(margins[known], truth)
    said = (margins[known] * slope + intercept).argmax(axis=1)
    measured = {
        name: {"metric": "f1", "value": round(f1(truth == at, said == at), 1), "n": int((truth == at).sum())}
        for at, name in enumerate(LABELS)
    }
    say(f"{NAME}: {measured}")
    weights = [fitted(some, everything, label, RECIPE) for label in range(len(LABELS))]
    table_ = np.column_stack([one for one, _ in weights])
    bias = np.array([one for _, one in weights], np.float32)
    nothing = np.zeros(len(LABELS), np.float32)
    head = headed(NAME, LABELS, "softmax", table_, (bias, slope, intercept, nothing), HOW)
    registry.save(head, card(data, len(some.fold), measured), out)


def card(data: Path, count: int, measured: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "What is judged: the product, the relationship, legitimacy, or nothing",
        "languages": ["en", "fr"],
        "data": [
            "Posts written and labelled by hand for Palabre",
            "Mini-bar, complaints 2019, BANKING77, SemEval 2017, UMSAB, GoEmotions: texts with weak labels from the "
            "phrases of cues.*.toml",
        ],
        "limits": "Learnt from few posts labelled by hand: read it over many posts.",
        "method": f"linear, hinge loss, C={RECIPE.cost}, hashed words and characters, {len(cues.cues().columns)} cues",
        "examples": count,
        "data_files": list(FILES),
        "data_sha256": fingerprint(data, FILES),
        "measured": measured,
    }
