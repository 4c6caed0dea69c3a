"""Names and handles made comparable: without accents, in Latin letters, as words. Pure.

    words("Élodie Lefèvre-Martin")      -> ("elodie", "lefevre", "martin")
    words("Γιώργος Παπαδόπουλος")       -> ("giorgos", "papadopoulos")
    skeleton(words("محمد"))             == skeleton(words("Mohamed"))

Transliteration is that of AnyASCII (a table, no guess about the language); some Greek and Cyrillic pairs of letters are
put right first, since the table goes letter by letter. A skeleton keeps consonants alone: scripts that do not write
vowels, and spellings that differ in them, meet there.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

WORD = re.compile(r"[a-z0-9]+")
TITLES = frozenset("m mr mme mlle mrs ms miss dr pr prof me sir herr frau docteur doctor".split())  # noqa: SIM905
PAIRS = (("ου", "ou"), ("ού", "ou"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"), ("ντ", "nt"), ("γκ", "g"), ("χ", "ch"),
         ("х", "kh"), ("щ", "shch"), ("ий", "y"), ("ый", "y"), ("ё", "e"))  # fmt: skip
ALIKE = (("sch", "sh"), ("tch", "ch"), ("ph", "f"), ("kh", "h"), ("ck", "k"), ("c", "k"), ("q", "k"), ("x", "ks"),
         ("w", "v"), ("z", "s"), ("j", "y"), ("gh", "g"), ("th", "t"))  # fmt: skip
PARTICLES = frozenset("al el de da di du des van von der bin ben ibn le la y e".split())  # noqa: SIM905
ARTICLE = re.compile(r"(^|\s)ال")  # Arabic writes it in one with the word
VOWELS = re.compile(r"[aeiouyh']")
DOUBLED = re.compile(r"(.)\1+")
NAME_CHARS_MAX = 200


@lru_cache(maxsize=200_000)
def latin(text: str) -> str:
    """In small Latin letters, without accents."""
    low = unicodedata.normalize("NFKC", text[:NAME_CHARS_MAX]).lower()
    if low.isascii():
        return low
    low = ARTICLE.sub(r"\1", low)
    for pair, letters in PAIRS:
        low = low.replace(pair, letters)
    return anyascii(low).lower()


def words(name: str) -> tuple[str, ...]:
    """The words of a name, titles left out."""
    found = WORD.findall(apart(name))
    return tuple([one for one in found if one not in TITLES] or found)


def apart(name: str) -> str:
    """In Latin letters; each ideograph is a syllable of a word, not a word."""
    return re.sub(r"['’`]", "", latin(name))


def joined(name: str) -> str:
    """The letters and digits alone: "Zhang Wei", "zhang_wei" and "张伟" are the same."""
    return "".join(WORD.findall(apart(name)))


def handle_parts(handle: str) -> tuple[str, ...]:
    """The words in a handle without its server: ("marie", "dupont", "75") of @marie.dupont75@pouet.example."""
    return tuple(re.findall(r"[a-z]+|\d+", apart(local(handle))))


def local(handle: str) -> str:
    """The part of a handle that the person chose."""
    bare = handle.strip().lstrip("@")
    name, _, server = bare.partition("@")
    if not server and re.fullmatch(r"[^.]+\.(bsky\.social|[a-z]+\.social)", bare):
        return bare.partition(".")[0]  # Bluesky gives everybody a host
    return name


@lru_cache(maxsize=200_000)
def consonants(word: str) -> str:
    """A word's skeleton: "mhmd", "mohammed" and "muhammad" are all "md"."""
    for letters, one in ALIKE:
        word = word.replace(letters, one)
    first, rest = word[:1], word[1:]
    return DOUBLED.sub(r"\1", first + VOWELS.sub("", rest))


def skeleton(found: tuple[str, ...]) -> str:
    """The skeletons of words, in an order of their own."""
    return " ".join(sorted(filter(None, map(consonants, [one for one in found if one not in PARTICLES] or found))))
