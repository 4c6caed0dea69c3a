"""The recipe of "aspects": the tone of a mention from its clause, its post and its own words, fitted on posts labelled
by hand. The phrases themselves are in data/aspects.*.toml."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.optimize import minimize

from palabre.model import TONES
from palabre.read import aspects, registry
from palabre.read.contract import Page
from palabre.read.features import Spec
from palabre.read.linear import softmax
from palabre.read.training.intent import ALL_SORTS, HANDMADE
from palabre.read.training.make import Say

NAME = "aspects"
RIDGE = 0.3
Array = npt.NDArray[np.floating]


def labelled(folder: Path = HANDMADE) -> tuple[list[str], list[dict[str, str]]]:
    """Texts, and the tone of each aspect they speak of."""
    rows = [
        json.loads(line)
        for path in sorted(folder.glob(f"intents.*.{ALL_SORTS}.ndjson"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [row["text"] for row in rows], [{one["name"]: one["tone"] for one in row["aspects"]} for row in rows]


def examples() -> tuple[Array, npt.NDArray[np.int64]]:
    """Evidence (mentions, EVIDENCE) and tone (mentions,) of the mentions that people have labelled."""
    texts, truth = labelled()
    page = Page(pa.RecordBatch.from_pydict({"text": texts}), ["tone"])
    found = aspects.found_in(page.features())
    starts, ends = aspects.places(texts, np.unique(found.post), page.features())
    names = aspects.lexicon().names
    tones = [truth[post].get(names[one]) for post, one in zip(found.post, found.aspect, strict=True)]
    kept = [at for at, tone in enumerate(tones) if tone]
    shown = aspects.evidence(page, found, starts, ends)[kept].astype(np.float64)
    return shown, np.array([TONES.index(str(tones[at])) for at in kept])


def fitted(shown: Array, tone: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """table (EVIDENCE, tones), bias (tones,): softmax regression with a ridge."""
    count = shown.shape[1]

    def loss(theta: Array) -> tuple[float, Array]:
        table, bias = theta[: count * 3].reshape(count, 3), theta[count * 3 :]
        found = softmax(np.asarray(shown @ table + bias, np.float32)).astype(np.float64)
        wrong = found.copy()
        wrong[np.arange(len(tone)), tone] -= 1
        value = -np.log(found[np.arange(len(tone)), tone] + 1e-12).sum() + RIDGE / 2 * (table**2).sum()
        return float(value), np.concatenate([(shown.T @ wrong + RIDGE * table).ravel(), wrong.sum(axis=0)])

    theta = minimize(loss, np.zeros(count * 3 + 3), jac=True, method="L-BFGS-B").x
    return theta[: count * 3].reshape(count, 3).astype(np.float32), theta[count * 3 :].astype(np.float32)


def cook(_: Path, out: Path, say: Say) -> None:
    """Writes the model "aspects". Needs the model "tone"."""
    shown, tone = examples()
    right = 0
    for fold in range(5):
        outside = np.arange(len(tone)) % 5 == fold
        table, bias = fitted(shown[~outside], tone[~outside])
        right += int(((shown[outside] @ table + bias).argmax(axis=1) == tone[outside]).sum())
    table, bias = fitted(shown, tone)
    share = round(100 * right / len(tone), 1)
    say(f"{NAME}: {share} % of {len(tone)} tones, cross-validated")
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / f"{NAME}.npz", table=table, bias=bias)
    about = {
        "title": "What of an organisation a post speaks of, and in which tone",
        "labels": list(aspects.lexicon().names),
        "kind": "lexicon",
        "languages": ["en", "fr"],
        "data": ["Posts written and labelled by hand for Palabre; phrases of aspects.*.toml"],
        "limits": "Finds what is named, not what is hinted at.",
        "method": "phrases; softmax regression of the tone on that of the clause, of the post, and on cues",
        "examples": len(tone),
        "measured": {"cross-validation": {"metric": "accuracy", "value": share, "n": len(tone)}},
    }
    registry.write_card(NAME, about, Spec(), out)
