"""The recipe of "intent": what a post is for. Six labels that may hold together, learnt from several kinds of posts.

Each label is learnt from the posts of which it is known: reviews of applications (a problem is a complaint, a request a
suggestion), tweets of complaint, posts written and labelled by hand for Palabre, and, for what no data set has, posts
whose cues are plain (weak labels, Ratner et al. 2016). Weakly labelled posts are learnt without their cues, so that the
words around them count.

A head weighs hashed features by their rarity, the mean vector of the words (vectors.py, learnt from every text at
hand) and cues. One application draws twice as many requests as another: in each, the posts that carry a label weigh as
the same share of all, so that one application's share is not taken for everybody's. Praise and complaint lean on the
tone that is read of the post, by a head that has learnt from other posts.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix, diags, hstack, vstack

from palabre.model import INTENTS
from palabre.read import calibrate, cues, registry
from palabre.read.contract import Page
from palabre.read.features import Spec, features
from palabre.read.linear import Head, design, quantised
from palabre.read.training import vectors
from palabre.read.training.corpus import everything
from palabre.read.training.data import fingerprint, folds, joined, semeval_a, table, umsab
from palabre.read.training.fit import Recipe
from palabre.read.training.lessons import FRENCH as FRENCH_WORDS
from palabre.read.training.lessons import french_file
from palabre.read.training.make import Say
from palabre.read.training.tone import told
from palabre.read.training.vectors import Vectors, load

NAME = "intent"
LEANING = True  # on the tone: it is made after the others
HANDMADE = Path(__file__).with_name("handmade")
LANGUAGES = ("en", "fr")
SPEC = Spec()
RECIPE = Recipe(cost=0.15, iterations=150)
COSTS = {"complaint": 0.13}  # where another is better
TOLERANCE = 0.01
FOLDS = 5
CUE_SCALE = 0.35  # cues weigh by it beside hashed features, which are many and small
WORD_SCALE = 0.2  # and the mean vector of the words by this
HAND_WEIGHT = 12.0
ALL_SORTS = "dev"
KINDS = {ALL_SORTS: "hand", "plain": "plain"}  # of posts labelled by hand: of all sorts; short praise, plain hatred
TWEET_WEIGHT = 3.0
TONED_WEIGHT = 2.0
WEAK_WEIGHT = 0.25
HEARSAY = 0.35  # what weak labels and questions to a bank weigh for suggestions
BESIDE = {"question": 0.1, "purchase": 0.1, "suggestion": 0.3, "churn": 0.0}  # weight of plain posts for others
WORDLESS = ("question", "churn")  # told by signs and phrases: vectors of words only blur them
LEANS = {"complaint": -0.17, "praise": 0.15}  # a margin's part of the tone's log-odds (`Page.gladness`)
SHARES = {"complaint": 0.4, "suggestion": 0.25}  # of the posts that carry a label, by weight, in every domain
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


def handmade(
    part: Path = HANDMADE, labels: Sequence[str] = INTENTS, key: str = "intents", weight: float = HAND_WEIGHT
) -> Part:
    """Posts labelled by hand: files intents.<language>.<kind>.ndjson of a folder, for the intents of every kind, for
    other labels those of all sorts. Those of one number are in one fold in both languages: many say the same thing."""
    texts: list[str] = []
    targets: list[list[bool]] = []
    domains: list[str] = []
    fold: list[int] = []
    for language in LANGUAGES:
        for path in sorted(part.glob(f"intents.{language}.{'*' if key == 'intents' else ALL_SORTS}.ndjson")):
            for line in path.read_text("utf-8").splitlines():
                row = json.loads(line)
                texts.append(row["text"])
                targets.append([one in row[key] if key == "intents" else one == row[key] for one in labels])
                _, kind, number = row["id"].split("-")
                domains.append(f"{KINDS[kind]}-{language}")
                fold.append((int(number) - 1) % FOLDS)
    return Part(
        texts, np.array(targets, np.float32), np.full((len(texts), len(labels)), weight), domains, np.array(fold)
    )


def partly(texts: list[str], known: Mapping[str, Sequence[Any]], weight: float, domains: list[str], fold: Any) -> Part:
    """Posts of which some labels are known."""
    targets, weights = np.zeros((len(texts), len(INTENTS)), np.float32), np.zeros((len(texts), len(INTENTS)))
    for name, values in known.items():
        targets[:, at(name)[0]] = np.array([int(one or 0) for one in values])
        weights[:, at(name)[0]] = [weight if one is not None else 0 for one in values]
    return Part(texts, targets, weights, domains, np.asarray(fold, np.int64))


def levelled(part: Part) -> Part:
    """The posts that carry a label weigh as its share of SHARES in each domain (importance weights for a shift of the
    label's prior: Saerens, Latinne & Decaestecker 2002)."""
    weights, domains = part.weights.copy(), np.array(part.domains)
    for name, share in SHARES.items():
        (label,) = at(name)
        for domain in np.unique(domains):
            known = (domains == domain) & (weights[:, label] > 0)
            carry = known & (part.targets[:, label] > 0.5)
            if carry.any():
                weights[carry, label] *= share / (1 - share) * (known.sum() - carry.sum()) / carry.sum()
    return replace(part, weights=weights)


def reviews(data: Path) -> Part:
    """Mini-bar: problem → complaint, request → suggestion; contented reviews that say neither: praise. By app."""
    found = table(data, FILES[0])
    apps = sorted(set(found["app"]))
    rows = list(zip(found["problem_report"], found["feature_request"], found["score"], strict=True))
    praise = [None if int(star) in (3,) or (int(problem) and int(star) > 2) else int(int(star) > 3 and not int(request))
              for problem, request, star in rows]  # fmt: skip
    known = {"complaint": found["problem_report"], "suggestion": found["feature_request"], "praise": praise}
    domains = [f"{app} {language}" for app, language in zip(found["app"], found["ori_lang"], strict=True)]
    return levelled(partly(found["data"], known, 1.0, domains, [apps.index(one) for one in found["app"]]))


def tweets(data: Path) -> Part:
    """Tweets of complaint or not (Preoţiuc-Pietro et al. 2019)."""
    found = table(data, FILES[1])
    count = len(found["text"])
    fold = folds(["t"] * count, found["text"], FOLDS)
    return levelled(partly(found["text"], {"complaint": found["complaint"]}, TWEET_WEIGHT, ["tweets"] * count, fold))


def asked(data: Path) -> Part:
    """What people ask of a bank and of an assistant: no praise, no complaint can be told; a question when it asks."""
    bank = table(data, FILES[2])["text"][::4]
    assistant = table(data, FILES[3])["text"][::6]
    texts = bank + assistant
    question = [1 if "?" in text else None for text in bank] + [None] * len(assistant)
    known: dict[str, Sequence[Any]] = {"question": question, "praise": [0] * len(texts), "suggestion": [0] * len(texts)}
    return partly(texts, known, 0.3, ["asked"] * len(texts), folds(["a"] * len(texts), texts, FOLDS))


def toned() -> Part:
    """Posts whose tone was labelled by hand: only the good ones praise. Of the bad ones, not all complain."""
    found = joined(*(told(language) for language in LANGUAGES))
    praise = [int(one == 2) for one in found.labels]
    fold = folds(found.groups, found.texts, FOLDS)
    return partly(found.texts, {"praise": praise}, TONED_WEIGHT, [f"toned {one[-2:]}" for one in found.groups], fold)


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
    known = [beside(handmade()), reviews(data), tweets(data), toned(), asked(data)]
    english = semeval_a(data).texts
    step = max(1, len(english) // TWEETS)
    loose = english[::step] + umsab(data, "train", ["fr", "en"]).texts
    hearsay = [known.pop(), weak(loose), weak(known[1].texts + known[2].texts)]
    return [*known, *(softened(one, "suggestion", HEARSAY) for one in hearsay)]


def beside(part: Part) -> Part:
    """Short praise and plain hatred weigh little for the labels they were not written for."""
    factors = np.ones(part.weights.shape)
    plain = np.char.startswith(np.array(part.domains), KINDS["plain"])
    for name, factor in BESIDE.items():
        factors[plain, at(name)[0]] = factor
    return replace(part, weights=part.weights * factors)


def softened(part: Part, name: str, factor: float) -> Part:
    """One of its labels weighs less."""
    return replace(part, weights=part.weights * np.where(np.array(INTENTS) == name, factor, 1.0))


@cache
def words(data: Path) -> Vectors:
    """Vectors of words from the company they keep, in every text at hand; beside them those of french.py, where they
    were made."""
    seen = vectors.tokens_of(everything(data))
    own = vectors.levelled(vectors.learnt(seen, vectors.counted(seen)), seen)
    french = [load(french_file()).table] if french_file().is_file() else []
    return Vectors(np.hstack([own, *french]))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a head weighs beside hashed features. cues: the scale of the cues; words: vectors, and with them hashed
    features weigh by their rarity; without, evenly."""

    cues: float
    words: Vectors | None = None

    @property
    def dimensions(self) -> int:
        return self.words.table.shape[1] if self.words else 0


def inputs(texts: list[str], with_cues: bool, how: Weighed) -> csr_matrix:
    """(n, 2^bits + dimensions + cue columns) what a head weighs."""
    seen = features(texts, SPEC)
    said = cues.matrix(seen) * (how.cues if with_cues else 0.0)
    hashed = design(seen, registry.rarities(SPEC) if how.words else None)
    means = [csr_matrix(how.words.vectors(seen) * WORD_SCALE)] if how.words else []
    return hstack([hashed, *means, said], format="csr", dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All parts, stacked. matrix: what the head weighs; measured (n,): labelled by people."""

    texts: list[str]
    matrix: csr_matrix
    targets: Array
    weights: Array
    domains: npt.NDArray[np.str_]
    fold: npt.NDArray[np.int64]
    measured: npt.NDArray[np.bool_]


def stacked(some: Iterable[Part], how: Weighed) -> Corpus:
    """All parts as one."""
    given = list(some)
    return Corpus(
        [text for one in given for text in one.texts],
        vstack([inputs(one.texts, not one.weak, how) for one in given], format="csr"),
        np.concatenate([one.targets for one in given]),
        np.concatenate([one.weights for one in given]),
        np.array([domain for one in given for domain in one.domains]),
        np.concatenate([one.fold for one in given]),
        np.concatenate([np.full(len(one.texts), not one.weak) for one in given]),
    )


def fitted(some: Corpus, rows: npt.NDArray[np.bool_], label: int, recipe: Recipe = RECIPE) -> tuple[Array, float]:
    """Weights (features,) and bias of one label, by LIBLINEAR's dual coordinate descent: the optimum of `fit`, sooner
    (Hsieh et al. 2008)."""
    from sklearn.svm import LinearSVC

    used = np.flatnonzero(rows & (some.weights[:, label] > 0))
    machine = LinearSVC(C=recipe.cost, max_iter=recipe.iterations, tol=TOLERANCE, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a step more or less of the last few changes no decision
        machine.fit(some.matrix[used], some.targets[used, label] > 0.5, some.weights[used, label])
    return np.asarray(machine.coef_[0], np.float32), float(machine.intercept_[0])


def out_of_fold(some: Corpus, label: int, recipe: Recipe = RECIPE) -> Array:
    """(n,) margins by heads that have not seen the fold of each post."""
    found = np.zeros(len(some.fold), np.float64)
    for fold in range(FOLDS):
        weights, bias = fitted(some, some.fold != fold, label, recipe)
        held = np.flatnonzero(some.fold == fold)
        found[held] = some.matrix[held] @ weights + bias
    return found


def without_words(some: Corpus, how: Weighed) -> Corpus:
    """The same, where vectors of words say nothing."""
    kept = np.ones(some.matrix.shape[1], np.float32)
    kept[1 << SPEC.bits : (1 << SPEC.bits) + how.dimensions] = 0
    return replace(some, matrix=(some.matrix @ diags(kept)).tocsr())


def f1(truth: Array, said: npt.NDArray[np.bool_]) -> float:
    """In percent."""
    return float(200 * (truth * said).sum() / max(1, truth.sum() + said.sum()))


def limit(some: Corpus, margins: Array, label: int) -> tuple[float, dict[str, tuple[float, int]]]:
    """The margin from which a label holds: best mean of the F1 by domain; and that of each domain, with its number of
    posts."""
    known = some.measured & (some.weights[:, label] > 0)
    if INTENTS[label] in BESIDE:
        known &= ~np.char.startswith(some.domains, KINDS["plain"])
    places = [np.flatnonzero(known & (some.domains == name)) for name in np.unique(some.domains[known])]
    places = [one for one in places if some.targets[one, label].sum() >= 5 and some.targets[one, label].mean() < 0.98]
    names = [str(some.domains[one[0]]) for one in places]
    low, high = np.quantile(margins[known], [0.02, 0.995])
    tried = np.linspace(float(low), float(high), 150)
    table_ = np.array([[f1(some.targets[one, label], margins[one] >= cut) for one in places] for cut in tried])
    smooth = np.convolve(np.pad(table_.mean(axis=1), 2, mode="edge"), np.ones(5) / 5, mode="valid")
    best = int(np.argmax(smooth))
    rows = zip(names, table_[best].round(1).tolist(), map(len, places), strict=True)
    return float(tried[best]), {name: (value, count) for name, value, count in rows}


def cook(data: Path, out: Path, say: Say) -> None:
    """Writes the model "intent". Raises InputError where data are missing."""
    how = Weighed(CUE_SCALE, words(data))
    full = stacked(parts(data), how)
    plain = without_words(full, how)
    all_rows = np.ones(len(full.fold), np.bool_)
    glad = Page(pa.RecordBatch.from_pydict({"text": full.texts}), ["tone"]).gladness
    leans = np.array([LEANS.get(name, 0.0) for name in INTENTS], np.float32)
    tables, biases, slopes, intercepts, decisions = [], [], [], [], []
    measured: dict[str, Any] = {}
    for label, name in enumerate(INTENTS):
        some = plain if name in WORDLESS else full
        recipe = replace(RECIPE, cost=COSTS.get(name, RECIPE.cost))
        margins = out_of_fold(some, label, recipe) + glad * leans[label]
        cut, found = limit(some, margins, label)
        known = np.flatnonzero(some.measured & (some.weights[:, label] > 0))
        slope, intercept = calibrate.fit_sigmoid(margins[known], some.targets[known, label] > 0.5)
        weights, bias = fitted(some, all_rows, label, recipe)
        tables.append(weights)
        biases.append(bias)
        slopes.append(slope)
        intercepts.append(intercept)
        decisions.append(1 / (1 + np.exp(-(slope * cut + intercept))))
        measured |= {f"{name} {place}": {"metric": "f1", "value": value, "n": n} for place, (value, n) in found.items()}
        say(f"{NAME}: {name} {found}")
    table_ = np.column_stack(tables)
    head = headed(NAME, INTENTS, "sigmoid", table_, (biases, slopes, intercepts, decisions), how)
    registry.save(replace(head, leans=leans), card(data, len(full.fold), measured), out)


def headed(name: str, labels: tuple[str, ...], kind: str, weights: Array, numbers: Sequence[Any], how: Weighed) -> Head:
    """A head that scores as `inputs` @ weights + bias. numbers: bias, slope, intercept, decision, each (labels,)."""
    hashed, means, said = np.split(weights, [1 << SPEC.bits, (1 << SPEC.bits) + how.dimensions])
    bias, slope, intercept, decision = (np.asarray(one, np.float32) for one in numbers)
    if how.words:
        hashed = hashed * registry.rarities(SPEC)[:, None]
    folded = how.words.folded(means * WORD_SCALE) if how.words else None
    cued = (said * how.cues).astype(np.float32)
    rare = how.words is not None
    return Head(name, labels, kind, SPEC, quantised(hashed), bias, slope, intercept, decision, folded, rare, cued)


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
            FRENCH_WORDS,
        ],
        "limits": "Purchase and churn were learnt from few posts labelled by hand and from phrases: precise where the "
        "phrase is there, blind to hints. Complaints include reports of faults without anger.",
        "method": f"linear, hinge loss, C={RECIPE.cost}, hashed words and characters by their rarity, "
        f"vectors of words, {len(cues.cues().columns)} cues; complaint and praise lean on the tone",
        "examples": count,
        "data_files": list(FILES),
        "data_sha256": fingerprint(data, FILES),
        "measured": measured,
    }
