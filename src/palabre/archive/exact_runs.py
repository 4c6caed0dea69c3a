"""What the posting lists know of exact characters (raw:): the runs a text is made of, as they are written.

A run is a word of letters and digits with its capitals and accents, or one rare sign (+, €, →). A literal is not
found inside a longer word, so each run of it is a whole run of the text: in a link, a handle or a tag as anywhere. Runs
that are words of the index already are not listed again; the others are listed by a number of 20 bits, for half of
them are seen once. Who is asked for a run may so find some posts too many: characters are compared afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from palabre.archive.index_keys import EXACT
from palabre.model import SieveAll, SieveAny, SieveTerm

# To the engine, too, these letters are parts of words (`match.oracle.in_word`): a run ends where it sees a word end.
LATIN = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
GREEK_CYRILLIC = "\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u03ff\u0400-\u0481\u0483-\u052f"
HEBREW_ARABIC = "\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3"
EAST_ASIAN = "\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
SIGNS = (
    "$%*+<=>\\\\^`{|}~\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u2bff\U0001f000-\U0001faff"
)
RUN = re.compile(f"[{LATIN}{GREEK_CYRILLIC}{HEBREW_ARABIC}{EAST_ASIAN}]+|[{SIGNS}]")


def exact_keys(text: str, known: Sequence[str]) -> Iterator[str]:
    """The keys of all runs of a text, in no order. known: the words that are listed already."""
    return map(key_of, set(RUN.findall(text)).difference(known))


def exact_node(literals: Sequence[str]) -> SieveAll | None:
    """What the keys of each post that holds all literals fulfil; None where they are made of everyday signs."""
    runs = sorted({run for one in literals for run in RUN.findall(one)}, key=len, reverse=True)  # rare ones first
    return SieveAll(tuple(SieveAny((SieveTerm(run), SieveTerm(key_of(run)))) for run in runs)) if runs else None


@lru_cache(maxsize=50_000)
def key_of(run: str) -> str:
    return f"{EXACT}{crc32(run.encode()) & 0xFFFFF:05x}"
