"""The load of the matching benchmark: real posts where they are at hand, and queries such as analysts write.

Corpus "short": posts as they are (tweets, video titles, survey answers). "long": two or three of them joined, about
the length the figures of other engines were measured on. Without the data folder both are Zipf-distributed words.
"""

from __future__ import annotations

import bisect
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from palabre.match.ast import And, Field, Level, Literal, Near, Node, Not, Or, Phrase, Term, TermKind
from palabre.match.panel import Panel

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
POSTS = 60_000
SEED = 20_261_121
# (file, column of text, column of language or the language, column of the author)
FILES = (
    ("ira_troll_tweets/event_windows.parquet", "content", "language", "author_id"),
    ("french_media_2022/tweets.parquet", "text", "fr", "username"),
    ("french_media_2022/youtube_videos.parquet", "title_video", "fr", "channelId"),
    ("grand_debat_idees/idees_marquantes.parquet", "reponse", "fr", "authorId"),
    ("umsab/french_train.parquet", "text", "fr", ""),
    ("umsab/english_train.parquet", "text", "en", ""),
)
LANGUAGES = {"English": "en", "French": "fr", "en": "en", "fr": "fr"}


@dataclass(frozen=True, slots=True)
class Load:
    """posts: RecordBatch with text, lang, account_handle; ranked: words by share of posts, rarest first."""

    name: str
    posts: pa.RecordBatch
    ranked: list[tuple[str, float]]
    hashtags: list[str]
    pairs: list[tuple[str, str]]

    @property
    def bytes_a_post(self) -> float:
        return pc.mean(pc.binary_length(self.posts["text"])).as_py()


def corpus(kind: str) -> Load:
    """kind: short or long."""
    rows = list(real_rows()) if DATA.is_dir() else list(zipf_rows())
    random.Random(SEED).shuffle(rows)
    rows = [row for row in rows if row[0]]
    if kind == "long":
        rows = [joined(rows[at : at + 2 + at % 5 // 3]) for at in range(0, len(rows) - 2, 2)]
    chosen = (rows * math.ceil(POSTS / len(rows)))[:POSTS]
    columns = zip(*chosen, strict=True)
    posts = pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in columns], NAMES)
    return described(("real " if DATA.is_dir() else "synthetic ") + kind, posts)


NAMES = ["text", "lang", "account_handle"]
Row = tuple[str, str, str]


def joined(rows: list[Row]) -> Row:
    return "\n".join(row[0] for row in rows), rows[0][1], rows[0][2]


def real_rows() -> Iterator[Row]:
    """English and French posts of the data folder."""
    for name, text, lang, author in FILES:
        table = pq.read_table(DATA / name)
        texts = table[text].cast(pa.string()).to_pylist()
        langs = table[lang].to_pylist() if lang in table.column_names else [lang] * len(texts)
        authors = table[author].cast(pa.string()).to_pylist() if author else [""] * len(texts)
        for one, code, who in zip(texts, langs, authors, strict=True):
            if code in LANGUAGES:
                yield one or "", LANGUAGES[code], who or ""


def zipf_rows() -> Iterator[Row]:
    """Words w0, w1 … by Zipf's law, s = 1.07; 17 a post."""
    rng = random.Random(SEED)
    weights = [1 / (rank + 1) ** 1.07 for rank in range(100_000)]
    names = [f"w{rank:x}" for rank in range(len(weights))]
    for _ in range(POSTS):
        words = rng.choices(names, weights, k=17)
        words[0] = words[0].capitalize()
        yield " ".join("#" + word if rng.random() < 0.04 else word for word in words), rng.choice(["fr", "en"]), ""


def described(name: str, posts: pa.RecordBatch) -> Load:
    """The load with what the query generator needs to know of it."""
    texts = Panel().index_texts(posts).to_pylist()
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        words = text.split(" ")
        counts.update(set(words))
        pairs.update(pairwise(words))
    shares = ((word, n / len(texts)) for word, n in counts.items() if len(word) > 1 and any(map(str.isalnum, word)))
    ranked = sorted(shares, key=lambda pair: (pair[1], pair[0]))  # the same queries in every run
    tags = Counter(
        tag.lower() for text in posts["text"].to_pylist() for tag in text.split() if tag[0] == "#" and tag[1:].isalnum()
    )
    common = [pair for pair, n in pairs.most_common(40_000) if n > 2 and min(map(len, pair)) > 2]
    return Load(name, posts, ranked, [tag[1:] for tag in tags], common)


class Generator:
    """Queries with 1 to 6 brands, topics, exclusions, phrases, distances, wildcards, fields (shares in the code)."""

    def __init__(self, load: Load, seed: int = SEED) -> None:
        self.rng = random.Random(seed)
        self.load = load
        self.shares = [share for _, share in load.ranked]

    def word(self, low: float, high: float) -> str:
        """A word whose share of posts is log-uniform between two bounds."""
        wanted = math.exp(self.rng.uniform(math.log(low), math.log(high)))
        at = bisect.bisect_left(self.shares, wanted * 0.8)
        end = max(at + 1, bisect.bisect_right(self.shares, wanted * 1.25))
        return self.load.ranked[min(self.rng.randrange(at, end), len(self.shares) - 1)][0]

    def brand(self) -> Node:
        roll = self.rng.random()
        word = self.word(1 / POSTS, 2e-3)
        if roll < 0.08:
            return Term(self.rng.choice(self.load.hashtags) if self.load.hashtags else word, kind=TermKind.HASHTAG)
        if roll < 0.12:
            return Term(word, kind=TermKind.HANDLE)
        if roll < 0.14:
            return Term(word.capitalize(), Level.EXACT)
        if roll < 0.15:
            return Literal(word.capitalize())
        return Term(self.word(5e-3, 3e-2) if roll < 0.17 else word)

    def topic(self) -> Term:
        word = self.word(3e-4, 2e-2)
        return Term(word[:5] + "*", wild=True) if self.rng.random() < 0.02 and len(word) > 5 else Term(word)

    def group(self, make: Callable[[], Node], low: int, high: int) -> Node:
        nodes = tuple(make() for _ in range(self.rng.randint(low, high)))
        return nodes[0] if len(nodes) == 1 else Or(nodes)

    def brands(self) -> Node:
        """One to six names, a phrase or a wildcard among them."""
        nodes = [self.brand() for _ in range(self.rng.randint(1, 6))]
        if self.rng.random() < 0.1:
            nodes.append(Phrase(tuple(map(Term, self.rng.choice(self.load.pairs)))))
        if self.rng.random() < 0.08:
            nodes.append(Term(self.word(1 / POSTS, 1e-3)[:7] + "*", wild=True))
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def query(self) -> Node:
        parts: list[Node] = [self.brands()]
        chance = self.rng.random
        if chance() < 0.6:
            parts.append(self.group(self.topic, 2, 8))
        if chance() < 0.1:
            parts[0] = Near(self.brands_plain(), self.group(self.topic, 1, 3), self.rng.randint(2, 10))
        if chance() < 0.15:
            parts.append(Or((And((self.topic(), self.topic())), self.group(self.topic, 2, 4))))
        if chance() < 0.15:
            parts.append(Field("lang", (self.rng.choice(["fr", "en"]),)))
        if chance() < 0.02:
            parts.append(
                Not(Field("author", (self.rng.choice(self.load.posts["account_handle"]).as_py() or "nobody",)))
            )
        if chance() < 0.7:
            parts.append(Not(self.group(self.topic, 1, 5)))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def brands_plain(self) -> Node:
        return self.group(lambda: Term(self.word(1 / POSTS, 2e-3)), 1, 3)

    def queries(self, count: int) -> list[Node]:
        return [self.query() for _ in range(count)]
