"""The words of the lake: posting lists beside its segments, made from the ledger, and what they choose.

The lists hold the keys of the full-text index and what was understood, so that they choose the very posts that SQL
would: the rows of all segments that fulfil a condition, without those of changed posts, and the changed posts as the
ledger has them now. They choose among ten million posts in 50 ms where words are left open, and where a period or a
reading is asked, for which SQL looks at the row of each candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Row, select

from palabre.archive import fulltext
from palabre.archive.account_names import author_keys
from palabre.archive.chosen import Question, is_spelt_only
from palabre.archive.exact_runs import exact_keys, exact_node
from palabre.archive.index_keys import AXIS, EMOTION, FOLDED, INTENT, SOURCE, TONE, WHOLE, facts, named
from palabre.archive.lake_rows import rows_of
from palabre.archive.ledger import Ledger
from palabre.archive.listed_facts import COLUMNS as LISTED
from palabre.archive.listed_facts import fact_keys
from palabre.archive.postings import Keyed, are_ours, parts_of, write_postings
from palabre.archive.segments import lists_beside, written
from palabre.archive.selected import (
    Asked,
    Numbers,
    Piece,
    Selected,
    listed_node,
    narrow,
    piece_of,
    sealed_piece,
)
from palabre.archive.tables import dirty, segment
from palabre.archive.token_where import UndecidedError
from palabre.archive.understood_filters import NONE
from palabre.model import SieveAll

# Posts that the lake has not, or has wrong, until SQL is asked instead: 30 ms a thousand, so more where SQL does more.
CHANGED_MIN, CHANGED_MAX, CHANGED_SHARE = 200, 50_000, 0.02
CHANGED_OF_PAGE = 200  # the same where a page is wanted, for which SQL is often fast enough
# No lists yet; or replaced, and swept away, since the question began. Or a post is so long that they do not tell.
NO_ANSWER = (FileNotFoundError, UndecidedError)
READ_ROWS = 5_000
FACTS = ["network", "lang", "kind", "watch_ids"]
UNDERSTOOD = ["source_id", "tone", "emotion", "axis", "folded", "intents"]
WRITTEN = ["title", "text"]
COLUMNS = ["post_id", *FACTS, *UNDERSTOOD, *WRITTEN, *(name for name in LISTED if name not in (*FACTS, *WRITTEN))]


class LakeWords:
    """root: the folder of the segments."""

    def __init__(self, ledger: Ledger, root: Path) -> None:
        self.ledger, self.root = ledger, root

    # keeping

    def keep(self) -> bool:
        """Makes the lists of a segment that has none, or others than ours; False when none is left."""
        with self.ledger.read() as connection:
            return any(self.listed(connection, row) for row in connection.execute(select(segment)).all())

    def keep_all(self) -> None:
        while self.keep():
            pass

    def listed(self, connection: Connection, row: Row[Any]) -> bool:
        """Whether lists had to be made for a segment, and could be."""
        path = self.root / row.path
        if are_ours(lists_beside(path)) or not path.exists():
            return False
        with written(lists_beside(path)) as sink:
            batches = pq.ParquetFile(path).iter_batches(READ_ROWS, columns=COLUMNS)
            write_postings(sink, keys_of(connection, row.workspace_id, batches))
        if not path.exists():  # replaced meanwhile: what is erased must not come back
            lists_beside(path).unlink(missing_ok=True)
        return True

    # asking

    def selected(
        self, connection: Connection, question: Question, *, times: bool = False, most_changed: int | None = None
    ) -> Selected | None:
        """What a question chooses; None where lists do not know, or more posts changed than may be looked at. times:
        of publication, for `Selected.volume`."""
        most = self.most_changed(connection, question) if most_changed is None else most_changed
        asked = asked_of(connection, question, most, times)
        if asked is None:
            return None
        try:
            pieces = [self.piece(row, asked) for row in segments(connection, question.workspace_id)]
            return Selected([*pieces, fresh_piece(connection, question.workspace_id, asked)])
        except NO_ANSWER:
            return None

    def newest(self, connection: Connection, question: Question, before: int | None, limit: int) -> list[int] | None:
        """The highest post_ids that a question chooses, below ``before``; None where the lists do not know. Only those
        segments are looked at that may hold them."""
        asked = asked_of(connection, question, min(CHANGED_OF_PAGE, self.most_changed(connection, question)))
        if asked is None:
            return None
        found = self.descending(connection, question.workspace_id, asked, before)
        try:
            return list(islice(chain.from_iterable(found), limit))
        except NO_ANSWER:
            return None

    def candidates(self, connection: Connection, question: Question, before: int | None) -> Iterator[int] | None:
        """post_ids of all posts that may fulfil a question, its literals too, as for `newest`; None where the lists do
        not know, or not what a literal is made of. Raises one of NO_ANSWER, at any time."""
        runs = exact_node(question.sieve.literals)
        if runs is None and is_spelt_only(connection, question):
            return None
        asked = asked_of(connection, question, self.most_changed(connection, question))
        if asked is None:
            return None
        if runs is not None:
            asked = replace(asked, node=SieveAll((asked.node, runs)))
        return chain.from_iterable(self.descending(connection, question.workspace_id, asked, before))

    def descending(
        self, connection: Connection, workspace_id: int, asked: Asked, before: int | None
    ) -> Iterator[list[int]]:
        """post_ids below ``before`` from the highest on, as far as they are wanted: a segment is looked at when it may
        hold the next. Raises one of NO_ANSWER."""
        rest = fresh_piece(connection, workspace_id, asked).ids()
        for row in sorted(segments(connection, workspace_id), key=lambda row: -row.high_id):
            yield highest(rest[rest > row.high_id], before)
            rest = rest[rest <= row.high_id]
            if before is None or row.low_id < before:
                rest = np.concatenate([rest, self.piece(row, asked).ids()])
        yield highest(rest, before)

    def most_changed(self, connection: Connection, question: Question) -> int:
        """How many changed posts may be asked of the ledger beside the lists; none where there are no lists."""
        rows = self.rows(connection, question)
        return min(CHANGED_MAX, max(CHANGED_MIN, int(rows * CHANGED_SHARE))) if rows else 0

    def rows(self, connection: Connection, question: Question) -> int:
        """All posts of the workspace that segments hold."""
        return sum(row.rows for row in segments(connection, question.workspace_id))

    def piece(self, row: Row[Any], asked: Asked) -> Piece:
        return sealed_piece(self.root / row.path, row, asked)


def asked_of(connection: Connection, question: Question, most: int, times: bool = False) -> Asked | None:
    """What is asked of the lists; None where they do not know, or where too many posts changed since."""
    node = listed_node(connection, question)
    if node is None:
        return None
    mine = dirty.c.workspace_id == question.workspace_id
    changed = list(connection.execute(select(dirty.c.post_id).where(mine).limit(most + 1)).scalars())
    if len(changed) > most:
        return None
    filters, ids = question.filters, np.array(changed, np.int64)
    return Asked(node, filters.since_ms, filters.until_ms, ids, times, question.sieve.numbers, question.sieve.contains)


def segments(connection: Connection, workspace_id: int) -> Sequence[Row[Any]]:
    return connection.execute(select(segment).where(segment.c.workspace_id == workspace_id)).all()


def highest(ids: Numbers, before: int | None) -> list[int]:
    """Some ids below a bound, from the highest on."""
    below = ids if before is None else ids[ids < before]
    return np.sort(below)[::-1].tolist()  # type: ignore[no-any-return]


def fresh_piece(connection: Connection, workspace_id: int, asked: Asked) -> Piece:
    """The changed posts that a question chooses, as they are now."""
    table = rows_of(connection, asked.changed.tolist()).sort_by("sort_ms")
    sink = pa.BufferOutputStream()
    write_postings(sink, keys_of(connection, workspace_id, table.select(COLUMNS).to_batches()))
    piece = piece_of(parts_of(sink.getvalue()), table["sort_ms"].to_numpy(), asked)
    narrow(piece, asked, table.column)
    return piece


def keys_of(connection: Connection, workspace_id: int, batches: Iterable[pa.RecordBatch]) -> Iterator[Keyed]:
    """Each post of batches that have COLUMNS, in order. What is too long for the index has no tokens in the lists."""
    for batch in batches:
        columns = {name: array.to_pylist() for name, array in zip(batch.schema.names, batch.columns, strict=True)}
        words = fulltext.words_of(connection, workspace_id, columns["post_id"])
        beside = map(facts, *(columns[name] for name in FACTS))
        more = map(understood, *(columns[name] for name in UNDERSTOOD[:-1]), map(tuple_of, columns["intents"]))
        authors = author_keys(connection, columns["post_id"])
        written = (columns[name] for name in ("post_id", *WRITTEN))
        for post_id, title, text, *keys in zip(*written, beside, more, fact_keys(columns), authors, strict=True):
            own = words.get(post_id, "").split(" ")
            told = " ".join((*filter(None, keys), *exact_keys(f"{text}\n{title}", own)))
            yield Keyed(post_id, "", "", f"{WHOLE} {told}") if WHOLE in own else Keyed(post_id, title, text, told)


def tuple_of(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


@lru_cache(maxsize=10_000)
def understood(
    source_id: int | None, tone: str | None, emotion: str | None, axis: str | None, folded: bool | None,
    intents: tuple[str, ...] | None,
) -> str:  # fmt: skip
    """The keys of what SQL would look up elsewhere. A label is None where the post was not read."""
    labels = [(TONE, tone), (EMOTION, emotion), (AXIS, axis)]
    keys = [named(SOURCE, "" if source_id is None else source_id)]
    keys += [named(mark, label or NONE) for mark, label in labels if label is not None]
    keys += [named(INTENT, intent) for intent in intents or (NONE,)] if intents is not None else []
    return " ".join([*keys, FOLDED] if folded else keys)
