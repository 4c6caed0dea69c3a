"""Reads unicode.bin: what the tokeniser knows of every character. The kernel reads the same bytes.

Why our own table: `unicodedata` changes with the Python version, and Python and C++ must never disagree on a post.
It is made by `native/make_unicode_table.py` and committed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BLOCK = 128
ITSELF = 255
RECORD = struct.Struct("<HBBIIIBBBB")
HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3


class Is:
    """What a character is. A bit each; the kernel has the same numbers. Plain numbers: they are asked for every
    character, and an enum's ``&`` costs fifty times as much."""

    WORD = 1  # part of a word
    MARK = 2  # continues a word, never begins one
    IGNORE = 4  # invisible: as if it were not there
    LETTER = 8
    LATIN = 16
    CJK = 32  # a token by itself
    EMOJI = 64
    EMOJI_TEXT = 128  # an emoji only when VARIATION SELECTOR-16 follows
    HASH = 256
    AT = 512
    SKIN = 1024
    REGIONAL = 2048
    ENDER = 4096  # ends a sentence
    CLOSER = 8192  # closing quotes and brackets
    UNSTABLE = 16384  # NFC may change a text that holds it
    ORDINARY = 32768  # a diacritic that a base letter may keep


@dataclass(frozen=True, slots=True)
class Character:
    """flags: `Is` bits; order: combining class; alike: the Latin letter it looks like, or ""; its three keys."""

    flags: int
    order: int
    alike: str
    folded: str
    accented: str
    exact: str


class Table(dict[str, Character]):
    """Character → what is known of it; filled as characters are met."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        magic, version, index, blocks, records, pairs, pool = struct.unpack_from("<4s6I", data)
        if magic != b"PALU" or version != 1:
            raise ValueError("unicode.bin is not a table of this version")
        self.data = data
        self.index_at = 28
        self.blocks_at = self.index_at + 2 * index
        self.records_at = self.blocks_at + 2 * BLOCK * blocks
        self.pool_at = self.records_at + RECORD.size * records + 12 * pairs
        self.composed = _pairs(data, self.records_at + RECORD.size * records, pairs)
        self.abbreviations = frozenset(data[self.pool_at + pool + 4 :].decode().split())

    def __missing__(self, char: str) -> Character:
        code = ord(char)
        (block,) = struct.unpack_from("<H", self.data, self.index_at + 2 * (code // BLOCK))
        (number,) = struct.unpack_from("<H", self.data, self.blocks_at + 2 * (block * BLOCK + code % BLOCK))
        fields = RECORD.unpack_from(self.data, self.records_at + RECORD.size * number)
        keys = (self._key(char, fields[3 + n], fields[6 + n]) for n in range(3))
        found = Character(fields[0], fields[1], chr(fields[2]) if fields[2] else "", *keys)
        self[char] = found
        return found

    def _key(self, char: str, offset: int, length: int) -> str:
        if length != ITSELF:
            return self.data[self.pool_at + offset : self.pool_at + offset + length].decode()
        return jamo(ord(char)) if HANGUL_FIRST <= ord(char) <= HANGUL_LAST else char


def _pairs(data: bytes, start: int, count: int) -> dict[tuple[str, str], str]:
    """(base, mark) → the one character for both."""
    numbers = struct.unpack_from(f"<{3 * count}I", data, start)
    return {(chr(base), chr(mark)): chr(one) for base, mark, one in zip(*[iter(numbers)] * 3, strict=True)}


def jamo(code: int) -> str:
    """A Hangul syllable as its two or three letters (Unicode standard, 3.12)."""
    place = code - HANGUL_FIRST
    letters = (0x1100 + place // 588, 0x1161 + place % 588 // 28, 0x11A7 + place % 28)
    return "".join(map(chr, letters if place % 28 else letters[:2]))


def table_bytes() -> bytes:
    """The file, for the kernel."""
    return files("palabre.text").joinpath("unicode.bin").read_bytes()


@cache
def table() -> Table:
    """The one table of the process."""
    return Table(table_bytes())


@cache
def folded_codes() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
    """Of every code point, for work on whole arrays: the first character of its folded key, and its `Is` bits.

    Signs that are in no key stand for themselves; marks that folding drops are 0.
    """
    import numpy as np

    known = table()
    blocks = np.frombuffer(known.data, "<u2", (known.blocks_at - known.index_at) // 2, known.index_at)
    numbers = np.frombuffer(known.data, "<u2", (known.records_at - known.blocks_at) // 2, known.blocks_at)
    numbers = numbers.reshape(-1, BLOCK)[blocks].ravel()
    itself = np.uint32(0xFFFFFFFF)
    flags = np.zeros(int(numbers.max()) + 1, np.uint16)
    first = np.full(len(flags), itself)
    for number in range(len(flags)):
        fields = RECORD.unpack_from(known.data, known.records_at + RECORD.size * number)
        flags[number] = fields[0]
        if fields[6] not in (0, ITSELF):
            first[number] = ord(known._key("", fields[3], fields[6])[0])
        elif fields[6] == 0 and fields[0] & Is.MARK:
            first[number] = 0
    found = first[numbers]
    return np.where(found == itself, np.arange(len(found), dtype=np.uint32), found), flags[numbers]
