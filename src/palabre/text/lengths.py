"""How long a text is for those who count otherwise than in characters: graphemes, links at a price, weighted signs."""

from __future__ import annotations

import unicodedata

import regex

LINK = regex.compile(r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?'\])}»…]", regex.IGNORECASE)
DOMAINS = "com|org|net|fr|eu|be|ch|ca|de|uk|es|it|lu|io|co|info|app|dev|ai|me|tv"
BARE = regex.compile(
    rf"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:{DOMAINS})(?![\w.-]\w)(?:/[^\s<>\"]*[^\s<>\".,;:!?)])?", regex.IGNORECASE
)
GRAPHEME = regex.compile(r"\X")
EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3")
MENTION = regex.compile(r"(?<![\w/@])@([\w.-]+)@[\w.-]+\.\w+")
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # twitter-text, configuration v3
LINK_CHARS = 23


def graphemes(text: str) -> int:
    """What a reader sees as single signs (UAX #29)."""
    return len(GRAPHEME.findall(text))


def with_short_links(text: str, link_chars: int = LINK_CHARS) -> int:
    """Mastodon's count: graphemes, each link as ``link_chars``, of a mention of elsewhere only ``@name``."""
    short = MENTION.sub(r"@\1", LINK.sub("x" * link_chars, text))
    return graphemes(short)


def has_link(text: str) -> bool:
    """Whether X would make a link of a part of it."""
    return bool(LINK.search(text) or BARE.search(text))


def weighted(text: str) -> int:
    """X's count (twitter-text v3): NFC, links 23, an emoji 2, Latin and its neighbours 1, anything else 2."""
    plain = unicodedata.normalize("NFC", text)
    plain, links = LINK.subn("", plain)
    plain, bare = BARE.subn("", plain)
    return LINK_CHARS * (links + bare) + sum(weight(part) for part in GRAPHEME.findall(plain))


def weight(grapheme: str) -> int:
    if EMOJI.search(grapheme):
        return 2
    return sum(1 if any(low <= ord(sign) <= high for low, high in LIGHT) else 2 for sign in grapheme)
