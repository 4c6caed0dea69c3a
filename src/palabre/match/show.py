"""A tree as query text. What it prints, the parser reads back as the same tree."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import timedelta

from palabre.match.ast import (
    And,
    AtLeast,
    Field,
    InField,
    Level,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sentence,
    Term,
    TermKind,
    Window,
)
from palabre.match.fields import BY_NAME, FIELDS, Shape
from palabre.match.values import EPOCH
from palabre.text.tokens import tokenize

OR, AND, NEAR, UNARY = 1, 2, 3, 4
SIGNS = {TermKind.HASHTAG: "#", TermKind.HANDLE: "@", TermKind.WORD: "", TermKind.EMOJI: ""}
PARTS = {spec.columns[0]: spec.name for spec in FIELDS if spec.shape is Shape.PART}
PLAIN_VALUE = re.compile(r'[^\s()"“”„«»\[\]<>=≥≤@\\-][^\s()"“”„«»\\]*')
DAY_MS = 86_400_000


def show(node: Node) -> str:
    """The text of a tree: operators in capitals, brackets where the binding needs them."""
    return _show(node, OR)


def _show(node: Node, floor: int) -> str:
    """The text of a node, in brackets if it binds less tightly than its surroundings ask (floor)."""
    text, rank = _text(node)
    return text if rank >= floor else f"({text})"


def _text(node: Node) -> tuple[str, int]:
    """(text without brackets, how tightly it binds)."""
    match node:
        case Or():
            return " OR ".join(_show(one, AND) for one in node.nodes), OR if len(node.nodes) > 1 else UNARY
        case And():
            return " AND ".join(_show(one, NEAR) for one in node.nodes), AND if len(node.nodes) > 1 else UNARY
        case Near() | Sentence():
            return f"{_show(node.left, NEAR)} {_operator(node)} {_show(node.right, UNARY)}", NEAR
        case Not():
            return f"NOT {_show(node.node, UNARY)}", UNARY
        case AtLeast():
            inside = " OR ".join(_show(one, AND) for one in node.nodes)
            return f"ATLEAST/{node.count}({inside})", UNARY
        case InField():
            return f"{PARTS[node.part]}:({_show(node.node, OR)})", UNARY
        case _:
            return _leaf(node), UNARY


def _operator(node: Near | Sentence) -> str:
    name = ("O" if node.ordered else "") + ("NEAR" if isinstance(node, Near) else "SENTENCE")
    return f"{name}/{node.words}" if isinstance(node, Near) else name


def _leaf(node: Node) -> str:
    match node:
        case Term():
            return f"{{{show_term(node)}}}" if node.level is Level.EXACT else show_term(node)
        case Phrase():
            return f'"{_terms(node.terms)}"'
        case Window():
            return f'"{_terms(node.terms)}"~{node.words}'
        case Literal():
            return f"raw:{quoted(node.text)}"
        case Field():
            return f"{node.name}:{_values(node.values)}"
        case Range():
            return f"{node.name}:[{_bound(node, node.low, 0)} TO {_bound(node, node.high, 1)}]"
        case _:
            raise TypeError(f"not a leaf: {node!r}")


def _terms(terms: tuple[Term, ...]) -> str:
    return " ".join(f"{{{show_term(one)}}}" if one.level is Level.EXACT else show_term(one) for one in terms)


def show_term(term: Term) -> str:
    """A term as typed, without the braces of the exact level."""
    key = emoji_text(term.key) if term.kind is TermKind.EMOJI else unicodedata.normalize("NFC", term.key)
    return f"{SIGNS[term.kind]}{key}{f'~{term.edits}' if term.edits else ''}"


def emoji_text(key: str) -> str:
    """A key of an emoji as the emoji: signs that are text by default need their selector back."""
    return key if len(tokenize(key)) == 1 else f"{key[0]}\ufe0f{key[1:]}"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _values(values: tuple[str, ...]) -> str:
    shown = [value if PLAIN_VALUE.fullmatch(value) and "<<<" not in value else quoted(value) for value in values]
    return shown[0] if len(shown) == 1 else f"({' OR '.join(map(_guarded, shown))})"


def _guarded(value: str) -> str:
    """Between brackets a value that looks like an operator, or ends like a list, needs its quotes."""
    return quoted(value) if value.endswith((",", ";")) or value.isupper() else value


def _bound(node: Range, value: float | None, end: int) -> str:
    """One end of a range. A date that begins or ends a day is shown as that day."""
    if value is None:
        return "*"
    if BY_NAME[node.name].shape is not Shape.DATE:
        return repr(int(value)) if math.isfinite(value) and float(value).is_integer() else repr(value)
    moment = EPOCH + timedelta(milliseconds=value)
    if (value + end) % DAY_MS == 0:
        return f"{moment:%Y-%m-%d}".rjust(10, "0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f".{moment.microsecond // 1000:03}Z"
