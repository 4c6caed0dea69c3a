"""The keys a token is found by: folded (case and accents gone), accented (case gone), exact (as written).

A look-alike spelling ("оrаngе" with Cyrillic letters) has a second folded key, the Latin word it imitates.
The kernel computes the same (native/keys.hpp).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from palabre.text.unicode_table import Is, table

JOINERS = frozenset("\ufe0e\ufe0f")


@dataclass(frozen=True, slots=True)
class Keys:
    """folded: one or two keys; none at all when nothing but marks is left."""

    folded: tuple[str, ...]
    accented: str
    exact: str


def keys(word: str) -> Keys:
    """The keys of a run of word characters."""
    if word.isascii():
        return Keys((word.lower(),), word.lower(), word)
    known = table()
    folded = "".join([known[c].folded for c in word])
    exact = "".join([known[c].exact for c in word])
    alike = skeleton(exact)
    both = (folded, alike) if alike and alike != folded else (folded,)
    return Keys(both if folded else (), composed("".join([known[c].accented for c in word])), composed(exact))


def skeleton(letters: str) -> str:
    """The Latin word that the letters imitate: "" unless all are Latin or look-alikes, and one is a look-alike."""
    known = [table()[c] for c in letters]
    letters_only = [c for c in known if c.flags & Is.LETTER]
    if not any(c.alike for c in letters_only) or not all(c.alike or c.flags & Is.LATIN for c in letters_only):
        return ""
    return "".join([c.alike or c.folded for c in known])


def composed(letters: str) -> str:
    """Each base letter with one mark at most (that of the lowest combining class, then the first), as one character.

    Stacked marks ("zalgo") are dropped by it, and NFC and NFD texts come out alike.
    """
    out: list[str] = []
    mark = ""
    for char in letters:
        if not table()[char].flags & Is.ORDINARY:
            _flush(out, mark)
            out.append(char)
            mark = ""
        elif not mark or table()[char].order < table()[mark].order:
            mark = char
    _flush(out, mark)
    return "".join(out)


def _flush(out: list[str], mark: str) -> None:
    if mark and out:
        one = table().composed.get((out[-1], mark))
        out[-1:] = [one] if one else [out[-1], mark]


def emoji_keys(text: str) -> Keys:
    """An emoji without presentation selectors; its folded key has no skin tone either."""
    exact = "".join(c for c in text if c not in JOINERS)
    plain = "".join(c for c in exact if not table()[c].flags & Is.SKIN) or exact
    return Keys((plain,), plain, exact)


def local_keys(name: str) -> Keys:
    """The keys of the first label of a handle, which may hold hyphens."""
    if "-" not in name:
        return keys(name)
    folded, accented, exact = whole_keys(name)
    return Keys((folded,), accented, exact)


def whole_keys(handle: str) -> tuple[str, str, str]:
    """Folded, accented and exact key of a handle with its server; dots, hyphens and the @ between stay."""
    parts = list(_labels(handle))
    names = [keys(part) for part in parts[::2]]
    levels: Iterable[list[str]] = (
        ["".join(name.folded[:1]) for name in names],
        [name.accented for name in names],
        [name.exact for name in names],
    )
    folded, accented, exact = (_woven(level, parts[1::2]) for level in levels)
    return folded, accented, exact


def _labels(handle: str) -> Iterable[str]:
    """ "a-b.c" → "a", "-", "b", ".", "c"."""
    label = ""
    for char in handle:
        sign = "@" if table()[char].flags & Is.AT else char
        if sign in ".-@":
            yield label
            yield sign
            label = ""
        else:
            label += char
    yield label


def _woven(names: list[str], signs: list[str]) -> str:
    return "".join(name + sign for name, sign in zip(names, [*signs, ""], strict=True))
