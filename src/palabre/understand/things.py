"""What a post shares: addresses, the story it tells, its set of hashtags, its pictures. Pure.

Each thing has a name that people can check: the address itself, ``story:`` and the uri of the oldest post that tells
it, the hashtags (two or more, since one alone is a theme). A post in which no thing is found shares nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.text.urls import canonical
from palabre.understand.coshares import Shares
from palabre.understand.shingles import Ints
from palabre.understand.stories import ADDRESS, Stories
from palabre.understand.tabular import author_array, codes, has, lists, strings, text_array, times

TAG = re.compile(r"(?<![\w&/])#(\w{2,})")
TAGS_MIN = 2
Named = tuple[Ints, pa.Array]  # rows of posts, and the name of a thing that each shares


def things(posts: pa.Table, told: Stories) -> Named:
    """Every (post, thing)."""
    found = [addresses(posts), pictures(posts), tag_sets(posts), stories_told(posts, told)]
    return np.concatenate([rows for rows, _ in found]), pa.concat_arrays([names for _, names in found])


def flat(values: Iterable[Sequence[str]]) -> Named:
    """Lists, one a post, as rows and names; a name that a post gives twice is there once."""
    pairs = [(row, name) for row, some in enumerate(values) if some for name in dict.fromkeys(some) if name]
    return np.array([row for row, _ in pairs], np.int64), pa.array([name for _, name in pairs], pa.string())


def listed(posts: pa.Table, column: str) -> Named:
    """The names in a list column, each once a post."""
    if not has(posts, column):
        return flat([])
    lists_ = posts.column(column).combine_chunks()
    rows = np.asarray(pc.list_parent_indices(lists_), np.int64)
    names = pc.list_flatten(lists_).cast(pa.string())
    number, known = codes(names)
    _, first = np.unique(rows * (len(known) + 1) + number, return_index=True)
    kept = first[np.asarray(pc.not_equal(names, "")).astype(bool)[first]]
    return rows[kept], names.take(pa.array(kept))


def renamed(found: Named, rename: Callable[[str], str]) -> Named:
    """Each distinct name through a function, once."""
    encoded = pc.dictionary_encode(found[1])
    return found[0], pa.array(list(map(rename, encoded.dictionary.to_pylist())), pa.string()).take(encoded.indices)


def addresses(posts: pa.Table) -> Named:
    """The addresses a post links to, in their one form; from its text where it lists none."""
    listed = lists(posts, "links")
    if has(posts, "links"):
        texts = strings(posts, "text")
        given = (some or written(text, ADDRESS) for some, text in zip(listed, texts, strict=True))
    else:
        given = (written(text, ADDRESS) for text in strings(posts, "text"))
    return renamed(flat(given), canonical)


def written(text: str, pattern: re.Pattern[str]) -> list[str]:
    """What a text holds of a pattern, without looking at texts that cannot."""
    sign = "://" if pattern is ADDRESS else "#"
    return pattern.findall(text[:20_000]) if sign in text else []


def pictures(posts: pa.Table) -> Named:
    return listed(posts, "media")


def tag_sets(posts: pa.Table) -> Named:
    """The hashtags of a post as one thing, in alphabetical order."""
    texts = strings(posts, "text")
    sets = (some or written(text, TAG) for some, text in zip(lists(posts, "tags"), texts, strict=True))
    return flat([joined_tags(some)] if some else [] for some in sets)


def joined_tags(tags: Sequence[str]) -> str:
    names = sorted({tag.casefold() for tag in tags})
    return " ".join(f"#{name}" for name in names) if len(names) >= TAGS_MIN else ""


def stories_told(posts: pa.Table, told: Stories) -> Named:
    """The stories that more than one post tells."""
    rows = np.flatnonzero(told.sizes > 1)
    uris = text_array(posts, "uri").take(pa.array(told.first[rows]))
    return rows, pc.binary_join_element_wise("story:", uris, "")


def shares_of(posts: pa.Table, found: Named) -> tuple[Shares, pa.Array, pa.Array]:
    """(shares, names of accounts, names of things). Posts without an author or a time are left out."""
    account, accounts = codes(author_array(posts))
    thing, names = codes(found[1])
    when, rows = times(posts), found[0]
    blank = accounts.index("").as_py()
    known = np.flatnonzero((when[rows] != 0) & (account[rows] != blank))
    return Shares(account[rows][known], thing[known], when[rows][known], rows[known]), accounts, names
