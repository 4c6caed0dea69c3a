"""Where a post comes from, as a page can show it: earlier versions compared, raw bytes made readable. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from palabre.archive import PostRow
from palabre.archive.types import RawRow, Revision
from palabre.model import RawItem

RAW_CHARS_MAX = 20_000
DIFF_CHARS_MAX = 6_000
REVISIONS_MAX = 10
RAW_ROWS_MAX = 5
TEXTUAL = re.compile(r"json|xml|text|html|rss|atom|csv|message/rfc822|x-www-form")


@dataclass(frozen=True, slots=True)
class Change:
    """One edit. at_ms: when the newer version was heard; title, text: (words, "same", "gone" or "new") in order."""

    number: int
    at_ms: int
    title: Sequence[tuple[str, str]]
    text: Sequence[tuple[str, str]]


def changes(row: PostRow, revisions: Sequence[Revision]) -> list[Change]:
    """Each earlier version against the one that replaced it, newest first. revisions: newest first."""
    after = [(row.post.title, row.post.text), *((one.title, one.text) for one in revisions)]
    return [
        Change(one.number, one.at_ms, compared(one.title, title), compared(one.text, text))
        for one, (title, text) in list(zip(revisions, after, strict=False))[:REVISIONS_MAX]
    ]


def compared(old: str, new: str) -> list[tuple[str, str]]:
    """Words that stayed, went and came (Ratcliff and Obershelp's matching, as difflib has it)."""
    if old == new:
        return []
    was, became = words(old), words(new)
    return list(_parts(was, became, difflib.SequenceMatcher(None, was, became, autojunk=True).get_opcodes()))


def words(text: str) -> list[str]:
    """Words and the spaces between them."""
    return re.findall(r"\s+|\S+", text[:DIFF_CHARS_MAX])


def _parts(
    was: Sequence[str], became: Sequence[str], steps: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[tuple[str, str]]:
    for step, a, b, c, d in steps:
        if step == "equal":
            yield "".join(was[a:b]), "same"
            continue
        if b > a:
            yield "".join(was[a:b]), "gone"
        if d > c:
            yield "".join(became[c:d]), "new"


@dataclass(frozen=True, slots=True)
class Payload:
    """Raw bytes as text. size: bytes; cut: not all of it is shown; text: "" for what is no text."""

    received_ms: int
    media_type: str
    size: int
    text: str
    cut: bool
    note: tuple[tuple[str, str], ...]


def payloads(rows: Sequence[RawRow]) -> list[Payload]:
    return [payload(row) for row in rows[:RAW_ROWS_MAX]]


def payload(row: RawRow) -> Payload:
    """One raw item, JSON laid out on lines."""
    shown = readable(row.item)
    return Payload(
        row.received_ms,
        row.item.media_type,
        len(row.item.body),
        shown[:RAW_CHARS_MAX],
        len(shown) > RAW_CHARS_MAX,
        tuple(sorted(row.item.note.items())),
    )


def readable(item: RawItem) -> str:
    """At most a little more than RAW_CHARS_MAX characters."""
    if "json" in item.media_type and len(item.body) <= 50 * RAW_CHARS_MAX:
        try:
            return orjson.dumps(orjson.loads(item.body), option=orjson.OPT_INDENT_2).decode()
        except orjson.JSONDecodeError:
            pass
    if not TEXTUAL.search(item.media_type):
        return ""
    return item.body[: 4 * RAW_CHARS_MAX + 4].decode("utf-8", "replace")
