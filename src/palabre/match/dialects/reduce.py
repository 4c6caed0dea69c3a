"""Takes what was dropped out of a query, with the operator that held it and the brackets it leaves empty."""

from __future__ import annotations

import re

from palabre.match.dialects.rewrite import Piece, Sort

AND = 2
STARTS = (Sort.OPERAND, Sort.DROPPED, Sort.OPEN, Sort.NOT, Sort.PART)
ENDS = (Sort.OPERAND, Sort.DROPPED, Sort.CLOSE)


def reduced(pieces: list[Piece]) -> str:
    """The text of the pieces without the dropped ones; "" if nothing is left."""
    pieces = spread_slop(pieces)
    while (at := next((n for n, piece in enumerate(pieces) if piece.sort is Sort.DROPPED), None)) is not None:
        pieces = without(pieces, at)
    return re.sub(r"[ \t]+", " ", "".join(piece.text for piece in pieces)).replace("( ", "(").replace(" )", ")").strip()


def beside(pieces: list[Piece], at: int, step: int) -> int:
    """The nearest piece that is not blank; -1 beyond the ends."""
    at += step
    while 0 <= at < len(pieces) and pieces[at].sort is Sort.BLANK:
        at += step
    return at if 0 <= at < len(pieces) else -1


def without(pieces: list[Piece], at: int) -> list[Piece]:
    """One step: the dropped piece swallows its NOT or its brackets, or the operator that binds it tightest."""
    before, after = beside(pieces, at, -1), beside(pieces, at, 1)
    left, right = rank(pieces, before, ENDS), rank(pieces, after, STARTS)
    if before >= 0 and pieces[before].sort in (Sort.NOT, Sort.PART):
        return pieces[:before] + pieces[at:]
    if left == right == 0:
        if before >= 0 and after >= 0 and pieces[before].sort is Sort.OPEN:
            return [*pieces[:before], pieces[at], *pieces[after + 1 :]]
        return pieces[:at] + pieces[at + 1 :]
    gone = {at, before if left >= right else after}
    return [piece for n, piece in enumerate(pieces) if n not in gone or (n != at and piece.sort is not Sort.JOINT)]


def rank(pieces: list[Piece], at: int, operands: tuple[Sort, ...]) -> int:
    """How tightly what stands there binds the piece beside it; two operands side by side are joined by AND."""
    if at < 0:
        return 0
    piece = pieces[at]
    if piece.sort is Sort.JOINT:
        return {"OR": 1, "AND": AND}.get(piece.text, 3)
    return AND if piece.sort in operands else 0


def spread_slop(pieces: list[Piece]) -> list[Piece]:
    """``((a) AND (b))~5``, an older form of distance, as ``((a) NEAR/5 (b))``."""
    out = list(pieces)
    for at, piece in enumerate(pieces):
        if piece.sort is not Sort.CLOSE or len(piece.text) == 1:
            continue
        out[at] = Piece(Sort.CLOSE, ")")
        depth = 0
        for back in range(at - 1, -1, -1):
            sort = pieces[back].sort
            if sort is Sort.OPEN and depth == 0:
                break
            depth += (sort is Sort.CLOSE) - (sort is Sort.OPEN)
            if sort is Sort.JOINT and pieces[back].text == "AND" and depth == 0:
                out[back] = Piece(Sort.JOINT, f"NEAR/{piece.text[2:]}")
    return out
