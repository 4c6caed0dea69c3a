"""The teacher: MiniLM fine-tuned on what people labelled, who then labels what nobody did.

Distillation (Hinton, Vinyals & Dean 2015) of one net that learns tone, emotion, offence and irony at once (Caruana
1997), in about 12 CPU minutes; then it reads tweets at hand, about 300 a second, and writes its probabilities, and its
vectors of the commonest words, for the recipes of the heads that are served. It runs only when asked for by name.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from palabre.read.training import lessons, minilm, vectors
from palabre.read.training.corpus import everything, keys
from palabre.read.training.data import UMSAB, Examples, joined, semeval_a, tweeteval, umsab, without_copies
from palabre.read.training.make import Say
from palabre.read.training.minilm import FROZEN, Net

NAME = "teacher"
ON_REQUEST = True
TASKS = {"tone": 3, "emotion": 4, "offensive": 2, "irony": 2}
PASSES = {"tone": 1.0, "emotion": 3.0, "offensive": 0.8, "irony": 2.5}
EACH_TONE = 10_000  # tweets of each tone, at most: most of SemEval's are not negative
BATCH, BUCKETS = 32, 20  # texts of about the same length go together, chosen from BUCKETS batches
RATE, RATE_OF_HEADS, WARM = 1.5e-4, 10, 0.06
SMOOTHING = 0.02
LANGUAGE_SPREAD = np.float32(5)  # so that what tells a language is hardly held back
WORD_SIZE, WORDS_MAX, CHARS_MAX = 192, 120_000, 24
SPELT = re.compile(r"\w+|[^\w\s]")
Batch = tuple[str, list[list[int]], list[int]]


def examples_of(folder: Path) -> dict[str, Examples]:
    """What it learns, without copies of what anything is measured on."""
    held = [tweeteval(folder, task, "val", count) for task, count in TASKS.items() if task != "tone"]
    held += [tweeteval(folder, "sentiment", "val", 3), umsab(folder, "val")]
    found = {task: tweeteval(folder, task, "train", TASKS[task]) for task in PASSES if task != "tone"}
    tone = joined(level(semeval_a(folder), EACH_TONE), umsab(folder, "train", ["fr"]))
    return {name: without_copies(some, held) for name, some in {"tone": tone, **found}.items()}


def level(some: Examples, each: int, seed: int = 0) -> Examples:
    """At most so many of each label."""
    order = np.random.default_rng(seed).permutation(len(some))
    rows = [order[some.labels[order] == label][:each] for label in np.unique(some.labels)]
    return some.at(np.concatenate(rows))


def batches(net: Net, found: Mapping[str, Examples], chance: random.Random) -> list[Batch]:
    """Every batch of every task, as often as PASSES says, in a random order."""
    plan = [one for task, some in found.items() for one in _of_task(net, task, some, chance)]
    chance.shuffle(plan)
    return plan


def _of_task(net: Net, task: str, some: Examples, chance: random.Random) -> Iterator[Batch]:
    rows, labels = minilm.tokens(net, some.texts), some.labels.tolist()
    rest = PASSES[task]
    while rest > 0:
        order = chance.sample(range(len(rows)), int(len(rows) * min(1, rest)))
        rest -= 1
        for at in range(0, len(order), BATCH * BUCKETS):
            near = sorted(order[at : at + BATCH * BUCKETS], key=lambda row: len(rows[row]))
            for start in range(0, len(near), BATCH):
                chosen = near[start : start + BATCH]
                yield task, [rows[row] for row in chosen], [labels[row] for row in chosen]


def tune(net: Net, plan: list[Batch], say: Say) -> None:
    """Fine-tunes the upper layers and the heads, in place: AdamW, a short warming up, then down to nothing."""
    torch = net.torch
    heads = [weight for name, weight in net.weights.items() if name.startswith("head.")]
    body = [net.weights[name] for name in net.weights if _learns(name)]
    for weight in (*heads, *body):
        weight.requires_grad_(True)
    groups = [{"params": body, "lr": RATE}, {"params": heads, "lr": RATE * RATE_OF_HEADS}]
    steps = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    for at, batch in enumerate(plan):
        share = min(1, at / (WARM * len(plan))) * max(0.02, 1 - at / len(plan))
        steps.param_groups[0]["lr"], steps.param_groups[1]["lr"] = RATE * share, RATE * RATE_OF_HEADS * share
        loss = loss_of(net, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        steps.step()
        steps.zero_grad()
        if at % 100 == 0:
            say(f"teacher: {at} of {len(plan)}, loss {float(loss.detach()):.2f}")
    for weight in (*heads, *body):
        weight.requires_grad_(False)


def _learns(name: str) -> bool:
    parts = name.split(".")
    return name.startswith("encoder.layer.") and int(parts[2]) >= FROZEN


def loss_of(net: Net, batch: Batch) -> Any:
    task, rows, labels = batch
    with net.torch.autocast("cpu", net.torch.bfloat16):
        margins = minilm.scored(net, rows, task, training=True)
    wanted = net.torch.tensor(labels)
    return net.torch.nn.functional.cross_entropy(margins.float(), wanted, label_smoothing=SMOOTHING)


def words_of(texts: list[str]) -> tuple[list[str], npt.NDArray[np.uint64]]:
    """The commonest spellings that are one token each, and their hashes."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(SPELT.findall(text.lower()))
    common = [word for word, n in counts.most_common(WORDS_MAX) if n > vectors.SEEN_MIN - 2 and len(word) <= CHARS_MAX]
    seen = vectors.tokens_of(common)
    one = np.flatnonzero(np.diff(seen.word_indptr) == 1)
    hashes, first = np.unique(seen.words[seen.word_indptr[one]], return_index=True)
    return [common[row] for row in one[first]], hashes


def word_vectors(net: Net, texts: list[str]) -> npt.NDArray[np.float32]:
    """(ROWS, dimensions) of company kept and of the untuned teacher's own (as in Model2Vec: Tulkens & van Dongen 2024,
    each word read alone, then principal components)."""
    seen = vectors.tokens_of(texts)
    counted = vectors.counted(seen)
    words, hashes = words_of(texts)
    own = minilm.vectors(net, words)
    own -= own.mean(axis=0)
    axes = np.linalg.svd(own[np.random.default_rng(0).permutation(len(own))[:20_000]], full_matrices=False)[2]
    told = vectors.table_of(hashes, own @ axes[:WORD_SIZE].T, counted)
    return np.hstack([vectors.levelled(one, seen) for one in (vectors.learnt(seen, counted), told)])


def languages(data: Path) -> npt.NDArray[np.float32]:
    """(ROWS, languages) of UMSAB's tweets: lets a head have an intercept a language."""
    parts = [vectors.tokens_of(umsab(data, "train", [one]).texts) for one in UMSAB]
    return vectors.spoken(parts) * LANGUAGE_SPREAD


def cook(data: Path, out: Path, say: Say) -> None:
    """Writes lessons and vectors. ``out`` stays as it is: a teacher is no model that is served. Raises InputError."""
    net = minilm.load(TASKS)
    lessons.lessons_file().parent.mkdir(parents=True, exist_ok=True)
    table = np.hstack([word_vectors(net, everything(data)), languages(data)])
    np.savez_compressed(lessons.vectors_file(), table=table.astype(np.float16))
    tune(net, batches(net, examples_of(data), random.Random(1)), say)  # noqa: S311  # an order, no secret
    pool = lessons.texts(data)
    say(f"teacher: reads {len(pool)} posts")
    found = {task: one.astype(np.float16) for task, one in minilm.answered(net, pool).items()}
    np.savez_compressed(lessons.lessons_file(), keys=keys(pool), **found)  # type: ignore[arg-type]
