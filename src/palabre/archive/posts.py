"""Looking at posts: one of them, its thread, its earlier versions, its raw bytes; counts for lists and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import zstandard
from sqlalchemy import Connection, Select, func, or_, select

from palabre.archive.bulk import among
from palabre.archive.chosen import Question, chosen, is_certain, is_exact
from palabre.archive.facts import known_facts
from palabre.archive.fulltext import posts_of_watch
from palabre.archive.heard import first_since
from palabre.archive.ledger import Ledger
from palabre.archive.reading_facets import VALUES, reading_facets
from palabre.archive.rows import post_query, post_rows, rows_by_id
from palabre.archive.search import Lists, matching, verified
from palabre.archive.tables import hearing, mention, post, raw, revision
from palabre.archive.types import Bucket, Filters, PostRow, RawRow, Revision, Verify
from palabre.errors import NotFoundError
from palabre.model import RawItem, Sieve

if TYPE_CHECKING:
    from palabre.archive.selected import Selected

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
THREAD_POSTS_MAX = 500
THREAD_DEPTH_MAX = 100
FACETS = ("lang", "network", "kind", "source", "watch")
FACET_VALUES_MAX = 200
Known = Mapping[str, Mapping[str, str]]  # name of a fact -> value -> its key


class Posts:
    """lists: the posting lists of the lake, if there are any."""

    def __init__(self, ledger: Ledger, lists: Lists) -> None:
        self._ledger, self._lists = ledger, lists

    def get(self, workspace_id: int, post_id: int) -> PostRow:
        """Raises NotFoundError, also when it belongs to another workspace."""
        found = self.many(workspace_id, [post_id])
        if not found:
            raise NotFoundError("archive.no_post", asked=post_id)
        return found[0]

    def many(self, workspace_id: int, post_ids: Sequence[int]) -> list[PostRow]:
        """In the order asked; those that are not there are left out."""
        with self._ledger.read() as connection:
            return post_rows(connection, rows_by_id(connection, workspace_id, post_ids))

    def by_uri(self, workspace_id: int, uri: str) -> PostRow | None:
        query = post_query().where(post.c.workspace_id == workspace_id, post.c.uri == uri)
        with self._ledger.read() as connection:
            return next(iter(post_rows(connection, connection.execute(query))), None)

    def by_uris(self, workspace_id: int, uris: Sequence[str]) -> dict[str, PostRow]:
        """Those of the uris that were heard."""
        query = post_query().where(post.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            rows = connection.execute(query.where(among(connection, post.c.uri, uris))) if uris else ()
            return {row.post.uri: row for row in post_rows(connection, rows)}

    def reshared(self, workspace_id: int, uris: Sequence[str]) -> dict[str, int]:
        """uri -> how many of the posts we heard pass it on; those that nobody did are left out."""
        if not uris:
            return {}
        query = select(post.c.reshare_of, func.count()).where(post.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            mine = query.where(among(connection, post.c.reshare_of, uris), post.c.reshare_of != "")
            return {row[0]: row[1] for row in connection.execute(mine.group_by(post.c.reshare_of))}

    def first_ms(self, workspace_id: int) -> int:
        """When the oldest post that was heard was published; 0 for none."""
        query = select(func.min(post.c.sort_ms)).where(post.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return int(connection.execute(query).scalar() or 0)

    def thread(self, workspace_id: int, post_id: int, most: int = THREAD_POSTS_MAX) -> list[PostRow]:
        """The conversation around a post, in the order of publication; ``most`` posts of it. Raises NotFoundError."""
        start = self.get(workspace_id, post_id)
        with self._ledger.read() as connection:
            found = {start.post_id: start}
            climb(connection, start, found)
            descend(connection, workspace_id, found, most)
        return sorted(found.values(), key=lambda row: (row.sort_ms, row.post_id))

    def revisions(self, workspace_id: int, post_id: int) -> list[Revision]:
        """Earlier versions, newest first. Raises NotFoundError."""
        self.get(workspace_id, post_id)
        fields = [revision.c[name] for name in ("number", "at_ms", "title", "text", "html", "edited_ms")]
        query = select(*fields).where(revision.c.post_id == post_id).order_by(revision.c.number.desc())
        with self._ledger.read() as connection:
            return [Revision(*row) for row in connection.execute(query)]

    def raw(self, workspace_id: int, post_id: int) -> list[RawRow]:
        """What the platform gave, newest first; nothing once raw_days have passed. Raises NotFoundError."""
        self.get(workspace_id, post_id)
        query = raw.select().where(raw.c.post_id == post_id).order_by(raw.c.number.desc())
        with self._ledger.read() as connection:
            return [RawRow(row.number, row.received_ms, raw_item(row)) for row in connection.execute(query)]

    def sources(self, workspace_id: int, post_id: int) -> list[int]:
        """Sources that brought a post, the first one first. Raises NotFoundError."""
        row = self.get(workspace_id, post_id)
        query = select(hearing.c.source_id).where(hearing.c.post_id == post_id).order_by(hearing.c.first_ms)
        with self._ledger.read() as connection:
            again = connection.execute(query).scalars()
            return [*([row.source_id] if row.source_id else []), *again]

    def mentions(self, workspace_id: int, watch_id: int, before: int | None = None, limit: int = 50) -> list[PostRow]:
        """Mentions of a watch, newest first, paged by key."""
        with self._ledger.read() as connection:
            ids = posts_of_watch(connection, workspace_id, watch_id, before=before or 0, limit=limit)
            return post_rows(connection, rows_by_id(connection, workspace_id, ids))

    def facets(
        self, workspace_id: int, sieve: Sieve, verify: Verify | None, filters: Filters,
        names: Iterable[str] = FACETS,
    ) -> dict[str, list[tuple[str, int]]]:  # fmt: skip
        """For each of lang, network, kind, source, watch: values with their number of posts, the most frequent first.
        Ids of sources and watches are given as text. The same of tone, intent, axis and emotion where they are named.
        """
        question, names = Question(workspace_id, sieve, filters), list(names)
        with self._ledger.read() as connection:
            if found := self._selected(connection, question, verify):
                return listed_facets(found, names, known_facts(connection, workspace_id))
            return facets_of(connection, names, selection(connection, question, verify, self._lists))

    def volume(
        self, workspace_id: int, sieve: Sieve, verify: Verify | None, filters: Filters, step_ms: int = DAY_MS
    ) -> list[Bucket]:
        """Posts per step of publication time (UTC), oldest first; empty steps are left out."""
        return self.summary(workspace_id, sieve, verify, filters, (), step_ms)[1]

    def summary(
        self, workspace_id: int, sieve: Sieve, verify: Verify | None, filters: Filters, names: Iterable[str],
        step_ms: int,
    ) -> tuple[dict[str, list[tuple[str, int]]], list[Bucket]]:  # fmt: skip
        """facets and volume; posts that must be looked at one by one are looked at once."""
        question, names = Question(workspace_id, sieve, filters), list(names)
        with self._ledger.read() as connection:
            if found := self._selected(connection, question, verify, times=True):
                return listed_facets(found, names, known_facts(connection, workspace_id)), found.volume(step_ms)
            ids = selection(connection, question, verify, self._lists)
            return facets_of(connection, names, ids), volume_of(connection, ids, step_ms)

    def _selected(
        self, connection: Connection, question: Question, verify: Verify | None, times: bool = False
    ) -> Selected | None:
        """What a question chooses, where posting lists know it."""
        lists = self._lists() if verify is None or is_certain(connection, question, facts=True) else None
        return lists.selected(connection, question, times=times) if lists else None

    def after(self, workspace_id: int, post_id: int, limit: int = 500) -> list[PostRow]:
        """The next posts above an id, in the order of their arrival: for those who look at each post once."""
        query = post_query().where(post.c.post_id > post_id, post.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return post_rows(connection, connection.execute(query.order_by(post.c.post_id).limit(limit)))

    def first_since(self, since_ms: int) -> int:
        """The smallest post_id heard since then; one past the newest when there is none."""
        with self._ledger.read() as connection:
            return first_since(connection, since_ms)

    def there(self, workspace_id: int, post_ids: Sequence[int]) -> dict[int, int]:
        """post_id -> how many earlier versions it has, of those that are still kept."""
        query = select(post.c.post_id, post.c.workspace_id, post.c.revisions)
        with self._ledger.read() as connection:
            rows = connection.execute(query.where(among(connection, post.c.post_id, post_ids)))
            return {row.post_id: row.revisions for row in rows if row.workspace_id == workspace_id}

    def total(self, workspace_id: int) -> int:
        """All posts of a workspace."""
        query = select(func.count()).select_from(post).where(post.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return int(connection.execute(query).scalar_one())


def raw_item(row: Any) -> RawItem:
    """A stored raw item as it was given."""
    return RawItem(zstandard.decompress(row.body), row.media_type, orjson.loads(row.note) if row.note else {})


def selection(connection: Connection, question: Question, verify: Verify | None, lists: Lists) -> Select[Any]:
    """The chosen post_ids as a sub-select; verified one by one where the index is not enough."""
    if verify is None or is_exact(connection, question):
        return chosen(connection, question)[0]
    check = partial(verified, connection, question, verify)
    ids = [post_id for part, _ in matching(connection, question, check, None, lists) for post_id in part]
    return select(post.c.post_id).where(among(connection, post.c.post_id, ids))


def volume_of(connection: Connection, ids: Select[Any], step_ms: int) -> list[Bucket]:
    start = (post.c.sort_ms - post.c.sort_ms % step_ms).label("start")
    query = select(start, func.count()).where(post.c.post_id.in_(ids)).group_by(start).order_by(start)
    return [Bucket(*row) for row in connection.execute(query)]


def facets_of(connection: Connection, names: Sequence[str], ids: Select[Any]) -> dict[str, list[tuple[str, int]]]:
    plain = {name: facet(connection, name, ids) for name in names if name not in VALUES}
    return plain | reading_facets(connection, names, ids)


def listed_facets(found: Selected, names: Iterable[str], known: Known) -> dict[str, list[tuple[str, int]]]:
    """Facets from posting lists, whose keys are put back into the values they were made of."""
    facets = {}
    for name in names:
        spelt = {key[2:]: value for value, key in known.get(name, {}).items()}
        counted = [(spelt.get(value, value), n) for value, n in found.facet(name).items()]
        facets[name] = sorted(counted, key=most_first)[:FACET_VALUES_MAX]
    return facets


def most_first(counted: tuple[str, int]) -> tuple[int, int, str]:
    """The order of a facet: numbers among themselves as numbers."""
    value, n = counted
    return -n, int(value) if value.isdecimal() else 0, value


def facet(connection: Connection, name: str, ids: Select[Any]) -> list[tuple[str, int]]:
    """One facet over a sub-select of post_ids."""
    value = mention.c.watch_id if name == "watch" else post.c["source_id" if name == "source" else name]
    key = mention.c.post_id if name == "watch" else post.c.post_id
    n = func.count().label("n")
    query = select(value, n).where(key.in_(ids)).group_by(value).order_by(n.desc(), value).limit(FACET_VALUES_MAX)
    return [(str("" if found is None else found), number) for found, number in connection.execute(query)]


def climb(connection: Connection, start: PostRow, found: dict[int, PostRow]) -> None:
    """The posts this one answers, up to the root, and the root it names."""
    current: PostRow | None = start
    for _ in range(THREAD_DEPTH_MAX):
        if current is None or not current.post.parent:
            break
        current = one_by_uri(connection, start.workspace_id, current.post.parent)
        if current is None or current.post_id in found:
            break
        found[current.post_id] = current
    root = one_by_uri(connection, start.workspace_id, start.post.root) if start.post.root else None
    if root is not None:
        found[root.post_id] = root


def one_by_uri(connection: Connection, workspace_id: int, uri: str) -> PostRow | None:
    query = post_query().where(post.c.workspace_id == workspace_id, post.c.uri == uri)
    return next(iter(post_rows(connection, connection.execute(query))), None)


def descend(connection: Connection, workspace_id: int, found: dict[int, PostRow], most: int) -> None:
    """Answers to what was found, and answers to those, level by level."""
    uris = [row.post.uri for row in found.values()]
    for _ in range(THREAD_DEPTH_MAX):
        if not uris or len(found) >= most:
            return
        below = or_(among(connection, post.c.parent, uris), among(connection, post.c.root, uris))
        query = post_query().where(post.c.workspace_id == workspace_id, below).order_by(post.c.post_id)
        rows = connection.execute(query.limit(most)).all()
        fresh = [row for row in post_rows(connection, rows) if row.post_id not in found]
        for row in fresh[: most - len(found)]:
            found[row.post_id] = row
        uris = [row.post.uri for row in fresh]
