"""Posts as rows: a list of `Post` becomes a `POSTS` batch, and a row becomes a `Post` again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from palabre.model import POSTS, Account, Metrics, Post, PostKind

NO_ACCOUNT = Account("")
NO_POSTS = pa.RecordBatch.from_pylist([], POSTS)

ACCOUNT: Mapping[str, str] = {
    "account_uri": "uri",
    "account_handle": "handle",
    "account_name": "name",
    "account_url": "url",
    "followers": "followers",
    "verified": "verified",
}
METRICS = ("likes", "replies", "reshares", "views")
LISTS = ("links", "tags", "mentions", "media")


def reader_of(column: str) -> Callable[[Post], Any]:
    """How a column of POSTS is read from a post."""
    if column in ACCOUNT:
        attribute = ACCOUNT[column]
        return lambda post: getattr(post.account or NO_ACCOUNT, attribute)
    if column in METRICS:
        return lambda post: getattr(post.metrics, column)
    if column == "kind":
        return lambda post: str(post.kind)
    return lambda post: getattr(post, column)


READERS = tuple((field, reader_of(field.name)) for field in POSTS)


def batch_of(posts: Sequence[Post]) -> pa.RecordBatch:
    """Posts as one POSTS batch, in order. Raises what Arrow raises on a value that is not of its type."""
    arrays = [pa.array([read(post) for post in posts], field.type) for field, read in READERS]
    return pa.RecordBatch.from_arrays(arrays, schema=POSTS)


def account_of(row: Mapping[str, Any]) -> Account | None:
    """The author of a row; None where the row names none."""
    values = {attribute: row[column] for column, attribute in ACCOUNT.items()}
    return Account(**values) if values["uri"] or values["handle"] or values["name"] else None


def post_of(row: Mapping[str, Any]) -> Post:
    """A row of POSTS, as a mapping, as a post."""
    plain = {name: value for name, value in row.items() if name not in ACCOUNT and name not in METRICS}
    lists = {name: tuple(row[name] or ()) for name in LISTS}
    metrics = Metrics(**{name: row[name] for name in METRICS})
    return Post(**plain | lists | {"kind": PostKind(row["kind"]), "account": account_of(row), "metrics": metrics})


def post_at(batch: pa.RecordBatch, row: int) -> Post:
    """One row of a POSTS batch as a post."""
    return post_of(batch.slice(row, 1).select(POSTS.names).to_pylist()[0])


def posts_of(batch: pa.RecordBatch) -> Iterator[Post]:
    """Every row of a POSTS batch as a post."""
    return map(post_of, batch.select(POSTS.names).to_pylist())


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches of POSTS as one."""
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches, POSTS).combine_chunks()
    return table.to_batches()[0] if table.num_rows else NO_POSTS
