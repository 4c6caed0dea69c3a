"""What a question is asked of: a period, watches and filters; and the posts it holds, as one Arrow table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from palabre.archive import Archive, Filters
from palabre.insight.evidence import evidence_of
from palabre.model import Evidence, watch_word
from palabre.search import ask

if TYPE_CHECKING:
    from ibis import Table

DAY_MS = 86_400_000
ROWS_MAX = 500_000  # of one question: the newest are taken, and the answer's n says so
STEP = 10_000
UNHEARD_MOST = 0.1  # of a period
ISIN = {
    "networks": "network", "langs": "lang", "kinds": "kind", "tones": "tone", "story_ids": "story",
    "post_ids": "post_id",
}  # fmt: skip
NONE = "none"

# What most questions look at; `texts` for those that read.
LIGHT = (
    "post_id", "sort_ms", "watch_ids", "network", "lang", "kind", "account_uri", "account_handle", "parent",
    "reshare_of",
    "followers", "likes", "replies", "reshares", "views", "tone", "emotion", "intents", "axis", "story", "voice",
    "tone_negative", "tone_neutral", "tone_positive", "folded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """filters: period, watches and the rest; query: in the query language, "" asks nothing; step_ms: of series.
    Noise that is folded away is left out unless the filters ask for it."""

    filters: Filters = field(default_factory=lambda: Filters(mentioned=True))
    query: str = ""
    step_ms: int = DAY_MS

    @property
    def asked(self) -> Filters:
        """The filters, without what is folded unless it was asked for ("any": both)."""
        folded = {"": "no", "any": ""}.get(self.filters.folded, self.filters.folded)
        return replace(self.filters, folded=folded)

    @property
    def evidence(self) -> Evidence:
        """Lists the posts of this scope."""
        return evidence_of(self.asked, self.query)

    @property
    def since_ms(self) -> int:
        return self.filters.since_ms

    @property
    def until_ms(self) -> int:
        return self.filters.until_ms

    def within(self, since_ms: int, until_ms: int) -> Scope:
        """The same at another time."""
        return replace(self, filters=replace(self.filters, since_ms=since_ms, until_ms=until_ms))

    def narrowed(self, **more: Any) -> Scope:
        """The same with other filters (fields of Filters)."""
        return replace(self, filters=replace(self.filters, **more))

    def evidence_with(self, **more: Any) -> Evidence:
        """Evidence of this scope with other filters (fields of Filters)."""
        return evidence_of(replace(self.asked, **more), self.query)


def is_heard(first_ms: int, since_ms: int, until_ms: int) -> bool:
    """Whether a period was listened to, nearly from its beginning. first_ms: of the oldest post heard, 0 for none;
    before it a count of nought, or a small one, would not say how little was said."""
    return 0 < first_ms <= since_ms + (until_ms - since_ms) * UNHEARD_MOST


def table(archive: Archive, workspace_id: int, scope: Scope, columns: Sequence[str] | None = LIGHT) -> pa.Table:
    """The posts of a scope, oldest first (at most ROWS_MAX, the newest). columns: of SEGMENT, None: all."""
    posts = chosen(archive, workspace_id, scope)
    if columns is not None:
        posts = posts.select(*dict.fromkeys((*columns, "post_id", "sort_ms")))
    newest = posts.order_by([posts.sort_ms.desc(), posts.post_id.desc()]).limit(ROWS_MAX)
    found: pa.Table = archive.lake.ask(newest)
    return found.take(pa.array(range(found.num_rows - 1, -1, -1), pa.int64()))


def chosen(archive: Archive, workspace_id: int, scope: Scope) -> Table:
    """The same as an Ibis table of the lake. Raises QueryError."""
    filters = scope.asked
    posts = archive.lake.posts(workspace_id)
    for condition in conditions(posts, filters):
        posts = posts.filter(condition)
    if scope.query.strip() or filters.source_ids or filters.register:
        posts = posts.semi_join(memory(ids_of(archive, workspace_id, scope)), "post_id")
    return posts


def memory(ids: list[int]) -> Table:
    import ibis

    return ibis.memtable(pa.table({"post_id": pa.array(ids, pa.int64())}))


def ids_of(archive: Archive, workspace_id: int, scope: Scope) -> list[int]:
    """post_ids that the ledger finds: what words, sources and registers ask."""
    asked = ask(archive, workspace_id, scope.query, scope.asked)
    found: list[int] = []
    before: int | None = None
    while len(found) < ROWS_MAX:
        ids, before = archive.matching_ids(workspace_id, asked.sieve, asked.verify, scope.asked, before, STEP)
        found += ids
        if before is None:
            break
    return found


def conditions(posts: Table, filters: Filters) -> list[Any]:
    """What the columns of the lake must be."""
    found = [posts[column].isin(list(value)) for name, column in ISIN.items() if (value := getattr(filters, name))]
    if filters.since_ms:
        found.append(posts.sort_ms >= filters.since_ms)
    if filters.until_ms:
        found.append(posts.sort_ms < filters.until_ms)
    if filters.watch_ids:
        found.append(any_of([posts.watch_set.contains(watch_word(one)) for one in filters.watch_ids]))
    elif filters.mentioned:
        found.append(posts.watch_set != "")
    if filters.account_uri:
        found.append(posts.account_uri == filters.account_uri)
    return found + understood(posts, filters)


def understood(posts: Table, filters: Filters) -> list[Any]:
    """The same of readings and folds."""
    found: list[Any] = []
    for column, values in (("emotion", filters.emotions), ("axis", filters.axes)):
        if values:
            found.append(posts[column].isin(["" if value == NONE else value for value in values]))
    if filters.intents:
        parts = [posts.intents.contains(one) for one in filters.intents if one not in (NONE, "other")]
        bare = [posts.intents.length() == 0] if {NONE, "other"} & set(filters.intents) else []
        found.append(any_of(parts + bare))
    if filters.folded:
        found.append(posts.folded == (filters.folded == "yes"))
    return found


def any_of(parts: Sequence[Any]) -> Any:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole | part
    return whole
