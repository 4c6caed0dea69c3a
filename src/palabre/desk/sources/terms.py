"""What a platform allows, as the connector's ``terms.md`` and ``terms.fr.md`` say it: a few kinds of blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from palabre import plugins
from palabre.desk.design.words import spaced
from palabre.errors import PalabreError

CODE = re.compile(r"`([^`]+)`")
Piece = tuple[str, bool]  # text, whether it is code


@dataclass(frozen=True, slots=True)
class Block:
    """kind: title, text or item."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """lang: what they are written in; groups: see grouped."""

    lang: str
    groups: tuple[tuple[bool, list[Block]], ...]


def terms(connector: str, lang: str) -> Terms | None:
    """A connector's terms in the reader's language, else in English; None when it ships no such file."""
    try:
        return terms_in(type(plugins.connector(connector)).__module__.rpartition(".")[0], lang)
    except PalabreError:
        return None


@cache
def terms_in(package: str, lang: str) -> Terms | None:
    """Those that lie in a package: of a connector, or of imported files."""
    try:
        own = files(package) / f"terms.{lang}.md"
        found = lang if own.is_file() else "en"
        text = (own if own.is_file() else files(package) / "terms.md").read_text("utf-8")
    except (OSError, ModuleNotFoundError):
        return None
    return Terms(found, tuple(grouped(tuple(blocks(text, found == "fr")))))


def blocks(text: str, french: bool) -> Iterator[Block]:
    """Titles, paragraphs and items; lines that belong together are joined. french: with its spaces before signs."""
    for part in re.split(r"\n\s*\n|\n(?=[-*] |#)", text.strip()):
        said = " ".join(part.split())
        said = spaced(said) if french else said
        if said.startswith("#"):
            yield Block("title", pieces(said.lstrip("# ")))
        elif said.startswith(("- ", "* ")):
            yield Block("item", pieces(said[2:]))
        elif said:
            yield Block("text", pieces(said))


def pieces(text: str) -> tuple[Piece, ...]:
    """Words and `code`."""
    return tuple((part, i % 2 == 1) for i, part in enumerate(CODE.split(text)) if part)


def grouped(found: tuple[Block, ...]) -> list[tuple[bool, list[Block]]]:
    """Blocks with their items in lists: (whether these are items, blocks)."""
    out: list[tuple[bool, list[Block]]] = []
    for block in found:
        is_item = block.kind == "item"
        if out and out[-1][0] and is_item:
            out[-1][1].append(block)
        else:
            out.append((is_item, [block]))
    return out
