"""Phrases found in many texts at once, by the hashes of their tokens: what intents, axes and aspects can show.

A pattern is words as written (case and accents do not count): ``(a|b)`` is one of several, ``(x y)?`` may be absent, so
may the last letter of ``stars?``, ``_`` is any one word, ``0`` a number of one or two digits, ``0*`` of one to four,
``\\?`` a question mark, ``^`` at the head the beginning of a sentence.

A pattern is compiled to the polynomial hashes of all that it can stand for, grouped by shape (which of its tokens are
fixed); a text is searched by looking up the hash that each shape has at each token that may begin it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ctypes import addressof
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from palabre.read import native
from palabre.read.features import Features, Hashes, Offsets, features

Shape = tuple[bool, ...]  # of the tokens of a phrase: True: this very token; False: any
# What an expression stands for, by shape: row 0: the sum of token * BASE^place; row 1: the first fixed token, or 0.
Language = dict[Shape, Hashes]
Names = npt.NDArray[np.int64]
BASE = 0xD1342543DE82EF95  # an odd multiplier (Steele & Vigna 2021)
FIRST_BITS = 16
SHAPES_MAX = 64  # one bit each
PIECES = re.compile(r"\(|\)\??|\||\^|\\\?|[^\s()|^]+")
NUMBERS = {"0": ("0", "00"), "0*": ("0", "00", "000", "0000"), "\\?": ("?", "??")}
# After these a sentence begins; \x01 is how a handle is read.
ENDS = (".", "..", "!", "!!", "?", "??", "!?", "?!", ":", ";", "-", ",", ")", '"', "@a")
NOTHING: Language = {(): np.zeros((2, 1), np.uint64)}


def _power(steps: int) -> int:
    return pow(BASE, steps, 1 << 64)


@cache
def hashes(text: str) -> tuple[int, ...]:
    """The tokens of a text, as `features` hashes them."""
    return _known.get(text) or tuple(features([text]).words.tolist())


_known: dict[str, tuple[int, ...]] = {}


def _learn(patterns: Iterable[str]) -> None:
    """Hashes the words of many patterns at once: a call for each would take a second."""
    pieces = {piece for pattern in patterns for piece in PIECES.findall(pattern)}
    words = sorted(pieces | {piece[:-cut] for piece in pieces for cut in (1, 2) if len(piece) > cut})
    seen = features(words)
    rows = zip(words, seen.word_indptr[:-1].tolist(), seen.word_indptr[1:].tolist(), strict=True)
    _known.update((word, tuple(seen.words[start:end].tolist())) for word, start, end in rows)


def compiled(pattern: str) -> tuple[bool, Language]:
    """Whether a pattern begins a sentence, and what it stands for. ValueError: its brackets do not match, or it may be
    nothing at all."""
    pieces = PIECES.findall(pattern)
    anchored = pieces[:1] == ["^"]
    found, rest = _choice(pieces[anchored:])
    if rest or any(not any(shape) for shape in found):
        raise ValueError(pattern)
    return anchored, found


def _choice(pieces: list[str]) -> tuple[Language, list[str]]:
    """One of several sequences, up to a closing bracket or the end; and what follows."""
    found, rest = _sequence(pieces)
    while rest and rest[0] == "|":
        more, rest = _sequence(rest[1:])
        found = _either(found, more)
    return found, rest


def _sequence(pieces: list[str]) -> tuple[Language, list[str]]:
    found = NOTHING
    while pieces and pieces[0] not in ("|", ")", ")?"):
        item, pieces = _item(pieces)
        found = _then(found, item)
    return found, pieces


def _item(pieces: list[str]) -> tuple[Language, list[str]]:
    """The first word or bracket, and what follows. ValueError: it is not closed, or is a bare question mark."""
    if pieces[0] != "(":
        return _word(pieces[0]), pieces[1:]
    item, rest = _choice(pieces[1:])
    if not rest:
        raise ValueError("(")
    return (_either(item, NOTHING) if rest[0] == ")?" else item), rest[1:]


def _word(piece: str) -> Language:
    if piece == "_":
        return {(False,): np.zeros((2, 1), np.uint64)}
    if piece.startswith("?"):
        raise ValueError(piece)
    optional = piece.endswith("?") and piece[-3:-1].isalpha()
    found: Language = {}
    for one in NUMBERS.get(piece) or ((piece[:-2], piece[:-1]) if optional else (piece,)):
        tokens = hashes(one)
        total = sum(token * _power(at) for at, token in enumerate(tokens)) & ((1 << 64) - 1)
        found = _either(found, {(True,) * len(tokens): np.array([[total], [tokens[0]]], np.uint64)})
    return found


def _either(one: Language, other: Language) -> Language:
    found = dict(one)
    for shape, sums in other.items():
        found[shape] = np.hstack([found[shape], sums]) if shape in found else sums
    return found


def _then(one: Language, other: Language) -> Language:
    found: Language = {}
    for before, (sums, first) in one.items():
        step = np.uint64(_power(len(before)))
        for after, (more, second) in other.items():
            both = (sums[:, None] + more * step).ravel()
            opening = np.where(first[:, None] > 0, first[:, None], second).ravel()
            found = _either(found, {before + after: np.stack([both, opening])})
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """Phrases of one shape. sums: sorted; names[first[k]:first[k + 1]]: the numbers of those that sums[k] says;
    maybe: by the first bits of a sum, whether one of ``sums`` begins so."""

    shape: Shape
    anchored: bool
    maybe: npt.NDArray[np.bool_]
    sums: Hashes
    first: Offsets
    names: Names


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Named lists of patterns, ready to be looked up. begins (2^FIRST_BITS,): by the first bits of a token, one bit for
    each of ``looks`` that can begin by it; ends: the tokens after which a sentence begins, sorted."""

    names: tuple[str, ...]
    looks: tuple[Look, ...]
    begins: Hashes
    ends: Hashes


@dataclass(frozen=True, slots=True)
class Hits:
    """Phrases found: tokens start to end (places in Features.words) say a name (its number in Book.names)."""

    start: Offsets
    end: Offsets
    name: Names


def book(patterns: Mapping[str, Iterable[str]]) -> Book:
    """Compiles lists of patterns by name. ValueError: one is wrong, or there are too many shapes."""
    parts: dict[tuple[Shape, bool], list[Hashes]] = {}
    _learn(pattern for name in patterns for pattern in patterns[name])
    for number, name in enumerate(patterns):
        for pattern in patterns[name]:
            anchored, found = compiled(pattern)
            for shape, sums in found.items():
                kept, moved = _trimmed(shape, sums)
                numbered = np.vstack([moved, np.full(moved.shape[1], number, np.uint64)])
                parts.setdefault((kept, anchored), []).append(numbered)
    if len(parts) > SHAPES_MAX:
        raise ValueError(f"{len(parts)} shapes")
    looks = tuple(_look(shape, anchored, np.hstack(some)) for (shape, anchored), some in parts.items())
    ends = np.array(sorted({hashes(one)[0] for one in ENDS}), np.uint64)
    return Book(tuple(patterns), looks, _begins([np.hstack(some)[1] for some in parts.values()]), ends)


def _trimmed(shape: Shape, sums: Hashes) -> tuple[Shape, Hashes]:
    """Without the words at either end that may be any."""
    lead, tail = shape.index(True), len(shape) - shape[::-1].index(True)
    return shape[lead:tail], np.stack([sums[0] * np.uint64(pow(_power(lead), -1, 1 << 64)), sums[1]])


def _look(shape: Shape, anchored: bool, numbered: Hashes) -> Look:
    order = np.lexsort((numbered[2], numbered[0]))
    sums, names = numbered[0][order], numbered[2][order].astype(np.int64)
    new = np.ones(len(sums), np.bool_)
    new[1:] = (sums[1:] != sums[:-1]) | (names[1:] != names[:-1])
    found, first = np.unique(sums[new], return_index=True)
    maybe = np.zeros(1 << FIRST_BITS, np.bool_)
    maybe[_row(found)] = True
    return Look(shape, anchored, maybe, found, np.append(first, int(new.sum())), names[new])


def _begins(openings: Sequence[Hashes]) -> Hashes:
    table = np.zeros(1 << FIRST_BITS, np.uint64)
    for number, tokens in enumerate(openings):
        table[np.unique(_row(tokens))] |= np.uint64(1 << number)
    return table


def _row(words: Hashes) -> Names:
    return (words >> np.uint64(64 - FIRST_BITS)).astype(np.int64)


def hits(found: Book, seen: Features) -> Hits:
    """Every phrase of a book in some texts, by shape and then in order."""
    if kernel := native.library():
        start, end, name = native.phrases(kernel, _native(found), seen.words, seen.word_indptr).T.copy()
        return Hits(start, end, name)
    words = seen.words
    maybe = found.begins[_row(words)]
    until = np.repeat(seen.word_indptr[1:], np.diff(seen.word_indptr))  # where the text of each token ends
    opens = _openings(found, seen)
    parts = [_looked_up(one, words, until, np.flatnonzero(may)) for one, may in _where(found.looks, maybe, opens)]
    if not parts:
        nothing = np.empty(0, np.int64)
        return Hits(nothing, nothing, nothing)
    start, end, name = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Hits(start, end, name)


@lru_cache(maxsize=8)
def _native(found: Book) -> native.Kept[native.Book]:
    """A book as the kernel reads it."""
    looks, kept = (native.Look * len(found.looks))(), []
    for number, one in enumerate(found.looks):
        places = np.flatnonzero(one.shape).astype(np.int32)
        powers = np.array([_power(place) for place in places.tolist()], np.uint64)
        maybe = np.packbits(one.maybe, bitorder="little")
        kept += [places, powers, maybe]
        lists = [native.at(some) for some in (places, powers, maybe, one.sums)]
        names = native.at(one.first), native.at(one.names)
        looks[number] = native.Look(len(one.shape), len(places), one.anchored, *lists, len(one.sums), *names)
    whole = native.Book(addressof(looks), len(looks), native.at(found.begins), native.at(found.ends), len(found.ends))
    return native.Kept(whole, found, looks, *kept)


def _where(
    looks: Sequence[Look], maybe: Hashes, opens: npt.NDArray[np.bool_]
) -> Iterable[tuple[Look, npt.NDArray[np.bool_]]]:
    """Each shape with the tokens (a flag each) that may begin it."""
    for number, one in enumerate(looks):
        may = (maybe & np.uint64(1 << number)) > 0
        yield one, (may & opens if one.anchored else may)


def _openings(found: Book, seen: Features) -> npt.NDArray[np.bool_]:
    """(tokens,) whether a sentence begins there."""
    opens = np.zeros(len(seen.words), np.bool_)
    at = np.minimum(np.searchsorted(found.ends, seen.words[:-1]), len(found.ends) - 1)
    opens[1:] = found.ends[at] == seen.words[:-1]
    opens[seen.word_indptr[:-1][np.diff(seen.word_indptr) > 0]] = True
    return opens


def _looked_up(one: Look, words: Hashes, until: Offsets, at: Offsets) -> tuple[Offsets, Offsets, Names]:
    """start, end and name of the phrases of a shape that begin at some tokens."""
    at = at[at + len(one.shape) <= until[at]]
    sums = np.zeros(len(at), np.uint64)
    for place in np.flatnonzero(one.shape).tolist():
        sums += words[at + place] * np.uint64(_power(place))
    likely = np.flatnonzero(one.maybe[_row(sums)])
    sums, at = sums[likely], at[likely]
    row = np.minimum(np.searchsorted(one.sums, sums), len(one.sums) - 1)
    same = np.flatnonzero(one.sums[row] == sums)
    row, at = row[same], at[same]
    count = one.first[row + 1] - one.first[row]
    start = np.repeat(at, count)
    inside = np.arange(len(start)) - np.repeat(np.cumsum(count) - count, count)
    return start, start + len(one.shape), one.names[np.repeat(one.first[row], count) + inside]
