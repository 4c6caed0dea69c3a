"""Queries of other listening tools as ours: the text that means the same, and remarks on what could not be carried."""

from __future__ import annotations

from collections.abc import Mapping

from palabre.errors import QueryError
from palabre.match.dialects import brandwatch, meltwater, talkwalker
from palabre.match.dialects.reduce import reduced
from palabre.match.dialects.rewrite import Converted, Rules, rewrite
from palabre.match.limits import WIDE, Limits
from palabre.match.parser import parse
from palabre.match.query import Lint

__all__ = ["DIALECTS", "Converted", "convert"]

DIALECTS: Mapping[str, Rules] = {
    "brandwatch": brandwatch.RULES,
    "meltwater": meltwater.RULES,
    "talkwalker": talkwalker.RULES,
}


def convert(text: str, dialect: str, limits: Limits | None = None) -> Converted:
    """Their query as ours. Remarks are placed in their text. KeyError: no such dialect."""
    pieces, remarks = rewrite(text, DIALECTS[dialect])
    made = reduced(pieces)
    return Converted(made, (*remarks, *check(text, made, limits or Limits())))


def check(text: str, made: str, limits: Limits) -> list[Lint]:
    """Whether the result can be read, and whether it is within the limits of a watch."""
    if len(made) > limits.chars:
        return [Lint("C206", 0, len(text), None, {"n": len(made), "most": limits.chars})]
    try:
        parse(made, limits=WIDE)
    except QueryError as error:
        return [Lint("C205", 0, len(text), None, {"reason": error})]
    return []
