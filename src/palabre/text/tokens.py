"""Cuts a text into tokens: the one definition that the query language, the engines and the archive share.

The text is cut at ASCII bytes <= 0x20 and 0x7F; every chunk between them is tokenised alone, so that a chunk met
before costs nothing (the kernel's cache rests on it). Within a chunk:

* word: a run of letters, marks, digits and underscores; every other sign separates (``l'été`` is l, été);
* hashtag ``#word`` and handle ``@name``, ``@name.domain.tld``, ``@name@server.tld``, not glued to a word;
* emoji: one token a grapheme (joined sequences, skin tones, flags, keycaps);
* link: ``http://…``, ``https://…``, ``www.…``: one token that no word finds;
* ideographs and kana: one token each.

Invisible characters (soft hyphen, zero-width…) are as if they were not there. A sentence ends with a chunk that ends
in . ! ? … (not after an initial or a usual abbreviation) or with a line. Offsets are code points of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from palabre.text.keys import Keys, emoji_keys, keys, local_keys, whole_keys
from palabre.text.unicode_table import Is, table

CHUNKS = re.compile(r"[\x00-\x20\x7f]+|[^\x00-\x20\x7f]+")
LINK = re.compile(r"(?:https?://|www\.)(?=[^\x00-\x20\x7f])", re.IGNORECASE | re.ASCII)
LINK_STOPS = frozenset('<>"')
LINK_TAIL = frozenset(".,;:!?'\")]}*_~")
ZWJ, VS15, VS16, KEYCAP = "\u200d", "\ufe0e", "\ufe0f", "\u20e3"
EXTENDERS = frozenset([VS15, VS16, KEYCAP, *map(chr, range(0xE0020, 0xE0080))])
LONG_CHUNK = 256  # longer ones are not remembered


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    HASHTAG = "hashtag"
    HANDLE = "handle"
    EMOJI = "emoji"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Token:
    """One token. start, end: code points of the text, end excluded, the # or @ included; sentence: its number.

    folded: one or two keys (the second is what a look-alike spelling imitates), none for a link; accented, exact: one
    key, "" for a link; whole: folded, accented and exact key of a handle that has a server or a domain, else three "".
    """

    kind: Kind
    start: int
    end: int
    sentence: int
    folded: tuple[str, ...]
    accented: str
    exact: str
    whole: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The tokens of one chunk, counted from its start; ends: the sentence ends with it."""

    tokens: tuple[Token, ...]
    ends: bool


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, in order."""
    out: list[Token] = []
    sentence = 0
    for match in CHUNKS.finditer(text):
        piece, at = match.group(), match.start()
        if piece[0] <= " " or piece[0] == "\x7f":
            sentence += "\n" in piece or "\r" in piece
            continue
        chunk = cut(piece)
        out += [replace(t, start=t.start + at, end=t.end + at, sentence=sentence) for t in chunk.tokens]
        sentence += chunk.ends
    return out


def cut(piece: str) -> Chunk:
    """One chunk (no ASCII space in it) as tokens."""
    return _remembered(piece) if len(piece) <= LONG_CHUNK else _cut(piece)


def _cut(piece: str) -> Chunk:
    tokens = tuple(_scan(piece))
    return Chunk(tokens, ends_sentence(piece, tokens))


_remembered = lru_cache(maxsize=200_000)(_cut)


def has_accents(token: Token) -> bool:
    """Was it written with accents? Then a query that says so is compared on the accented level."""
    return token.folded[:1] != (token.accented,)


def _scan(text: str) -> Iterator[Token]:
    at, glued = 0, False
    while at < len(text):
        found = _begin(text, at, glued)
        if found is None:
            glued = glued and bool(table()[text[at]].flags & (Is.IGNORE | Is.MARK))
            at += 1
            continue
        token, at = found
        glued = token is None or token.kind not in (Kind.EMOJI, Kind.LINK)
        if token is not None:
            yield token


def _begin(text: str, at: int, glued: bool) -> tuple[Token | None, int] | None:
    """The token that begins here and where to go on; None: nothing begins here."""
    flags = table()[text[at]].flags
    if flags & (Is.EMOJI | Is.EMOJI_TEXT | Is.REGIONAL) and (end := emoji_end(text, at)):
        return _token(Kind.EMOJI, text, at, end, emoji_keys(text[at:end])), end
    if flags & Is.HASH and not glued:
        return _hashtag(text, at)
    if flags & Is.AT and not glued:
        return _handle(text, at)
    if not flags & Is.WORD or flags & Is.MARK:
        return None
    if text[at] in "hHwW" and (end := link_end(text, at)):
        return Token(Kind.LINK, at, end, 0, (), "", ""), end
    seen, end = ideograph_end(text, at) if flags & Is.CJK else run_end(text, at)
    return _token(Kind.WORD, text, at, seen, keys(text[at:seen])), end


def _token(kind: Kind, text: str, start: int, end: int, found: Keys) -> Token | None:
    if not found.folded:
        return None
    return Token(kind, start, end, 0, found.folded, found.accented, found.exact)


def run_end(text: str, at: int, ideographs: bool = False) -> tuple[int, int]:
    """Where the word characters end: without and with the invisible ones behind. ideographs: they belong to it."""
    seen = at
    known = table()
    while at < len(text):
        flags = known[text[at]].flags
        if not flags & (Is.WORD | Is.MARK | Is.IGNORE) or (flags & Is.CJK and not ideographs):
            break
        if flags & Is.EMOJI_TEXT and emoji_end(text, at):
            break
        at += 1
        if not flags & Is.IGNORE:
            seen = at
    return seen, at


def ideograph_end(text: str, at: int) -> tuple[int, int]:
    """One ideograph and the marks on it."""
    seen = at = at + 1
    while at < len(text) and table()[text[at]].flags & (Is.MARK | Is.IGNORE):
        at += 1
        if not table()[text[at - 1]].flags & Is.IGNORE:
            seen = at
    return seen, at


def _named(text: str, at: int) -> int:
    """Where the name that begins here ends; `at` itself when none does."""
    if at >= len(text) or not table()[text[at]].flags & Is.WORD or table()[text[at]].flags & Is.MARK:
        return at
    return run_end(text, at, ideographs=True)[0]


def _hashtag(text: str, at: int) -> tuple[Token | None, int] | None:
    end = _named(text, at + 1)
    if end == at + 1:
        return None
    return _token(Kind.HASHTAG, text, at, end, keys(text[at + 1 : end])), end


def _handle(text: str, at: int) -> tuple[Token | None, int] | None:
    plain = _named(text, at + 1)
    if plain == at + 1:
        return None
    local = _label(text, at + 1)
    end = _server(text, _domain(text, local))
    if end == local:
        return _token(Kind.HANDLE, text, at, plain, keys(text[at + 1 : plain])), plain
    name = local_keys(text[at + 1 : local])
    whole = whole_keys(text[at + 1 : end])
    return Token(Kind.HANDLE, at, end, 0, name.folded, name.accented, name.exact, whole), end


def _label(text: str, at: int) -> int:
    """Where a name with hyphens inside ends."""
    end = _named(text, at)
    while end > at and text[end : end + 1] == "-" and (after := _named(text, end + 1)) > end + 1:
        end = after
    return end


def _domain(text: str, end: int) -> int:
    """Where the ``.domain.tld`` that may follow ends."""
    while text[end : end + 1] == "." and (after := _label(text, end + 1)) > end + 1:
        end = after
    return end


def _server(text: str, end: int) -> int:
    """Where the ``@server.tld`` that may follow ends."""
    if end < len(text) and table()[text[end]].flags & Is.AT and (after := _label(text, end + 1)) > end + 1:
        return _domain(text, after)
    return end


def link_end(text: str, at: int) -> int:
    """Where the link that begins here ends; 0 when none does."""
    head = LINK.match(text, at)
    if not head or not table()[text[head.end()]].flags & Is.WORD:
        return 0
    end = head.end()
    while end < len(text) and _in_link(text[end]):
        end += 1
    while text[end - 1] in LINK_TAIL:
        end -= 1
    return end


def _in_link(char: str) -> bool:
    if char < "\x80":
        return char not in LINK_STOPS
    flags = table()[char].flags
    return bool(flags & (Is.WORD | Is.MARK)) and not flags & Is.CJK


def emoji_end(text: str, at: int) -> int:
    """Where the emoji that begins here ends (Unicode TS 51, ED-17); 0 when none does."""
    flags = table()[text[at]].flags
    if flags & Is.REGIONAL:
        return at + 1 + (at + 1 < len(text) and bool(table()[text[at + 1]].flags & Is.REGIONAL))
    following = text[at + 1 : at + 2]
    if text[at] < "\x80":
        end = at + 1 + (following == VS16)
        return end + 1 if text[end : end + 1] == KEYCAP else 0
    if not flags & Is.EMOJI and following != VS16:
        return 0
    end = _extended(text, at + 1)
    while text[end : end + 1] == ZWJ and _joinable(text, end + 1):
        end = _extended(text, end + 2)
    return end


def _joinable(text: str, at: int) -> bool:
    return at < len(text) and text[at] >= "\x80" and bool(table()[text[at]].flags & (Is.EMOJI | Is.EMOJI_TEXT))


def _extended(text: str, at: int) -> int:
    """Past the variation selectors, skin tones, keycap and tags that belong to the emoji before."""
    while at < len(text) and (text[at] in EXTENDERS or table()[text[at]].flags & Is.SKIN):
        at += 1
    return at


def ends_sentence(piece: str, tokens: tuple[Token, ...]) -> bool:
    """Does the sentence end with this chunk? Closing quotes and brackets behind the stop do not count."""
    end = len(piece)
    while end and table()[piece[end - 1]].flags & (Is.CLOSER | Is.IGNORE):
        end -= 1
    if not end or not table()[piece[end - 1]].flags & Is.ENDER:
        return False
    return not (piece[end - 1] == "." and tokens and tokens[-1].end == end - 1 and _is_short(tokens[-1]))


def _is_short(token: Token) -> bool:
    """An initial ("J.") or a usual abbreviation ("Mme.")."""
    return token.kind is Kind.WORD and (len(token.folded[0]) == 1 or token.folded[0] in table().abbreviations)
