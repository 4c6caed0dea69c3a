"""Where tokens stand in the rows of posting lists: as they were written, beside each other, near each other, within a
sentence. What the query language says of it (`match.oracle`), a whole part of the archive at a time.

A place is a number, row << 16 | place within the post, so that all places of a key are one rising array, and a phrase
is where the places of its second word are those of its first and one more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain, product

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive.postings import BEHIND, Keys, Mask, Part, Stretch, Wanted, Where, among, mark, stretch, where
from palabre.model import SievePair, SieveRow, SieveToken, SieveWindow
from palabre.text.token_lists import FORM, LONG, SENTENCE, TITLE

NOWHERE = np.empty(0, np.uint32)
ROW, PART = np.uint32(16), np.uint32(15)  # bits below the row, and below the part of a post
WORDS_MAX = 2_000  # further apart are the ends of two posts, or of a text and its title
Numbers = npt.NDArray[np.int64]


Standing = SieveRow | SievePair | SieveWindow


class UndecidedError(LookupError):
    """A post that may be one of those asked for is so long that its places are not told; or one token may be two of the
    terms of a window, each of which wants one of its own."""


def holding(part: Part, node: Standing, within: Wanted) -> Mask:
    """Of each row, whether tokens stand in it so. within: rows of which it is wanted. Raises UndecidedError."""
    wanted = having(part, node, within)
    if not wanted.n or (isinstance(node, SieveRow) and is_plain(node)):
        return wanted.mask
    if wanted.mask[stretch(part, LONG).rows()].any():
        raise UndecidedError
    mask = np.zeros(part.rows, bool)
    for places in standing(part, node, wanted):
        mask[places >> ROW] = True
    return mask


def standing(part: Part, node: Standing, wanted: Wanted) -> Iterator[Where]:
    """Places of the wanted rows in which tokens stand so: one for each such row at least."""
    match node:
        case SieveRow():
            yield row_starts(part, node, wanted)
        case SievePair():
            yield from paired(part, node, wanted)
        case SieveWindow():
            yield gathering(part, node, wanted)


def having(part: Part, node: Standing, within: Wanted) -> Wanted:
    """The rows that have the tokens at all, wherever."""
    if isinstance(node, SievePair):
        sides = ([having(part, row, within).mask for row in side] for side in (node.left, node.right))
        return Wanted(reduce(np.logical_and, (reduce(np.logical_or, side) for side in sides)))
    for token in sorted(node.tokens, key=lambda one: token_rows(part, one)):
        if within.n:
            within = Wanted(token_mask(part, token, within) & within.mask)
    return within


def rows_most(part: Part, node: Standing) -> int:
    """How many rows have the tokens, at most."""
    if not isinstance(node, SievePair):
        return min(token_rows(part, token) for token in node.tokens)
    return min(sum(rows_most(part, row) for row in side) for side in (node.left, node.right))


def is_plain(node: SieveRow) -> bool:
    """Whether having its one token is all."""
    return len(node.tokens) == 1 and not node.part and is_sure(node.tokens[0])


# tokens


def is_sure(token: SieveToken) -> bool:
    """Whether it is not asked for as its key alone is written, which others may be written differently from."""
    return bool(token.level == "folded" or token.kind or (not token.open and token.written != token.key))


def token_rows(part: Part, token: SieveToken) -> int:
    """How many places its keys have."""
    return len(words(part, token).rows())


def token_mask(part: Part, token: SieveToken, wanted: Wanted) -> Mask:
    """Of each wanted row, whether it has a token; of one that is asked for as it is written, whether it may have it."""
    mask = np.zeros(part.rows, bool)
    for found in chain(forms(part, token), plain(part, token)):
        mark(mask, found, wanted)
    return mask


def token_where(part: Part, token: SieveToken, wanted: Wanted) -> Where:
    """The places of a token in the wanted rows."""
    fitting = gathered(forms(part, token), wanted)
    bare = gathered(plain(part, token), wanted)
    if token.level != "folded" and len(bare):  # as its key is written, but where it is written otherwise
        bare = bare[~among(gathered(other_forms(part, token), wanted), bare)]
    return merged([fitting, bare])


def plain(part: Part, token: SieveToken) -> Iterator[Keys]:
    """Keys that find a token without regard to how it was written, or where it was written as they are."""
    if token.kind:
        return
    found = words(part, token)
    if not token.open or token.written == f"{token.key}*":
        yield from [found] if token.level == "folded" or token.key == token.written or token.open else []
        return
    yield found.only(words_of(found.names(), fitting(found.names(), token)))


def forms(part: Part, token: SieveToken) -> Iterator[Keys]:
    """Forms that a token has where it is not written as its key."""
    if not token.kind and token.level == "folded":
        return
    found = other(part, token)
    if not len(found):
        return
    flat = pc.list_flatten(pc.split_pattern(found.names(), FORM))
    folded, spelt, exact = (flat.take(pa.array(np.arange(n, len(flat), 4))) for n in (1, 2, 3))
    own = {"folded": folded, "accented": pc.utf8_slice_codeunits(spelt, 1), "exact": exact}[token.level]
    fits = fitting(own, token) if token.open else true_at(pc.equal(own, token.written))
    if token.kind:
        fits = fits[pc.starts_with(spelt, token.kind).to_numpy(zero_copy_only=False)[fits]]
    elif token.open:
        fits = words_of(folded, fits)
    yield found.only(fits)


def other(part: Part, token: SieveToken) -> Stretch:
    """All forms of the keys of a token."""
    if not token.key:
        return from_to(part, f"{FORM} ", " ")
    return stretch(part, FORM + token.key + ("" if token.open else FORM), prefix=True)


def other_forms(part: Part, token: SieveToken) -> Iterator[Keys]:
    found = other(part, token)
    yield from [found] if len(found) else []


def words(part: Part, token: SieveToken) -> Stretch:
    """All keys that the folded key of a token may be."""
    return stretch(part, token.key, token.open) if token.key else from_to(part, " ", BEHIND)


def from_to(part: Part, low: str, high: str) -> Stretch:
    return Stretch(part, stretch(part, low).first, stretch(part, high).first)


def fitting(keys: pa.StringArray, token: SieveToken) -> Numbers:
    """The numbers of those that fit what is open. Most are told by a piece, a tenth of the time of an expression."""
    likely = true_at(alike(keys, token))
    return likely[true_at(pc.match_substring_regex(keys.take(pa.array(likely)), pattern(token)))]


def words_of(keys: pa.StringArray, some: Numbers) -> Numbers:
    """Those of some keys that are no handle with its server, which no word left open finds."""
    return some[true_at(pc.invert(pc.match_substring_regex(keys.take(pa.array(some)), "[.@]")))]


def true_at(mask: pa.BooleanArray) -> Numbers:
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))


def alike(keys: pa.StringArray, token: SieveToken) -> pa.BooleanArray:
    """Whether each key has what it must have; of two halves of a word, an edit leaves one as it is."""
    if token.edits:
        half = len(token.written) // 2
        return pc.or_(pc.starts_with(keys, token.written[:half]), pc.ends_with(keys, token.written[half:]))
    *pieces, last = re.split(r"[*?]", token.written)
    return pc.ends_with(keys, last) if last else pc.match_substring(keys, max(pieces, key=len))


def pattern(token: SieveToken) -> str:
    """A regular expression of RE2, which takes no longer than the key is: for a whole one."""
    fitting = "|".join(one_edit(token.written)) if token.edits else left_open(token.written)
    return f"(?s)\\A(?:{fitting})\\z"


def left_open(written: str) -> str:
    """* stands for any run of characters, ? for one."""
    return re.escape(written).replace(r"\*", ".*").replace(r"\?", ".")


def one_edit(word: str) -> Iterator[str]:
    """The word with a character that is another or missing, or with one more (Levenshtein)."""
    for at in range(len(word) + 1):
        before, behind = re.escape(word[:at]), re.escape(word[at:])
        yield f"{before}.{behind}"
        if at < len(word):
            yield f"{before}.?{re.escape(word[at + 1 :])}"


# rows of tokens


def row_starts(part: Part, row: SieveRow, wanted: Wanted) -> Where:
    """Where a row of tokens begins, in the wanted rows."""
    each = [token_where(part, token, wanted) for token in row.tokens]
    rarest = min(range(len(each)), key=lambda n: len(each[n]))
    found = each[rarest] - np.uint32(rarest)
    for n, places in enumerate(each):
        if n != rarest:
            found = found[among(places, found + np.uint32(n))]
    return in_part(found, row.part)


def in_part(places: Where, part: str) -> Where:
    """Those of the title or of the text; of both where nothing is named."""
    return places[(places & TITLE > 0) == (part == "title")] if part else places


def gathering(part: Part, node: SieveWindow, wanted: Wanted) -> Where:
    """Places of a token from which on all of them stand near enough. Raises UndecidedError."""
    each = [token_where(part, token, wanted) for token in node.tokens]
    places_of_any = merged(each)
    if len(places_of_any) < sum(map(len, each)):
        raise UndecidedError
    found = in_part(places_of_any, node.part)
    for places in each:
        at = places.searchsorted(found)
        found, at = found[at < len(places)], at[at < len(places)]
        found = found[places[at] - found <= min(node.words, WORDS_MAX) + 1]
    return found


def paired(part: Part, node: SievePair, wanted: Wanted) -> Iterator[Where]:
    """Where one of the left stands with one of the right."""
    lefts, rights = (by_length(part, side, wanted) for side in (node.left, node.right))
    sentences = where(stretch(part, SENTENCE), wanted) if node.words is None else NOWHERE
    for left, right in product(lefts, rights):
        for before, after in ((left, right),) if node.ordered else ((left, right), (right, left)):
            yield followed(before, after, node.words, sentences)


Rows = tuple[int, Where]  # how many tokens each has, and where they begin


def by_length(part: Part, rows: Sequence[SieveRow], wanted: Wanted) -> list[Rows]:
    lengths = sorted({len(row.tokens) for row in rows})
    return [(n, merged([row_starts(part, row, wanted) for row in rows if len(row.tokens) == n])) for n in lengths]


def followed(before: Rows, after: Rows, words: int | None, sentences: Where) -> Where:
    """Where one stands before another, the next one, near enough or within the sentence it begins in."""
    (length, first), (size, places) = before, after
    if not len(first) or not len(places):
        return NOWHERE
    last = first + np.uint32(length - 1)
    at = places.searchsorted(last, "right")
    near = at < len(places)
    first, last, following = first[near], last[near], places[at[near]]
    if words is not None:
        return first[following - last <= min(words, WORDS_MAX) + 1]
    end = following + np.uint32(size - 1)
    within = sentences.searchsorted(first, "right") == sentences.searchsorted(end, "right")
    return first[within & (first >> PART == end >> PART)]  # type: ignore[no-any-return]


# arrays


def gathered(found: Iterable[Keys], wanted: Wanted) -> Where:
    """All places of some keys in the wanted rows."""
    return merged([where(one, wanted) for one in found])


def merged(each: Sequence[Where]) -> Where:
    """A stretch of several keys rises within each of them alone."""
    whole = each[0] if len(each) == 1 else np.concatenate([NOWHERE, *each])
    return whole if (whole[1:] > whole[:-1]).all() else np.unique(whole)
