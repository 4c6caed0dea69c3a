"""How the model of languages is made: counts of n-grams in texts whose language is known, as log ratios.

Sources: lingua's test texts (Apache-2.0; single words, word pairs, sentences, of which a quarter is held out to
measure), UMSAB tweets, MLMA, mini-bar and IRA posts, and the catalogues of translations that come with Django (BSD-3).
"""

from __future__ import annotations

import gettext
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from palabre.read import registry
from palabre.read.language import LETTERS_MIN, NGRAM_CHARS, Model, answers, ngrams, spoken
from palabre.read.linear import Floats, softmax
from palabre.read.training.data import UMSAB, fingerprint, table
from palabre.read.words import distinct, joined, word_hashes, words_of

NAME = "language"
ROWS = 1 << 16
SMOOTHING = 3_000.0  # n-grams of the background added to each language
LARGEST = 6.0  # a log ratio beyond it is cut: int8 keeps its steps fine
MORE = "af be bg bn cs cy el et eu fi ga gl he hr hu hy id is ka lt lv mk ms sk sl sq sr sw th vi"
SAME = {"nn": "nb", "zh_Hans": "zh", "zh_Hant": "zh", "pt_BR": "pt", "sr_Latn": "sr"}
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")
LINGUA = "lingua_langid/testdata.parquet"
MLMA = ("ar", "en", "fr")
IRA = {"Russian": "ru", "English": "en", "German": "de", "Italian": "it"}
IRA_FILES = ("ira_troll_tweets/event_windows.parquet", "ira_troll_tweets/bulk_2015Q3.parquet")
MINIBAR = "minibar_app_reviews/classification.parquet"
POSTS_MAX = 3_000  # of one language in one file
FILES = (LINGUA, MINIBAR, *IRA_FILES, *(f"mlma_hate/{one}.parquet" for one in MLMA),
         *(f"umsab/{name}_{part}.parquet" for code, name in UMSAB.items() if code != "hi" for part in ("train", "val")),
         )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Texts:
    """texts in a known language; weight of all; kind: what they are."""

    language: str
    kind: str
    texts: list[str]
    weight: float


def held_out(text: str) -> bool:
    """One text in four, the same at each run."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16) % 4 == 0


def lingua(data: Path) -> Iterator[Texts]:
    found = table(data, LINGUA)
    groups: dict[tuple[str, str], list[str]] = {}
    for language, kind, text in zip(found["lang"], found["kind"], found["text"], strict=True):
        groups.setdefault((language, kind), []).append(text)
    yield from (Texts(language, kind, texts, 2.0) for (language, kind), texts in groups.items())


def tweets(data: Path, part: str) -> Iterator[Texts]:
    """UMSAB without Hindi, which is written in Latin letters there and mixed with English."""
    for code, name in UMSAB.items():
        if code != "hi":
            yield Texts(code, "tweets", table(data, f"umsab/{name}_{part}.parquet")["text"], 2.0)


def posts(data: Path) -> Iterator[Texts]:
    """Posts whose platform or annotators say the language."""
    for code in MLMA:
        yield Texts(code, "posts", some(table(data, f"mlma_hate/{code}.parquet")["tweet"]), 0.5)
    found = table(data, MINIBAR)
    for code in ("en", "fr"):
        yield Texts(code, "posts", some(chosen(found["data"], found["ori_lang"], code)), 0.5)
    for name in IRA_FILES:
        found = table(data, name)
        for said, code in IRA.items():
            yield Texts(code, "posts", some(chosen(found["content"], found["language"], said)), 0.5)


def chosen(texts: Iterable[str | None], labels: Iterable[str], label: str) -> list[str]:
    return [text for text, one in zip(texts, labels, strict=True) if one == label and text]


def some(texts: list[str]) -> list[str]:
    """At most POSTS_MAX of them, spread over all."""
    return texts[:: max(1, -(-len(texts) // POSTS_MAX))]


def translations(wanted: Iterable[str]) -> Iterator[Texts]:
    """What Django's screens say in each language: its catalogues alone are read, it is not imported."""
    spec = find_spec("django")
    if spec is None or spec.origin is None:
        return
    screens = Path(spec.origin).parent
    found: dict[str, list[str]] = {one: [] for one in wanted}
    for path in sorted(screens.rglob("locale/*/LC_MESSAGES/*.mo")):
        code = path.parts[-3]
        kept = found.get(SAME.get(code, code))
        if kept is not None and SAME.get(code, code) != "en":
            kept += sayings(path)
    yield from (Texts(code, "screens", texts, 0.5) for code, texts in found.items())


def sayings(path: Path) -> list[str]:
    """The translated sentences of one catalogue, without placeholders and tags."""
    with path.open("rb") as stream:
        catalogue: dict[Any, Any] = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    pairs = [(key, said) for key, said in catalogue.items() if key and isinstance(said, str) and said != key]
    return [PLACEHOLDERS.sub(" ", said) for _, said in pairs]


@dataclass(frozen=True, slots=True)
class Counted:
    """matrix (texts, ROWS) counts of n-grams; sizes (texts,) how many."""

    matrix: csr_matrix
    sizes: Floats


def counted(texts: list[str]) -> Counted:
    """The n-grams of texts, as they are found when the model is used."""
    bare = spoken(pa.array(texts, pa.string()))
    words = words_of(joined(bare))
    first, which = distinct(word_hashes(words))
    total = csr_matrix((len(first), ROWS), dtype=np.float32)
    for counts, at in ngrams(words, first, ROWS):
        indptr = np.concatenate([[0], np.cumsum(counts)])
        total = total + csr_matrix((np.ones(len(at), np.float32), at, indptr), shape=total.shape)
    owner = csr_matrix((np.ones(len(which), np.float32), (words.post, which)), shape=(len(bare), len(first)))
    matrix = (owner @ total).tocsr()
    return Counted(matrix, np.asarray(matrix.sum(axis=1), np.float32).ravel())


def log_ratios(parts: Iterable[Texts], labels: list[str]) -> npt.NDArray[np.float64]:
    """(ROWS, languages) log of how much likelier an n-gram is in a language than in all of them on average.

    Additive smoothing by the background distribution (Zhai & Lafferty 2004: Dirichlet prior).
    """
    counts = np.zeros((ROWS, len(labels)))
    for part in parts:
        if part.texts:
            total = np.asarray(counted(part.texts).matrix.sum(axis=0)).ravel()
            counts[:, labels.index(part.language)] += part.weight * total
    sums = counts.sum(axis=0)
    background = (counts / sums).mean(axis=1)
    smoothed = (counts + SMOOTHING * background[:, None]) / (sums + SMOOTHING)
    ratios = np.log(np.maximum(smoothed, 1e-30)) - np.log(np.maximum(background, 1e-30))[:, None]
    return np.clip(np.where(background[:, None] > 0, ratios, 0), -LARGEST, LARGEST)


def fit_slope(scores: Floats, sizes: Floats, truth: npt.NDArray[np.int64]) -> tuple[float, float]:
    """slope, power: p = softmax(slope · score / size^power), by maximum likelihood of texts that were held out."""

    def loss(theta: npt.NDArray[np.float64]) -> float:
        found = softmax(scores * (np.exp(theta[0]) * np.maximum(sizes, 1) ** -theta[1])[:, None])
        return float(-np.log(np.maximum(found[np.arange(len(truth)), truth], 1e-9)).mean())

    found = minimize(loss, np.array([0.0, 0.5]), method="Nelder-Mead", options={"maxiter": 80}).x
    return float(np.exp(found[0])), float(found[1])


def cook(data: Path, out: Path, say: Callable[[str], None]) -> None:
    """Makes and writes the model: measured without the held-out quarter and UMSAB's val part, then made of all."""
    every = [*lingua(data), *tweets(data, "train"), *posts(data)]
    core = sorted({one.language for one in every})
    labels = sorted({*core, *MORE.split()})
    every += translations(labels)
    inside = [Texts(one.language, one.kind, [t for t in one.texts if not held_out(t)], one.weight) for one in every]
    outside = [Texts(one.language, one.kind, [t for t in one.texts if held_out(t)], 1.0)
               for one in every if one.kind not in ("tweets", "posts")] + list(tweets(data, "val"))  # fmt: skip
    measured, slope, power = measure(quantised(log_ratios(inside, labels)), outside, labels, core)
    for name, one in measured.items():
        say(f"language {name}: {one}")
    values, scale = quantised(log_ratios([*every, *tweets(data, "val")], labels))
    write(
        out, labels, core, values, scale, slope, power, {"measured": measured, "data_sha256": fingerprint(data, FILES)}
    )


def quantised(ratios: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], float]:
    scale = LARGEST / 127
    return np.rint(ratios / scale).astype(np.int8), scale


def measure(
    kept: tuple[npt.NDArray[np.int8], float], parts: Iterable[Texts], labels: list[str], core: list[str]
) -> tuple[dict[str, Any], float, float]:
    """Accuracy by kind of text among the core languages, and the calibration."""
    weights = (kept[0] * kept[1]).astype(np.float32)
    core_at = [labels.index(one) for one in core]
    groups: dict[str, list[tuple[Floats, Floats, int]]] = {}
    for part in parts:
        if part.language in core and part.texts:
            seen = counted(part.texts)
            groups.setdefault(part.kind, []).append(
                (np.asarray(seen.matrix @ weights)[:, core_at], seen.sizes, core.index(part.language))
            )
    scores = np.concatenate([one for some_parts in groups.values() for one, _, _ in some_parts])
    sizes = np.concatenate([one for some_parts in groups.values() for _, one, _ in some_parts])
    truth = np.concatenate([np.full(len(s), at) for some_parts in groups.values() for s, _, at in some_parts])
    slope, power = fit_slope(scores[sizes >= LETTERS_MIN], sizes[sizes >= LETTERS_MIN], truth[sizes >= LETTERS_MIN])
    served = Model(np.ascontiguousarray(weights[:, core_at]), slope, power, tuple(core))
    return accuracies(served, parts), slope, power


def accuracies(found: Model, parts: Iterable[Texts]) -> dict[str, Any]:
    """By kind of text, as the model is used: an answer that is not given is wrong."""
    groups: dict[str, list[npt.NDArray[np.bool_]]] = {}
    for part in parts:
        if part.language in found.languages and part.texts:
            said, _ = answers(found, spoken(pa.array(part.texts, pa.string())), 0.0)
            groups.setdefault(part.kind, []).append(np.array([one == part.language for one in said]))
    return {
        kind: {
            "metric": "accuracy",
            "value": round(100 * float(np.concatenate(right).mean()), 2),
            "n": sum(map(len, right)),
            "learnt_after": True,
        }
        for kind, right in groups.items()
    }


def write(
    out: Path,
    labels: list[str],
    core: list[str],
    values: npt.NDArray[np.int8],
    scale: float,
    slope: float,
    power: float,
    about: dict[str, Any],
) -> None:
    """The numbers and the card."""
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / f"{NAME}.npz", table=values, scale=np.float32(scale), slope=np.float32(slope), power=np.float32(power)
    )
    card = {
        "name": NAME,
        "labels": labels,
        "kind": "softmax",
        "title": "The language of a post",
        "languages": core,
        "data": [
            "lingua accuracy report (Apache-2.0)",
            "UMSAB (Barbieri et al. 2022), MLMA (MIT), mini-bar (MIT), IRA tweets: texts whose language is known",
            "Translations of Django's screens (BSD-3)",
        ],
        "limits": "Languages beside those listed under languages were learnt from short screen texts alone. Norwegian "
        "and Danish, Spanish and Catalan or Portuguese, Russian and Ukrainian are close: see confidence.",
        "method": f"hashed character 1-{NGRAM_CHARS}-grams within words, log ratios with Dirichlet smoothing",
        "data_files": list(FILES),
        **{key: value for key, value in about.items() if key != "measured"},
        "measured": about["measured"],
    }
    (out / f"{NAME}.toml").write_text(registry.toml(card), "utf-8")
    registry.forget()
