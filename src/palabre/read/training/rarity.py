"""How rare each feature is, counted over texts without their labels: what corrections weigh features by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from palabre.read import registry
from palabre.read.features import Spec, features
from palabre.read.training.data import fingerprint, table
from palabre.read.training.make import Say

NAME = "rarity"
TEXTS = {
    **{f"umsab/{one}_train.parquet": "text" for one in ("english", "french", "german", "italian", "spanish")},
    "tweeteval/offensive_train.parquet": "text",
    "goemotions/train.parquet": "text",
    "mlma_hate/fr.parquet": "tweet",
}


def counted(texts: list[str], spec: Spec) -> npt.NDArray[np.uint8]:
    """(2^bits,) log(n / posts that show it), scaled to 0 … 255; 255 for what no post shows."""
    seen = features(texts, spec)
    owners = np.repeat(np.arange(len(seen)), np.diff(seen.indptr))
    pairs = np.unique(owners.astype(np.int64) << spec.bits | seen.ids)
    posts = np.bincount(pairs & ((1 << spec.bits) - 1), minlength=1 << spec.bits)
    rarity = np.log((len(texts) + 1) / (posts + 1)) / np.log(len(texts) + 1)
    return np.asarray(np.rint(255 * rarity), np.uint8)


def cook(data: Path, out: Path, say: Say) -> None:
    """Writes the model "rarity"."""
    spec = Spec()
    texts = [text for name, column in TEXTS.items() for text in table(data, name)[column][:12_000]]
    say(f"{NAME}: {len(texts)} examples")
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / f"{NAME}.npz", rarity=counted(texts, spec))
    about = {
        "title": "How rare each feature is",
        "data": ["UMSAB, TweetEval, GoEmotions, MLMA: texts without labels"],
        "limits": "Counts of hashed features: no text can be read from them.",
        "method": f"log(n / document frequency) over {len(texts)} posts",
        "data_files": sorted(TEXTS),
        "data_sha256": fingerprint(data, TEXTS),
    }
    registry.write_card(NAME, about, spec, out)
