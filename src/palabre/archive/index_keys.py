"""The keys of the full-text index: made ready before a database sees them. Pure.

Every key is stored as ``<workspace_id>:<key>``, so that no question can cross workspaces and a count needs no join.
Beside its words a post has keys for the watches that want it and for its network, language and kind (they begin with a
control character, which no word can hold).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from palabre.model import INDEX_PART

KEY_CHARS_MAX = 200  # longer keys are cut, on both sides alike; a lexeme of PostgreSQL holds 2046 bytes
KEYS_BYTES_MAX = 400_000  # of one post; a tsvector holds 1 MB. A longer post is found by WHOLE and verified
WATCH, NETWORK, LANG, KIND = "\u0002w", "\u0002n", "\u0002l", "\u0002k"  # before what they name
# Likewise, in the posting lists of the lake alone: the source that brought the post first, what was understood, and
# what is written so and not otherwise (`exact_runs`); facts by the name of their field (`listed_facts`); the account.
SOURCE, TONE, EMOTION, AXIS, INTENT, FOLDED = "\u0002s", "\u0002t", "\u0002e", "\u0002a", "\u0002i", "\u0002f"
EXACT, FACT, AUTHOR = "\u0002x", "\u0002b", "\u0002u"
WHOLE = "\u0001"  # the key of posts too long to be indexed: every sieve lets them through

SEPARATORS = re.compile(r"[\x00-\x20\x7f]+")
DELETE = 0x7F


def stored_keys(keys: str) -> str:
    """The keys of one post as they are indexed: separated by one space, cut, or WHOLE when there are too many."""
    if len(keys) > KEYS_BYTES_MAX // 4 and len(keys.encode()) > KEYS_BYTES_MAX:
        return WHOLE
    return " ".join(key[:KEY_CHARS_MAX] for key in SEPARATORS.split(keys) if key)


def clean_keys(texts: Sequence[str]) -> Sequence[str]:
    """stored_keys of a batch; one look at all of them together usually shows that nothing needs to be done."""
    return texts if all_clean(texts) else list(map(stored_keys, texts))


def all_clean(texts: Sequence[str]) -> bool:
    """No separator but single spaces between keys, no long key, not too many keys in one text. Looked at as bytes: a
    tenth of the time of a regular expression, and the import's writer has none to spare."""
    whole = np.frombuffer("\n".join(texts).encode("utf-8", "surrogatepass"), np.uint8)
    cuts = np.flatnonzero(whole <= ord(" "))
    spaces, lines = (whole[cuts] == ord(sign) for sign in (" ", "\n"))
    if not (spaces | lines).all() or lines.sum() != len(texts) - 1 or (whole == DELETE).any():
        return False
    lengths = np.diff(cuts, prepend=-1, append=len(whole)) - 1  # of what stands between two cuts
    beside = np.append(spaces, False) | np.insert(spaces, 0, False)
    empty = (lengths == 0) & beside
    return not empty.any() and lengths.max() <= KEY_CHARS_MAX and max(map(len, texts)) <= KEYS_BYTES_MAX // 4


def own(workspace_id: int, keys: str) -> str:
    """Keys with the workspace in front of each."""
    mark = f"{workspace_id}:"
    return mark + keys.replace(" ", f" {mark}")


def owned(workspace_id: int, texts: Sequence[str]) -> list[str]:
    """`own` of many at once. No key holds a line end."""
    return own(workspace_id, "\n".join(texts)).replace("\n", f"\n{workspace_id}:").split("\n") if texts else []


def named(mark: str, value: object) -> str:
    """The key of a fact beside the words."""
    return mark + SEPARATORS.sub("_", str(value))[: KEY_CHARS_MAX - 2]


def facts(network: str, lang: str, kind: str, watches: Iterable[int]) -> str:
    """The keys of a post beside its words."""
    marks = " ".join([f"{WATCH}{watch}" for watch in watches])
    return f"{place(network, lang, kind)} {marks}" if marks else place(network, lang, kind)


@lru_cache(maxsize=10_000)
def place(network: str, lang: str, kind: str) -> str:
    return " ".join((named(NETWORK, network), named(LANG, lang), named(KIND, kind)))


Parts = tuple[str, str, str]  # the columns of the index: keys of the text, of the title, and what has no place


def placed(workspace_id: int, words: str, facts: str) -> Parts:
    """Words as they were given (`model.INDEX_PART`) and facts, as the columns of the index."""
    return parted(workspace_id, own(workspace_id, words) if words else "", own(workspace_id, facts))


def placed_all(workspace_id: int, words: Sequence[str], facts: Sequence[str]) -> list[Parts]:
    """`placed` of many at once."""
    pairs = zip(owned(workspace_id, words), owned(workspace_id, facts), strict=True)
    return [parted(workspace_id, keys, beside) for keys, beside in pairs]


def parted(workspace_id: int, keys: str, beside: str) -> Parts:
    """Owned keys cut where they are parted."""
    if INDEX_PART not in keys:
        return ("" if keys == f"{workspace_id}:" else keys), "", beside
    text, rest = halves(keys.split(" "), f"{workspace_id}:{INDEX_PART}")
    title, more = halves(rest, f"{workspace_id}:{INDEX_PART}")
    return " ".join(text), " ".join(title), " ".join([beside, *more])


def halves(keys: list[str], sign: str) -> tuple[list[str], list[str]]:
    """What stands before a sign, and what behind."""
    at = keys.index(sign) if sign in keys else len(keys)
    return keys[:at], keys[at + 1 :]


def joined(parts: Parts) -> str:
    """All keys of a post in a row, for an index without places."""
    text, title, beside = parts
    return " ".join(filter(None, (beside, text, title)))


def vector_text(keys: str) -> str:
    """Keys as the text form of a tsvector without positions."""
    return " ".join(map(quoted, keys.split(" "))) if keys else ""


def quoted(key: str) -> str:
    """A lexeme in tsvector or tsquery text."""
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"
