"""How the model of names is made: word groups from unlabelled text, then a conditional random field.

Labels: WNUT 2017 (Derczynski et al. 2017, CC BY 4.0) and the Broad Twitter Corpus (Derczynski et al. 2016, CC BY 4.0),
in English; sentences of our own in French, and more of them with other known names in their places. The first set calls
no @handle a name and the second calls all of them one: handles of the first are left open. The second knows no product:
what the lists call a product is left open there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from palabre.read import registry
from palabre.read.chain import FORBIDDEN, Floats, forward_backward, inside, padded
from palabre.read.entities import KINDS, LABELS, Model, allowed, find
from palabre.read.entity_features import Clusters, neighbour, place_features, seen_of, word_features
from palabre.read.entity_tokens import MARK, NAMES, Tokens, lists, looked_up, tokens_of
from palabre.read.training.data import fingerprint, table
from palabre.read.training.entity_words import GROUPED, groups
from palabre.read.training.make import Say
from palabre.read.words import Ints

NAME = "entities"
ROWS = 1 << 17
RIDGE = 0.6  # L2 penalty: half the sum of the squares of the weights, times this
STEPS = 60
COPIES = 6  # of each French sentence, with other names
OWN = Path(__file__).with_name("handmade") / "entities.fr.txt"
FILES = ("wnut17/train.parquet", "wnut17/dev.parquet", "broad_twitter_corpus/train.parquet",
         "broad_twitter_corpus/dev.parquet")  # fmt: skip
LENGTH_MAX = 40  # tokens of one row; longer posts are cut
KIND_OF = {
    "person": "person", "location": "place", "group": "organisation", "corporation": "organisation",
    "product": "product", "creative-work": "product", "PER": "person", "LOC": "place", "ORG": "organisation",
}  # fmt: skip
LETTERS = {"p": "person", "o": "organisation", "d": "product", "l": "place"}
MARKED = re.compile(r"\[([^\]]+)\]\((\w)\)")
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Sentences:
    """Texts with their names (start, end, kind). open_handles, open_products: what is left open in each."""

    texts: list[str]
    names: list[list[Span]]
    open_handles: list[bool]
    open_products: list[bool]

    def __len__(self) -> int:
        return len(self.texts)

    def and_then(self, other: Sentences) -> Sentences:
        return Sentences(
            self.texts + other.texts,
            self.names + other.names,
            self.open_handles + other.open_handles,
            self.open_products + other.open_products,
        )


def sentences(pairs: Iterable[tuple[str, list[Span]]], handles: bool = False, products: bool = False) -> Sentences:
    some = list(pairs)
    return Sentences(
        [text for text, _ in some], [names for _, names in some], [handles] * len(some), [products] * len(some)
    )


def tagged(folder: Path, name: str) -> list[tuple[str, list[Span]]]:
    """A corpus of tokens with BIO tags, as texts with spans. Raises InputError: it is not there."""
    found = table(folder, name)
    rows = zip(map(orjson.loads, found["tokens"]), map(orjson.loads, found["tags"]), strict=True)
    return [glued(tokens, tags) for tokens, tags in rows]


def glued(tokens: Sequence[str], tags: Sequence[str]) -> tuple[str, list[Span]]:
    """Tokens as one text, a space between them but not behind @ and #."""
    text, open_name = "", ""
    names: list[Span] = []
    for at, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
        sign_before = at > 0 and tokens[at - 1] in ("@", "#")
        text += " " if text and not sign_before else ""
        kind = KIND_OF.get(tag[2:], "")
        goes_on = tag[:1] == "I" or (sign_before and tags[at - 1] != "O")
        if kind and kind == open_name and goes_on:
            names[-1] = (names[-1][0], len(text) + len(token), kind)
        elif kind:
            names.append((len(text), len(text) + len(token), kind))
        open_name = kind
        text += token
    return text, names


def marked(lines: Iterable[str]) -> list[tuple[str, list[Span]]]:
    """Sentences written with their names marked: ``[Lyon](l)``; lines that begin with % are notes."""
    return [unmarked(line.strip()) for line in lines if line.strip() and not line.startswith("%")]


def unmarked(line: str) -> tuple[str, list[Span]]:
    text, at = "", 0
    names: list[Span] = []
    for found in MARKED.finditer(line):
        text += line[at : found.start()]
        names.append((len(text), len(text) + len(found[1]), LETTERS[found[2]]))
        text += found[1]
        at = found.end()
    return text + line[at:], names


def with_other_names(
    some: Sequence[tuple[str, list[Span]]], copies: int, seed: int = 0
) -> list[tuple[str, list[Span]]]:
    """The same sentences with names of the lists in the places of theirs, half of the time in small letters."""
    rng = np.random.default_rng(seed)
    known = names_by_kind()
    return [swapped(text, names, known, rng) for _ in range(copies) for text, names in some if names]


def names_by_kind() -> dict[str, list[str]]:
    raw = tomllib.loads(NAMES.read_text("utf-8"))
    cut = {key: [" ".join(one.split()) for one in entries.split(",")] for key, entries in raw.items()}
    people = [f"{first} {last}" for first, last in zip(cut["first_names"], cut["surnames"] * 9, strict=False)]
    return {
        "person": cut["first_names"] + people,
        "organisation": cut["organisations"],
        "product": cut["products"],
        "place": cut["places"],
    }


def swapped(
    text: str, names: list[Span], known: Mapping[str, list[str]], rng: np.random.Generator
) -> tuple[str, list[Span]]:
    out, at = "", 0
    found: list[Span] = []
    small = rng.random() < 0.25
    for start, end, kind in names:
        old = text[start:end]
        new = str(rng.choice(known[kind]))
        new = old if old[0] in "@#" else new if small else titled(new)
        out += text[at:start]
        found.append((len(out), len(out) + len(new), kind))
        out += new
        at = end
    return out + text[at:], found


def titled(name: str) -> str:
    """Each word with a capital, but the small ones inside."""
    words = name.split(" ")
    small = {"de", "du", "des", "la", "le", "les", "d'", "en", "of", "the", "with", "et", "and"}
    return " ".join(word if at and word in small else word[:1].upper() + word[1:] for at, word in enumerate(words))


def gold(tokens: Tokens, names: Sequence[Sequence[Span]]) -> Ints:
    """(tokens,) the number of the label of each; @ and # are never a name by themselves."""
    labels = np.zeros(len(tokens), np.int64)
    first = np.searchsorted(tokens.post, np.arange(len(names) + 1))
    for post, spans in enumerate(names):
        own = np.arange(first[post], first[post + 1])
        starts = tokens.start[own] - tokens.text.starts[post]
        ends = tokens.end[own] - tokens.text.starts[post]
        for start, end, kind in spans:
            inside_name = own[(starts < end) & (ends > start) & (tokens.kind[own] != MARK)]
            labels[inside_name] = LABELS.index(f"I-{kind}")
            labels[inside_name[:1]] = LABELS.index(f"B-{kind}")
    return labels


def open_labels(tokens: Tokens, labels: Ints, some: Sentences) -> npt.NDArray[np.bool_]:
    """(tokens, labels) which labels the corpus allows: its own, or several where it does not say."""
    out = np.zeros((len(tokens), len(LABELS)), np.bool_)
    out[np.arange(len(tokens)), labels] = True
    before = np.maximum(np.arange(len(tokens)) - 1, 0)
    sign = tokens.text.codes[tokens.start[before]] == ord("@")
    handle = sign & (tokens.kind[before] == MARK) & (tokens.end[before] == tokens.start)
    out[handle & np.array(some.open_handles)[tokens.post]] = True
    seen = seen_of(tokens, ROWS)
    product = lists().names.index("products")
    listed = (looked_up(lists().singles, lists().kinds, seen.low)[tokens.which] >> product & 1) == 1
    free = listed & np.array(some.open_products)[tokens.post] & (labels == 0)
    for edge in "BI":
        out[free, LABELS.index(f"{edge}-product")] = True
    return out


def design(tokens: Tokens, clusters: Clusters) -> csr_matrix:
    """(tokens, ROWS) counts of features."""
    seen = seen_of(tokens, ROWS)
    at = np.arange(len(tokens))
    parts = [place_features(seen, at)]
    for role, rows in word_features(seen, clusters).items():
        there = neighbour(tokens, at, role)
        parts.append(np.where(there[:, None] >= 0, rows[tokens.which][there], -1))
    every = np.concatenate(parts, axis=1)
    real = every >= 0
    indptr = np.concatenate([[0], np.cumsum(real.sum(axis=1))])
    return csr_matrix((np.ones(int(indptr[-1]), np.float32), every[real], indptr), shape=(len(tokens), ROWS))


def rows_of(tokens: Tokens) -> Ints:
    """Lengths of the rows: one a post, cut where it is long."""
    lengths = np.bincount(tokens.post)
    lengths = lengths[lengths > 0]
    return np.concatenate([[LENGTH_MAX] * (one // LENGTH_MAX) + [one % LENGTH_MAX] for one in lengths.tolist()]).astype(
        np.int64
    )


@dataclass(frozen=True, slots=True)
class Weights:
    table: Floats
    follows: Floats


def fit(matrix: csr_matrix, free: npt.NDArray[np.bool_], lengths: Ints, steps: int = STEPS) -> Weights:
    """Maximum conditional likelihood, by L-BFGS. free (tokens, labels): what the corpus allows.

    Where several labels are allowed, the likelihood is of all of them together (a chain with hidden labels).
    """
    lengths_kept = lengths[lengths > 0]
    banned, k = allowed(), len(LABELS)
    shut = np.where(free, 0.0, FORBIDDEN)
    turned = matrix.T.tocsr()
    live = inside(lengths_kept, int(lengths_kept.max()))

    def loss(theta: Floats) -> tuple[float, Floats]:
        table_now, follows = theta[: ROWS * k].reshape(ROWS, k), theta[ROWS * k :].reshape(k, k)
        scores = matrix @ table_now
        step = follows + banned
        every = forward_backward(padded(scores, lengths_kept), lengths_kept, step, step[0])
        told = forward_backward(padded(scores + shut, lengths_kept), lengths_kept, step, step[0])
        value = float((every.log_z - told.log_z).sum()) + RIDGE / 2 * float(theta @ theta)
        wrong = (every.single - told.single)[live]
        pairs = every.pairs - told.pairs
        pairs[0] += every.first - told.first
        grad = np.concatenate([(turned @ wrong).ravel(), pairs.ravel()]) + RIDGE * theta
        return value, grad

    start = np.zeros(ROWS * k + k * k)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 6}).x
    return Weights(found[: ROWS * k].reshape(ROWS, k), found[ROWS * k :].reshape(k, k) + banned)


def f1_by_kind(truth: Sequence[Sequence[Span]], said: Sequence[Sequence[Span]]) -> dict[str, float]:
    """Entity F1 in percent (exact span and kind, as CoNLL 2003), of all and of each kind."""
    out = {}
    for kind in ("all", *KINDS):
        pairs = [
            ({one for one in a if kind in ("all", one[2])}, {one for one in b if kind in ("all", one[2])})
            for a, b in zip(truth, said, strict=True)
        ]
        hits = sum(len(a & b) for a, b in pairs)
        total = sum(len(a) + len(b) for a, b in pairs)
        out[kind] = round(100 * 2 * hits / max(total, 1), 2)
    return out


def stored(weights: Weights, clusters: Clusters) -> dict[str, Any]:
    """The arrays of the model as they are kept: int8 weights."""
    scale = np.maximum(np.abs(weights.table).max(axis=0), 1e-9) / 127
    return {
        "table": np.rint(weights.table / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "follows": weights.follows.astype(np.float32),
        "cluster_keys": clusters.keys.astype(np.uint32),
        "fine": clusters.fine.astype(np.uint16),
        "coarse": clusters.coarse.astype(np.uint8),
    }


def learnt(data: Path) -> Sentences:
    """All that teaches."""
    own = marked(OWN.read_text("utf-8").splitlines())
    return (
        sentences(tagged(data, "wnut17/train.parquet"), handles=True)
        .and_then(sentences(tagged(data, "broad_twitter_corpus/train.parquet"), products=True))
        .and_then(sentences(own))
        .and_then(sentences(with_other_names(own, COPIES)))
    )


def held(data: Path) -> dict[str, tuple[list[tuple[str, list[Span]]], tuple[str, ...]]]:
    """What is measured: sentences, and the kinds that their corpus does not know."""
    return {
        "wnut17-dev": (tagged(data, "wnut17/dev.parquet"), ()),
        "broad-twitter-dev": (tagged(data, "broad_twitter_corpus/dev.parquet"), ("product",)),
    }


def measured(
    found: Model, pairs: Sequence[tuple[str, list[Span]]], unknown: Sequence[str] = (), handles: bool = True
) -> dict[str, float]:
    """F1 of what the model says. handles: those that are names count (the corpus calls them names too)."""
    texts = [text for text, _ in pairs]
    said = [
        [(one.start, one.end, one.kind) for one in some
         if one.kind not in unknown and (handles or text[one.start] != "@")]
        for text, some in zip(texts, find(texts, found), strict=True)
    ]  # fmt: skip
    return f1_by_kind([names for _, names in pairs], said)


def model_of(arrays: Mapping[str, Any]) -> Model:
    """The stored arrays as they are used."""
    clusters = Clusters(
        arrays["cluster_keys"].astype(np.uint64), arrays["fine"].astype(np.int64), arrays["coarse"].astype(np.int64)
    )
    return Model((arrays["table"] * arrays["scale"]).astype(np.float32), arrays["follows"], clusters)


def cook(data: Path, out: Path, say: Say) -> None:
    """Makes, measures and writes the model."""
    some = learnt(data)
    clusters = groups(data, say)
    tokens = tokens_of(some.texts)
    free = open_labels(tokens, gold(tokens, some.names), some)
    say(f"{NAME}: {len(some)} sentences, {len(tokens)} tokens")
    weights = fit(design(tokens, clusters), free, rows_of(tokens))
    arrays = stored(weights, clusters)
    found = model_of(arrays)
    figures = {name: measured(found, pairs, unknown, "wnut" not in name)
               for name, (pairs, unknown) in held(data).items()}  # fmt: skip
    for name, one in figures.items():
        say(f"  {name}: {one}")
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / f"{NAME}.npz", **arrays)
    (out / f"{NAME}.toml").write_text(registry.toml(card(data, len(some), figures, held(data))), "utf-8")
    registry.forget()


def card(data: Path, count: int, figures: Mapping[str, Mapping[str, float]], sets: Mapping[str, Any]) -> dict[str, Any]:
    measures = {
        name: {"metric": "entity_f1", "value": one["all"], "n": len(sets[name][0]), "learnt_after": False,
               **{kind: one[kind] for kind in KINDS}}
        for name, one in figures.items()
    }  # fmt: skip
    return {
        "name": NAME,
        "labels": list(KINDS),
        "kind": "chain",
        "title": "People, organisations, products and places named in a post",
        "languages": ["en", "fr"],
        "data": [
            "WNUT 2017 (Derczynski et al. 2017; CC BY 4.0)",
            "Broad Twitter Corpus (Derczynski et al. 2016; CC BY 4.0)",
            "French sentences and lists of names written for Palabre",
            "word groups: counts of neighbours in the unlabelled posts of the files below",
        ],
        "limits": "In French learnt from 148 sentences only. Names in small letters, works and new products are often "
        "missed. An @handle may be called a name.",
        "method": "linear-chain conditional random field, hashed words, shapes, affixes, lists and word groups",
        "examples": count,
        "data_files": sorted({*FILES, *GROUPED}),
        "data_sha256": fingerprint(data, {*FILES, *GROUPED}),
        "measured": measures,
    }
