"""The terms of posts as a sparse table: words, their stems, pairs of words, hashtags, handles, addresses. Pure.

    found = terms_of(posts)              # Terms: names, and a (post, term) table of 0 and 1
    found.names[7], found.kinds[7]       # "siege enfant", "pair"

A term counts once a post. Names are folded (case and accents gone, as in queries); ``shown`` is how people write it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy

from palabre.text.tokens import Kind, tokenize
from palabre.understand.concepts import concept
from palabre.understand.own_words import SILENT
from palabre.understand.tabular import Bools, Ints, lists, strings

STEM_LETTERS = 5  # of a word of six or more: truncation, as good as a stemmer for French (McNamee and Mayfield 2004)
WORDS_A_POST = 400  # of a long article; more does not change what it is about
LETTERS_MIN = 2
Found = tuple[str, str, str]  # kind, folded name, as written


@dataclass(frozen=True, slots=True)
class Terms:
    """table: (posts, terms) of 0 and 1; names, kinds, shown: of each term.

    kinds: word, stem, concept, pair, tag, handle, link.
    """

    table: scipy.sparse.csr_array
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    shown: tuple[str, ...]

    def kept(self, wanted: Bools) -> Terms:
        """The same with these terms only."""
        places = np.flatnonzero(wanted)
        return Terms(
            self.table[:, places],
            tuple(self.names[place] for place in places),
            tuple(self.kinds[place] for place in places),
            tuple(self.shown[place] for place in places),
        )


def terms_of(posts: pa.Table, kinds: Iterable[str] = ("word", "pair", "tag", "link"), posts_min: int = 2) -> Terms:
    """The terms that at least ``posts_min`` posts have. Columns: text, title, tags, links."""
    wanted = frozenset(kinds)
    columns = (strings(posts, "title"), strings(posts, "text"), lists(posts, "tags"), lists(posts, "links"))
    per_post = [
        [one for one in post_terms(*row) if one[0] in wanted] for row in zip(*columns, strict=True)
    ]  # fmt: skip
    return tabled(per_post, posts_min)


def tabled(per_post: Sequence[Sequence[Found]], posts_min: int = 2) -> Terms:
    """The table of the terms of each post, those in too few posts left out."""
    counts = Counter(pair for found in per_post for pair in dict.fromkeys((kind, name) for kind, name, _ in found))
    place = {pair: at for at, pair in enumerate(pair for pair, n in counts.items() if n >= posts_min)}
    writings: dict[int, Counter[str]] = defaultdict(Counter)
    rows: list[int] = []
    columns: list[int] = []
    for row, found in enumerate(per_post):
        mine = {}
        for kind, name, written in found:
            if (at := place.get((kind, name))) is not None:
                mine[at] = written
        for at, written in mine.items():
            writings[at][written] += 1
        rows += [row] * len(mine)
        columns += mine
    table = scipy.sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(per_post), len(place)))
    shown = tuple(writings[at].most_common(1)[0][0] for at in range(len(place)))
    return Terms(table, tuple(name for _, name in place), tuple(kind for kind, _ in place), shown)


def post_terms(title: str, text: str, tags: Sequence[str], links: Sequence[str]) -> Iterator[Found]:
    """(kind, name, as written) of each term of a post, repeated as it repeats them."""
    whole = f"{title}\n{text}" if title else text
    before: tuple[str, str, int, int] | None = None
    for token in tokenize(whole[: WORDS_A_POST * 12])[:WORDS_A_POST]:
        written = whole[token.start : token.end]
        if token.kind is Kind.WORD:
            name = token.folded[0] if token.folded else ""
            if not telling(name):
                continue
            yield "word", name, written.lower()
            if meaning := concept(name):
                yield "concept", meaning, written.lower()
            if before and whole[before[3] : token.start] == "-" and (meaning := concept(f"{before[0]}-{name}")):
                yield "concept", meaning, f"{before[1]}-{written.lower()}"
            if len(name) > STEM_LETTERS and name.isalpha():
                yield "stem", name[:STEM_LETTERS], written.lower()
            if before and before[2] == token.sentence:
                yield "pair", f"{before[0]} {name}", f"{before[1]} {written.lower()}"
            before = (name, written.lower(), token.sentence, token.end)
        elif token.kind in (Kind.HASHTAG, Kind.HANDLE):
            kind = "tag" if token.kind is Kind.HASHTAG else "handle"
            mark = written[0]
            yield kind, mark + token.folded[0].removeprefix(mark) if token.folded else written.lower(), written
        elif token.kind is Kind.LINK:
            yield "link", written, written
    yield from (("tag", f"#{tag.lower()}", f"#{tag}") for tag in tags if tag)
    yield from (("link", link, link) for link in links if link)


def with_ids(posts: pa.Table) -> pa.Table:
    """The posts with a column post_id, so that a part of them still knows which they are."""
    if "post_id" in posts.column_names:
        return posts
    return posts.append_column("post_id", pa.array(range(posts.num_rows), pa.int64()))


def telling(name: str) -> bool:
    """A word that may say something: no grammar, two letters or more, or a number of two figures."""
    return len(name) >= LETTERS_MIN and name not in SILENT


def votes(terms: Terms, voices: Ints, days: Ints, n_days: int) -> scipy.sparse.csr_array:
    """(days, terms): how many voices used each term on each day; a voice counts once a day, whatever it repeats."""
    pairs = days * (int(voices.max(initial=0)) + 1) + voices
    _, group = np.unique(pairs, return_inverse=True)
    day_of = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    day_of[group] = days
    voice_days = gather(group, len(day_of)) @ terms.table
    voice_days.data[:] = 1.0
    return scipy.sparse.csr_array(gather(day_of, n_days) @ voice_days)


def gather(group: Ints, n_groups: int) -> scipy.sparse.csr_array:
    """The (groups, rows) table that sums rows by group."""
    return scipy.sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(n_groups, len(group)))
