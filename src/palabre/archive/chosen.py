"""Which posts a question chooses, as one SQL statement: words, watches, networks, languages and kinds by the full-text
index, the rest by columns of `post`. Nothing a user typed is ever part of the statement itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarResult, Select, and_, func, or_, select

from palabre.archive import fulltext, index_keys, sieved
from palabre.archive.account_names import author_node
from palabre.archive.bulk import among
from palabre.archive.tables import account, fact, hearing, mention, post
from palabre.archive.types import Filters
from palabre.archive.understood_filters import understood_conditions
from palabre.model import Between, Sieve, SieveAll, SieveAny, SieveEverything, SieveNode, SieveNot, SieveTerm

NO_FILTERS = Filters()
EVERYTHING = Sieve(SieveEverything(), exact=True)
WINDOW = 32_768  # posts that are looked at in 50 ms, if they are in memory
UNSTORED = re.compile("[\x00\ud800-\udfff]")  # what no text of a post has, and no database takes


@dataclass(frozen=True, slots=True)
class Question:
    """workspace_id, what the words may be, and what SQL decides beside them. part: "all"; "sure": those that the sieve
    lets through and whose keys tell all; "doubtful": those that must be looked at, whatever the sieve is."""

    workspace_id: int
    sieve: Sieve = EVERYTHING
    filters: Filters = NO_FILTERS
    part: str = "all"


def index_node(connection: Connection, question: Question, facts: bool = False) -> SieveNode | None:
    """What is asked of the index, or of those who know facts beside its keys; None for nothing."""
    words = words_node(connection, question, facts)
    filters = question.filters
    marks = (
        (index_keys.WATCH, filters.watch_ids),
        (index_keys.NETWORK, filters.networks),
        (index_keys.LANG, filters.langs),
        (index_keys.KIND, filters.kinds),
    )
    parts: list[SieveNode] = [
        SieveAny(tuple(SieveTerm(index_keys.named(mark, value)) for value in values))
        for mark, values in marks
        if values
    ]
    if words is not None:
        parts.append(words)
    return SieveAll(tuple(parts)) if parts else None


def wants_places(connection: Connection, question: Question) -> bool:
    """Whether phrases or nearness are asked of the index."""
    node = index_node(connection, question)
    return node is not None and sieved.asks_places(node)


def words_node(connection: Connection, question: Question, facts: bool = False) -> SieveNode | None:
    """The part of the sieve that the index, or who knows more, can answer, for the asked part of the posts."""
    root = question.sieve.root
    asked = in_index(connection, root)
    words = in_index(connection, facts_known(connection, question)) if facts else asked
    if words is None and question.part != "doubtful":
        return None
    if words is None and not sieved.asks_lists(root):
        return SieveAny(())
    doubtful = sieved.doubtful(asked)
    if words is None or question.part == "doubtful":  # the first: all posts that were left out, for lists can want them
        return doubtful
    return SieveAll((words, SieveNot(doubtful))) if question.part == "sure" else SieveAny((words, doubtful))


def in_index(connection: Connection, root: SieveNode) -> SieveNode | None:
    """What is left where keys are known, and places only where the index has them."""
    return sieved.simplified(root if fulltext.has_places(connection) else sieved.loose(root))


def facts_known(connection: Connection, question: Question) -> SieveNode:
    """The sieve for who knows facts besides."""
    return sieved.listed(question.sieve.root, partial(author_node, connection, question.workspace_id))


def is_sound(connection: Connection, question: Question, facts: bool = False) -> bool:
    """The answer of the index, or of who knows facts besides, is the answer itself, but for numbers and doubtful posts:
    the sieve says so, no key is cut."""
    root = question.sieve.root
    if not question.sieve.exact or (question.sieve.contains and not facts):
        return False
    root = facts_known(connection, question) if facts else root
    if sieved.simplified(root) is None:
        return isinstance(root, SieveEverything)
    return sieved.keys_fit(root) and (fulltext.has_places(connection) or not sieved.asks_places(root))


def is_exact(connection: Connection, question: Question) -> bool:
    """The index's answer is the answer itself: no number is asked besides."""
    return not question.sieve.numbers and is_certain(connection, question)


def is_certain(connection: Connection, question: Question, facts: bool = False) -> bool:
    """The index, or who knows facts besides, and the numbers are the answer: it is sound, and no post is doubtful."""
    if not is_sound(connection, question, facts):
        return False
    everything = isinstance(question.sieve.root, SieveEverything)
    return everything or not newest(connection, replace(question, part="doubtful"), None, 1)


def column_conditions(connection: Connection, question: Question) -> list[ColumnElement[bool]]:
    """What the columns of `post` must be."""
    filters = question.filters
    conditions: list[ColumnElement[bool]] = []
    if filters.since_ms:
        conditions.append(post.c.sort_ms >= filters.since_ms)
    if filters.until_ms:
        conditions.append(post.c.sort_ms < filters.until_ms)
    if filters.account_uri:
        author = account.c.workspace_id == question.workspace_id, account.c.uri == filters.account_uri
        conditions.append(post.c.account_id.in_(select(account.c.account_id).where(*author)))
    if filters.mentioned and not filters.watch_ids:
        conditions.append(select(mention.c.post_id).where(mention.c.post_id == post.c.post_id).exists())
    if filters.source_ids:
        conditions.append(heard_by(connection, filters.source_ids))
    return [*conditions, *spelt_facts(connection, question), *understood_conditions(connection, filters)]


def spelt_facts(connection: Connection, question: Question) -> Iterator[ColumnElement[bool]]:
    """SQLite's index takes FR for fr: where posts have both, the columns decide."""
    if connection.dialect.name != "sqlite":
        return
    filters = question.filters
    for name, values in (("network", filters.networks), ("lang", filters.langs), ("kind", filters.kinds)):
        mine = fact.c.workspace_id == question.workspace_id, fact.c.name == name, fact.c.value.not_in(values)
        alike = func.lower(fact.c.value).in_([value.lower() for value in values])
        if values and connection.execute(select(fact.c.value).where(*mine, alike).limit(1)).first():
            yield post.c[name].in_(values)


def bounds(number: Between) -> Iterator[ColumnElement[bool]]:
    """A count that is not known (NULL) is in no range."""
    column = post.c[number.column]
    yield column.is_not(None)
    if number.low is not None:
        yield column >= number.low
    if number.high is not None:
        yield column <= number.high


def heard_by(connection: Connection, source_ids: tuple[int, ...]) -> ColumnElement[bool]:
    """The first source that brought a post, or one that brought it again."""
    again = select(hearing.c.post_id).where(
        hearing.c.post_id == post.c.post_id, among(connection, hearing.c.source_id, source_ids)
    )
    return or_(among(connection, post.c.source_id, source_ids), again.exists())


def in_workspace(question: Question, walk: bool) -> ColumnElement[bool]:
    """walk: go back through the posts in the order of their ids. SQLite would sort all posts of the workspace by the
    index on time to give the newest fifty; the sum keeps that index out. Periods and accounts do need one."""
    column = post.c.workspace_id + 0 if walk and not is_narrowed(question.filters) else post.c.workspace_id
    return column == question.workspace_id


def is_narrowed(filters: Filters) -> bool:
    """By something that has an index of its own."""
    few = filters.post_ids or filters.story_ids or filters.register
    return bool(few or filters.since_ms or filters.until_ms or filters.account_uri or filters.source_ids)


def chosen(
    connection: Connection, question: Question, walk: bool = False, with_posts: bool = False
) -> tuple[Select[Any], ColumnElement[int]]:
    """A statement that gives post_ids, and the column to order and to page by. with_posts: it knows the rows of `post`,
    though no condition may ask for them."""
    node = index_node(connection, question)
    conditions = column_conditions(connection, question)
    if node is None:
        return select(post.c.post_id).where(in_workspace(question, walk), *conditions), post.c.post_id
    key = fulltext.index_id(connection)
    wanted = fulltext.matches(connection, node, question.workspace_id)
    if not conditions and not with_posts:
        return select(key.label("post_id")).select_from(fulltext.index).where(wanted), key
    joined = fulltext.index.join(post, post.c.post_id == key)
    return select(key.label("post_id")).select_from(joined).where(wanted, *conditions), key


def newest(connection: Connection, question: Question, before: int | None, limit: int, lowest: int = 0) -> list[int]:
    """post_ids, newest first, smaller than before."""
    return list(connection.execute(from_newest(connection, question, before, lowest).limit(limit)).scalars())


def candidates(connection: Connection, question: Question, before: int | None) -> ScalarResult[int]:
    """All of them as they are asked for, newest first, smaller than before: the index is asked once, not by page."""
    query = from_newest(connection, question, before).execution_options(stream_results=True)
    return connection.execute(query).scalars()


def holding(connection: Connection, question: Question) -> ScalarResult[bool]:
    """Of each candidate, in no order: whether its columns hold the numbers of the sieve."""
    holds = and_(*(one for number in question.sieve.numbers for one in bounds(number)))
    query, _ = chosen(connection, question, with_posts=True)
    return connection.execute(query.with_only_columns(holds).execution_options(stream_results=True)).scalars()


def spelt(connection: Connection, literals: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Text or title holds each of the literals."""
    at = func.instr if connection.dialect.name == "sqlite" else func.strpos
    for one in literals:
        if not UNSTORED.search(one):
            yield or_(at(post.c.text, one) > 0, at(post.c.title, one) > 0)


def spelling(connection: Connection, literals: Sequence[str], ids: Sequence[int]) -> list[int]:
    """Those of some posts that hold each of the literals, in the same order. The database looks at 1,000 posts in 2 ms;
    to hand them over and match them takes five times as long."""
    query = select(post.c.post_id).where(among(connection, post.c.post_id, ids), *spelt(connection, literals))
    found = set(connection.execute(query).scalars())
    return [post_id for post_id in ids if post_id in found]


def is_spelt_only(connection: Connection, question: Question) -> bool:
    """Only its literals can choose among all posts: nothing is asked of the index, nor of an index of the columns."""
    literals = question.sieve.literals
    return bool(literals) and index_node(connection, question) is None and not is_narrowed(question.filters)


def windows(connection: Connection, question: Question, before: int | None) -> Iterator[tuple[list[int], int]]:
    """Candidates that hold the literals, from the newest on: so many posts at a time, of which there may be none, and
    the post_id below which are the next."""
    top = before or latest(connection) + 1
    while top > 1:
        low = max(1, top - WINDOW)
        query = from_newest(connection, question, top, low)
        yield list(connection.execute(query.where(*spelt(connection, question.sieve.literals))).scalars()), low
        top = low


def from_newest(connection: Connection, question: Question, before: int | None, lowest: int = 0) -> Select[Any]:
    query, key = chosen(connection, question, walk=True)
    if before:
        query = query.where(key < before)
    if lowest:
        query = query.where(key >= lowest)
    return query.order_by(key.desc())


def how_many(connection: Connection, question: Question) -> int:
    """All of them, counted by the database."""
    query, _ = chosen(connection, question)
    return int(connection.execute(query.with_only_columns(func.count())).scalar_one())


def latest(connection: Connection) -> int:
    """The highest post_id of the ledger, 0 when it is empty."""
    return int(connection.execute(select(func.max(post.c.post_id))).scalar() or 0)
