"""The recipe of "intent": what a post is for. Six labels that may hold together, learnt from several kinds of posts.

Each label is learnt from the posts of which it is known: reviews of applications (a problem is a complaint, a request a
suggestion), tweets of complaint, posts written and labelled by hand for Palabre, and, for what no data set has, posts
whose cues are plain (weak labels, Ratner et al. 2016). Weakly labelled posts are learnt without their cues, so that the
words around them count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack, vstack

from palabre.model import INTENTS
from palabre.read import calibrate, cues, registry
from palabre.read.features import Spec, features
from palabre.read.linear import Head, design, quantised
from palabre.read.training.data import fingerprint, folds, semeval_a, table, umsab
from palabre.read.training.fit import Recipe, fit
from palabre.read.training.make import Say

NAME = "intent"
HANDMADE = Path(__file__).with_name("handmade")
LANGUAGES = ("en", "fr")
SPEC = Spec()
RECIPE = Recipe(cost=0.2, iterations=60)
FOLDS = 5
CUE_SCALE = 0.3  # cues weigh by it beside hashed features, which are many and small
HAND_WEIGHT = 6.0
TWEET_WEIGHT = 1.5
WEAK_WEIGHT = 0.25
TWEETS = 6_000
FILES = (
    "minibar_app_reviews/classification.parquet",
    "complaints_2019/complaints.parquet",
    "banking77/train.parquet",
    "clinc150/train.parquet",
    "semeval2017_task4/A_train_2013-2016.parquet",
    "umsab/english_train.parquet",
    "umsab/french_train.parquet",
)
Array = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Part:
    """Posts of one kind. targets (n, labels) in {0, 1}; weights (n, labels), 0 where a label is not known; domains and
    fold (n,): what is measured apart, what is held out together; weak: labelled by their cues."""

    texts: list[str]
    targets: Array
    weights: Array
    domains: list[str]
    fold: npt.NDArray[np.int64]
    weak: bool = False


def at(*names: str) -> list[int]:
    return [INTENTS.index(name) for name in names]


def handmade(part: Path = HANDMADE, labels: Sequence[str] = INTENTS, key: str = "intents") -> Part:
    """Posts labelled by hand: files intents.<language>*.ndjson of a folder. Those of a rank are in one fold in both
    languages: many say the same thing."""
    texts: list[str] = []
    targets: list[list[bool]] = []
    domains: list[str] = []
    fold: list[int] = []
    for language in LANGUAGES:
        for path in sorted(part.glob(f"intents.{language}*.ndjson")):
            for rank, line in enumerate(path.read_text("utf-8").splitlines()):
                row = json.loads(line)
                texts.append(row["text"])
                targets.append([one in row[key] if key == "intents" else one == row[key] for one in labels])
                domains.append(f"hand-{language}")
                fold.append(rank % FOLDS)
    return Part(
        texts, np.array(targets, np.float32), np.full((len(texts), len(labels)), HAND_WEIGHT), domains, np.array(fold)
    )


def partly(texts: list[str], known: Mapping[str, Sequence[Any]], weight: float, domains: list[str], fold: Any) -> Part:
    """Posts of which some labels are known."""
    targets, weights = np.zeros((len(texts), len(INTENTS)), np.float32), np.zeros((len(texts), len(INTENTS)))
    for name, values in known.items():
        targets[:, at(name)[0]] = np.array([int(one or 0) for one in values])
        weights[:, at(name)[0]] = [weight if one is not None else 0 for one in values]
    return Part(texts, targets, weights, domains, np.asarray(fold, np.int64))


def reviews(data: Path) -> Part:
    """Mini-bar: problem → complaint, request → suggestion; contented reviews that say neither: praise. By app."""
    found = table(data, FILES[0])
    apps = sorted(set(found["app"]))
    rows = list(zip(found["problem_report"], found["feature_request"], found["score"], strict=True))
    praise = [None if int(star) in (3,) or (int(problem) and int(star) > 2) else int(int(star) > 3 and not int(request))
              for problem, request, star in rows]  # fmt: skip
    known = {"complaint": found["problem_report"], "suggestion": found["feature_request"], "praise": praise}
    domains = [f"{app} {language}" for app, language in zip(found["app"], found["ori_lang"], strict=True)]
    return partly(found["data"], known, 1.0, domains, [apps.index(one) for one in found["app"]])


def tweets(data: Path) -> Part:
    """Tweets of complaint or not (Preoţiuc-Pietro et al. 2019)."""
    found = table(data, FILES[1])
    count = len(found["text"])
    return partly(found["text"], {"complaint": found["complaint"]}, TWEET_WEIGHT, ["tweets"] * count,
                  folds(["t"] * count, found["text"], FOLDS))  # fmt: skip


def asked(data: Path) -> Part:
    """What people ask of a bank and of an assistant: no praise, no complaint can be told; a question when it asks."""
    bank = table(data, FILES[2])["text"][::4]
    assistant = table(data, FILES[3])["text"][::6]
    texts = bank + assistant
    question = [1 if "?" in text else None for text in bank] + [None] * len(assistant)
    known: dict[str, Sequence[Any]] = {"question": question, "praise": [0] * len(texts), "suggestion": [0] * len(texts)}
    return partly(texts, known, 0.3, ["asked"] * len(texts), folds(["a"] * len(texts), texts, FOLDS))


def weak(texts: list[str]) -> Part:
    """Weak labels from plain cues; what has only some of them is left out."""
    seen = cues.matrix(features(texts, SPEC)).tocsc()
    column = {name: number for number, name in enumerate(cues.cues().columns)}

    def has(*names: str) -> npt.NDArray[np.bool_]:
        return np.asarray(sum(seen[:, column[name]].toarray().ravel() for name in names) > 0)

    complains = has("complaint_fault", "complaint_service", "complaint_anger")
    praises = has("praise_thanks", "praise_recommend", "praise_enthuse")
    rules = {
        "question": (has("asks") & has("question_ask") & ~has("question_rhetorical"), ~has("asks", "question_ask")),
        "purchase": (has("purchase_want") & ~has("purchase_not", "churn_leave"), ~has("purchase_want")),
        "churn": (has("churn_leave") & ~has("churn_not", "not churn_leave"), ~has("churn_leave")),
        "praise": (praises & ~complains & ~has("not praise_enthuse", "not praise_recommend"), ~praises),
        "suggestion": (
            has("suggestion_wish") & has("suggestion_request"),
            ~has("suggestion_wish", "suggestion_request"),
        ),
    }
    known = {
        name: [1 if y else 0 if n else None for y, n in zip(yes, no, strict=True)] for name, (yes, no) in rules.items()
    }
    part = partly(texts, known, WEAK_WEIGHT, ["weak"] * len(texts), folds(["w"] * len(texts), texts, FOLDS))
    return Part(part.texts, part.targets, part.weights, part.domains, part.fold, weak=True)


def parts(data: Path) -> list[Part]:
    known = [handmade(), reviews(data), tweets(data), asked(data)]
    english = semeval_a(data).texts
    step = max(1, len(english) // TWEETS)
    loose = english[::step] + umsab(data, "train", ["fr", "en"]).texts
    return [*known, weak(loose), weak(known[1].texts + known[2].texts)]


def inputs(texts: list[str], with_cues: bool) -> csr_matrix:
    """(n, 2^bits + cue columns) what a head weighs."""
    seen = features(texts, SPEC)
    said = cues.matrix(seen) * (CUE_SCALE if with_cues else 0.0)
    return hstack([design(seen), said], format="csr", dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All parts, stacked. matrix: what the head weighs; measured (n,): labelled by people."""

    matrix: csr_matrix
    targets: Array
    weights: Array
    domains: npt.NDArray[np.str_]
    fold: npt.NDArray[np.int64]
    measured: npt.NDArray[np.bool_]


def stacked(some: Iterable[Part]) -> Corpus:
    """All parts as one."""
    given = list(some)
    return Corpus(
        vstack([inputs(one.texts, not one.weak) for one in given], format="csr"),
        np.concatenate([one.targets for one in given]),
        np.concatenate([one.weights for one in given]),
        np.array([domain for one in given for domain in one.domains]),
        np.concatenate([one.fold for one in given]),
        np.concatenate([np.full(len(one.texts), not one.weak) for one in given]),
    )


def fitted(some: Corpus, rows: npt.NDArray[np.bool_], label: int, recipe: Recipe = RECIPE) -> tuple[Array, float]:
    """Weights (features,) and bias of one label."""
    used = np.flatnonzero(rows & (some.weights[:, label] > 0))
    found = fit(some.matrix[used], some.targets[used][:, [label]], some.weights[used, label], recipe)
    return found.table[:, 0], float(found.bias[0])


def out_of_fold(some: Corpus, label: int, recipe: Recipe = RECIPE) -> Array:
    """(n,) margins by heads that have not seen the fold of each post."""
    found = np.zeros(len(some.fold), np.float64)
    for fold in range(FOLDS):
        weights, bias = fitted(some, some.fold != fold, label, recipe)
        held = np.flatnonzero(some.fold == fold)
        found[held] = some.matrix[held] @ weights + bias
    return found


def f1(truth: Array, said: npt.NDArray[np.bool_]) -> float:
    """In percent."""
    return float(200 * (truth * said).sum() / max(1, truth.sum() + said.sum()))


def limit(some: Corpus, margins: Array, label: int) -> tuple[float, dict[str, tuple[float, int]]]:
    """The margin from which a label holds: best mean of the F1 by domain; and that of each
    domain, with its number of posts."""
    known = some.measured & (some.weights[:, label] > 0)
    places = [np.flatnonzero(known & (some.domains == name)) for name in np.unique(some.domains[known])]
    places = [one for one in places if some.targets[one, label].sum() >= 5 and some.targets[one, label].mean() < 0.98]
    tried = np.quantile(margins[known], np.linspace(0.02, 0.995, 150))
    table_ = np.array([[f1(some.targets[one, label], margins[one] >= cut) for one in places] for cut in tried])
    smooth = np.convolve(np.pad(table_.mean(axis=1), 3, mode="edge"), np.ones(7) / 7, mode="valid")
    best = int(np.argmax(smooth))
    rows = zip(places, table_[best].round(1).tolist(), strict=True)
    return float(tried[best]), {str(some.domains[one[0]]): (value, len(one)) for one, value in rows}


def cook(data: Path, out: Path, say: Say) -> None:
    """Writes the model "intent". Raises InputError where data are missing."""
    some = stacked(parts(data))
    everything = np.ones(len(some.fold), np.bool_)
    tables, biases, slopes, intercepts, decisions = [], [], [], [], []
    measured: dict[str, Any] = {}
    for label, name in enumerate(INTENTS):
        margins = out_of_fold(some, label)
        cut, found = limit(some, margins, label)
        known = np.flatnonzero(some.measured & (some.weights[:, label] > 0))
        slope, intercept = calibrate.fit_sigmoid(margins[known], some.targets[known, label] > 0.5)
        weights, bias = fitted(some, everything, label)
        tables.append(weights)
        biases.append(bias)
        slopes.append(slope)
        intercepts.append(intercept)
        decisions.append(1 / (1 + np.exp(-(slope * cut + intercept))))
        measured |= {f"{name} {place}": {"metric": "f1", "value": value, "n": n} for place, (value, n) in found.items()}
        say(f"{NAME}: {name} {found}")
    table_ = np.column_stack(tables)
    head = headed(NAME, INTENTS, "sigmoid", table_, (biases, slopes, intercepts, decisions))
    registry.save(head, card(data, len(some.fold), measured), out)


def headed(name: str, labels: tuple[str, ...], kind: str, weights: Array, numbers: Sequence[Any]) -> Head:
    """A head that scores as `inputs` @ weights + bias. numbers: bias, slope, intercept, decision, each (labels,)."""
    rows = 1 << SPEC.bits
    bias, slope, intercept, decision = (np.asarray(one, np.float32) for one in numbers)
    said = (weights[rows:] * CUE_SCALE).astype(np.float32)
    table_ = quantised(weights[:rows])
    return Head(name, labels, kind, SPEC, table_, bias, slope, intercept, decision, cues=said)


def card(data: Path, count: int, measured: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "What a post is for: complaint, question, purchase, praise, suggestion, churn",
        "languages": list(LANGUAGES),
        "data": [
            "Mini-bar app reviews (Wei et al. 2023; MIT): problems, requests",
            "Complaints in social media (Preotiuc-Pietro et al. 2019; licence not stated)",
            "BANKING77 (Casanueva et al. 2020; CC BY 4.0), CLINC150 (Larson et al. 2019; CC BY 3.0): questions",
            "SemEval 2017 task 4 A, UMSAB: texts with weak labels from the phrases of cues.*.toml",
            "Posts written and labelled by hand for Palabre",
        ],
        "limits": "Purchase and churn were learnt from few posts labelled by hand and from phrases: precise where the "
        "phrase is there, blind to hints. Complaints include reports of faults without anger.",
        "method": f"linear, hinge loss, C={RECIPE.cost}, hashed words and characters, {len(cues.cues().columns)} cues",
        "examples": count,
        "data_files": list(FILES),
        "data_sha256": fingerprint(data, FILES),
        "measured": measured,
    }
