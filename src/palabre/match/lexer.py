"""The text of a query cut into lexemes with their places. Never fails on a word: only on what is opened and not closed.

Full-width signs count as their ASCII forms, all usual quotes as quotes. Comments ``<<< … >>>`` and invisible
characters between lexemes are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from palabre.errors import QueryError
from palabre.match.fields import Shape, find_field


class Kind(StrEnum):
    WORD = "word"  # to be tokenised: porte-monnaie, #tag, @user, fo?t*, word~1
    PHRASE = "phrase"  # "a b"; number: the n of "a b"~n
    CASE = "case"  # {BT}
    LITERAL = "literal"  # raw:"Google+"
    LIST = "list"  # list:name
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"  # also the sign -
    NEAR = "NEAR"
    SENTENCE = "SENTENCE"
    ATLEAST = "ATLEAST"
    FIELD = "field"  # text: its name as typed
    VALUE = "value"  # after a field, quotes taken off
    RANGE = "range"  # after a field, the inside of [ ]
    COMPARE = "compare"  # after a field: >=1000
    BOOST = "boost"  # ^4
    END = "end"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """start, end: characters of the query; number: of NEAR/n, "…"~n, ATLEAST/k; ordered: ONEAR, NEAR/nf, OSENTENCE."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    number: int | None = None
    ordered: bool = False
    quoted: bool = False


# ！ to ～ are ASCII ! to ~ in full width; the ideographic space is a space; − and ﹣ are a minus.
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D, 0xFE63: 0x2D}
CLOSERS = {
    opener: re.compile(f"[{closers}]")
    for opener, closers in {'"': '"', "“": '”“"', "”": '”"', "„": '“”"', "«": "»", "»": "«»"}.items()
}
INVISIBLE = "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f"
SPACE = re.compile(rf"[\s{INVISIBLE}]+")
WORD = re.compile(r'(?:(?!<<<)[^\s()"“”„«»{}])+')
VALUE = re.compile(r'(?:(?!<<<)[^\s()"“”„«»])+')
BOOST = re.compile(r"\^\d+(?:\.\d+)?")
SLOP = re.compile(r"~(\d+)")
NEAR = re.compile(r"(O?)NEAR(?:/(\d+)(f?))?")
ATLEAST = re.compile(r"ATLEAST/(\d+)")
FIELD = re.compile(r"([^\W\d_][\w-]*):(?!//)")
COMPARE = re.compile(r"(>=|<=|=>|=<|≥|≤|>|<|=)\s*(?!<<)")
PLAIN_OPERATORS = {
    "AND": Kind.AND,
    "OR": Kind.OR,
    "NOT": Kind.NOT,
    "SENTENCE": Kind.SENTENCE,
    "OSENTENCE": Kind.SENTENCE,
}
NUMBER_MAX = 10**9


def plain(text: str) -> str:
    """The same text, character for character, with full-width signs as ASCII."""
    return text.translate(FULL_WIDTH)


def lex(text: str) -> list[Lexeme]:
    """All lexemes; the last is END. Raises QueryError for a quote, brace, bracket or comment that is not closed."""
    return Lexer(text).run()


class Lexer:
    """One pass from left to right. values: for each open bracket, whether it holds values of a field."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = plain(text)
        self.at = 0
        self.values: list[bool] = []
        self.lexemes: list[Lexeme] = []

    def run(self) -> list[Lexeme]:
        while self.skip_blanks():
            if self.values and self.values[-1]:
                self.take_value(grouped=True)
            else:
                self.take_term()
        self.add(Kind.END, self.at)
        return self.lexemes

    def add(self, kind: Kind, end: int, text: str = "", **more: object) -> None:
        self.lexemes.append(Lexeme(kind, self.at, end, text, **more))  # type: ignore[arg-type]  # fields of Lexeme
        self.at = end

    def skip_blanks(self) -> bool:
        """Moves over blanks and comments; False at the end of the text."""
        while self.at < len(self.text):
            if found := SPACE.match(self.text, self.at):
                self.at = found.end()
            elif self.text.startswith("<<<", self.at):
                self.at = self.closing(">>>", 3, "query.comment_open") + 3
            else:
                return True
        return False

    def closing(self, closer: str, width: int, key: str) -> int:
        """Where the closer stands after the opener of this width. Raises QueryError with the key."""
        end = self.text.find(closer, self.at + width)
        if end < 0:
            raise QueryError(key, start=self.at, end=self.at + width)
        return end

    def after_boundary(self) -> bool:
        """Whether a sign here can be a prefix: nothing stands right before it."""
        return self.at == 0 or bool(SPACE.match(self.text, self.at - 1)) or self.text[self.at - 1] in "(>:"

    def take_term(self) -> None:
        """One lexeme where a query may stand."""
        sign = self.text[self.at]
        if sign in "()":
            self.take_bracket(sign, values=False)
        elif sign in CLOSERS:
            self.take_phrase()
        elif sign == "{":
            end = self.closing("}", 1, "query.brace_open")
            self.add(Kind.CASE, end + 1, self.original[self.at + 1 : end])
        elif sign == "}":
            raise QueryError("query.brace_close", start=self.at, end=self.at + 1)
        else:
            self.take_word()

    def take_bracket(self, sign: str, *, values: bool) -> None:
        if sign == "(":
            self.values.append(values)
            self.add(Kind.OPEN, self.at + 1)
            return
        if self.values:
            self.values.pop()
        self.add(Kind.CLOSE, self.at + 1)

    def quote_open(self, opening: int) -> QueryError:
        closer = "»" if self.text[opening] == "«" else '"'
        closed = self.original[opening:].rstrip() + closer
        return QueryError("query.quote_open", start=opening, end=len(self.text), suggestion=closed)

    def quote_end(self) -> int:
        """Where the quote that opens here is closed. Raises QueryError."""
        found = CLOSERS[self.text[self.at]].search(self.text, self.at + 1)
        if not found:
            raise self.quote_open(self.at)
        return found.start()

    def take_phrase(self) -> None:
        end = self.quote_end()
        content = self.original[self.at + 1 : end]
        slop = SLOP.match(self.text, end + 1)
        number = min(int(slop[1][:12]), NUMBER_MAX) if slop else None
        self.add(Kind.PHRASE, slop.end() if slop else end + 1, content, number=number)

    def take_word(self) -> None:
        """A word, or one of the forms that begin like one."""
        found = WORD.match(self.text, self.at)
        word = found[0] if found else self.text[self.at]
        if word[0] == "-" and self.after_boundary() and self.negates():
            self.add(Kind.NOT, self.at + 1, "-")
        elif BOOST.fullmatch(word) and self.at > 0 and self.text[self.at - 1] in ')"”»}':
            self.add(Kind.BOOST, self.at + len(word))
        elif not self.take_operator(word) and not self.take_field(word):
            self.take_plain(word)

    def negates(self) -> bool:
        """A minus excludes what is glued to it: a word, a quote, a bracket."""
        after = self.text[self.at + 1 : self.at + 2]
        return after != "" and not SPACE.match(after) and after not in ")-"

    def take_operator(self, word: str) -> bool:
        """AND, OR, NOT, NEAR/n … in capitals."""
        end = self.at + len(word)
        if kind := PLAIN_OPERATORS.get(word):
            self.add(kind, end, word, ordered=word == "OSENTENCE")
        elif near := NEAR.fullmatch(word):
            words = None if near[2] is None else min(int(near[2][:12]), NUMBER_MAX)
            self.add(Kind.NEAR, end, word, number=words, ordered=bool(near[1] or near[3]))
        elif atleast := ATLEAST.fullmatch(word):
            self.add(Kind.ATLEAST, end, word, number=min(int(atleast[1][:12]), NUMBER_MAX))
        elif word.startswith(("NEAR/", "ONEAR/", "ATLEAST/", "ATLEAST:")) or word == "ATLEAST":
            raise QueryError("query.operator_form", start=self.at, end=end, text=word, suggestion=mended(word))
        else:
            return False
        return True

    def take_field(self, word: str) -> bool:
        """``name:``, and for a field of facts the value that follows."""
        found = FIELD.match(word)
        if not found:
            return False
        name = found[1]
        after = self.at + found.end()
        if name.lower() == "raw":
            self.take_literal(after)
        elif name.lower() == "list":
            listed = re.compile(r"\s*([\w-]*)").match(self.text, after)
            end = listed.end() if listed else after
            self.add(Kind.LIST, end, listed[1] if listed else "")
        else:
            self.add(Kind.FIELD, after, name)
            spec = find_field(name)
            if spec and spec.shape is not Shape.PART and self.skip_blanks():
                self.take_value(grouped=False)
        return True

    def take_literal(self, after: int) -> None:
        """``raw:"…"`` with ``\\"`` for a quote inside, or ``raw:`` and one chunk."""
        if self.text.startswith('"', after):
            content, end = self.escaped(after)
        else:
            found = WORD.match(self.text, after)
            end = found.end() if found else after
            content = self.original[after:end]
        self.add(Kind.LITERAL, end, content)

    def escaped(self, opening: int) -> tuple[str, int]:
        """The content of the straight quotes that open here, backslashes resolved, and the place after them."""
        found = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL).match(self.text, opening)
        if not found:
            raise self.quote_open(opening)
        raw = self.original[found.start(1) : found.end(1)]
        return re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL), found.end()

    def take_plain(self, word: str) -> None:
        """A word; a boost at its end is a lexeme of its own."""
        boost = re.search(r"(?<=.)\^\d+(?:\.\d+)?$", word)
        end = self.at + (boost.start() if boost else len(word))
        self.add(Kind.WORD, end, self.original[self.at : end])
        if boost:
            self.add(Kind.BOOST, end + len(boost[0]))

    def take_value(self, *, grouped: bool) -> None:
        """One lexeme where a value of a field may stand."""
        sign = self.text[self.at]
        if sign in "()":
            if sign == ")" and not grouped:
                return
            self.take_bracket(sign, values=True)
        elif sign == '"':
            content, end = self.escaped(self.at)
            self.add(Kind.VALUE, end, content, quoted=True)
        elif sign in CLOSERS:
            end = self.quote_end()
            self.add(Kind.VALUE, end + 1, self.original[self.at + 1 : end].strip(), quoted=True)
        elif sign == "[":
            end = self.closing("]", 1, "query.range_open")
            self.add(Kind.RANGE, end + 1, self.text[self.at + 1 : end])
        else:
            self.take_bare_value(grouped=grouped)

    def take_bare_value(self, *, grouped: bool) -> None:
        """A value without quotes; inside brackets the operators are operators."""
        compare = COMPARE.match(self.text, self.at)
        found = VALUE.match(self.text, compare.end() if compare else self.at)
        if compare:
            end = found.end() if found else compare.end()
            self.add(Kind.COMPARE, end, self.text[self.at : end])
            return
        word = found[0] if found else self.text[self.at]
        if grouped and word[0] == "-" and self.after_boundary() and self.negates():
            self.add(Kind.NOT, self.at + 1, "-")
        elif not (grouped and self.take_operator(word)):
            end = self.at + len(word)
            self.add(
                Kind.VALUE, end, self.original[self.at : end].rstrip(",;") if grouped else self.original[self.at : end]
            )


def mended(word: str) -> str:
    """What a malformed NEAR or ATLEAST was meant to be: ``NEAR/x`` → ``NEAR/5``, ``ATLEAST`` → ``ATLEAST/2``."""
    number = re.search(r"\d{1,4}", word)
    name = re.split(r"[/:]", word, maxsplit=1)[0]
    return f"{name}/{number[0] if number else (2 if name == 'ATLEAST' else 5)}"
