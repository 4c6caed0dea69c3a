"""Groups of words that occur in the same company: what tells that an unknown word stands where names stand.

Method: positive pointwise mutual information of a word with its neighbours on the left and on the right, smoothed
(Levy, Goldberg & Dagan 2015), reduced by a singular value decomposition, grouped by k-means twice: fine and coarse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from palabre.read.chain import Floats
from palabre.read.entity_features import Clusters
from palabre.read.entity_tokens import lower_hashes, tokens_of
from palabre.read.training.data import table

GROUPED = {
    "ira_troll_tweets/event_windows.parquet": "content", "ira_troll_tweets/bulk_2015Q3.parquet": "content",
    "crisislex/t26_labeled.parquet": "text", "crisislex/t6_ontopic_offtopic.parquet": "text",
    "goemotions/train.parquet": "text", "semeval2017_task4/A_train_2013-2016.parquet": "text",
    "semeval2017_task4/BD_train_2013-2016.parquet": "text", "minibar_app_reviews/classification.parquet": "data",
    "mlma_hate/fr.parquet": "tweet", "umsab/french_train.parquet": "text", "french_media_2022/tweets.parquet": "text",
    "french_media_2022/youtube_videos.parquet": "title_video", "grand_debat_idees/idees_marquantes.parquet": "reponse",
    "tweeteval/emoji_train.parquet": "text",
}  # fmt: skip
READ = frozenset(["English", "French"])  # of the IRA texts
FRENCH_TIMES = 3  # there are ten times fewer French texts
TIMES_MIN = 8
NEIGHBOURS = 4_000  # the most frequent words are neighbours
SIZE, FINE, COARSE = 80, 512, 64
TEXT_CHARS = 1_000
ADDRESS = re.compile(r"https?://\S+|www\.\S+")
TOKEN = re.compile(r"\w+|[^\w\s]")


def texts(data: Path) -> Iterator[str]:
    """All texts at hand that are English or French, without their labels."""
    for name, column in GROUPED.items():
        found = table(data, name)
        languages = found.get("language")
        french = "fr" in name or "grand_debat" in name
        for row, text in enumerate(found[column]):
            if text and (languages is None or languages[row] in READ):
                yield from [text] * (FRENCH_TIMES if french else 1)


def numbered(some: Iterable[str]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The words, and the texts one behind the other as their numbers; -1: a rare word or the end of a text."""
    cut = [TOKEN.findall(ADDRESS.sub(" ", text)[:TEXT_CHARS].lower()) for text in some]
    counts = Counter(word for words in cut for word in words)
    vocabulary = [word for word, times in counts.most_common() if times >= TIMES_MIN]
    number = {word: at for at, word in enumerate(vocabulary)}
    flat = [number.get(word, -1) for words in cut for word in [*words, "", ""]]
    return vocabulary, np.array(flat, np.int64)


def neighbours(flat: npt.NDArray[np.int64], size: int) -> csr_matrix:
    """(words, 2 · NEIGHBOURS) counts: within two places to the left, within two to the right."""
    width = min(NEIGHBOURS, size)
    sides = []
    for places in ((-2, -1), (1, 2)):
        total = csr_matrix((size, width), dtype=np.float64)
        for place in places:
            here, there = flat[2:-2], flat[2 + place : len(flat) - 2 + place]
            real = (here >= 0) & (there >= 0) & (there < width)
            total = total + csr_matrix((np.ones(int(real.sum())), (here[real], there[real])), shape=(size, width))
        sides.append(total)
    return hstack(sides).tocsr()


def vectors(counts: csr_matrix) -> Floats:
    """(words, SIZE) unit vectors."""
    from sklearn.utils.extmath import randomized_svd

    rows = np.asarray(counts.sum(axis=1)).ravel()
    smooth = np.asarray(counts.sum(axis=0)).ravel() ** 0.75
    entries = counts.tocoo()
    expected = rows[entries.row] * smooth[entries.col] / smooth.sum()
    weights = np.maximum(np.log(np.maximum(entries.data / np.maximum(expected, 1e-9), 1e-9)), 0)
    matrix = csr_matrix((weights, (entries.row, entries.col)), shape=counts.shape)
    left, sizes, _ = randomized_svd(matrix, n_components=SIZE, n_iter=3, random_state=0)
    found = left * np.sqrt(sizes)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))


def groups(data: Path, say: Callable[[str], None] = lambda _: None) -> Clusters:
    """The groups of words of all texts. Raises InputError: data that are not there."""
    from sklearn.cluster import MiniBatchKMeans

    vocabulary, flat = numbered(texts(data))
    say(f"entities: {len(flat)} words of text, {len(vocabulary)} words known")
    found = vectors(neighbours(flat, len(vocabulary)))
    fine, coarse = (
        MiniBatchKMeans(count, random_state=0, n_init=2, batch_size=4096).fit_predict(found) + 1
        for count in (FINE, COARSE)
    )
    kept = [at for at, word in enumerate(vocabulary) if word.isalnum() and len(tokens_of([word])) == 1]
    short = lower_hashes(tokens_of([vocabulary[at] for at in kept])) >> np.uint64(32)
    order = np.argsort(short)
    return Clusters(short[order], fine[kept][order].astype(np.int64), coarse[kept][order].astype(np.int64))
