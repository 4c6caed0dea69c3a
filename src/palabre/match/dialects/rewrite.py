"""Walks over a foreign query piece by piece and writes each piece in our words; layout and comments stay.

A dialect is a table: what each field becomes, and what a word or a quoted phrase becomes. A piece that has no equal is
marked as dropped; `reduce.py` then takes the operator beside it away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from palabre.match.query import Lint


class Sort(StrEnum):
    BLANK = " "
    OPERAND = "T"
    DROPPED = "X"
    JOINT = "&"  # AND, OR, NEAR/n
    NOT = "!"
    PART = "P"  # title: before any operand
    OPEN = "("
    CLOSE = ")"


@dataclass(frozen=True, slots=True)
class Piece:
    sort: Sort
    text: str


@dataclass(frozen=True, slots=True)
class Converted:
    """text: ours; lints: what could not be carried, with places in theirs."""

    text: str
    lints: tuple[Lint, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What a field value or a word became. text None: no equal; close: not quite the same."""

    text: str | None
    close: bool = False


Handler = Callable[[str], Made]  # from one value, quotes taken off


def same(word: str) -> Made:
    return Made(word)


@dataclass(frozen=True, slots=True)
class Rules:
    """parts: fields that hold a query (their name → ours); fields: of facts; word, phrase: everything else."""

    parts: Mapping[str, str]
    fields: Mapping[str, Handler]
    word: Handler = same
    phrase: Handler = same
    close_parts: frozenset[str] = field(default_factory=frozenset)
    plus_joins: bool = False


QUOTED = r'"[^"]*"|“[^”“"]*[”“"]|«[^»]*»'
PIECES = re.compile(
    rf"""(?P<blank>\s+|<<<.*?(?:>>>|$))
    |(?P<field>-?[A-Za-z][\w.]*:(?!//))
    |(?P<phrase>\+{{0,2}}(?:{QUOTED})(?:~\d+)?)
    |(?P<case>\{{[^}}]*\}})
    |(?P<joint>(?:AND|OR|O?NEAR(?:/\d+f?)?|O?SENTENCE)(?![\w:*?]))
    |(?P<negation>NOT(?![\w:*?])|-(?=["“«({{]))
    |(?P<open>\()
    |(?P<close>\)(?:~\d+)?)
    |(?P<word>[^\s()"“”«»{{}}]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
VALUE = re.compile(
    rf"\s*(?:(?P<quoted>{QUOTED})|(?P<range>\[[^\]]*\])|(?P<open>\()|(?P<bare>(?:[<>]=?|=)?[^\s()\"“”«»]+))"
)
GROUPED = re.compile(rf"(?P<blank>[\s,]+|OR\b)|(?P<quoted>{QUOTED})|(?P<bare>[^\s()\",]+)")


def rewrite(text: str, rules: Rules) -> tuple[list[Piece], list[Lint]]:
    """The pieces of a query in our words, and the remarks."""
    walker = Walker(text, rules)
    pieces = list(walker.run())
    return pieces, walker.remarks


class Walker:
    """One pass over a foreign query."""

    def __init__(self, text: str, rules: Rules) -> None:
        self.text = text
        self.rules = rules
        self.at = 0
        self.remarks: list[Lint] = []

    def run(self) -> Iterator[Piece]:
        while found := PIECES.match(self.text, self.at):
            start, self.at = self.at, found.end()
            yield from self.piece(found, start)

    def piece(self, found: re.Match[str], start: int) -> Iterator[Piece]:
        kind, text = found.lastgroup, found[0]
        if kind == "field":
            yield from self.field(text, start)
        elif kind in ("word", "phrase"):
            yield self.spoken(text, start, self.rules.word if kind == "word" else self.rules.phrase)
        else:
            yield Piece(SORTS.get(kind or "", Sort.OPERAND), text)

    def spoken(self, text: str, start: int, handler: Handler) -> Piece:
        """A word or a phrase; a spaced + is an AND where the dialect says so."""
        if text == "+" and self.rules.plus_joins:
            return Piece(Sort.JOINT, "AND")
        boost = re.search(r"\^\d+(\.\d+)?$", text)
        made = handler(text[: boost.start()] if boost else text)
        if boost:
            self.remark("C204", start + boost.start(), text=boost[0])
        return self.carried(made, text, start)

    def carried(self, made: Made, text: str, start: int) -> Piece:
        """The piece of what something became, with the remark it needs."""
        if made.text is None:
            self.remark("C204", start, text=text)
            return Piece(Sort.DROPPED, "")
        if made.close:
            self.remark("C203", start, text=text, made=made.text)
        return Piece(Sort.OPERAND, made.text)

    def remark(self, code: str, start: int, **params: object) -> None:
        self.remarks.append(Lint(code, start, self.at, None, params))

    def field(self, typed: str, start: int) -> Iterator[Piece]:
        if typed.startswith("-"):
            yield Piece(Sort.NOT, "-")
        name = typed.strip("-:")
        part = self.rules.parts.get(name.lower())
        if part:
            if name.lower() in self.rules.close_parts:
                self.remark("C203", start, text=typed, made=f"{part}:")
            yield Piece(Sort.PART, f"{part}:")
        else:
            yield self.facts(name, start)

    def facts(self, name: str, start: int) -> Piece:
        """A field with its value or its values, in our words."""
        values = self.values()
        handler = self.rules.fields.get(name.lower())
        if handler is None:
            self.remark("C201", start, name=name, text=self.text[start : self.at])
            return Piece(Sort.DROPPED, "")
        made = [self.value(handler, name, value, start) for value in values]
        kept = list(dict.fromkeys(one for one in made if one is not None))
        if not kept:
            return Piece(Sort.DROPPED, "")
        return Piece(Sort.OPERAND, kept[0] if len(kept) == 1 else f"({' OR '.join(kept)})")

    def value(self, handler: Handler, name: str, value: str, start: int) -> str | None:
        made = handler(value)
        if made.text is None:
            self.remark("C202", start, name=name, text=value)
        elif made.close:
            self.remark("C203", start, text=f"{name}:{value}", made=made.text)
        return made.text

    def values(self) -> list[str]:
        """What stands after the colon: one value, or those of a bracket joined by OR."""
        found = VALUE.match(self.text, self.at)
        if not found:
            return []
        self.at = found.end()
        if not found["open"]:
            return [unquoted(found[0].strip())]
        close = self.text.find(")", self.at)
        inside = self.text[self.at : close if close >= 0 else len(self.text)]
        self.at = close + 1 if close >= 0 else len(self.text)
        return [unquoted(one[0]) for one in GROUPED.finditer(inside) if one.lastgroup != "blank"]


SORTS = {
    "blank": Sort.BLANK,
    "joint": Sort.JOINT,
    "negation": Sort.NOT,
    "open": Sort.OPEN,
    "close": Sort.CLOSE,
    "case": Sort.OPERAND,
    "other": Sort.OPERAND,
}


def unquoted(text: str) -> str:
    return text[1:-1].strip() if len(text) > 1 and text[0] in '"“«' else text


# What handlers are made of.


def quote(value: str) -> str:
    """A value as it may stand after a colon."""
    if re.fullmatch(r"[\w.*/-]*[\w*/]", value) and not value.startswith("-"):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def to(name: str, *, close: bool = False) -> Handler:
    """The same value in a field of ours."""
    return lambda value: Made(f"{name}:{quote(value)}", close)


def ranged(name: str) -> Handler:
    """A range or a comparison in a field of ours."""
    return lambda value: Made(f"{name}:{value}")


def chosen(choices: Mapping[str, str], *, close: bool = False) -> Handler:
    """Each known value (small letters) as a query of ours; the others have no equal."""
    return lambda value: Made(choices.get(value.lower()), close)
