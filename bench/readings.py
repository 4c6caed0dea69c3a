"""`./run bench readings`: posts read per second and core, each reading and all, beside what others offer.

CPU time of one process, best of three passes. Texts: the tweets of ``--data FOLDER`` (TweetEval offensive) or, without
it, invented ones of the same length. Peers run on the same texts where they are installed; ratios are printed.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

POSTS = 8_000
WORDS = [
    "the",
    "a",
    "new",
    "phone",
    "is",
    "not",
    "really",
    "good",
    "but",
    "service",
    "was",
    "slow",
    "and",
    "I",
    "love",
    "it",
    "so",
    "much",
    "why",
    "do",
    "they",
    "never",
    "answer",
    "je",
    "vous",
    "remercie",
    "pour",
    "votre",
    "aide",
    "mais",
    "la",
    "livraison",
    "est",
    "encore",
    "en",
    "retard",
    "c'est",
    "vraiment",
    "dommage",
    "super",
    "merci",
    "bravo",
    "@support",
    "https://example.org/x",
    "!!",
    "😀",
    "#fail",
    "#merci",
    "battery",
    "price",
    "update",
    "please",
    "help",
    "bus",
    "train",
    "bill",
    "account",
]


def texts_of(data: str) -> list[str]:
    if data:
        import pyarrow.parquet as pq

        found = pq.read_table(Path(data) / "tweeteval" / "offensive_train.parquet")["text"].to_pylist()
        return [str(one) for one in found[:POSTS]]
    chance = random.Random(7)
    return [" ".join(chance.choices(WORDS, k=chance.randint(5, 35))) for _ in range(POSTS)]


def rate(work: Callable[[], object], count: int, passes: int = 3) -> float:
    """Posts per second of CPU."""
    work()
    best = min(timed(work) for _ in range(passes))
    return count / best


def timed(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def peers(texts: list[str]) -> dict[str, Callable[[], object]]:
    """What else does part of the work, where it is installed."""
    found: dict[str, Callable[[], object]] = {}
    try:
        from sklearn.feature_extraction.text import HashingVectorizer

        words = HashingVectorizer(n_features=1 << 18, ngram_range=(1, 2))
        signs = HashingVectorizer(n_features=1 << 18, ngram_range=(3, 5), analyzer="char_wb")
        found["scikit-learn, features only, words 1-2"] = lambda: words.transform(texts)
        found["scikit-learn, features only, characters 3-5"] = lambda: signs.transform(texts)
    except ImportError:
        print("scikit-learn is not installed: not compared")
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        vader = SentimentIntensityAnalyzer()
        found["VADER, tone of English only"] = lambda: [vader.polarity_scores(one) for one in texts]
    except ImportError:
        print("vaderSentiment is not installed: not compared")
    return found


def ours(texts: list[str]) -> dict[str, Callable[[], object]]:
    from palabre.read import features, readings

    batch = pa.RecordBatch.from_pydict({"title": [""] * len(texts), "text": texts, "lang": [""] * len(texts)})
    languages = ("ar", "de", "en", "es", "fr", "it", "nl", "pt")
    found: dict[str, Callable[[], object]] = {"features only": lambda: features.features(texts)}
    for name in readings.known():
        found[name] = lambda name=name: readings.read(batch, only=[name], languages=languages)  # type: ignore[misc]
    found["all readings"] = lambda: readings.read(batch, languages=languages)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench readings")
    parser.add_argument("--data", default="", help="folder of the public data sets")
    texts = texts_of(parser.parse_args().data)
    print(
        f"{len(texts)} posts, {sum(map(len, texts)) / len(texts):.0f} characters each on average; posts/s of one core"
    )
    rates = {name: rate(work, len(texts)) for name, work in ours(texts).items()}
    for name, speed in rates.items():
        print(f"  {name:<44} {speed:>10,.0f}")
    for name, work in peers(texts).items():
        speed = rate(work, len(texts), 1)
        print(f"  {name:<44} {speed:>10,.0f}   all our readings: {rates['all readings'] / speed:.2f} times as fast")
