"""Named lists in a query: ``list:rivals`` where a word may stand, ``author:@press`` where a value may stand.

The text of a list holds one entry a line (commas and semicolons separate too); any of them will do. A text with
operators of its own is one query. Lists may use lists; a list may not come back to itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from palabre.errors import QueryError
from palabre.match.ast import Node, Or
from palabre.match.fields import nearest
from palabre.match.lexer import Kind, Lexeme, lex, plain
from palabre.match.limits import Limits
from palabre.match.query import walk, weight

if TYPE_CHECKING:
    from palabre.match.parser import Parser

OPERATORS = (Kind.AND, Kind.OR, Kind.NEAR, Kind.SENTENCE)


class Lists:
    """The lists at hand while a query is read. Each is read once; what they add to a query is limited."""

    def __init__(self, texts: Mapping[str, str], limits: Limits) -> None:
        self.texts = {name.casefold(): text for name, text in texts.items()}
        self.limits = limits
        self.open: list[str] = []
        self.trees: dict[str, tuple[Node, int, int]] = {}
        self.spent = 0

    def knows(self, name: str) -> bool:
        return name.casefold() in self.texts

    def unknown(self, lexeme: Lexeme, name: str) -> QueryError:
        meant = nearest(name, tuple(self.texts))
        sign = "list:" if lexeme.kind is Kind.LIST else "@"
        hint = f"{sign}{meant}" if meant else None
        return QueryError("query.list_unknown", start=lexeme.start, end=lexeme.end, suggestion=hint, name=name)

    def tree(self, lexeme: Lexeme, parser: Callable[[str], Parser]) -> tuple[Node, int]:
        """The tree of a list and its height. Raises QueryError at the name: unknown, circular, broken, too large."""
        name = lexeme.text.casefold()
        if name not in self.texts:
            raise self.unknown(lexeme, lexeme.text)
        if name in self.open:
            path = " → ".join([*self.open[self.open.index(name) :], name])
            raise QueryError("query.list_cycle", start=lexeme.start, end=lexeme.end, name=lexeme.text, path=path)
        if name not in self.trees:
            self.trees[name] = self.read(name, lexeme, parser)
        root, height, size = self.trees[name]
        self.spend(size, lexeme)
        return root, height

    def spend(self, size: int, lexeme: Lexeme) -> None:
        self.spent += size
        if self.spent > self.limits.list_nodes:
            raise QueryError("query.list_large", start=lexeme.start, end=lexeme.end, most=self.limits.list_nodes)

    def read(self, name: str, lexeme: Lexeme, parser: Callable[[str], Parser]) -> tuple[Node, int, int]:
        """(tree, height, number of nodes) of a list that was not read yet."""
        text = self.texts[name]
        self.open.append(name)
        roots, height = [], 0
        for start, entry in entries(text):
            root, high = self.read_entry(entry, start, text, lexeme, parser)
            roots.append(root)
            height = max(height, high)
        self.open.pop()
        if not roots:
            raise QueryError("query.list_empty", start=lexeme.start, end=lexeme.end, name=lexeme.text)
        root = roots[0] if len(roots) == 1 else Or(tuple(roots))
        return root, height + 1, sum(map(weight, walk(root)))

    def read_entry(
        self, entry: str, start: int, text: str, lexeme: Lexeme, parser: Callable[[str], Parser]
    ) -> tuple[Node, int]:
        """The tree of one entry and its height; an error inside is told at the name of the list, with the extract."""
        try:
            reading = parser(entry)
            root = reading.whole()
        except QueryError as error:
            if error.key.startswith(("query.list_", "query.too_")):
                raise QueryError(error.key, **{**error.params, "start": lexeme.start, "end": lexeme.end}) from error  # type: ignore[arg-type]
            extract = text[start + error.start : start + error.end][:80] or entry[:80]
            raise QueryError(
                "query.list_broken", start=lexeme.start, end=lexeme.end, name=lexeme.text, extract=extract
            ) from error
        return root, reading.heights[id(root)]

    def values(self, lexeme: Lexeme, name: str) -> Iterator[Lexeme]:
        """The entries of a list as values, at the place of its name."""
        found = [entry for _, entry in split_entries(self.texts[name.casefold()])]
        found = [value for entry in found for value in re.split(r"\s+OR\s+", entry)]
        self.spend(len(found), lexeme)
        if not found:
            raise QueryError("query.list_empty", start=lexeme.start, end=lexeme.end, name=name)
        for value in found:
            yield Lexeme(Kind.VALUE, lexeme.start, lexeme.end, value.strip().strip('"“”«»').strip(), quoted=True)


def entries(text: str) -> list[tuple[int, str]]:
    """(place, text) of the queries that a list holds: one where it has operators outside brackets, else its entries."""
    try:
        lexemes = lex(text)
    except QueryError:
        return [(0, text)]
    depth = 0
    for lexeme in lexemes:
        depth += {Kind.OPEN: 1, Kind.CLOSE: -1}.get(lexeme.kind, 0)
        if depth == 0 and lexeme.kind in OPERATORS:
            return [(0, text)]
    return split_entries(text)


def split_entries(text: str) -> list[tuple[int, str]]:
    """(place, text) of what stands between line ends, commas and semicolons outside quotes, brackets and comments."""
    whole = re.compile(r'<<<.*?(?:>>>|$)|"[^"]*"|“[^”]*”|«[^»]*»|\([^()]*\)|\{[^{}]*\}|[^\n,;"“«({<]+|.', re.DOTALL)
    found: list[tuple[int, str]] = []
    start = 0
    for piece in whole.finditer(plain(text)):
        if piece[0] in "\n,;":
            found.append((start, text[start : piece.start()]))
            start = piece.end()
    found.append((start, text[start:]))
    return [(at, entry) for at, entry in found if re.sub(r"<<<.*?>>>", "", entry, flags=re.DOTALL).strip()]
