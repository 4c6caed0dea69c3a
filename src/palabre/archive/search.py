"""Searching the ledger: candidates from the index, verified by whoever knows the query, newest first, paged by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from palabre.archive.chosen import (
    EVERYTHING,
    NO_FILTERS,
    Question,
    candidates,
    column_conditions,
    holding,
    how_many,
    index_node,
    is_certain,
    is_exact,
    is_narrowed,
    is_sound,
    is_spelt_only,
    latest,
    newest,
    spelling,
    wants_places,
    windows,
)
from palabre.archive.fulltext import has_places
from palabre.archive.ledger import Ledger
from palabre.archive.rows import batch_by_id, post_rows, rows_by_id
from palabre.archive.sieved import asks_lists, asks_places, is_open
from palabre.archive.tables import post
from palabre.archive.token_where import UndecidedError
from palabre.archive.types import Count, Filters, Look, Verify
from palabre.clock import Clock
from palabre.model import Sieve, SieveTerm

if TYPE_CHECKING:
    from palabre.archive.lake_words import LakeWords

Lists = Callable[[], "LakeWords | None"]
Check = Callable[[Sequence[int]], list[int]]  # of some post_ids, those that match
Candidates = tuple[Sequence[int], int]  # some post_ids, and the one below which are all others
Some = tuple[list[int], int]  # the same of those that match; 0: there are no others, or enough were found
FIRST_BATCH, BATCH_MAX = 64, 1_024  # posts, from the disk maybe, that are verified between two looks at the clock
NEAR = 512  # newest candidates of the index that are verified before lists are asked
COLUMNS_AT_ONCE = 1_024  # posts whose columns are looked at between two looks at the clock
# Posts from which on the index merges frequent words slowly, and how many changed ones may then be looked at: 60 ms.
LARGE, CHANGED_BESIDE = 1_000_000, 2_000
MOMENT_SECONDS = 0.2  # 20,000 rows in memory
LIMIT_MAX = 10_000
RECENT = 1_024  # posts looked at before the index is asked for an open word


class Search:
    """lists: the posting lists of the lake, if there are any."""

    def __init__(self, ledger: Ledger, clock: Clock, lists: Lists) -> None:
        self._ledger, self._clock, self._lists = ledger, clock, lists

    def search(
        self,
        workspace_id: int,
        sieve: Sieve,
        verify: Verify | None,
        filters: Filters,
        before: int | None = None,
        limit: int = 50,
        seconds: float | None = None,
    ) -> Look:
        """The newest posts (highest post_id first) below ``before``. verify is asked when the sieve is not exact; with
        a limit of seconds it may be stopped early."""
        question = Question(workspace_id, sieve, filters)
        end = self._clock.monotonic() + seconds if seconds is not None else None
        with self._ledger.read() as connection:
            ids, further = self._ids(connection, question, verify, before, min(limit, LIMIT_MAX), end)
            rows = post_rows(connection, rows_by_id(connection, workspace_id, ids))
            return Look(rows, further, reached(connection, workspace_id, further) if further else 0)

    def _ids(
        self, connection: Connection, question: Question, verify: Verify | None, before: int | None, limit: int,
        end: float | None,
    ) -> Some:  # fmt: skip
        if verify is not None and is_open(question.sieve.root):
            ids = recent(connection, question, verify, before)
            if len(ids) >= limit:
                return ids[:limit], 0
        if verify is None or is_exact(connection, question):
            return self._page(connection, question, before, limit), 0
        listed = self._listed_page(connection, question, before, limit)
        return self._verified(connection, question, verify, before, limit, end) if listed is None else (listed, 0)

    def _page(self, connection: Connection, question: Question, before: int | None, limit: int) -> list[int]:
        """post_ids that a question chooses, newest first. Where the rows of candidates decide, there may be millions of
        them before the first that fits: lists know at once."""
        lists = self._lists() if column_conditions(connection, question) else None
        ids = lists.newest(connection, question, before, limit) if lists else None
        return newest(connection, question, before, limit) if ids is None else ids

    def _listed_page(
        self, connection: Connection, question: Question, before: int | None, limit: int
    ) -> list[int] | None:
        """The same of a question that lists alone decide, for facts or numbers are asked; None where they do not."""
        lists = (
            self._lists() if tells_more(connection, question) and is_certain(connection, question, facts=True) else None
        )
        return lists.newest(connection, question, before, limit) if lists else None

    def _verified(
        self, connection: Connection, question: Question, verify: Verify, before: int | None, limit: int,
        end: float | None,
    ) -> Some:  # fmt: skip
        found: list[int] = []
        check = partial(verified, connection, question, verify)
        for ids, low in matching(connection, question, check, before, self._lists):
            found += ids
            if len(found) >= limit:
                break
            if end is not None and self._clock.monotonic() >= end:
                return found, low
        return found[:limit], 0

    def count(
        self, workspace_id: int, sieve: Sieve, verify: Verify | None, filters: Filters, seconds: float | None = None
    ) -> Count:
        """How many; with a limit of seconds the verified count may stop early and say "at least"."""
        question = Question(workspace_id, sieve, filters)
        with self._ledger.read() as connection:
            if verify is None:
                return self._all(connection, question)
            end = self._clock.monotonic() + seconds if seconds is not None else None
            check = partial(verified, connection, question, verify)
            sure = self._sure(connection, replace(question, part="sure"), end)
            if sure is None:
                return self._counted(connection, question, check, 0, end)
            doubtful = replace(question, part="doubtful")
            return self._counted(connection, doubtful, check, sure.n, end) if sure.exact else sure

    def _sure(self, connection: Connection, question: Question, end: float | None) -> Count | None:
        """Those that the words find; None where these do not decide, nor lists which know facts besides. Where numbers
        are asked too, rows are looked at for a moment if the words stand in places, which few posts have; then, or
        else, lists tell, or rows until the end."""
        if not is_sound(connection, question):
            facts = is_sound(connection, question, facts=True)
            return self._listed(connection, question) if facts else None
        if not question.sieve.numbers:
            return self._all(connection, question)
        if wants_places(connection, question):
            few = self._held(connection, question, self._clock.monotonic() + MOMENT_SECONDS)
            if few.exact:
                return few
        return self._listed(connection, question) or self._held(connection, question, end)

    def _held(self, connection: Connection, question: Question, end: float | None) -> Count:
        """Those whose columns hold the numbers, looked at until the end."""
        with holding(connection, question) as stream:
            return self._added(map(sum, stream.partitions(COLUMNS_AT_ONCE)), 0, end)

    def _all(self, connection: Connection, question: Question) -> Count:
        """All that a question chooses, by the posting lists or by the database."""
        if is_slow(connection, question):
            found = self._listed(connection, question)
        else:
            found = self._listed(connection, question, CHANGED_BESIDE) if self._is_long(connection, question) else None
        return found or Count(how_many(connection, question))

    def _is_long(self, connection: Connection, question: Question) -> bool:
        """Whether the index would go through several lists which may be long: then ours are read sooner."""
        several = not isinstance(question.sieve.root, SieveTerm) or question.filters != NO_FILTERS
        lists = self._lists() if several and not wants_places(connection, question) else None
        return lists is not None and lists.rows(connection, question) >= LARGE

    def _listed(self, connection: Connection, question: Question, most_changed: int | None = None) -> Count | None:
        lists = self._lists()
        found = lists.selected(connection, question, most_changed=most_changed) if lists else None
        return Count(found.n()) if found else None

    def _counted(self, connection: Connection, question: Question, check: Check, n: int, end: float | None) -> Count:
        """n and those that pass a check until the end."""
        found = matching(connection, question, check, None, self._lists)
        return self._added((len(ids) for ids, _ in found), n, end)

    def _added(self, parts: Iterable[int], n: int, end: float | None) -> Count:
        for more in parts:
            n += more
            if end is not None and self._clock.monotonic() >= end:
                return Count(n, exact=False)
        return Count(n)

    def ids(
        self, workspace_id: int, sieve: Sieve, verify: Verify | None, filters: Filters, before: int | None, limit: int
    ) -> tuple[list[int], int | None]:
        """One bounded step through history: of the next ``limit`` candidates below ``before``, the post_ids that
        match; and where to go on, None at the end. For re-matching and exports."""
        question = Question(workspace_id, sieve, filters)
        with self._ledger.read() as connection:
            ids = newest(connection, question, before, limit)
            after = ids[-1] if len(ids) == limit else None
            if verify is None or is_exact(connection, question):
                return ids, after
            return verified(connection, question, verify, ids), after


def is_slow(connection: Connection, question: Question) -> bool:
    """Whether the full-text index has no quick count: nothing is asked of it, or lists would have to be merged, or the
    row of each candidate would have to be looked at."""
    node = index_node(connection, question)
    return node is None or is_open(node) or bool(column_conditions(connection, question))


def recent(connection: Connection, question: Question, verify: Verify, before: int | None) -> list[int]:
    """post_ids that match among the last posts, newest first. Where a word left open wants many posts, the first page
    is among them, long before the index has merged the lists of a thousand words."""
    if is_narrowed(question.filters):
        return []
    top = before or latest(connection) + 1
    anything = replace(question, sieve=EVERYTHING)
    return verified(connection, question, verify, newest(connection, anything, top, RECENT, lowest=top - RECENT))


def matching(
    connection: Connection, question: Question, check: Check, before: int | None, lists: Lists
) -> Iterator[Some]:
    """post_ids that pass a check, of candidates from the newest on, in batches that grow."""
    return ((check(ids), low) for ids, low in to_check(connection, question, before, lists))


def to_check(connection: Connection, question: Question, before: int | None, lists: Lists) -> Iterator[Candidates]:
    """Candidates, and the post_id below which are all others. Where lists know more than the index they are asked; the
    index goes on where they are taken away, and begins where posts that fit may be near."""
    known = knowing_more(connection, question, lists)
    if known and not question.sieve.literals and not column_conditions(connection, question):
        near = newest(connection, question, before, NEAR)
        yield from growing(taking(iter(near)))
        if len(near) < NEAR:
            return
        before = near[-1]
    listed = known.candidates(connection, question, before) if known else None
    if listed is not None:
        with suppress(FileNotFoundError, UndecidedError):
            for ids, low in growing(taking(listed)):
                yield ids, low
                before = low
            return
    if is_spelt_only(connection, question):
        yield from windows(connection, question, before)
        return
    with candidates(connection, question, before) as stream:
        yield from growing(stream.fetchmany)


def knowing_more(connection: Connection, question: Question, lists: Lists) -> LakeWords | None:
    """The lists, where they know more of a question than the index: of literals, facts and numbers, and of a large
    archive what SQL would ask of the row of each candidate."""
    told = lists() if tells_more(connection, question) or question.sieve.literals else None
    if told is None and column_conditions(connection, question):
        told = lists()
        return told if told and told.rows(connection, question) >= LARGE else None
    return told


def tells_more(connection: Connection, question: Question) -> bool:
    """Whether numbers are asked, or what lists know and the index does not."""
    root = question.sieve.root
    placed = asks_places(root) and not has_places(connection)
    return bool(question.sieve.numbers or question.sieve.contains) or asks_lists(root) or placed


def taking(ids: Iterator[int]) -> Callable[[int], Sequence[int]]:
    """So many of them at a time."""
    return lambda size: list(islice(ids, size))


def reached(connection: Connection, workspace_id: int, post_id: int) -> int:
    """When the newest post up to an id was published; 0 if there is none."""
    query = select(post.c.sort_ms).where(post.c.post_id <= post_id, post.c.workspace_id + 0 == workspace_id)
    return connection.execute(query.order_by(post.c.post_id.desc()).limit(1)).scalar() or 0


def growing(some: Callable[[int], Sequence[int]]) -> Iterator[Candidates]:
    """What a reader of so many at a time still has, in batches that grow."""
    size = FIRST_BATCH
    while ids := some(size):
        yield ids, ids[-1]
        size = min(size * 2, BATCH_MAX)


def verified(connection: Connection, question: Question, verify: Verify, ids: Sequence[int]) -> list[int]:
    """Those of the post_ids that verify lets through, in the same order. It sees the columns that the sieve names."""
    if question.sieve.literals:
        ids = spelling(connection, question.sieve.literals, ids)
    if not ids:
        return []
    there, batch = batch_by_id(connection, question.workspace_id, ids, question.sieve.columns)
    good = {post_id for post_id, wanted in zip(there, truths(verify(batch)), strict=True) if wanted}
    return [post_id for post_id in ids if post_id in good]


def truths(mask: Any) -> list[bool]:
    """A list of bool, or an Arrow array of them, as a list."""
    return list(mask.to_pylist() if hasattr(mask, "to_pylist") else mask)
