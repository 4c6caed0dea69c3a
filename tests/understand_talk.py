"""Talk made up for tests: posts as an Arrow table with the columns of POSTS and what others add to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from palabre.batches import batch_of
from palabre.model import Account, Post, PostKind

DAY_MS = 86_400_000
START_MS = 1_750_000_000_000


def uri_of(name: str) -> str:
    return f"https://piaf.example/@{name}" if name else ""


def post(number: int, who: str, text: str = "", day: float = 0.0, **more: Any) -> Post:
    """A post numbered so that others can point to it by ``uri(number)``."""
    account = Account(uri_of(who), handle=who, followers=more.pop("followers", None)) if who else None
    kind = PostKind.RESHARE if "reshare_of" in more else PostKind.REPLY if "parent" in more else PostKind.NOTE
    at = START_MS + int(day * DAY_MS)
    return Post(uri(number), "mastodon", kind, text, url=uri(number), published_ms=at, account=account, **more)


def uri(number: int) -> str:
    return f"https://piaf.example/{number}"


def table(posts: Iterable[Post], **columns: list[Any]) -> pa.Table:
    """The posts, and other columns beside them."""
    made = pa.Table.from_batches([batch_of(list(posts))])
    for name, values in columns.items():
        kind = pa.list_(pa.int64()) if name == "watch_ids" else None
        made = made.append_column(name, pa.array(values, kind))
    return made


def with_columns(made: pa.Table, columns: Mapping[str, list[Any]]) -> pa.Table:
    for name, values in columns.items():
        made = made.append_column(name, pa.array(values))
    return made
