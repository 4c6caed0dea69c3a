"""The simple mode of a watch: three lists (any of these, all of these, none of these) and the query they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from palabre.match.ast import And, Node, Not, Or, Phrase, Term
from palabre.match.query import Query

PLAIN = re.compile(r"[#@]?\w[\w.@*?'’-]*(?:~[12])?|\{\s*[^{}\s][^{}]*\}")
OPERATORS = re.compile(r"AND|OR|NOT|O?NEAR(/\d+f?)?|O?SENTENCE|ATLEAST(/\d+)?")


@dataclass(frozen=True, slots=True)
class Simple:
    """Words and phrases as typed, without quotes. A single word of `any` and a word of `all` say the same."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


def to_text(simple: Simple) -> str:
    """The query of the three lists; "" if they are empty."""
    wanted = [alternatives(simple.any)] if simple.any else []
    wanted += [entry(one) for one in simple.all]
    banned = [f"NOT {alternatives(simple.none)}"] if simple.none else []
    return (
        " AND ".join(part for part in wanted) + "".join(f" {part}" for part in banned) if wanted else " ".join(banned)
    )


def alternatives(entries: tuple[str, ...]) -> str:
    shown = [entry(one) for one in entries]
    return shown[0] if len(shown) == 1 else f"({' OR '.join(shown)})"


def entry(text: str) -> str:
    """One entry as query text: quoted unless it is a plain word; signs of the query language lose their meaning."""
    text = " ".join(text.split())
    if PLAIN.fullmatch(text) and not OPERATORS.fullmatch(text):
        return text
    return '"' + re.sub(r'["“”„«»{}]', " ", text).strip() + '"'


def from_text(query: Query) -> Simple | None:
    """The three lists of a query; None if it does not have that shape."""
    nodes = query.root.nodes if isinstance(query.root, And) else (query.root,)
    some: list[str | None] = []
    wanted: list[str | None] = []
    banned: list[str | None] = []
    for node in nodes:
        if isinstance(node, Not):
            banned += [typed(one, query) for one in branches(node.node)]
        elif isinstance(node, Or):
            if some:
                return None
            some = [typed(one, query) for one in node.nodes]
        else:
            wanted.append(typed(node, query))
    found = Simple(*(tuple(one for one in row if one is not None) for row in (some, wanted, banned)))
    whole = len(found.any) + len(found.all) + len(found.none) == len(some) + len(wanted) + len(banned)
    return found if whole else None


def branches(node: Node) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, Or) else (node,)


def typed(node: Node, query: Query) -> str | None:
    """A word or phrase as it stands in the text, without quotes; None for anything else."""
    place = query.place(node)
    text = query.text[place.start : place.end]
    if not isinstance(node, Term | Phrase) or text.startswith(("list:", "(")) or "<<<" in text:
        return None
    return text.strip('"“”„«» \u00a0\u202f')
