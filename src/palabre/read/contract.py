"""What one reading is: a file of this package with a ``READING`` in it. ``readings.py`` finds them by that name.

A file that reads something new says its columns, which heads it needs (none is fine), how a page of posts becomes those
columns, and how `palabre read` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.model import TONES
from palabre.read import registry
from palabre.read.features import READ_CHARS, Features, Spec, features
from palabre.read.linear import Floats, Head

Line = object  # what JSON can say
TONE_LEAST = 0.01  # added to a probability of a tone: none is nought


class Layer(Protocol):
    """What a workspace's corrections add to the margins of the heads (corrections.py)."""

    def added(self, head: Head, seen: Features) -> Floats | None:
        """(n, labels) to add to the margins of a head; None when nothing was learnt for it."""


class Page:
    """Some posts while they are read: features and margins are made once and shared by all readings.

    heads: the names of all that will be asked for, so that one pass serves them together.
    """

    def __init__(
        self,
        posts: pa.RecordBatch,
        heads: Sequence[str] = (),
        languages: tuple[str, ...] = (),
        layer: Layer | None = None,
    ) -> None:
        self.posts = posts
        self.languages = languages
        self.layer = layer
        self.heads = tuple(dict.fromkeys(one for name in heads for one in (name, *registry.variants(name).values())))
        self._features: dict[Spec, Features] = {}
        self._margins: dict[str, Floats] = {}
        self._leaning: dict[str, Floats] = {}

    def __len__(self) -> int:
        return int(self.posts.num_rows)

    @cached_property
    def texts(self) -> list[str]:
        """Title and text of each post, cut to what is read; "" when it says nothing."""
        titles = self.posts["title"].to_pylist() if "title" in self.posts.schema.names else [""] * len(self)
        pairs = zip(titles, self.posts["text"].to_pylist(), strict=True)
        return [(f"{title}\n{text}" if title else text or "")[:READ_CHARS] for title, text in pairs]

    @cached_property
    def spoken(self) -> tuple[list[str], Floats]:
        """The likeliest language of each post, "" for none, and how sure that is."""
        from palabre.read import language  # it reads pages itself

        if not len(self):
            return [], np.zeros(0, np.float32)
        return language.answers(language.model(self.languages), language.plain_texts(self.posts), 0.0)

    def features(self, spec: Spec = Spec()) -> Features:  # noqa: B008  # frozen
        if spec not in self._features:
            self._features[spec] = features(self.texts, spec)
        return self._features[spec]

    def margins(self, name: str) -> Floats:
        """(n, labels) of a head, with what corrections add, and what it takes from the tone."""
        if name not in self._margins:
            self._score(self.heads if name in self.heads else (name,))
        leans = registry.head(name).leans
        if leans is None:
            return self._margins[name]
        if name not in self._leaning:
            self._leaning[name] = self._margins[name] + self.gladness[:, None] * leans
        return self._leaning[name]

    @cached_property
    def gladness(self) -> Floats:
        """(n,) log-odds of a positive tone against a negative one, at most 4.6 either way."""
        found = self.probabilities("tone")
        good, bad = (found[:, TONES.index(name)] + TONE_LEAST for name in ("positive", "negative"))
        return np.asarray(np.log(good / bad), np.float32)

    def readers(self, name: str) -> Iterator[tuple[Head, npt.NDArray[np.int64]]]:
        """The heads that read posts, each with its rows: that of a post's language, or the one for all others."""
        left = np.ones(len(self), np.bool_)
        for language, variant in registry.variants(name).items():
            rows = np.array([one == language for one in self.spoken[0]], np.bool_)
            left &= ~rows
            yield registry.head(variant), np.flatnonzero(rows)
        yield registry.head(name), np.flatnonzero(left)

    def probabilities(self, name: str) -> Floats:
        """(n, labels) calibrated, each post by the head of its language."""
        found = np.zeros((len(self), len(registry.head(name).labels)), np.float32)
        for head, rows in self.readers(name):
            found[rows] = head.probabilities(self.margins(head.name)[rows])
        return found

    def best(self, name: str) -> npt.NDArray[np.int64]:
        """(n,) the label of each post, of a head whose labels exclude each other."""
        found = np.zeros(len(self), np.int64)
        for head, rows in self.readers(name):
            found[rows] = head.best(head.probabilities(self.margins(head.name)[rows]))
        return found

    def _score(self, wanted: tuple[str, ...]) -> None:
        for one in registry.packs(wanted):
            seen = self.features(one.heads[0].spec)
            for head, margins in zip(one.heads, one.margins(seen).values(), strict=True):
                more = self.layer.added(head, seen) if self.layer else None
                self._margins[head.name] = margins if more is None else margins + more


def head_for(name: str, text: str) -> Head:
    """The head that reads a text. Raises InputError: no such model."""
    page = Page(pa.RecordBatch.from_pydict({"text": [text]}))
    return next(head for head, rows in page.readers(name) if len(rows))


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading. columns: of READINGS, in its order; read: a page's columns, each with a row a post;
    lines: what `palabre read` prints of them, by key, each with an entry a post; heads: models it needs."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Page], Mapping[str, pa.Array]]
    lines: Callable[[pa.RecordBatch], Mapping[str, Sequence[Line]]]
    heads: tuple[str, ...] = ()


def words(names: Sequence[str], chosen: npt.NDArray[np.int64]) -> pa.Array:
    """A column of labels from their numbers."""
    return pa.DictionaryArray.from_arrays(pa.array(chosen, pa.int32()), pa.array(names, pa.string())).cast(pa.string())


def columns_of(prefix: str, names: Sequence[str], values: Floats) -> dict[str, pa.Array]:
    """Columns ``<prefix>_<name>`` from an array (n, names)."""
    return {f"{prefix}_{name}": pa.array(values[:, at], pa.float32()) for at, name in enumerate(names)}


def rounded(column: pa.Array) -> list[float | None]:
    """Probabilities as they are printed: four decimals."""
    return [None if one is None else round(one, 4) for one in column.to_pylist()]


def scores(batch: pa.RecordBatch, prefix: str, names: Sequence[str]) -> list[dict[str, float | None]]:
    """Columns ``<prefix>_<name>`` as one object a post; null where nothing was judged:
    a model never gives nought to every label, `readings.unsaid` does."""
    rows = zip(*(rounded(batch[f"{prefix}_{name}"]) for name in names), strict=True)
    judged = map(any, zip(*(batch[f"{prefix}_{name}"].to_pylist() for name in names), strict=True))
    return [
        dict(zip(names, row if said else (None,) * len(names), strict=True))
        for row, said in zip(rows, judged, strict=True)
    ]
