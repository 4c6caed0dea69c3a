"""What a text itself names: links, tags and mentions of posts whose file has no column for them. Pure.

An import has 70 microseconds for a post. So a sign is looked for first and what stands before it after, and links only
in the words that may hold one: 2 microseconds. To cut texts into tokens would take 20.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from palabre.text.lengths import LINK
from palabre.text.links import target

TAG = re.compile(r"#(?<![\w&/]#)(\w+)")
LABEL = r"\w+(?:-\w+)*"
# With a domain or a server, or bare; not in an e-mail address, nor in a link.
HANDLE = re.compile(
    rf"@(?<![\w@/.-]@)({LABEL}(?:\.{LABEL})+(?:@{LABEL}(?:\.{LABEL})*)?|{LABEL}@{LABEL}(?:\.{LABEL})*|\w+)"
)


def links(text: str) -> Iterator[str]:
    for word in text.split():
        if "://" in word or "www." in word:
            yield from map(target, LINK.findall(word))


FOUND: Mapping[str, tuple[str, Callable[[str], Iterable[str]]]] = {
    "links": ("://|www[.]", links),
    "tags": ("#", TAG.findall),
    "mentions": ("@", HANDLE.findall),
}


def written(texts: pa.StringArray, name: str) -> list[list[str]]:
    """Of each text what it names, each once, in order. name: one of FOUND."""
    hint, find = FOUND[name]
    found: list[list[str]] = [[] for _ in range(len(texts))]
    rows = pc.indices_nonzero(pc.match_substring_regex(texts, hint))
    for row, text in zip(rows.to_pylist(), texts.take(rows).to_pylist(), strict=True):
        found[row] = list(dict.fromkeys(find(text)))
    return found
