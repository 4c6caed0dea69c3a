"""Makes src/palabre/text/unicode.bin: what the tokeniser knows of every character, for Python and C++ alike.

    python native/make_unicode_table.py src/palabre/text/unicode.bin

Run once per Unicode version (the committed file: Unicode 15.1, Python 3.13) and commit the result, so that every
Python version and the kernel cut and fold text in the same way. The format is read in `palabre/text/unicode_table.py`.
"""

from __future__ import annotations

import struct
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

LAST = 0x110000
BLOCK = 128
WORD, MARK, IGNORE, LETTER, LATIN, CJK, EMOJI, EMOJI_TEXT = (1 << n for n in range(8))
HASH, AT, SKIN, REGIONAL, ENDER, CLOSER, UNSTABLE, ORDINARY = (1 << n for n in range(8, 16))
ITSELF = 255  # length byte: the key of this character is the character

APOSTROPHES = {*range(0x02B9, 0x02C0), 0x02C8, 0x02CA, 0x02CB, 0x07F4, 0x07F5, 0xA78B, 0xA78C}
NOT_LETTERS = {0x2120, 0x2122}  # ℠ ™ stick to a name without being part of it
INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
# Diacritics a base letter may keep, one of them: the usual Latin ones, the kana voicing marks, the Arabic hamzas.
KEPT_MARKS = {
    *range(0x0300, 0x0305), *range(0x0306, 0x030D), 0x030F, 0x0311, 0x031B, *range(0x0323, 0x0329), 0x032D, 0x032E,
    0x0330, 0x0331, 0x3099, 0x309A, 0x0653, 0x0654, 0x0655,
}  # fmt: skip
SPELLED = {"œ": "oe", "æ": "ae"}  # two letters in one: not an accent
PLAIN = {**SPELLED, "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th", "ɨ": "i", "ƀ": "b"}
LOOK_ALIKES = {
    **dict(zip("аеорсухіјѕһԁԛԝӏѵүԍ", "aeopcyxijshdqwlvyg", strict=True)),
    **dict(zip("АВЕКМНОРСТУХІЈЅҺԀԚԜӀѴҮԌ", "abekmhopctyxijshdqwlvyg", strict=True)),
    **dict(zip("αεικνορτυχγωηϲϳ", "aeiknoptuxywncj", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ", "abezhikmnoptyxcj", strict=True)),
    **dict(zip("օսոհզցՕՍ", "ouuhqgou", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡ", "abcdefghijklmnoprstuvwyzag", strict=True)),
}
EMOJI_RANGES = (
    "231A-231B 23E9-23EC 23F0 23F3 25FD-25FE 2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A "
    "262E-262F 2638-263A 2640 2642 2648-2653 265F-2660 2663 2665-2666 2668 267B 267E-267F 2692-2697 2699 "
    "269B-269C 26A0-26A1 26A7 26AA-26AB 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CE-26CF 26D1 26D3-26D4 26E9-26EA "
    "26F0-26F5 26F7-26FA 26FD 2702 2705 2708-270D 270F 2712 2714 2716 271D 2721 2728 2733-2734 2744 2747 274C "
    "274E 2753-2755 2757 2763-2764 2795-2797 27B0 27BF 2B1B-2B1C 2B50 2B55 1F004 1F0CF 1F18E 1F191-1F19A "
    "1F201 1F21A 1F22F 1F232-1F236 1F238-1F23A 1F250-1F251 1F300-1F64F 1F680-1F6FF 1F7E0-1F7EB 1F7F0 "
    "1F900-1F9FF 1FA70-1FAFF"
)
EMOJI_TEXT_RANGES = (
    "23 2A 30-39 A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 2328 23CF 23ED-23EF 23F1-23F2 23F8-23FA 24C2 25AA-25AB "
    "25B6 25C0 25FB-25FC 2934-2935 27A1 2B05-2B07 3030 303D 3297 3299 1F170-1F171 1F17E-1F17F 1F202 1F237"
)
CJK_RANGES = (
    "3005-3007 3021-3029 3041-3096 309D-309F 30A1-30FA 30FC-30FF 31F0-31FF 3400-4DBF 4E00-9FFF F900-FAD9 FF66-FF9D "
    "1AFF0-1B16F 20000-2FFFD 30000-3FFFD"
)
ENDERS = set(".!?…‼⁇⁈⁉。！？｡．؟।")
ABBREVIATIONS = (
    "mm mme mmes mlle mlles mgr dr drs pr prof st ste sts cf etc env vol vols art al ed fig mr mrs ms jr sr vs inc ltd "
    "corp eg ie approx dept gov gen sgt lt capt rev hon av bd tel"
)


def code_points(ranges: str) -> set[int]:
    """``"23 30-39"`` → the numbers it names."""
    found: set[int] = set()
    for part in ranges.split():
        low, _, high = part.partition("-")
        found.update(range(int(low, 16), int(high or low, 16) + 1))
    return found


EMOJI_SET, EMOJI_TEXT_SET, CJK_SET = map(code_points, (EMOJI_RANGES, EMOJI_TEXT_RANGES, CJK_RANGES))


def wordish(char: str) -> bool:
    category = unicodedata.category(char)[0]
    return (category in "LN" or char == "_") and ord(char) not in APOSTROPHES | INVISIBLE


def kept(text: str, marks: bool) -> str:
    """Letters, digits and underscores of a decomposed text; with marks: the ordinary diacritics too."""
    return "".join(c for c in text if wordish(c) or (marks and ord(c) in KEPT_MARKS))


def folded(char: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(PLAIN.get(c, c) for c in kept(text, marks=False))


def accented(char: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(SPELLED.get(c, c) for c in kept(text, marks=True))


def exact(char: str) -> str:
    return kept(unicodedata.normalize("NFKD", char), marks=True)


def is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in "\uff9e\uff9f"


def is_word(char: str) -> bool:
    if ord(char) in APOSTROPHES | INVISIBLE | NOT_LETTERS | EMOJI_SET:
        return False
    category = unicodedata.category(char)
    if category[0] in "LN" or char in "_＿" or is_mark(char):
        return True
    whole = unicodedata.normalize("NFKD", char)
    return category == "So" and whole != char and all(wordish(c) for c in whole)


def is_ignored(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or (ord(char) in INVISIBLE and not is_mark(char))


def is_closer(char: str) -> bool:
    return unicodedata.category(char) in {"Pe", "Pf", "Pi"} or char in "\"'*~"


def is_unstable(char: str) -> bool:
    """NFC may change a text that holds it."""
    code = ord(char)
    jamo = 0x1161 <= code <= 0x1175 or 0x11A8 <= code <= 0x11C2
    return not unicodedata.is_normalized("NFC", char) or unicodedata.combining(char) > 0 or jamo or char in SECONDS


def is_latin(char: str) -> bool:
    return unicodedata.category(char)[0] == "L" and unicodedata.name(char, "").startswith("LATIN")


def flags_of(char: str) -> int:
    code, compatible = ord(char), unicodedata.normalize("NFKC", char)
    facts = (
        (WORD, is_word(char) or code in CJK_SET), (MARK, is_mark(char)), (IGNORE, is_ignored(char)),
        (LETTER, unicodedata.category(char)[0] == "L"), (LATIN, is_latin(char)), (CJK, code in CJK_SET),
        (EMOJI, code in EMOJI_SET), (EMOJI_TEXT, code in EMOJI_TEXT_SET), (HASH, compatible == "#"),
        (AT, compatible == "@"), (SKIN, 0x1F3FB <= code <= 0x1F3FF), (REGIONAL, 0x1F1E6 <= code <= 0x1F1FF),
        (ENDER, char in ENDERS), (CLOSER, is_closer(char)), (UNSTABLE, is_unstable(char)),
        (ORDINARY, code in KEPT_MARKS),
    )  # fmt: skip
    return sum(flag for flag, holds in facts if holds)


def pairs() -> Iterator[tuple[int, int, int]]:
    """(base, mark, composed) for every ordinary mark."""
    for code in range(LAST):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and int(parts[1], 16) in KEPT_MARKS:
            base, mark = int(parts[0], 16), int(parts[1], 16)
            if unicodedata.normalize("NFC", chr(base) + chr(mark)) == chr(code):
                yield base, mark, code


def second_characters() -> set[str]:
    """Characters that NFC may join to the one before."""
    decompositions = (unicodedata.decomposition(chr(code)).split() for code in range(LAST))
    return {chr(int(parts[1], 16)) for parts in decompositions if len(parts) == 2 and not parts[0].startswith("<")}


SECONDS = second_characters()


class Pool:
    """Strings laid end to end as UTF-8, each kept once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.places: dict[bytes, int] = {}

    def put(self, char: str, text: str) -> tuple[int, int]:
        """(offset, length in bytes); length ITSELF when the text is the character."""
        if text == char:
            return 0, ITSELF
        encoded = text.encode()
        if encoded not in self.places:
            self.places[encoded] = len(self.data)
            self.data += encoded
        return self.places[encoded], len(encoded)


def record(char: str, pool: Pool) -> bytes:
    """<flags u16, combining class u8, look-alike u8, three offsets u32, three lengths u8, 0>."""
    if 0xD800 <= ord(char) <= 0xDFFF:
        return bytes(20)
    hangul = 0xAC00 <= ord(char) <= 0xD7A3  # decomposed by arithmetic, where it is read
    texts = (char, char, char) if hangul else (folded(char), accented(char), exact(char))
    places = [pool.put(char, text) for text in texts]
    alike = ord(LOOK_ALIKES.get(char, "\0"))
    offsets, lengths = [place[0] for place in places], [place[1] for place in places]
    return struct.pack("<HBBIIIBBBB", flags_of(char), unicodedata.combining(char), alike, *offsets, *lengths, 0)


def numbered(items: Iterable[bytes]) -> tuple[list[int], list[bytes]]:
    """Each item's number among the distinct ones, and these."""
    seen: dict[bytes, int] = {}
    numbers = [seen.setdefault(item, len(seen)) for item in items]
    return numbers, list(seen)


def build() -> bytes:
    """The whole file."""
    pool = Pool()
    ids, records = numbered(record(chr(code), pool) for code in range(LAST))
    blocks = (struct.pack(f"<{BLOCK}H", *ids[start : start + BLOCK]) for start in range(0, LAST, BLOCK))
    index, distinct = numbered(blocks)
    joined = list(pairs())
    words = "\n".join(ABBREVIATIONS.split()).encode()
    head = struct.pack("<4s6I", b"PALU", 1, len(index), len(distinct), len(records), len(joined), len(pool.data))
    body = struct.pack(f"<{len(index)}H", *index) + b"".join(distinct) + b"".join(records)
    tail = b"".join(struct.pack("<III", *pair) for pair in joined) + bytes(pool.data)
    return head + body + tail + struct.pack("<I", len(words)) + words


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(build())
